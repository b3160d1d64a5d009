"""From answers to a suggestion (assessment §9). The order of precedence is the page's; a certain fail is a fail in every world.

nobody counted > not authorised > a certain fail > a parameter missing > a line in doubt decides > something unknown > eligible
"""

from __future__ import annotations

import polars as pl

from household.rules.amounts import amount_of
from household.rules.library.people import HOUSEHOLD
from household.rules.programmes import PROGRAMMES
from household.rules.rule import Cause, Rule, answer_column, cause_of, outcome_of
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from household.rules.worlds import Worlds

NEEDS_NO_SIGNATURE = "temp_emergency"
"""Reads only the commissioning body's own ledgers."""


def suggest(worlds: Worlds, authorised: pl.DataFrame) -> pl.DataFrame:
    """Suggestion of every application and programme.

    Args:
        worlds: judged frames.
        authorised: app, all_signed, roster_members, and `authorised:<programme>`: whether everybody needed has signed.

    Returns:
        app, programme, suggestion, certain, amount (units; only with eligible).
    """
    compared = _compared(worlds).join(authorised, on="app")
    return pl.concat([_one(compared, programme) for programme in PROGRAMMES]).sort(
        "app", "programme"
    )


def _rules(programme: str) -> tuple[Rule, ...]:
    return (HOUSEHOLD, *PROGRAMMES[programme])


def _compared(worlds: Worlds) -> pl.DataFrame:
    """Base with, per rule, `differs` (some world of doubtful lines answers otherwise) and `steady_fail` (fails in all of them)."""
    frame = worlds.base
    rules = {rule.rule_id: rule for programme in PROGRAMMES for rule in _rules(programme)}
    doubts = (("with_c", worlds.with_c), ("uncontested", worlds.uncontested))
    names = [f"answer:{rule_id}" for rule_id in rules]
    for name, world in doubts:
        answers = world.select(
            "app",
            pl.lit(True).alias(f"{name}:asked"),
            *(pl.col(c).alias(f"{name}:{c}") for c in names),
        )
        frame = frame.join(answers, on="app", how="left")
    for name, world in (("bare", worlds.bare), ("central", worlds.central_out)):
        amounts = [amount_of(p).alias(f"{name}:amount:{p}") for p in PROGRAMMES]
        answers = world.select(
            "app",
            pl.lit(True).alias(f"{name}:asked"),
            *(pl.col(c).alias(f"{name}:{c}") for c in names),
            *amounts,
        )
        frame = frame.join(answers, on="app", how="left")
    return frame.with_columns(
        _steadiness(rule, [name for name, _ in doubts]) for rule in rules.values()
    ).with_columns(
        pl.when((answer_column(rule) == -1) & pl.col(f"differs:{rule_id}").not_())
        .then(True)
        .otherwise(False)
        .alias(f"steady_fail:{rule_id}")
        for rule_id, rule in rules.items()
    )


def _steadiness(rule: Rule, worlds: list[str]) -> pl.Expr:
    differing = [
        pl.col(f"{name}:asked").fill_null(value=False)
        & outcome_of(pl.col(f"{name}:answer:{rule.rule_id}")).ne_missing(
            outcome_of(answer_column(rule))
        )
        for name in worlds
    ]
    return pl.any_horizontal(differing).alias(f"differs:{rule.rule_id}")


def _holds(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)


