"""Which lines could decide an answer alone: a wide net, cast before each line is struck out and everything is asked again.

A sum is decided by a line only if a limit lies between the sum with it and without it; a thing only where its rule is not passed anyway.
The net may hold lines that decide nothing; `facts` finds out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import NO_VALUE, settle_financial
from household.income.wage import PLACE, wage_months
from household.linkage.links import STANDS
from household.money import RATE
from household.rules.library.assets import ASSETS, financial_limit
from household.rules.library.income import EDGE_LINE, INCOME, STANDARD, YEARLY
from household.rules.persons import bears_on_a_rule
from household.rules.rule import answer_column
from household.rules.terms import ASSET_PREFIXES

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.worlds import Worlds

_HEADS_MONTHS = pl.col("persons").cast(pl.Int128) * pl.col("income_window_months").cast(pl.Int128)
_SPENT = pl.col("spending")
_LOW_INCOME = STANDARD * pl.col("temp_low_income_multiple").cast(pl.Int128) // RATE
_RATIO = pl.col("rigid_ratio").cast(pl.Int128)
_BY_RATIO = (pl.col("rigid_method") == "ratio") & (_RATIO > 0)
_BY_DEDUCTION = pl.col("rigid_method") == "deduction"

_INCOMES = ("income", "income_uncertain_out", "income_central_out")
_INCOME_LIMITS: tuple[pl.Expr, ...] = (
    STANDARD * _HEADS_MONTHS,
    EDGE_LINE * _HEADS_MONTHS,
    YEARLY * _HEADS_MONTHS // 12,
    pl.when(pl.col("drawn_class").is_null()).then(_LOW_INCOME * _HEADS_MONTHS),
    pl.when(_BY_DEDUCTION).then(STANDARD * _HEADS_MONTHS + _SPENT),
    pl.when(_BY_RATIO).then(_SPENT * RATE // _RATIO),
)
"""Incomes of the window at which some rule's answer turns; a unit of rounding is allowed for below."""

_SPENDING_LIMITS: tuple[pl.Expr, ...] = (
    pl.col("class_threshold"),
    pl.when(_BY_RATIO).then(_RATIO * INCOME // RATE),
    pl.when(_BY_DEDUCTION).then(INCOME - STANDARD * _HEADS_MONTHS),
)

_THINGS: dict[str, tuple[str, ...]] = {
    "vehicle": ("vehicle",),
    "estate": ("home", "commercial"),
    "business": ("business",),
}
"""Group of lines -> the asset rules that ask for them."""


def lines_that_may_decide(case: CaseFile, worlds: Worlds) -> pl.DataFrame:
    """app, line: every line that could turn an answer by itself, and some that could not."""
    frames = [worlds.base, worlds.with_c, worlds.uncontested, worlds.bare]
    sums = {
        "income": [*_wages(case), _whole(case, "receipt")],
        "financial": _balances(case),
        "spending": [_whole(case, "medical"), _whole(case, "voucher"), *_school_years(case)],
    }
    parts = [
        _things(case, frames),
        _unstated(case),
        _naming_employers(case),
        _in_play(case, "absence"),
        _in_play(case, "grant"),
        bears_on_a_rule(case),
        *(_near_a_limit(pl.concat(losses), frames, topic) for topic, losses in sums.items()),
    ]
    return pl.concat(parts).unique().sort("app", "line")


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


def _unstated(case: CaseFile) -> pl.DataFrame:
    """Rows of which it is not said how much of them counts: without them nothing would be waited for."""
    policies = case.lines["financial"].filter(pl.col("why_not") == NO_VALUE)
    school = case.lines["education"].filter(pl.col("why_not").is_null())
    pensions = case.lines["receipt"].filter(
        pl.col("why_not").is_null(), pl.col("value") != pl.col("value_uncertain_out")
    )
    pupils = school.filter(pl.col("value").is_null()).select("app", "person").unique()
    return pl.concat(
        [
            policies.select("app", "line"),
            pensions.select("app", "line"),
            school.join(pupils, on=["app", "person"], how="semi").select("app", "line"),
        ]
    )


def _naming_employers(case: CaseFile) -> pl.DataFrame:
    """Rows that may tell which employer another row of the person means, whether they count themselves or not."""
    lines = case.lines["wage"]
    named = ["app", "person", "employer_name"]
    by_name = lines.filter(pl.col("uscc").is_null() & pl.col("employer_name").is_not_null())
    return (
        lines.filter(pl.col("uscc").is_not_null())
        .join(by_name.select(named).unique(), on=named, how="semi")
        .select("app", "line")
    )


def _whole(case: CaseFile, group: str) -> pl.DataFrame:
    """app, line, loss: the sum loses the line's own value, and nothing takes its place."""
    return (
        case.lines[group]
        .filter(pl.col("why_not").is_null())
        .select("app", "line", pl.col("value").alias("loss"))
    )


def _wages(case: CaseFile) -> list[pl.DataFrame]:
    """What another source says of the month stands in the place of a row that is gone; with doubtful lines and without them."""
    found = []
    for lines in (case.lines, case.lines.where(STANDS)):
        places = (
            wage_months(lines["wage"])
            .group_by(PLACE, maintain_order=True)
            .agg(
                pl.col("line").first(),
                pl.col("value").first().alias("first"),
                pl.col("value").get(1, null_on_oob=True).alias("next"),
            )
        )
        loss = pl.col("first") - pl.coalesce("next", pl.lit(0, dtype=pl.Int128))
        found.append(places.group_by("app", "line").agg(loss.sum().alias("loss")))
    return found


def _balances(case: CaseFile) -> list[pl.DataFrame]:
    """A balance may be followed by an older one of its account, lower or higher."""
    lines = case.lines["financial"].filter(pl.col("value").is_not_null())
    most = pl.col("value").max().over("app", "person", "account")
    told = lines.select("app", "line", "value", most.alias("most"))
    counted = pl.concat(
        [settle_financial(g["financial"]) for g in (case.lines, case.lines.where(STANDS))]
    )
    told = told.join(counted.select("line").unique(), on="line", how="semi")
    return [
        told.select("app", "line", pl.col("value").alias("loss")),
        told.select("app", "line", (pl.col("value") - pl.col("most")).alias("loss")),
    ]


def _school_years(case: CaseFile) -> list[pl.DataFrame]:
    """Another enrolment of the pupil may count in its place."""
    lines = case.lines["education"].filter(pl.col("why_not").is_null())
    most = pl.col("value").max().over("app", "person")
    return [
        lines.select("app", "line", pl.col("value").alias("loss")),
        lines.select("app", "line", (pl.col("value") - most).alias("loss")),
    ]


def _near_a_limit(losses: pl.DataFrame, frames: list[pl.DataFrame], topic: str) -> pl.DataFrame:
    """Lines without which a sum would come to stand on, or on the other side of, one of its limits."""
    spans = pl.concat([_limits(frame, topic) for frame in frames]).unique()
    without = pl.col("sum") - pl.col("loss")
    return (
        losses.filter(pl.col("loss") != 0)
        .join(spans, on="app")
        .filter(
            pl.col("limit") >= pl.min_horizontal("sum", without) - 1,
            pl.col("limit") <= pl.max_horizontal("sum", without) + 1,
        )
        .select("app", "line")
    )


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
