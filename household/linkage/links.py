"""All links of a run, dataset by dataset: who, by what, how sure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from household.linkage.by_number import link_by_number
from household.linkage.engine.model import Model
from household.linkage.plans import shipped
from household.linkage.residual import link_residual, people_lines, rival_lines, score_residual
from household.linkage.subjects import DATASETS_LINKED, SUBJECTS

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.known import Known
    from household.roster import Roster

Models = Mapping[str, Model]
"""Dataset -> the model of its residual."""

Linked = Mapping[str, pl.DataFrame]
"""Dataset -> its core frame restricted to rows of known persons, with person, tier (A B C D), score, note, `by_number`, and what was
compared (row_name, row_sex, row_birth)."""

STANDS = pl.col("tier").is_in(["A", "B"])
"""Links that are evidence (assessment §3); tier C never decides alone, tier D is no link."""

_TIER_ORDER = {"A": 0, "B": 1, "C": 2, "D": 3}


def link_rows(
    extracts: Extracts, roster: Roster, known: Known, models: Models | None = None
) -> dict[str, pl.DataFrame]:
    """Link every dataset. A row of two persons (a marriage) stands once for each; a person stands once on a row, at the better tier.

    Args:
        models: dataset -> the model that the run is pinned to; a dataset without one has the shipped model.
    """
    people = people_lines(roster, known)
    rivals = rival_lines(extracts, people)
    taken = taken_numbers(roster, known)
    linked: dict[str, list[pl.DataFrame]] = {name: [] for name in DATASETS_LINKED}
    for subject in SUBJECTS:
        by_number = link_by_number(extracts, known, subject).with_columns(
            pl.lit(value=True).alias("by_number")
        )
        model = (models or {}).get(subject.dataset) or shipped(subject.dataset)
        scored = score_residual(extracts, subject, people, rivals, taken=taken, model=model)
        residual = link_residual(scored, model, people, rivals).with_columns(
            pl.lit(value=False).alias("by_number")
        )
        linked[subject.dataset] += [by_number, residual.select(by_number.columns)]
    return {dataset: _settle(parts) for dataset, parts in linked.items()}


def taken_numbers(roster: Roster, known: Known) -> pl.DataFrame:
    """key, person: the numbers of people of the rosters. A row that bears one is theirs or nobody's."""
    on_roster = roster.persons.filter("in_roster").select("person")
    return known.numbers.join(on_roster, on="person", how="semi").select("key", "person")


def _settle(parts: list[pl.DataFrame]) -> pl.DataFrame:
    rows = pl.concat(parts)
    order = pl.col("tier").replace_strict(_TIER_ORDER, return_dtype=pl.Int8)
    return rows.sort("_file", "_line", "person", order).unique(
        ["_file", "_line", "person"], keep="first", maintain_order=True
    )
