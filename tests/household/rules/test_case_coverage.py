"""Nothing in a pack goes without a case: every rule passing, failing and unknown, every limit from both sides, every date.

And the search for what is wanting finds it: a case taken away is missed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from pack_cases import answers, packs

from household.rules.packs import Entry, Packs
from household.rules.parameters import PARAMETERS, Meaning
from household.rules.programmes import all_rules
from synthetic.cases.coverage import AMOUNT_LIMITS, NO_LIMIT, Need, coverage, read_by, unread
from synthetic.cases.dates import LATER, notice, turns_of
from synthetic.cases.reach import reachable

if TYPE_CHECKING:
    from synthetic.cases.running import Answer

NUMBERS = (Meaning.MONEY, Meaning.RATE, Meaning.COUNT)


@cache
def needs() -> tuple[Need, ...]:
    return tuple(coverage(answers(), packs()))


@pytest.mark.parametrize("kind", ["rule", "limit", "date"])
def test_nothing_goes_without_a_case(kind: str) -> None:
    asked = [need for need in needs() if need.kind == kind]
    assert len(asked) > 30
    assert not [need for need in asked if need.wanting]


def test_every_rule_is_asked_for_in_the_county_with_every_parameter() -> None:
    asked = {need.subject for need in needs() if need.kind == "rule" and need.pack_id == "990101"}
    assert asked == {rule.rule_id for rule in all_rules()}


def test_every_number_of_a_pack_is_a_limit_or_says_why_not() -> None:
    of_rules = {key for rule in all_rules() for key in read_by(rule)}
    numbers = {key for key, p in PARAMETERS.items() if p.meaning in NUMBERS and not unread(key)}
    assert numbers - of_rules - set(AMOUNT_LIMITS) - set(NO_LIMIT) == set()
    assert all(NO_LIMIT.values())
    assert set(NO_LIMIT) <= set(PARAMETERS)


TAKEN_AWAY = (
    ("asset.plain.vehicle", "fail", ("fail",)),
    ("tekun.obligors", "pass", ("pass",)),
    ("rigid.ratio", "unknown", ("unknown", "data_incomplete", "parameter_missing")),
)


def taken_away(answer: Answer) -> bool:
    """Whether a case shows one of three answers, or a limit from just below."""
    shown = {(e.subject, e.columns.get("outcome")) for e in answer.trial.case.expect}
    answers_of_rules = {(rule, word) for rule, _, words in TAKEN_AWAY for word in words}
    return bool(shown & answers_of_rules) or answer.trial.case.name.endswith("低一分")


def test_what_no_case_shows_is_missed() -> None:
    left = [answer for answer in answers() if not taken_away(answer)]
    found = coverage(left, packs(), kinds=["rule", "limit"])
    missed = {(n.pack_id, n.subject, n.what) for n in found if n.wanting}
    assert {("990101", rule, word) for rule, word, _ in TAKEN_AWAY} <= missed
    sides = {(n.pack_id, n.what) for n in found if n.wanting and n.kind == "limit"}
    assert {("990101", "below"), ("50", "below"), ("65", "below")} <= sides
    assert ("990101", "dibao.income", "fail") not in missed
    assert ("990101", "standard.urban → dibao.income", "at") not in missed
    assert ("990101", "standard.urban → dibao.income", "below") in missed


def test_a_case_that_does_not_hold_shows_nothing() -> None:
    wrong = [
        replace(answer, verdicts={}) if answer.trial.case.name.startswith("2026年提标") else answer
        for answer in answers()
    ]
    turns = [turn for turn in turns_of(packs()) if turn.key == "standard.urban"]
    late = {
        (one.turn.pack_id, one.turn.day.isoformat()): bool(one.by)
        for one in notice(wrong, packs(), turns)
        if one.way == LATER
    }
    assert not late.pop(("990101", "2026-01-01"))
    assert all(late.values())


def test_what_cannot_come_out_is_reasoned_from_packs_and_rules() -> None:
    """A business only asks for review where the pack says so; said otherwise, the rule can fail, and a case is asked for."""
    schema = answers()[0].facts_schema
    county = packs().packs["990101"]
    severe = replace(county, values={**county.values, "asset.business_review": (Entry(False),)})
    strict = Packs({**packs().packs, "990101": severe})
    rule = "asset.plain.business"
    assert "fail" not in reachable(packs(), schema)["990101"][rule]
    assert "fail" in reachable(strict, schema)["990101"][rule]
