"""From answers to a suggestion (assessment §9). The order of precedence is the page's; a certain fail is a fail in every world.

nobody counted > not authorised > a certain fail > a parameter missing > a line in doubt decides > something unknown > eligible
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.amounts import amount_of
from household.rules.programmes import PROGRAMMES
from household.rules.rule import Cause, Rule, answer_column, has_cause
from household.rules.steadiness import (
    DOUBTS,
    DOUBTS_AND_BARE,
    asked_in,
    compare_worlds,
    fails_for_sure,
    rules_of,
    turned,
    turned_in,
)

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
    compared = compare_worlds(worlds).join(authorised, on="app")
    return pl.concat([_suggest_one(compared, programme) for programme in PROGRAMMES]).sort(
        "app", "programme"
    )


def _any(conditions: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal([c.fill_null(value=False) for c in conditions])


def _by_precedence(
    rules: tuple[Rule, ...], failed: list[pl.Expr], doubt: pl.Expr, prefix: str = ""
) -> pl.Expr:
    """The suggestion, given which rules fail for sure and whether a line in doubt decides; answers under a prefix."""
    answers = [pl.col(f"{prefix}answer:{rule.rule_id}") for rule in rules]
    return (
        pl.when(failed[0])
        .then(pl.lit("ineligible"))
        .when(pl.col("authorised").not_())
        .then(pl.lit("not_authorised"))
        .when(_any(failed))
        .then(pl.lit("ineligible"))
        .when(_any([has_cause(answer, Cause.PARAMETER) for answer in answers]))
        .then(pl.lit("parameter_missing"))
        .when(doubt | _any([has_cause(answer, Cause.REVIEW) for answer in answers]))
        .then(pl.lit("needs_review"))
        .when(_any([has_cause(answer, Cause.DATA) for answer in answers]))
        .then(pl.lit("data_incomplete"))
        .otherwise(pl.lit("eligible"))
    )


def _heeding(rules: tuple[Rule, ...], worlds: tuple[str, ...]) -> pl.Expr:
    """The suggestion when the lines that make these worlds differ are in doubt."""
    failed = [fails_for_sure(rule, worlds) for rule in rules]
    return _by_precedence(rules, failed, _any([turned(rule, worlds) for rule in rules]))


def _contestable(rules: tuple[Rule, ...]) -> pl.Expr:
    """An objection to everything leaves the suggestion as it is only if it is the same without any line."""
    plain = _heeding(rules, DOUBTS)
    failed = [
        (pl.col(f"bare:answer:{rule.rule_id}") == -1).fill_null(value=False) for rule in rules
    ]
    bare = _by_precedence(rules, failed, pl.lit(value=False), "bare:")
    everywhere = [fails_for_sure(rule, DOUBTS_AND_BARE) for rule in rules]
    nobody = fails_for_sure(
        rules[0], DOUBTS
    )  # asked before anything else; only an objection that names the line lifts it
    return (
        pl.when(asked_in("bare") & (bare != plain) & nobody.not_())
        .then(_by_precedence(rules, everywhere, pl.lit(value=True)))
        .otherwise(plain)
    )


def _central_basic_matters(rules: tuple[Rule, ...], programme: str) -> pl.Expr:
    """Leaving out the central basic pension of months without a rule would turn an answer or the amount (assessment §5)."""
    # The one never counts it, the other asks for no income.
    if programme in ("tekun", NEEDS_NO_SIGNATURE):
        return pl.lit(value=False)
    paid_otherwise = (pl.col("suggestion") == "eligible") & pl.col(
        f"central_out:amount:{programme}"
    ).ne_missing(pl.col("amount"))
    return asked_in("central_out") & (
        _any([turned_in(rule, "central_out") for rule in rules]) | paid_otherwise
    )


def _waits_without_central_basic(rule: Rule) -> pl.Expr:
    """An answer that the central basic pension turns, and that would wait for data without it."""
    otherwise = pl.col(f"central_out:answer:{rule.rule_id}")
    return turned_in(rule, "central_out") & has_cause(otherwise, Cause.DATA)


def _of_ledgers_alone(household: Rule) -> list[pl.Expr]:
    """Aid in an emergency asks no register: where not everybody signed, n is the roster's, and a doubtful death is for the alert.

    The family does not wait on it.
    """
    heads = pl.when(pl.col("all_signed")).then("persons").otherwise("roster_members")
    emptied = turned_in(household, "with_c")
    return [heads.alias("persons"), (asked_in("with_c") & emptied.not_()).alias("with_c:asked")]


def _suggest_one(compared: pl.DataFrame, programme: str) -> pl.DataFrame:
    rules = rules_of(programme)
    frame = compared.with_columns(pl.col(f"authorised:{programme}").alias("authorised"))
    if programme == NEEDS_NO_SIGNATURE:
        frame = frame.with_columns(_of_ledgers_alone(rules[0]))
    frame = frame.with_columns(
        _contestable(rules).alias("suggestion"), amount_of(programme).alias("amount")
    )
    settled = [fails_for_sure(rule, (*DOUBTS, "central_out")) for rule in rules]
    missing = (
        _central_basic_matters(rules, programme)
        & _any(settled).not_()
        & pl.col("suggestion").is_in(["not_authorised", "parameter_missing"]).not_()
    )
    frame = frame.with_columns(
        pl.when(missing)
        .then(pl.lit("parameter_missing"))
        .otherwise("suggestion")
        .alias("suggestion")
    )
    suggestion = pl.col("suggestion")
    waiting = _any([has_cause(answer_column(rule), Cause.DATA) for rule in rules])
    if programme != "tekun":  # never counts the central basic pension
        waiting |= _any([_waits_without_central_basic(rule) for rule in rules])
    open_ended = suggestion.is_in(["needs_review", "parameter_missing"])
    return frame.select(
        "app",
        pl.lit(programme).alias("programme"),
        "suggestion",
        (
            suggestion.is_in(["eligible", "ineligible", "not_authorised"])
            | (open_ended & waiting.not_())
        ).alias("certain"),
        pl.when(suggestion == "eligible").then("amount").alias("amount"),
    )
