"""The frame that reasons are told from: what stands, and beside it whatever its sentences name, one row an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.linkage.links import STANDS
from household.rules.parameters import PARAMETERS
from household.rules.programmes import PROGRAMMES
from household.rules.rule import answer_column
from household.telling.doubts import doubtful_rows, other_answers
from household.telling.lacking import lacking
from household.telling.signing import signing
from household.telling.topics import evidence_by_topic
from household.telling.waiting import waiting
from household.telling.words import named, only, places, told, yuan_text

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.rule import Rule
    from household.rules.worlds import Worlds

_AMOUNTS = (
    "income",
    "income_central_out",
    "spending",
    "standard",
    "income_disposable_last_year",
)


COVERS = ("dibao", "dibao_edge")
"""The programmes that 刚性支出困难家庭 comes after."""


def closed_column(programme: str) -> str:
    """The column that says that some rule of a programme fails."""
    return f"closed:{programme}"


def amount_text(name: str) -> pl.Expr:
    """The text of an amount that several rules name."""
    return pl.col(f"text:{name}")


def ground(
    case: CaseFile, worlds: Worlds, decisive: pl.DataFrame, rules: tuple[Rule, ...]
) -> pl.DataFrame:
    """Every application of `worlds.base`, in its order, with its columns and those of this package."""
    measured = worlds.measured
    parts = [
        case.applications.select("app", "region_code", "urban_rural", "applied_on", "repeat_from"),
        *waiting(case, measured.counted),
        *lacking(case, measured),
        *signing(case, measured.counted),
        _left_out(case),
        _only_member(measured.counted),
        _waged(measured.income),
        _granted(case),
        _held(case, measured.counted),
        doubtful_rows(case),
        *other_answers(worlds, rules),
        evidence_by_topic(decisive),
    ]
    frame = worlds.base
    for part in parts:
        new = [c for c in part.columns if c == "app" or c not in frame.columns]
        frame = frame.join(part.select(new), on="app", how="left", maintain_order="left")
    return frame.with_columns(
        *(yuan_text(pl.col(name)).alias(f"text:{name}") for name in _AMOUNTS),
        *(_closed(programme).alias(closed_column(programme)) for programme in COVERS),
        _where().alias("text:where"),
        _standard_named().alias("text:standard_key"),
    )


def _closed(programme: str) -> pl.Expr:
    answers = (answer_column(rule) for rule in PROGRAMMES[programme])
    return pl.any_horizontal((answer == -1).fill_null(value=False) for answer in answers)


def _where() -> pl.Expr:
    """Whose pack would have to say it."""
    region = pl.col("region_code")
    bare = (pl.col("pack_ids").list.len() == 0) | (pl.col("pack_ids").list.first() == "cn")
    return (
        pl.when(bare)
        .then(pl.format("区划{}没有规则包，请为其建立规则包并规定", region))
        .otherwise(
            pl.format(
                "请在适用于区划{}的规则包（{}）中规定", region, pl.col("pack_ids").list.first()
            )
        )
    )


def _standard_named() -> pl.Expr:
    return (
        pl.when(pl.col("urban_rural") == "urban")
        .then(pl.lit(named(PARAMETERS["standard.urban"])))
        .otherwise(pl.lit(named(PARAMETERS["standard.rural"])))
    )


def _left_out(case: CaseFile) -> pl.DataFrame:
    """Members who are not counted for a death or custody that may be told, by place."""
    rows = case.lines["absence"].filter(STANDS, pl.col("why_not").is_null())
    members = case.seats.filter(pl.col("role") == "member").select("app", "person")
    rows = rows.join(members, on=["app", "person"], how="semi")
    by_kind = rows.group_by("app").agg(
        places(pl.col("member_no").filter(pl.col("quantity") == quantity)).alias(quantity)
        for quantity in ("death", "custody")
    )
    dead, held = pl.col("death") != "第位", pl.col("custody") != "第位"
    return by_kind.select(
        "app",
        told(
            only(dead, pl.format("{}成员有死亡登记", "death")),
            only(held, pl.format("{}成员在押或强制隔离戒毒", "custody")),
            between="，",
        ).alias("left_out"),
    )


def _waged(income: pl.DataFrame) -> pl.DataFrame:
    """Households with a wage, from which the cost of work is deducted."""
    waged = income.filter(pl.col("kind") == "wage", pl.col("adopted") > 0)
    return waged.select("app", pl.lit(value=True).alias("has_wage")).unique()


def _only_member(counted: pl.DataFrame) -> pl.DataFrame:
    """The member of a household of one: place and age."""
    return counted.filter(pl.len().over("app") == 1).select(
        "app", pl.col("member_no").alias("only_no"), pl.col("age").alias("only_age")
    )


def holders(quantity: str) -> pl.Expr:
    """Whose a thing is, in brackets behind its count; nothing where no row of it counts."""
    return pl.format("（{}成员）", pl.col(f"held:{quantity}")).fill_null("")


def _held(case: CaseFile, counted: pl.DataFrame) -> pl.DataFrame:
    """Counted members with a vehicle, a home, a shop or a business, by place."""
    rows = pl.concat(
        [
            case.lines[group]
            .filter(STANDS, pl.col("why_not").is_null())
            .select("app", "person", "member_no", "quantity")
            for group in ("vehicle", "estate", "business")
        ]
    ).join(counted, on=["app", "person"], how="semi")
    each = rows.group_by("app", "quantity").agg(places(pl.col("member_no")).alias("who"))
    return each.group_by("app").agg(
        pl.col("who").filter(pl.col("quantity") == quantity).first().alias(f"held:{quantity}")
        for quantity in ("vehicle", "home", "commercial", "business_entity")
    )


def _granted(case: CaseFile) -> pl.DataFrame:
    """The latest grant of the same cause within the time that bars another."""
    rows = case.lines["grant"].filter(STANDS, pl.col("why_not").is_null())
    return rows.group_by("app").agg(pl.col("as_of").max().alias("granted_on"))
