"""Every rule of the library is seen to pass, to fail and to be unknown, and answers each small household as it must."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_rule_cases import CASES
from rule_county_run import rule_county_told

from household.rules.programmes import PROGRAMMES, all_rules
from household.rules.rule import outcome_of

if TYPE_CHECKING:
    from core_told import Told

WORDS = {1: "pass", 0: "unknown", -1: "fail", None: None}


@pytest.fixture(scope="module")
def told() -> Told:
    return rule_county_told()


@pytest.fixture(scope="module")
def answers(told: Told) -> dict[str, dict[str, str | None]]:
    """Application -> rule -> outcome."""
    ids = [rule.rule_id for rule in all_rules()]
    base = told.assessed.worlds.base.join(
        told.assessed.case.applications.select("app", "application_id"), on="app"
    ).select("application_id", *(outcome_of(pl.col(f"answer:{i}")).alias(i) for i in ids))
    return {
        row.pop("application_id"): {rule: WORDS[value] for rule, value in row.items()}
        for row in base.iter_rows(named=True)
    }


@pytest.mark.parametrize("name", CASES)
def test_each_household_is_answered_as_it_must(
    answers: dict[str, dict[str, str | None]], name: str
) -> None:
    wanted = CASES[name].answers
    assert {rule: answers[name][rule] for rule in wanted} == wanted


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in all_rules()])
def test_every_rule_is_seen_passing_failing_and_unknown(rule_id: str) -> None:
    """By what the cases *expect*: a rule added to the library fails here until cases are written for it."""
    seen = defaultdict(set)
    for case in CASES.values():
        for rule, outcome in case.answers.items():
            seen[rule].add(outcome)
    assert {"pass", "fail", "unknown"} <= seen[rule_id]


def test_no_case_expects_an_answer_of_a_rule_that_is_not_there() -> None:
    known = {rule.rule_id for rule in all_rules()}
    assert not {rule for case in CASES.values() for rule in case.answers} - known


def test_rules_have_ids_of_their_own_and_every_programme_asks_something() -> None:
    ids = [rule.rule_id for rule in all_rules()]
    assert len(ids) == len(set(ids))
    assert all(PROGRAMMES.values())


def test_reasons_tell_the_answers(told: Told, answers: dict[str, dict[str, str | None]]) -> None:
    for name in CASES:
        for programme in PROGRAMMES:
            for rule, reason in told.reasons(name, programme).items():
                assert reason["outcome"] == answers[name][rule], (name, rule)
