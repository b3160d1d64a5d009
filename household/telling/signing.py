"""Whose authorisation is lacking, by place on the roster and by source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import ADULT, allowed
from household.extracts import SOURCES
from household.linkage.links import STANDS
from household.schema.datasets import SOURCE_TITLES
from household.telling.words import told

if TYPE_CHECKING:
    from household.case import CaseFile

MEMBERS, OBLIGORS = "signing:members", "signing:obligors"


def signing(case: CaseFile, counted: pl.DataFrame) -> list[pl.DataFrame]:
    """Frames by `app`: who of the counted members, and who of the obligors not shown to be dead, has not signed for what."""
    lines = case.lines["absence"].filter(STANDS, pl.col("why_not").is_null())
    dead = pl.concat(
        [
            frame.filter(pl.col("quantity") == "death").select("app", "person")
            for frame in (lines, case.unread_absences)
        ]
    )
    obligors = case.seats.filter(pl.col("role") == "obligor").join(
        dead, on=["app", "person"], how="anti"
    )
    return [
        _unsigned(counted, "第{}位成员（{}）", MEMBERS),
        _unsigned(obligors, "第{}位法定义务人（{}）", OBLIGORS),
    ]


def _unsigned(seats: pl.DataFrame, who: str, column: str) -> pl.DataFrame:
    lacking = [
        pl.when(allowed(source).not_()).then(pl.lit(SOURCE_TITLES[source])) for source in SOURCES
    ]
    minor = pl.when(pl.col("age") < ADULT).then(pl.lit("未成年，由监护人签署"))
    what = (
        pl.when(pl.col("granted") == 0)
        .then(pl.lit("无有效授权"))
        .otherwise(pl.format("缺：{}", told(*lacking, between="、")))
    )
    return (
        seats.filter(pl.col("full").not_())
        .sort("app", "member_no")
        .with_columns(pl.format(who, "member_no", told(what, minor, between="，")).alias("line"))
        .group_by("app", maintain_order=True)
        .agg(pl.col("line").str.join("、").alias(column))
    )
