"""From open to closed: what a decision does to an alert, for how long, and what nobody can do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from alert_runs import Runs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from household.alerts.life.states import FROM, MAKES, PUBLISHED_STATE
from household.errors import InputError
from household.schema.published.alert_life import ALERT_CHANGE, ALERT_LIFE
from household.schema.published.alerts import ALERT_STATES


def opened(**facts: str) -> Runs:
    runs = Runs(facts=facts or {"B1": "a"})
    runs.run()
    return runs


@pytest.mark.parametrize(
    ("action", "state"),
    [("explain", "explained"), ("confirm", "confirmed"), ("dismiss", "explained")],
)
def test_a_decision_is_seen_at_once_and_published_by_the_next_run(action: str, state: str) -> None:
    runs = opened()
    runs.decide("B1", action)
    assert runs.of("B1")["waits"]
    assert (runs.life("B1"), runs.published()) == (MAKES[action], {"B1": "open"})
    runs.run()
    assert not runs.of("B1")["waits"]
    assert (runs.life("B1"), runs.published()) == (MAKES[action], {"B1": state})
    assert runs.changed() == {"B1": "decided"}
    runs.run()
    assert runs.changed() == {}


def test_closed_by_a_clerk_stays_listed_and_quiet_while_it_is_still_raised() -> None:
    runs = opened()
    runs.decide("B1", "confirm", amount="12.30", direction="over")
    runs.decide("B1", "close")
    first_seen = runs.of("B1")["first_seen"]
    for _ in range(2):
        runs.run()
        assert runs.published() == {"B1": "closed"}
        assert runs.of("B1")["first_seen"] == first_seen
    assert runs.changed() == {}
    runs.facts["B1"] = "b"
    runs.run()
    assert runs.published() == {"B1": "open"}
    assert runs.of("B1")["stale"]
    assert runs.of("B1")["first_seen"] > first_seen  # the old matter was closed: this is another
    assert runs.changed() == {"B1": "reopened"}


@pytest.mark.parametrize("action", ["explain", "dismiss"])
def test_quiet_outlives_a_run_in_which_the_source_was_late(action: str) -> None:
    runs = opened()
    runs.decide("B1", action)
    runs.facts.clear()
    runs.run()
    assert (runs.published(), runs.life("B1")) == ({"B1": "explained"}, MAKES[action])
    assert runs.lives is not None
    assert not runs.lives["raised"].item()
    runs.facts["B1"] = "a"
    runs.run()
    assert (runs.published(), runs.changed()) == ({"B1": "explained"}, {})


def test_confirmed_and_gone_is_closed_and_remembered() -> None:
    runs = opened()
    runs.decide("B1", "confirm", amount="12.30", direction="over")
    runs.facts.clear()
    runs.run()
    assert (runs.published(), runs.changed()) == ({"B1": "closed"}, {"B1": "closed"})
    runs.run()
    assert runs.published() == {}
    assert runs.lives is not None
    kept = runs.lives.row(0, named=True)
    assert (kept["life"], kept["outcome"], kept["amount"]) == (
        "closed",
        "person_error",
        Decimal("12.30"),
    )
    runs.facts["B1"] = "a"
    runs.run()  # what was found true shows again
    assert (runs.published(), runs.changed()) == ({"B1": "confirmed"}, {"B1": "reopened"})


def test_other_facts_open_it_again_and_the_same_facts_do_not() -> None:
    runs = opened()
    runs.decide("B1", "explain")
    runs.run()
    runs.facts["B1"] = "b"
    runs.run()
    row = runs.of("B1")
    assert (row["life"], row["stale"], runs.changed()) == ("open", True, {"B1": "reopened"})
    runs.decide("B1", "confirm")
    assert not runs.of("B1")["stale"]
    runs.facts["B1"] = "a"  # explained once, but since then something else was found true
    runs.run()
    assert runs.life("B1") == "open"


def test_a_decision_on_facts_that_changed_while_it_was_made_changes_nothing() -> None:
    runs = opened()
    runs.decide("B1", "explain")
    decided, runs.log = runs.log, runs.log.clear()
    runs.facts["B1"] = "b"
    runs.run()  # it had read the log before
    runs.log = decided
    assert runs.life("B1") == "open"
    runs.run()
    assert runs.life("B1") == "open"


def test_opened_again_by_a_clerk() -> None:
    runs = opened()
    runs.decide("B1", "dismiss")
    runs.run()
    runs.decide("B1", "reopen", reason="看错了户")
    assert runs.life("B1") == "open"
    runs.run()
    assert (runs.published(), runs.changed()) == ({"B1": "open"}, {"B1": "reopened"})
    assert runs.lives is not None
    assert runs.lives["outcome"].item() is None


def test_what_is_gone_cannot_be_opened_again() -> None:
    runs = opened()
    runs.facts.clear()
    runs.run()
    with pytest.raises(InputError, match="已不再提示"):
        runs.decide("B1", "reopen")


def test_a_closed_fraud_still_names_the_two_who_found_it() -> None:
    runs = opened()
    runs.decide("B1", "confirm", outcome="fraud", amount="5", second="李某")
    runs.decide("B1", "close", clerk="赵某", decided_at="2026-06-01")
    runs.run()
    assert runs.lives is not None
    row = runs.lives.row(0, named=True)
    assert (row["decided_by"], row["second"], row["closed_by"]) == ("王某", "李某", "赵某")
    assert (row["outcome"], row["amount"], row["direction"]) == ("fraud", Decimal("5.00"), "over")
    assert (row["decided_at"], row["closed_at"]) == ("2026-05-20T09:30:00", "2026-06-01T00:00:00")


def test_only_differences_are_told() -> None:
    runs = opened(B1="a", B2="a", B3="a")
    assert runs.changed() == dict.fromkeys(("B1", "B2", "B3"), "raised")
    runs.run()
    assert runs.changed() == {}
    runs.facts = {"B1": "a", "B2": "b", "B4": "a"}
    runs.amounts["B1"] = 5 * 10**8
    runs.run()
    assert runs.changed() == {
        "B1": "amount_changed",
        "B2": "facts_changed",
        "B3": "closed",
        "B4": "raised",
    }
    assert runs.changes is not None
    assert runs.changes.schema == ALERT_CHANGE.polars_schema()
    told = runs.changes.filter(pl.col("subject_id") == "B1").row(0, named=True)
    assert (told["amount_before"], told["amount_now"]) == (None, Decimal("5.00"))
    assert told["text_zh"] == "涉及金额有变：说明"
    runs.run()
    assert runs.changed() == {}


SUBJECTS = ("B1", "B2")


class Lives(RuleBasedStateMachine):
    """Clerks and sources in any order, against the table in docs/alerts.md told one alert at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = opened(**dict.fromkeys(SUBJECTS, "a"))
        self.rows_before: list[Any] = []

    @rule(subject=st.sampled_from(SUBJECTS), facts=st.sampled_from([None, "a", "b"]))
    def source_says(self, subject: str, facts: str | None) -> None:
        self.runs.facts.pop(subject, None)
        if facts is not None:
            self.runs.facts[subject] = facts

    @rule(subject=st.sampled_from(SUBJECTS), action=st.sampled_from(sorted(MAKES)))
    def clerk_says(self, subject: str, action: str) -> None:
        if subject not in self.runs.published():
            return
        row = self.runs.of(subject)
        length, gone = len(self.runs.log), row["life"] == "closed" and not row["raised"]
        if row["life"] in FROM[action] and not gone:
            self.runs.decide(subject, action)
            assert self.runs.life(subject) == MAKES[action]
        else:
            with pytest.raises(InputError):
                self.runs.decide(subject, action)
            assert len(self.runs.log) == length

    @rule()
    def run(self) -> None:
        before, shown = self.runs.alerts, dict(self.runs.now().select("subject_id", "life").rows())
        assert before is not None
        digests = dict(before.select("subject_id", "facts_digest").rows())
        self.runs.run()
        assert self.runs.alerts is not None
        after = dict(self.runs.alerts.select("subject_id", "facts_digest").rows())
        for subject, life in shown.items():
            raised = subject in self.runs.facts
            if raised and digests[subject] == after[subject] and life != "closed":
                assert self.runs.life(subject) == life  # the screen had told the truth
            if raised and digests[subject] != after[subject]:
                assert self.runs.life(subject) in ("open", *self.decided_on(after[subject]))
            if not raised and life in ("explained", "dismissed"):
                assert self.runs.life(subject) == life
            if not raised and life not in ("explained", "dismissed", "closed"):
                assert self.runs.life(subject) == "closed"
        if before.equals(self.runs.alerts):
            assert self.runs.changed() == {}

    def decided_on(self, digest: str) -> list[str]:
        """What the newest decision was, where it was about these very facts."""
        found = self.runs.log.group_by("alert_id").last().filter(pl.col("facts_digest") == digest)
        return [MAKES[action] for action in found["action"]]

    @invariant()
    def nothing_entered_is_changed(self) -> None:
        rows = self.runs.log.rows()
        assert rows[: len(self.rows_before)] == self.rows_before
        self.rows_before = rows

    @invariant()
    def at_most_one_alert_a_code_and_subject(self) -> None:
        alerts, lives = self.runs.alerts, self.runs.lives
        assert alerts is not None
        assert lives is not None
        assert not alerts.select("code", "subject_kind", "subject_id").is_duplicated().any()
        assert alerts["alert_id"].is_unique().all()
        assert lives["alert_id"].is_unique().all()
        assert set(alerts["state"]) <= set(ALERT_STATES)

    @invariant()
    def nothing_decided_is_lost(self) -> None:
        runs = self.runs
        assert runs.alerts is not None
        lives = runs.lives
        assert lives is not None
        assert lives.schema == ALERT_LIFE.polars_schema()
        assert set(runs.alerts["alert_id"]) <= set(lives["alert_id"])
        told = runs.log.filter(pl.col("event_id") <= (lives["event_id"].max() or 0))
        assert set(told["alert_id"]) <= set(lives["alert_id"])
        both = runs.alerts.join(lives, on="alert_id")
        assert [PUBLISHED_STATE[life] for life in both["life"]] == both["state"].to_list()
        assert both.filter(pl.col("stale"), pl.col("life") != "open").is_empty()


Lives.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestLives = Lives.TestCase
