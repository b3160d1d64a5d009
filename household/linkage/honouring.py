"""Judgements applied to the links of a run: what a clerk decided outranks number and model (assessment §3).

`same` makes the row that person's evidence, also where nothing linked it; `not_same` ends the link, whatever stood for it;
`unsure` is noted and changes nothing. A contradiction is honoured by neither answer: such a row never decides alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex
from household.linkage.judgements import CONFLICT, NOT_SAME, SAME, UNSURE, standing
from household.linkage.links import STANDS
from household.linkage.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.extracts import Extracts
    from household.linkage.subjects import Subject

SAID = {
    SAME: "clerk_same 经人工认定为本人",
    NOT_SAME: "clerk_not_same 经人工认定不是本人",
    UNSURE: "clerk_unsure 人工未能认定",
    CONFLICT: "clerk_conflict 人工认定相互矛盾",
}
"""What the note of a judged link says; the number of the judgement follows."""

OTHERS = "clerk_rival 本行经人工认定属于他人"

_PLACE = ("_file", "_line", "row_name")
"""One person's place on one row: a marriage row has two."""


def honour(
    linked: Mapping[str, pl.DataFrame],
    judgements: pl.DataFrame | None,
    *,
    extracts: Extracts,
    persons: pl.DataFrame,
    names: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """The links of a run as clerks have decided them.

    A judgement whose row or person is not in this run changes nothing and is kept for the run in which they are.

    Args:
        linked: see `links.Linked`. judgements: the log (JUDGEMENT_SCHEMA), or None.
        extracts: where a row is fetched that is somebody's by judgement only.
        persons: person, person_ref. names: person, normal: names by which the person's place on a row of two is found.

    Returns:
        The same frames with `clerk`: whether a clerk's decision stands behind tier and use. Such rows are `by_number` false, so that
        no later step grades them anew. A row fetched for a judgement has no score.

    """
    if judgements is None or not len(judgements):
        return {name: rows.with_columns(_no_clerk()) for name, rows in linked.items()}
    states = (
        standing(judgements)
        .join(persons.select("person", "person_ref"), on="person_ref", how="inner")
        .select(
            "dataset", "person", pl.col("record_key").alias("_record_key"), "state", "judgement_id"
        )
    )
    out = {}
    for name, rows in linked.items():
        judged = states.filter(pl.col("dataset") == name).drop("dataset")
        if len(judged):
            fetched = _fetch(name, judged, rows, extracts=extracts, names=names)
            out[name] = _decide(pl.concat([rows, fetched], how="diagonal"), judged)
        else:
            out[name] = rows.with_columns(_no_clerk())
    return out


def count_idle(
    judgements: pl.DataFrame, linked: Mapping[str, pl.DataFrame], persons: pl.DataFrame
) -> int:
    """Judged pairs that are no link of any tier in this run: the row or the person is not in it, or nothing proposes the pair."""
    states = standing(judgements)
    found = [
        rows.select(
            pl.lit(name).alias("dataset"), pl.col("_record_key").alias("record_key"), "person"
        )
        for name, rows in linked.items()
    ]
    if not found:
        return len(states)
    present = pl.concat(found).join(persons.select("person", "person_ref"), on="person")
    return len(states.join(present, on=["dataset", "record_key", "person_ref"], how="anti"))


def _no_clerk() -> pl.Expr:
    return pl.lit(value=False).alias("clerk")


def _decide(rows: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Tiers and notes after the judgements. `rows` hold the fetched ones, without tier."""
    rows = rows.join(judged, on=["_record_key", "person"], how="left", maintain_order="left")
    open_still = pl.col("state").is_null() | (pl.col("state") == UNSURE)
    stands = STANDS.fill_null(value=False)
    held = (open_still & stands).any().over(_PLACE)
    rows = rows.with_columns(
        # by its number the row is another's, of whom no clerk has said that it is not
        pl.when((pl.col("state") == SAME) & held)
        .then(pl.lit(CONFLICT))
        .otherwise("state")
        .alias("state")
    )
    rows = rows.filter(pl.col("tier").is_not_null() | (pl.col("state") == SAME))
    state, tier = pl.col("state"), pl.col("tier")
    claimed = (state == SAME).fill_null(value=False).any().over(_PLACE)
    rival = claimed & open_still & stands.not_()
    said = pl.format(
        "{}（判定 {}）", state.replace_strict(SAID, return_dtype=pl.String), "judgement_id"
    )
    word = pl.when(rival).then(pl.lit(OTHERS)).when(state.is_not_null()).then(said)
    clerk = state.is_in([SAME, NOT_SAME]).fill_null(value=False) | rival
    decided = rows.with_columns(
        pl.when((state == NOT_SAME) | rival)
        .then(pl.lit("D"))
        .when((state == SAME) & stands.not_())
        .then(pl.lit("B"))
        .when((state == CONFLICT) & stands)
        .then(pl.lit("C"))
        .otherwise(tier)
        .alias("tier"),
        pl.concat_str("note", word, separator="; ", ignore_nulls=True)
        .replace("", None)
        .alias("note"),
        pl.when(clerk | (state == CONFLICT))
        .then(pl.lit(value=False))
        .otherwise("by_number")
        .alias("by_number"),
        clerk.alias("clerk"),
    )
    return decided.drop("state", "judgement_id")


def _fetch(
    dataset: str,
    judged: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    extracts: Extracts,
    names: pl.DataFrame,
) -> pl.DataFrame:
    """Rows judged `same` that nothing has linked, in the columns of a linked frame as far as they are known."""
    wanted = judged.filter(pl.col("state") == SAME).select("_record_key", "person")
    wanted = wanted.join(rows, on=["_record_key", "person"], how="anti")
    keys = wanted["_record_key"].unique().implode()
    found = extracts.rows(dataset).filter(pl.col("_record_key").is_in(keys)).collect()
    found = found.join(wanted, on="_record_key", how="inner")
    subjects = [subject for subject in SUBJECTS if subject.dataset == dataset]
    taken = rows.filter(STANDS).select(_PLACE).unique().with_columns(pl.lit(True).alias("taken"))
    own = names.select("person", pl.col("normal").alias("row_name")).unique()
    own = own.with_columns(pl.lit(True).alias("own"))
    places = pl.concat([_seen_as(found, subject, place) for place, subject in enumerate(subjects)])
    # of two places on a row: the one with the person's name, else one that is nobody's by number
    return (
        places.join(own, on=["person", "row_name"], how="left")
        .join(taken, on=_PLACE, how="left")
        .sort(
            "_file",
            "_line",
            "person",
            pl.col("own").is_null(),
            pl.col("taken").is_not_null(),
            "place",
        )
        .unique(["_file", "_line", "person"], keep="first", maintain_order=True)
        .drop("own", "taken", "place")
    )


def _seen_as(found: pl.DataFrame, subject: Subject, place: int) -> pl.DataFrame:
    inside = pl.col(subject.key)
    sex, birth = key_sex(inside), key_birth(inside)
    return found.with_columns(
        normal_names(found[subject.name]).alias("row_name"),
        (pl.coalesce(subject.sex, sex) if subject.sex else sex).alias("row_sex"),
        (pl.coalesce(subject.birth, birth) if subject.birth else birth).alias("row_birth"),
        pl.lit(value=False).alias("by_number"),
        pl.lit(place, dtype=pl.Int8).alias("place"),
    )