def _precedence(rules: tuple[Rule, ...], prefix: str, *, steady: bool) -> pl.Expr:
    """The suggestion that follows from the answers under a prefix; `steady` heeds the worlds of doubtful lines."""
    answers = [pl.col(f"{prefix}answer:{rule.rule_id}") for rule in rules]
    empty = answers[0]
    if steady:
        failed = pl.any_horizontal([pl.col(f"steady_fail:{rule.rule_id}") for rule in rules])
        empty_for_sure = pl.col(f"steady_fail:{rules[0].rule_id}")
        doubt = pl.any_horizontal([pl.col(f"differs:{rule.rule_id}") for rule in rules])
    else:
        failed = pl.any_horizontal([_holds(answer == -1) for answer in answers])
        empty_for_sure = _holds(empty == -1)
        doubt = pl.lit(value=False)
    causes = [cause_of(answer).fill_null(0) for answer in answers]
    review = pl.any_horizontal([cause == int(Cause.REVIEW) for cause in causes])
    missing = pl.any_horizontal([cause == int(Cause.PARAMETER) for cause in causes])
    unknown = pl.any_horizontal([cause == int(Cause.DATA) for cause in causes])
    return (
        pl.when(empty_for_sure)
        .then(pl.lit("ineligible"))
        .when(pl.col("authorised").not_())
        .then(pl.lit("not_authorised"))
        .when(failed)
        .then(pl.lit("ineligible"))
        .when(missing)
        .then(pl.lit("parameter_missing"))
        .when(doubt | review)
        .then(pl.lit("needs_review"))
        .when(unknown)
        .then(pl.lit("data_incomplete"))
        .otherwise(pl.lit("eligible"))
    )


def _one(compared: pl.DataFrame, programme: str) -> pl.DataFrame:
    rules = _rules(programme)
    frame = compared.with_columns(pl.col(f"authorised:{programme}").alias("authorised"))
    if (
        programme == NEEDS_NO_SIGNATURE
    ):  # nobody is counted out of what may not be read: n is the roster's
        heads = pl.when(pl.col("all_signed")).then("persons").otherwise("roster_members")
        frame = frame.with_columns(heads.alias("persons"))
    plain = _precedence(rules, "", steady=True)
    # The central basic pension of a month without a rule: missing only if leaving it out would turn a rule or the amount.
    turned = pl.any_horizontal(
        [
            outcome_of(pl.col(f"central:answer:{r.rule_id}")).ne_missing(
                outcome_of(answer_column(r))
            )
            for r in rules
        ]
    )
    amount = amount_of(programme)
    paid_otherwise = (plain == "eligible") & pl.col(f"central:amount:{programme}").ne_missing(
        amount
    )
    central = (
        _holds(pl.col("central:asked")) & (turned | paid_otherwise) & (pl.lit(programme) != "tekun")
    )
    spared = plain.is_in(["not_authorised", "parameter_missing"]) | pl.col(
        f"steady_fail:{HOUSEHOLD.rule_id}"
    )
    still_fails = pl.any_horizontal(
        [
            pl.col(f"steady_fail:{r.rule_id}") & _holds(pl.col(f"central:answer:{r.rule_id}") == -1)
            for r in rules
        ]
    )
    told = (
        pl.when(central & spared.not_() & still_fails.not_())
        .then(pl.lit("parameter_missing"))
        .otherwise(plain)
    )
    frame = frame.with_columns(told.alias("told"), amount.alias("amount"))
    # An objection to everything: the suggestion stands only if it is the same without any line.
    objected = _holds(pl.col("bare:asked")) & (pl.col("told") != "not_authorised")
    bare = _precedence(rules, "bare:", steady=False)
    frame = frame.with_columns(
        pl.when(objected & (bare != pl.col("told")))
        .then(pl.lit("needs_review"))
        .otherwise("told")
        .alias("suggestion")
    )
    unknown = pl.any_horizontal(
        [cause_of(answer_column(r)).fill_null(0) == int(Cause.DATA) for r in rules]
    )
    settled = pl.col("suggestion").is_in(["eligible", "ineligible", "not_authorised"])
    certain = settled | (
        pl.col("suggestion").is_in(["needs_review", "parameter_missing"]) & unknown.not_()
    )
    return frame.select(
        "app",
        pl.lit(programme).alias("programme"),
        "suggestion",
        certain.alias("certain"),
        pl.when(pl.col("suggestion") == "eligible").then("amount").alias("amount"),
    )
