"""What a rule may answer, and the comparisons of which rules are made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from .measure import Measure


@dataclass(frozen=True)
class Outcome:
    """pass, fail or unknown; for unknown: for want of a parameter, of data, or because a person must look.

    `margin`: how far the figure is over its limit, where there is one; only told, never asked.
    """

    rule: str
    outcome: str
    parameter: bool = False
    data: bool = False
    review: bool = False
    margin: Fraction | None = field(default=None, compare=False)


def unknown(
    rule: str, *, parameter: bool = False, data: bool = False, review: bool = False
) -> Outcome:
    """An answer that cannot be given yet."""
    return Outcome(rule, "unknown", parameter=parameter, data=data, review=review)


def answer(rule: str, passes: object) -> Outcome:
    """A plain answer."""
    return Outcome(rule, "pass" if passes else "fail")


def with_margin(given: Outcome, over: Fraction | None) -> Outcome:
    """The answer, and how far the figure is over its limit."""
    return replace(given, margin=over)


def below(rule: str, value: Measure, limit: Fraction | None, *, n_unknown: bool) -> Outcome:
    """value < limit. What can only rise stays a fail once it is not below."""
    if value.missing or limit is None or n_unknown:
        return unknown(
            rule,
            parameter=value.missing or limit is None,
            data=n_unknown or value.may_be_higher,
        )
    over = value.amount - limit
    if over >= 0:
        return with_margin(answer(rule, passes=False), over)
    plain = unknown(rule, data=True) if value.may_be_higher else answer(rule, passes=True)
    return with_margin(plain, over)


def at_least(rule: str, value: Measure, limit: Fraction | None, *, n_unknown: bool) -> Outcome:
    """value >= limit. What can only rise stays a pass once it is reached."""
    turned = below(rule, value, limit, n_unknown=n_unknown)
    if turned.outcome == "unknown":
        return turned
    return with_margin(answer(rule, turned.outcome == "fail"), turned.margin)


def whole_set(outcomes: Iterable[Outcome]) -> Outcome:
    """One answer of a whole rule set: fails with any fail, passes when all pass."""
    outcomes = list(outcomes)
    if any(o.outcome == "fail" for o in outcomes):
        return answer("set", passes=False)
    open_ones = [o for o in outcomes if o.outcome == "unknown"]
    if not open_ones:
        return answer("set", passes=True)
    return merged_unknown("set", open_ones)


def merged_unknown(rule: str, outcomes: Iterable[Outcome]) -> Outcome:
    """Unknown for all the reasons of several."""
    outcomes = list(outcomes)
    return unknown(
        rule,
        parameter=any(o.parameter for o in outcomes),
        data=any(o.data for o in outcomes),
        review=any(o.review for o in outcomes),
    )
