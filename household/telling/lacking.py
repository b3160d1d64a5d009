"""Which single facts are lacking in rows that did arrive, and whose: support figures, surrender values, fees, ages, obligors.

Each is asked only of the applications that a rule leaves unknown for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import NO_VALUE
from household.linkage.links import STANDS
from household.rules.persons import obligors_judged
from household.spending.rigid import settle_education
from household.telling.words import places, told

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.lines import Lines
    from household.measure import Measured

SUPPORT, POLICY, VEHICLE = "lacks:support", "lacks:policy", "lacks:vehicle"
FEE, AGE, OBLIGOR = "lacks:fee", "lacks:age", "lacks:obligor"
CAPABLE = "obligors:capable"


def lacking(case: CaseFile, measured: Measured) -> list[pl.DataFrame]:
    """Frames by `app` with one of the columns above each; a text where something is lacking."""
    facts, counted = measured.facts, measured.counted
    stand = case.lines.where(STANDS)
    return [
        _support(case, stand, facts),
        _of_members(
            stand["financial"].filter(pl.col("why_not") == NO_VALUE),
            counted,
            words="{}成员的保单未载明现金价值（商业保险机构）",
            column=POLICY,
        ),
        _of_members(
            stand["vehicle"].filter(pl.col("why_not").is_null(), pl.col("value").is_null()),
            counted,
            words="{}成员的机动车未载明价值（公安；可由评估或同类车价补充）",
            column=VEHICLE,
        ),
        _of_members(
            _unpriced(stand, counted),
            counted,
            words="{}成员的学籍未载明公办学费标准（教育）",
            column=FEE,
        ),
        _of_members(
            counted.filter(pl.col("age").is_null()),
            counted,
            words="{}成员出生日期不明（核对居民身份证或户籍）",
            column=AGE,
        ),
        *_obligors(case, stand, facts),
    ]


def _of_members(
    rows: pl.DataFrame, counted: pl.DataFrame, *, words: str, column: str
) -> pl.DataFrame:
    """The members that the rows are about, in a sentence."""
    return (
        rows.select("app", "person")
        .join(counted.select("app", "person", "member_no"), on=["app", "person"])
        .group_by("app")
        .agg(places(pl.col("member_no")).alias("who"))
        .select("app", pl.format(words, "who").alias(column))
    )


def _unpriced(stand: Lines, counted: pl.DataFrame) -> pl.DataFrame:
    own = stand["education"].join(counted, on=["app", "person"], how="semi")
    return settle_education(own).filter(pl.col("value").is_null())


def _support(case: CaseFile, stand: Lines, facts: pl.DataFrame) -> pl.DataFrame:
    """Living obligors whose household's income or size is not given, where support is imputed."""
    open_ones = facts.filter("support_unknown").select("app")
    told_dead = stand["absence"].filter(pl.col("why_not").is_null())
    columns = case.unread_absences.columns
    dead = pl.concat([told_dead.select(columns), case.unread_absences]).filter(
        pl.col("quantity") == "death"
    )
    obligors = (
        case.seats.filter(pl.col("role") == "obligor")
        .join(open_ones, on="app", how="semi")
        .join(dead, on=["app", "person"], how="anti")
    )
    return _by_place(obligors, (), SUPPORT)


def _obligors(case: CaseFile, stand: Lines, facts: pl.DataFrame) -> list[pl.DataFrame]:
    """Obligors found capable, and those of whom something is lacking."""
    asked = facts.filter(pl.col("obligors_unknown") | (pl.col("obligors_capable") > 0))
    seats = case.seats.join(asked.select("app"), on="app", how="semi")
    judged = obligors_judged(case, stand, seats)
    capable = judged.filter("capable").group_by("app").agg(places(pl.col("member_no")).alias("who"))
    by_age = pl.col("tested").not_() | pl.col("draws_dibao").fill_null(value=False)
    ageless = (pl.col("age").is_null() & by_age, "出生日期")
    return [
        capable.select("app", pl.format("{}法定义务人", "who").alias(CAPABLE)),
        _by_place(judged.filter("unknown"), (ageless,), OBLIGOR),
    ]


def _by_place(
    obligors: pl.DataFrame, more: tuple[tuple[pl.Expr, str], ...], column: str
) -> pl.DataFrame:
    tested = pl.col("tested") if "tested" in obligors.columns else pl.lit(value=True)
    lacks = (
        (pl.col("obligor_size").is_null() & tested, "家庭人数"),
        (pl.col("obligor_income").is_null() & tested, "家庭月收入"),
        *more,
    )
    what = told(*(pl.when(lack).then(pl.lit(word)) for lack, word in lacks), between="、")
    return (
        obligors.with_columns(what.alias("what"))
        .filter(pl.col("what").is_not_null())
        .sort("app", "member_no")
        .with_columns(pl.format("第{}位法定义务人缺{}", "member_no", "what").alias("line"))
        .group_by("app", maintain_order=True)
        .agg(pl.col("line").str.join("、").alias(column))
    )
