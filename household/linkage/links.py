"""All links of a run, dataset by dataset: who, by what, how sure.

The links of a dataset are a function of its own rows, of the people that they are compared with (`Side`) and of its model, and of
nothing else: no other dataset, no day, no judgement. `incremental` rests on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from household.extracts import Extracts
from household.linkage.by_number import link_by_number
from household.linkage.engine.model import Model
from household.linkage.plans import shipped
from household.linkage.residual import (
    encode_people,
    link_residual,
    people_lines,
    rival_lines,
    score_residual,
)
from household.linkage.sifting import sift_rows
from household.linkage.subjects import DATASETS_LINKED, SUBJECTS, Subject
from household.linkage.weighed import WEIGHED, tell_weighed

if TYPE_CHECKING:
    from household.linkage.engine.records import Records
    from household.linkage.known import Known
    from household.roster import Roster

Models = Mapping[str, Model]
"""Dataset -> the model of its residual."""

Linked = Mapping[str, pl.DataFrame]
"""Dataset -> its core frame restricted to rows of known persons, with person, tier (A B C D), score, note, `by_number`, and what was
compared (row_name, row_sex, row_birth)."""

STANDS = pl.col("tier").is_in(["A", "B"])
"""Links that are evidence (assessment §3); tier C never decides alone, tier D is no link."""

PLACE = "_place"
"""Which of a dataset's subjects a link was found for: a marriage row has two."""

_FOUND = ("person", "row_name", "row_sex", "row_birth", "tier", "score", "note")
"""What a link has beside its row, in the order of a linked frame."""

_TIER_ORDER = {"A": 0, "B": 1, "C": 2, "D": 3}


@dataclass(frozen=True)
class Side:
    """The people that rows are compared with.

    Attributes:
        extracts: of the run; only the household register is read from them, for `rivals`. known: numbers, names, what is stated.
        people: see `residual.people_lines`. taken: key, person: numbers of people of the rosters.
    """

    extracts: Extracts
    known: Known
    people: pl.DataFrame
    taken: pl.DataFrame

    @cached_property
    def rivals(self) -> pl.DataFrame:
        """People of the register who are on no roster; see `residual.rival_lines`. Read when first asked for."""
        return rival_lines(self.extracts, self.people)

    @cached_property
    def coded(self) -> Records:
        """The people as the engine compares them, coded once for all datasets."""
        return encode_people(self.people)


def gather_side(extracts: Extracts, roster: Roster, known: Known) -> Side:
    """The people side of every dataset of a run."""
    return Side(extracts, known, people_lines(roster, known), taken_numbers(roster, known))


def link_rows(
    extracts: Extracts, roster: Roster, known: Known, models: Models | None = None
) -> dict[str, pl.DataFrame]:
    """Link every dataset. A row of two persons (a marriage) stands once for each; a person stands once on a row, at the better tier.

    Args:
        models: dataset -> the model that the run is pinned to; a dataset without one has the shipped model.
    """
    side = gather_side(extracts, roster, known)
    return {
        name: link_dataset(name, extracts.rows(name), side, model=model_of(name, models))
        for name in DATASETS_LINKED
    }


def model_of(dataset: str, models: Models | None) -> Model:
    """The model that a dataset is linked with."""
    return (models or {}).get(dataset) or shipped(dataset)


def link_dataset(dataset: str, rows: pl.LazyFrame, side: Side, *, model: Model) -> pl.DataFrame:
    """Link one dataset from nothing. `rows`: its core frame."""
    sure = [link_sure(rows, subject, side.known) for subject in subjects_of(dataset)]
    close = link_close(dataset, rows, side, model=model)
    return once_a_row(in_order(pl.concat([*sure, close.links])))


def link_sure(rows: pl.LazyFrame, subject: Subject, known: Known) -> pl.DataFrame:
    """Links by number of one subject, with `by_number` and PLACE. What becomes of a row hangs on no other row."""
    found = link_by_number(alone(subject.dataset, rows), known, subject)
    return found.select(*rows.collect_schema().names(), *_FOUND).with_columns(
        pl.lit(value=True).alias("by_number"), _place(subject)
    )


