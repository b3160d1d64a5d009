"""From answers to a suggestion (assessment §9). The order of precedence is the page's; a certain fail is a fail in every world.

nobody counted > not authorised > a certain fail > a parameter missing > a line in doubt decides > something unknown > eligible
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from household.rules.amounts import amount_of
from household.rules.programmes import PROGRAMMES
from household.rules.rule import Cause, Rule, answer_column, causes_told, has_cause
from household.rules.steadiness import (
    DOUBTS,
    asked_in,
    compare_worlds,
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


def _seen(rules: tuple[Rule, ...]) -> tuple[tuple[pl.Expr, ...], ...]:
    """What is asked of every answer more than once, as columns: `cause:`, `turned:` (in doubt), `failed:` (whatever the doubts) ..."""
    asked = [(rule, rule.rule_id) for rule in rules]
    return (
        (
            *(turned(rule, DOUBTS).alias(f"turned:{name}") for rule, name in asked),
            *(turned_in(rule, "bare").alias(f"bare:turned:{name}") for rule, name in asked),
            *(
                turned_in(rule, "central_out").alias(f"central:turned:{name}")
                for rule, name in asked
            ),
            *(
                causes_told(pl.col(f"{world}answer:{name}")).alias(f"{world}cause:{name}")
                for _, name in asked
                for world in ("", "bare:")
            ),
        ),
        tuple(
            (
                (answer_column(rule) == -1).fill_null(value=False) & pl.col(f"turned:{name}").not_()
            ).alias(f"failed:{name}")
            for rule, name in asked
        ),
    )


def _of_rules(rules: tuple[Rule, ...], kind: str) -> list[pl.Expr]:
    """A column of `_seen` of every rule."""
    return [pl.col(f"{kind}:{rule.rule_id}") for rule in rules]


def _waits_for(rules: tuple[Rule, ...], cause: Cause, prefix: str = "") -> pl.Expr:
    return _any([(bits & int(cause)) != 0 for bits in _of_rules(rules, f"{prefix}cause")])


def _by_precedence(
    rules: tuple[Rule, ...], failed: list[pl.Expr], doubt: pl.Expr, prefix: str = ""
) -> pl.Expr:
    """The suggestion, given which rules fail for sure and whether a line in doubt decides; answers under a prefix."""
    return (
        pl.when(failed[0])
        .then(pl.lit("ineligible"))
        .when(pl.col("authorised").not_())
        .then(pl.lit("not_authorised"))
        .when(_any(failed))
        .then(pl.lit("ineligible"))
        .when(_waits_for(rules, Cause.PARAMETER, prefix))
        .then(pl.lit("parameter_missing"))
        .when(doubt | _waits_for(rules, Cause.REVIEW, prefix))
        .then(pl.lit("needs_review"))
        .when(_waits_for(rules, Cause.DATA, prefix))
        .then(pl.lit("data_incomplete"))
        .otherwise(pl.lit("eligible"))
    )


def _and_not(failed: list[pl.Expr], turned_there: list[pl.Expr]) -> list[pl.Expr]:
    """Which rules fail for sure, were one world more to be heeded."""
    return [fails & turns.not_() for fails, turns in zip(failed, turned_there, strict=True)]


def _contestable(rules: tuple[Rule, ...]) -> pl.Expr:
    """An objection to everything leaves the suggestion as it is only if it is the same without any line."""
    failed = _of_rules(rules, "failed")
    # the suggestion when the lines that make these worlds differ are in doubt
    plain = _by_precedence(rules, failed, _any(_of_rules(rules, "turned")))
    failed_bare = [
        (pl.col(f"bare:answer:{rule.rule_id}") == -1).fill_null(value=False) for rule in rules
    ]
    bare = _by_precedence(rules, failed_bare, pl.lit(value=False), "bare:")
    everywhere = _and_not(failed, _of_rules(rules, "bare:turned"))
    nobody = failed[0]  # asked before anything else; only an objection that names the line lifts it
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
    return asked_in("central_out") & (_any(_of_rules(rules, "central:turned")) | paid_otherwise)


def _waits_without_central_basic(rule: Rule) -> pl.Expr:
    """An answer that the central basic pension turns, and that would wait for data without it."""
    otherwise = pl.col(f"central_out:answer:{rule.rule_id}")
    return pl.col(f"central:turned:{rule.rule_id}") & has_cause(otherwise, Cause.DATA)


def _of_ledgers_alone(household: Rule) -> tuple[pl.Expr, ...]:
    """Aid in an emergency asks no register: where not everybody signed, n is the roster's, and a doubtful death is for the alert.

    The family does not wait on it.
    """
    heads = pl.when(pl.col("all_signed")).then("persons").otherwise("roster_members")
    emptied = turned_in(household, "with_c")
    return (heads.alias("persons"), (asked_in("with_c") & emptied.not_()).alias("with_c:asked"))


def _suggest_one(compared: pl.DataFrame, programme: str) -> pl.DataFrame:
    *steps, told = _steps(programme)
    frame = compared
    for columns in steps:
        frame = frame.with_columns(columns)
    return frame.select(told)


@cache  # hangs on the rules alone, and takes longer to write down than a small county takes to answer
def _steps(programme: str) -> tuple[tuple[pl.Expr, ...], ...]:
    """What is worked out for a programme, step upon step; the last is what `suggest` returns of it."""
    rules = rules_of(programme)
    of_ledgers = _of_ledgers_alone(rules[0]) if programme == NEEDS_NO_SIGNATURE else ()
    settled = _and_not(_of_rules(rules, "failed"), _of_rules(rules, "central:turned"))
    missing = (
        _central_basic_matters(rules, programme)
        & _any(settled).not_()
        & pl.col("suggestion").is_in(["not_authorised", "parameter_missing"]).not_()
    )
    suggestion = pl.col("suggestion")
    waiting = _waits_for(rules, Cause.DATA)
    if programme != "tekun":  # never counts the central basic pension
        waiting |= _any([_waits_without_central_basic(rule) for rule in rules])
    open_ended = suggestion.is_in(["needs_review", "parameter_missing"])
    return (
        (pl.col(f"authorised:{programme}").alias("authorised"),),
        of_ledgers,
        *_seen(rules),
        (_contestable(rules).alias("suggestion"), amount_of(programme).alias("amount")),
        (
            pl.when(missing)
            .then(pl.lit("parameter_missing"))
            .otherwise("suggestion")
            .alias("suggestion"),
        ),
        (
            pl.col("app"),
            pl.lit(programme).alias("programme"),
            suggestion,
            (
                suggestion.is_in(["eligible", "ineligible", "not_authorised"])
                | (open_ended & waiting.not_())
            ).alias("certain"),
            pl.when(suggestion == "eligible").then("amount").alias("amount"),
        ),
    )
