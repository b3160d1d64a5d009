"""The clocks of benefits: reviews as A04 reckons them, the review after a death, and how long a 刚性支出 status is valid."""

from __future__ import annotations

from datetime import date
from typing import Any

from deadline_town import Clocked

D = date


def recipient(made: Clocked, benefit_id: str, **given: Any) -> Any:
    someone = made.person(**given.pop("register", {}))
    made.add("civil_affairs.benefit", someone, benefit_id=benefit_id, **given)
    return someone


def test_reviews_are_due_as_a04_reckons() -> None:
    made = Clocked()
    cases = {
        "stable today": ("stable", D(2025, 5, 20), D(2020, 1, 1)),
        "stable late": ("stable", D(2025, 5, 19), D(2020, 1, 1)),
        "unstable today": ("unstable", D(2025, 11, 20), D(2020, 1, 1)),
        "unstable late": (None, D(2025, 11, 19), D(2020, 1, 1)),
        "never reviewed": ("stable", None, D(2025, 5, 1)),
        "new": ("stable", None, D(2025, 6, 1)),
    }
    for benefit_id, (kind, reviewed, start) in cases.items():
        recipient(
            made, benefit_id, household_kind=kind, last_reviewed_on=reviewed, from_month=start
        )
    recipient(made, "ended", last_reviewed_on=None, to_month=D(2026, 4, 1))
    due = made.due()
    assert due["review/stable today"]["due_on"] == D(2026, 5, 20)
    assert due["review/unstable today"]["due_on"] == D(2026, 5, 20)
    assert due["review/unstable late"]["limit_n"] == 6
    assert "review/ended" not in due
    states = made.states("review")
    assert {s for s, state in states.items() if state == "overdue"} == made.alerts().subjects("A04")
    assert {s for s, state in states.items() if state == "open"} == {
        "stable today", "unstable today", "new",
    }  # fmt: skip


def test_a_benefit_on_the_last_day_of_a_long_month() -> None:
    made = Clocked()
    recipient(made, "B1", household_kind="unstable", last_reviewed_on=D(2025, 8, 31))
    assert made.due()["review/B1"]["due_on"] == D(2026, 2, 28)


def bury(made: Clocked, someone: Any, day: date) -> None:
    made.add("civil_affairs.funeral", someone, died_on=day)


DEAD = {"status": "死亡注销", "cancelled_on": D(2026, 2, 11)}


def test_a_death_asks_for_a_review_within_three_months() -> None:
    made = Clocked()
    cases = {
        "before": ({"last_reviewed_on": D(2026, 2, 10)}, "overdue"),
        "never": ({"last_reviewed_on": None}, "overdue"),
        "the same day": ({"last_reviewed_on": D(2026, 2, 11)}, "met"),
        "the last day": ({"last_reviewed_on": D(2026, 5, 11)}, "met"),
        "a day late": ({"last_reviewed_on": D(2026, 5, 12)}, "overdue"),
        # It runs out this month: decided by its end at the latest, which says nothing of the eleventh.
        "ending": ({"last_reviewed_on": None, "to_month": D(2026, 5, 1)}, "unrecorded"),
    }
    for benefit_id, (given, _) in cases.items():
        bury(made, recipient(made, benefit_id, register=DEAD, **given), D(2026, 2, 11))
    due = made.due()
    assert due["death_review/never"]["due_on"] == D(2026, 5, 11)
    # A review that left the benefit as it was is told as what it is.
    assert "待遇仍在享" in due["death_review/the last day"]["text_zh"]
    assert "待遇仍在享" not in due["death_review/ending"]["text_zh"]
    assert made.states("death_review") == {name: state for name, (_, state) in cases.items()}
    made.as_of = D(2026, 5, 11)
    assert made.states("death_review")["never"] == "open"
    made.as_of = D(2026, 5, 12)
    assert made.states("death_review")["never"] == "overdue"


