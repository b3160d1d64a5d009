"""The source rows that alerts cite: where each stands, what it says, whose it is and how that is known.

Only links that stand (tier A or B, or a clerk's) are told: a likeness of names raises nothing, so it supports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.evidence.row_words import first_day, row_words, told_columns
from household.linkage.links import STANDS

if TYPE_CHECKING:
    from household.alerts.watch import Watch

BENEFIT = "civil_affairs.benefit"
MEMBER = "approval.member"
APPLICATION = "approval.application"

ALIKE = "姓名与证件号码均相符"
ON_ROSTER = "申请名册所载"
BY_NUMBER = "按证件号码对应"
REQUEST = "申请登记，不针对某一个人"
ON_LEDGER = "台账本人，台账所载证件号码无效"
OF_NOBODY = "未对应到名册或台账上的人员"

PLACE = ("_record_key", "_file", "_line", "_extract_as_of")
LINK: dict[str, pl.DataType] = {
    "person": pl.UInt32(),
    "link_tier": pl.String(),
    "link_score": pl.Float64(),
    "link_decided_by": pl.String(),
    "link_note": pl.String(),
}
"""Whose a row is and how that is known. Without a link in the sense of linkage only `link_note` says how."""


def cited_rows(dataset: str, keys: pl.Series, watch: Watch) -> pl.DataFrame:
    """The rows of one dataset that have one of the record keys.

    Args:
        dataset: its name.
        keys: record keys, in any order.
        watch: the run.

    Returns:
        PLACE, day, text_zh and LINK: a row a place and person, one without a person where the row is of nobody known. Where a key is linked
        to somebody, rows of the same key that are linked to nobody (another region's) are left out.

    """
    asked = pl.DataFrame({"_record_key": keys.unique()}, schema={"_record_key": pl.String()})
    found = [_linked(dataset, asked, watch)] if dataset in watch.linked else []
    for rows in found:
        asked = asked.join(rows, on="_record_key", how="anti")
    if len(asked):  # read anew only where linking did not keep the row
        found.append(_not_linked(dataset, asked, watch))
    rows = pl.concat(found)
    words = row_words(dataset, rows)
    return rows.select(*PLACE, first_day(dataset).alias("day"), words.alias("text_zh"), *LINK)


def _linked(dataset: str, asked: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    decided = pl.when("clerk").then(pl.lit("clerk")).otherwise(pl.lit("rule"))
    rows = watch.linked[dataset].filter(STANDS).join(asked, on="_record_key", how="semi")
    return _shaped(
        dataset,
        rows.with_columns(
            pl.col("tier").alias("link_tier"),
            pl.col("score").alias("link_score"),
            decided.alias("link_decided_by"),
            pl.coalesce("note", pl.lit(ALIKE)).alias("link_note"),
        ),
    )


def _not_linked(dataset: str, asked: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """Rows of a roster, of a recipient without a valid number, of papers that name a number only, or of nobody known."""
    every = watch.extracts.rows(dataset)
    rows = every.join(asked.lazy(), on="_record_key", how="semi").collect()
    note, none = OF_NOBODY, REQUEST if dataset == APPLICATION else OF_NOBODY
    if dataset == MEMBER:
        seats = watch.roster.members.select("application_id", "member_no", "person")
        rows, note = rows.join(seats, on=["application_id", "member_no"], how="left"), ON_ROSTER
    elif dataset == BENEFIT:
        own = watch.ledger.benefits.select("_file", "_line", "person")
        rows, note = rows.join(own, on=["_file", "_line"], how="left"), ON_LEDGER
    elif "id_no__key" in rows.columns and dataset not in watch.linked:
        persons = watch.roster.persons.select("person", pl.col("key").alias("id_no__key"))
        rows, note = rows.join(persons.drop_nulls(), on="id_no__key", how="left"), BY_NUMBER
    else:
        rows = rows.with_columns(pl.lit(None, dtype=pl.UInt32).alias("person"))
    said = pl.when(pl.col("person").is_not_null()).then(pl.lit(note)).otherwise(pl.lit(none))
    return _shaped(dataset, rows.with_columns(said.alias("link_note")))


def _shaped(dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
    links = (
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in LINK.items()
    )
    return rows.select(*PLACE, *told_columns(dataset), *links)
