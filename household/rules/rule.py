"""A rule: one question with an id, a citation, and one expression for its answer.

An answer is pass, fail or unknown, or null where the rule does not apply. Unknown has causes: data not answered, a hit that only a
person may judge, or a parameter that the region's packs do not give.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

import polars as pl

from household.money import AMOUNT


class Outcome(IntEnum):
    """Answers in an order in which AND is the minimum and OR the maximum."""

    FAIL = -1
    UNKNOWN = 0
    PASS = 1


class Cause(IntFlag):
    """Why an answer is unknown; more than one may hold."""

    NONE = 0
    DATA = 1
    REVIEW = 2
    PARAMETER = 4


PASS = pl.lit(int(Outcome.PASS), dtype=pl.Int8)
FAIL = pl.lit(int(Outcome.FAIL), dtype=pl.Int8)
NOT_APPLICABLE = pl.lit(None, dtype=pl.Int8)
_UNKNOWN = 10


def unknown(cause: Cause) -> pl.Expr:
    """An unknown answer with its causes; answers are carried as one Int8: -1, 1, or 10 + the bits of the causes."""
    return pl.lit(_UNKNOWN + int(cause), dtype=pl.Int8)


def outcome_of(answer: pl.Expr) -> pl.Expr:
    """-1, 0 or 1 of an answer; null stays null."""
    return pl.when(answer >= _UNKNOWN).then(pl.lit(0, dtype=pl.Int8)).otherwise(answer)


def cause_of(answer: pl.Expr) -> pl.Expr:
    """Bits of the causes of an answer, 0 when it is known."""
    return pl.when(answer >= _UNKNOWN).then(answer - _UNKNOWN).otherwise(pl.lit(0, dtype=pl.Int8))


def causes_told(answer: pl.Expr) -> pl.Expr:
    """Bits of the causes of an answer, 0 also where the rule does not apply."""
    return cause_of(answer).fill_null(0)


def has_cause(answer: pl.Expr, cause: Cause) -> pl.Expr:
    """Whether an answer is unknown for (among others) a cause."""
    return (causes_told(answer) & int(cause)) != 0


def unruled(data_missing_too: pl.Expr) -> pl.Expr:
    """Unknown for want of a parameter, and for want of data where that is so as well."""
    return (
        pl.when(data_missing_too)
        .then(unknown(Cause.PARAMETER | Cause.DATA))
        .otherwise(unknown(Cause.PARAMETER))
    )


@dataclass(frozen=True)
class Rule:
    """One question.

    Attributes:
        rule_id: its name for ever; logic that changes on a date gets a new one.
        question_zh: what is asked, in words for a person.
        answer: expression over facts, terms and silences (see `judge`), giving an answer as above.
        topic: which lines bear on it.
        measured, limit: what is compared, already in `unit`; null where there is nothing to compare.
        parameters: the keys whose values it takes; the first that is in force is cited.
    """

    rule_id: str
    question_zh: str
    answer: pl.Expr
    topic: str
    unit: str = ""
    measured: pl.Expr = field(default_factory=lambda: pl.lit(None, dtype=AMOUNT))
    limit: pl.Expr = field(default_factory=lambda: pl.lit(None, dtype=AMOUNT))
    parameters: tuple[str, ...] = ()
    law: str = ""


def answer_column(rule: Rule) -> pl.Expr:
    """The column that holds a rule's answer once it is judged."""
    return pl.col(f"answer:{rule.rule_id}")


def below(
    value: pl.Expr, limit: pl.Expr, *, no_rule: pl.Expr, open_above: pl.Expr, unsure: pl.Expr
) -> pl.Expr:
    """Strictly below the limit. A value that may only be higher: over the limit is certain, under it is not.

    Args:
        value: what is known of the quantity.
        limit: the limit.
        no_rule: a parameter is missing.
        open_above: some source that could add to the value is silent.
        unsure: the limit itself hangs on who is counted, and that is not known.
    """
    doubts = {"no_rule": no_rule, "open_above": open_above, "unsure": unsure}
    return _held_against(value, limit, reached=FAIL, short_of_it=PASS, **doubts)


def at_least(
    value: pl.Expr, limit: pl.Expr, *, no_rule: pl.Expr, open_above: pl.Expr, unsure: pl.Expr
) -> pl.Expr:
    """At or over the limit, with the same one-sidedness."""
    doubts = {"no_rule": no_rule, "open_above": open_above, "unsure": unsure}
    return _held_against(value, limit, reached=PASS, short_of_it=FAIL, **doubts)


def _held_against(
    value: pl.Expr,
    limit: pl.Expr,
    *,
    reached: pl.Expr,
    short_of_it: pl.Expr,
    no_rule: pl.Expr,
    open_above: pl.Expr,
    unsure: pl.Expr,
) -> pl.Expr:
    return (
        pl.when(no_rule)
        .then(unruled(unsure | open_above))
        .when(unsure)
        .then(unknown(Cause.DATA))
        .when(value >= limit)
        .then(reached)
        .when(open_above)
        .then(unknown(Cause.DATA))
        .otherwise(short_of_it)
    )


def _either(bits: list[pl.Expr]) -> pl.Expr:
    found = bits[0]
    for more in bits[1:]:
        found = found | more
    return found


def all_of(answers: list[pl.Expr]) -> pl.Expr:
    """Whether every rule passes: fail if one fails, else unknown with all causes, else pass."""
    failed = pl.any_horizontal([(a == -1).fill_null(value=False) for a in answers])
    causes = _either([cause_of(a).fill_null(0) for a in answers])
    return (
        pl.when(failed)
        .then(FAIL)
        .when(causes > 0)
        .then((causes + _UNKNOWN).cast(pl.Int8))
        .otherwise(PASS)
    )


def none_of(answers: list[pl.Expr]) -> pl.Expr:
    """Whether none passes: fail if one passes, else unknown with all causes, else pass."""
    passed = pl.any_horizontal([(a == 1).fill_null(value=False) for a in answers])
    causes = _either([cause_of(a).fill_null(0) for a in answers])
    return (
        pl.when(passed)
        .then(FAIL)
        .when(causes > 0)
        .then((causes + _UNKNOWN).cast(pl.Int8))
        .otherwise(PASS)
    )