@dataclass(frozen=True)
class Close:
    """Links of a dataset by name and date.

    Attributes:
        links: tiers C and D, with `by_number` false and PLACE. seen: _file, _line of the rows that were looked at.
        weighed: all that was compared for them (`weighed.WEIGHED`).
    """

    links: pl.DataFrame
    seen: pl.DataFrame
    weighed: pl.DataFrame


def link_close(dataset: str, rows: pl.LazyFrame, side: Side, *, model: Model) -> Close:
    """Links by name and date: tiers C and D.

    Here a row may hang on the others: on how many share a block, and in a register on who is found elsewhere. `rows` must hold
    all that `sifting.sift_rows` takes, and, where a person stands once, all with a person's number; more of them change nothing.
    """
    links, seen, weighed = [], [], []
    for place, subject in enumerate(subjects_of(dataset)):
        own = alone(dataset, rows)
        left = sift_rows(own, subject, side.people, side.taken["key"])
        if left.is_empty():  # most datasets of most runs: there is nothing to weigh
            found, told = _nobody(left), pl.DataFrame(schema=WEIGHED)
        else:
            scored = score_residual(
                own,
                subject,
                side.people,
                side.rivals,
                taken=side.taken,
                model=model,
                own=side.coded,
                rows=left,
            )
            found = link_residual(scored, model, side.people, side.rivals)
            told = tell_weighed(scored, side.people, place=place)
        links.append(
            found.select(*rows.collect_schema().names(), *_FOUND).with_columns(
                pl.lit(value=False).alias("by_number"), _place(subject)
            )
        )
        seen.append(left.select("_file", "_line"))
        weighed.append(told)
    return Close(pl.concat(links), pl.concat(seen).unique(), pl.concat(weighed))


def _nobody(left: pl.DataFrame) -> pl.DataFrame:
    """What `link_residual` makes of no rows at all."""
    return left.rename({"normal": "row_name"}).with_columns(
        pl.lit(None, dtype=pl.UInt32).alias("person"),
        pl.lit(None, dtype=pl.String).alias("tier"),
        pl.lit(None, dtype=pl.Float64).alias("score"),
        pl.lit(None, dtype=pl.String).alias("note"),
    )


def in_order(found: pl.DataFrame) -> pl.DataFrame:
    """Links row by row and person by person: the better tier first, by number before by name, the first of the subjects first."""
    tier = pl.col("tier").replace_strict(_TIER_ORDER, return_dtype=pl.Int8)
    return found.sort("_file", "_line", "person", tier, pl.col("by_number").not_(), PLACE)


def once_a_row(links: pl.DataFrame) -> pl.DataFrame:
    """The linked frame of links `in_order`: a person once on a row, by the first of their links."""
    first = links.unique(["_file", "_line", "person"], keep="first", maintain_order=True)
    return first.drop(PLACE)


def subjects_of(dataset: str) -> tuple[Subject, ...]:
    """The persons that a row of a dataset names, in the order of PLACE."""
    return tuple(subject for subject in SUBJECTS if subject.dataset == dataset)


def taken_numbers(roster: Roster, known: Known) -> pl.DataFrame:
    """key, person: the numbers of people of the rosters. A row that bears one is theirs or nobody's."""
    on_roster = roster.persons.filter("in_roster").select("person")
    return known.numbers.join(on_roster, on="person", how="semi").select("key", "person")


def _place(subject: Subject) -> pl.Expr:
    at = subjects_of(subject.dataset).index(subject)
    return pl.lit(at, dtype=pl.Int8).alias(PLACE)


def alone(dataset: str, rows: pl.LazyFrame) -> Extracts:
    """Extracts in which a dataset is alone: what its links hang on can be nothing else."""
    return Extracts({dataset: rows}.__getitem__, pl.DataFrame(), date.min)
