"""Section 9, from the answers of the rules to one suggestion a programme, with and without the lines in doubt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .amounts import amount_of
from .authorisation import is_authorised
from .income import has_months_without_central_value
from .outcomes import Outcome, unknown
from .register import BASE, Scenario
from .rules import RULES

if TYPE_CHECKING:
    from fractions import Fraction

    from .register import Case


@dataclass(frozen=True)
class Suggestion:
    """The answer for one programme, with the rules as they stand on the lines that decide."""

    suggestion: str
    certain: bool
    rules: tuple[Outcome, ...] = ()
    amount: Fraction | None = None


def suggest(case: Case, programme: str) -> Suggestion:
    """The order of precedence of section 9."""
    lines, everything = under_objection(case)
    if not case.counted():
        # A fail that would pass without the lines under objection is not certain: not even this one.
        doubtful = bool(case.counted(Scenario(without=lines)))
        answer = "needs_review" if doubtful else "ineligible"
        return Suggestion(answer, certain=True, rules=(Outcome("household.empty", "fail"),))
    if not is_authorised(case, programme):
        return Suggestion("not_authorised", certain=True)
    found = weigh(case, programme, BASE, in_doubt(lines))
    if everything:
        bare = weigh(case, programme, Scenario(bare=True), [])
        if bare.suggestion != found.suggestion and found.suggestion != "parameter_missing":
            missing = found.suggestion == "ineligible" and any(r.parameter for r in found.rules)
            data = any(r.data for r in found.rules)
            answer = "parameter_missing" if missing else "needs_review"
            return Suggestion(answer, certain=not data, rules=found.rules)
    return found


def in_doubt(lines: frozenset[tuple[str, str]] = frozenset()) -> list[Scenario]:
    """The other ways to look at a case: with tier C rows, and without the lines that are objected to."""
    others = [Scenario(tier_c=True)]
    return [*others, Scenario(without=lines)] if lines else others


def under_objection(case: Case) -> tuple[frozenset[tuple[str, str]], bool]:
    """The lines under open objection, and whether one concerns every line of the application."""
    world = case.register.world
    lines, everything = set(), False
    for row in case.register.objections.get(case.application_id, []):
        if row["objection_id"] in world.closed_objections or row["raised_on"] > case.as_of:
            continue
        line = world.evidence.get(row["evidence_id"] or "")
        if line is None:
            everything = True
        else:
            lines.add(line)
    return frozenset(lines), everything


def answers(case: Case, programme: str, scenario: Scenario) -> list[Outcome]:
    """The rules; one that the central basic pension would turn in months without a value is unknown for want of it."""
    if not case.counted(scenario) and programme != "temp_emergency":
        return [Outcome("household.empty", "fail")]  # before anything else is asked
    plain = RULES[programme](case, scenario)
    if not has_months_without_central_value(case):
        return plain
    left_out = RULES[programme](case, replace(scenario, central_left_out=True))
    return [
        a if a.outcome == b.outcome else unknown(a.rule, parameter=True, data=a.data or b.data)
        for a, b in zip(plain, left_out, strict=True)
    ]


def weigh(case: Case, programme: str, scenario: Scenario, others: list[Scenario]) -> Suggestion:
    """The suggestion on the lines of `scenario`, where `others` may put its answers in doubt."""
    rules = answers(case, programme, scenario)
    mine = {r.rule: r.outcome for r in rules}
    doubtful: set[str] = set()
    for other in others:
        theirs = {r.rule: r.outcome for r in answers(case, programme, other)}
        # A rule that is not asked (no economic test) is as good as passed.
        doubtful |= {
            name
            for name in mine.keys() | theirs.keys()
            if mine.get(name, "pass") != theirs.get(name, "pass")
        }
    data = any(r.data for r in rules)
    kept = tuple(rules)
    if any(r.outcome == "fail" and r.rule not in doubtful for r in rules):
        return Suggestion("ineligible", certain=True, rules=kept)
    if any(r.parameter for r in rules):
        return Suggestion("parameter_missing", certain=not data, rules=kept)
    if doubtful or any(r.review for r in rules):
        return Suggestion("needs_review", certain=not data, rules=kept)
    if data:
        return Suggestion("data_incomplete", certain=False, rules=kept)
    heads = len(case.counted(scenario))
    amount = amount_of(case, programme, scenario, heads=heads)
    if has_months_without_central_value(case):
        left_out = replace(scenario, central_left_out=True)
        if amount_of(case, programme, left_out, heads=heads) != amount:
            return Suggestion("parameter_missing", certain=True, rules=kept)
    return Suggestion("eligible", certain=True, rules=kept, amount=amount)
