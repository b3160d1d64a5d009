"""Which lines could decide an answer alone: a wide net, cast before each line is struck out and everything is asked again.

A sum is decided by a line only if a limit lies between the sum with it and without it; a thing only where its rule is not passed anyway.
The net may hold lines that decide nothing; `facts` finds out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import NO_VALUE
from household.evidence import counted_lines
from household.linkage.links import STANDS
from household.money import RATE
from household.rules.library.assets import ASSETS, financial_limit
from household.rules.library.income import EDGE_LINE, INCOME, STANDARD, YEARLY
from household.rules.rule import answer_column
from household.rules.terms import ASSET_PREFIXES

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.worlds import Worlds

_HEADS_MONTHS = pl.col("persons").cast(pl.Int128) * pl.col("income_window_months").cast(pl.Int128)
_SPENT = pl.col("spending")
_LOW_INCOME = STANDARD * pl.col("temp_low_income_multiple").cast(pl.Int128) // RATE
_RATIO = pl.col("rigid_ratio").cast(pl.Int128)

_INCOMES = ("income", "income_uncertain_out", "income_central_out")
_INCOME_LIMITS: tuple[pl.Expr, ...] = (
    STANDARD * _HEADS_MONTHS,
    EDGE_LINE * _HEADS_MONTHS,
    YEARLY * _HEADS_MONTHS // 12,
    _LOW_INCOME * _HEADS_MONTHS,
    STANDARD * _HEADS_MONTHS + _SPENT,
    pl.when(_RATIO > 0).then(_SPENT * RATE // _RATIO),
)
"""Incomes of the window at which some rule's answer turns; a unit of rounding is allowed for below."""

_SPENDING_LIMITS: tuple[pl.Expr, ...] = (
    pl.col("class_threshold"),
    _RATIO * INCOME // RATE,
    INCOME - STANDARD * _HEADS_MONTHS,
)

_SUMS: dict[str, tuple[str, ...]] = {
    "income": ("wage", "receipt"),
    "financial": ("financial",),
    "spending": ("medical", "voucher"),
}
_THINGS: dict[str, tuple[str, ...]] = {
    "vehicle": ("vehicle",),
    "estate": ("home", "commercial"),
    "business": ("business",),
}
"""Group of lines -> the asset rules that ask for them."""

_ALWAYS = ("absence", "certificate", "drawing", "grant", "education")
"""Few, and they change who is counted, which rules are asked, or (a school year) which other row counts."""


def lines_that_may_decide(case: CaseFile, worlds: Worlds) -> pl.DataFrame:
    """app, line: every line that could turn an answer by itself, and some that could not."""
    frames = [worlds.base, worlds.with_c, worlds.uncontested, worlds.bare]
    weights = _weights(case)
    parts = [_things(case, frames), *(_in_play(case, group) for group in _ALWAYS)]
    parts += [_sums(case, frames, weights, topic) for topic in _SUMS]
    return pl.concat(parts).unique().sort("app", "line")


def _weights(case: CaseFile) -> pl.DataFrame:
    """line, weight: the most by which its sum can change without a line, in units; null: the source gives no amount.

    What stands in a row's place when it is gone may be more than the row: an older balance of the account, another source's wage.
    """
    everybody = case.seats.filter(pl.col("role") == "member").select("app", "person")
    counted = [
        counted_lines(case, lines, everybody) for lines in (case.lines, case.lines.where(STANDS))
    ]
    own = pl.concat(counted).select("line", pl.col("counted_amount").abs().alias("weight"))
    others = pl.concat([_other_balances(case), _other_wages(case)])
    most = pl.concat([own, others.join(own, on="line", how="semi")])
    return most.group_by("line").agg(pl.col("weight").max())


def _other_balances(case: CaseFile) -> pl.DataFrame:
    accounts = case.lines["financial"].filter(pl.col("account").is_not_null())
    return accounts.select(
        "line", pl.col("value").max().over("app", "person", "account").alias("weight")
    )


def _other_wages(case: CaseFile) -> pl.DataFrame:
    months = (pl.col("month_to") - pl.col("month_from") + 1).cast(pl.Int128)
    return (
        case.lines["wage"]
        .filter(pl.col("why_not").is_null())
        .select("line", (pl.col("value").max().over("app", "person") * months).alias("weight"))
    )


def _in_play(case: CaseFile, group: str) -> pl.DataFrame:
    return case.lines[group].filter(pl.col("why_not").is_null()).select("app", "line")


def _things(case: CaseFile, frames: list[pl.DataFrame]) -> pl.DataFrame:
    parts = []
    for group, names in _THINGS.items():
        rules = [
            rule
            for variant in ASSETS
            for rule in ASSETS[variant]
            if rule.rule_id.rsplit(".", 1)[1] in names
        ]
        broken = pl.any_horizontal([(answer_column(r) != 1).fill_null(value=False) for r in rules])
        apps = pl.concat([frame.filter(broken).select("app") for frame in frames]).unique()
        parts.append(_in_play(case, group).join(apps, on="app", how="semi"))
    return pl.concat(parts)


def _sums(
    case: CaseFile, frames: list[pl.DataFrame], weights: pl.DataFrame, topic: str
) -> pl.DataFrame:
    spans = pl.concat([_limits(frame, topic) for frame in frames])
    lines = pl.concat(
        [
            case.lines[group].filter(_adds(group)).select("app", "line", "why_not")
            for group in _SUMS[topic]
        ]
    ).join(weights, on="line", how="left")
    unstated = lines.filter(pl.col("weight").is_null()).select("app", "line")
    near = (
        lines.filter(pl.col("weight") > 0)
        .join(spans, on="app")
        .filter((pl.col("limit") - pl.col("sum")).abs() <= pl.col("weight") + 1)
        .select("app", "line")
        .unique()
    )
    counted_without_amount = unstated.join(
        weights.filter(pl.col("weight").is_null()), on="line", how="semi"
    )
    unvalued = lines.filter(pl.col("why_not") == NO_VALUE).select("app", "line")
    return pl.concat([near, counted_without_amount, unvalued])


def _adds(group: str) -> pl.Expr:
    in_play = pl.col("why_not").is_null()
    return in_play | (pl.col("why_not") == NO_VALUE) if group == "financial" else in_play


def _limits(frame: pl.DataFrame, topic: str) -> pl.DataFrame:
    """app, sum, limit: each sum of a topic beside each of its limits."""
    if topic == "income":
        pairs = [(pl.col(name), limit) for name in _INCOMES for limit in _INCOME_LIMITS]
    elif topic == "spending":
        pairs = [(_SPENT, limit) for limit in _SPENDING_LIMITS]
    else:
        pairs = [(pl.col(f"{v}_financial"), financial_limit(v)) for v in ASSET_PREFIXES]
    told = pl.concat(
        [frame.select("app", value.alias("sum"), limit.alias("limit")) for value, limit in pairs]
    )
    return told.filter(pl.col("limit").is_not_null()).unique()