def test_a_last_day_on_a_holiday_gives_way() -> None:
    made = Clocked()
    gone = {"status": "死亡注销", "cancelled_on": D(2026, 2, 2)}
    bury(made, recipient(made, "B1", register=gone, last_reviewed_on=None), D(2026, 2, 2))
    # Two months and a half later stands the Labour Day holiday: 2 May gives way to 6 May.
    assert made.due()["death_review/B1"]["due_on"] == D(2026, 5, 6)


def test_a_death_in_one_register_only_makes_nobody_late() -> None:
    made = Clocked()
    recipient(made, "B1", register=DEAD, last_reviewed_on=None)
    row = made.due()["death_review/B1"]
    assert (row["due_on"], row["state"]) == (D(2026, 5, 11), "unrecorded")
    assert "待印证" in row["text_zh"]


def test_registers_that_differ_give_the_later_day() -> None:
    made = Clocked()
    someone = recipient(made, "B1", register=DEAD, last_reviewed_on=D(2026, 5, 15))
    bury(made, someone, D(2026, 2, 20))
    row = made.due()["death_review/B1"]
    assert (row["due_on"], row["latest_on"]) == (D(2026, 5, 11), D(2026, 5, 20))
    assert row["state"] == "unrecorded"


def test_a_death_without_a_day_starts_no_clock() -> None:
    made = Clocked()
    recipient(made, "B1", register={"status": "死亡注销"}, last_reviewed_on=None)
    row = made.due()["death_review/B1"]
    assert (row["started_on"], row["due_on"], row["state"]) == (None, None, "unrecorded")


def test_only_benefits_drawn_at_death_are_reviewed_for_it() -> None:
    made = Clocked()
    someone = recipient(made, "B1", register=DEAD)
    months = {"before": (D(2025, 1, 1), D(2026, 1, 1)), "after": (D(2026, 3, 1), None)}
    for benefit_id, (start, end) in months.items():
        made.add(
            "civil_affairs.benefit",
            someone,
            benefit_id=benefit_id,
            from_month=start,
            to_month=end,
            programme="old_age",
        )
    assert set(made.states("death_review")) == {"B1"}


def test_of_whom_nothing_may_be_read_nothing_is_told() -> None:
    """An ended benefit covers nothing; an authorisation does."""
    made = Clocked()
    gone = {"last_reviewed_on": None, "to_month": D(2026, 3, 1)}
    someone = recipient(made, "B1", register=DEAD, **gone)
    bury(made, someone, D(2026, 2, 11))
    assert made.states("death_review") == {}
    made.apply("A1", made.person(), someone, accepted_on=D(2026, 5, 6), signed=False)
    assert made.states("death_review") == {}
    made.sign("A1", someone)
    assert made.states("death_review") == {"B1": "met"}  # stopped by the end of March


def test_a_rigid_status_is_valid_for_twelve_months() -> None:
    made = Clocked(D(2026, 5, 31))
    started = {"from_month": D(2025, 6, 1), "programme": "rigid"}
    recipient(made, "never", **started, last_reviewed_on=None)
    recipient(made, "reviewed", **started, last_reviewed_on=D(2026, 5, 30))
    recipient(made, "dibao", **(started | {"programme": "dibao"}), last_reviewed_on=None)
    assert made.due()["rigid_validity/never"]["due_on"] == D(2026, 5, 31)
    assert made.states("rigid_validity") == {"never": "open", "reviewed": "open"}
    made.as_of = D(2026, 6, 1)
    # A review may have been a new recognition.
    assert made.states("rigid_validity") == {"never": "overdue", "reviewed": "unrecorded"}


def test_a_benefit_whose_person_is_unknown_is_reviewed_all_the_same() -> None:
    made = Clocked()
    made.add(
        "civil_affairs.benefit",
        made.person(),
        benefit_id="B1",
        id_no="12345",
        last_reviewed_on=None,
    )
    assert made.states("review") == {"B1": "overdue"}
