"""The clocks of temporary assistance: hours, working days, papers, submission and filing."""

from __future__ import annotations

from datetime import date
from typing import Any

from deadline_town import Clocked, Person

D = date
EVENT, APPLIED, ACCEPTED = D(2026, 4, 2), D(2026, 4, 3), D(2026, 4, 7)
LOCAL = {
    "temp.emergency_hours": 24,
    "temp.deadline_wd.temp_emergency": 3,
    "temp.deadline_wd.temp_expenditure": 20,
}


def apply(made: Clocked, application_id: str, **given: Any) -> Person:
    """Somebody whose house burnt on 2 April, who applied on the 3rd and was accepted on the 7th."""
    someone = made.person()
    row = {"programme": "temp_emergency", "temp_cause": "fire"}
    row |= {"event_on": EVENT, "applied_on": APPLIED, "accepted_on": ACCEPTED}
    made.apply(application_id, someone, **(row | given))
    return someone


def pay(made: Clocked, someone: Person, day: date, **given: Any) -> None:
    row = {"programme": "temp_emergency", "cause": "fire", "event_on": EVENT} | given
    made.add("civil_affairs.payment", someone, paid_on=day, **row)


def test_aid_is_due_within_hours_of_the_event_and_working_days_of_acceptance() -> None:
    made = Clocked(**LOCAL)
    cases = {
        "in hours": (D(2026, 4, 3), {}, "met", "met"),
        # More than 24 hours after the event, not after the application: when it became known is on no record.
        "known late": (D(2026, 4, 4), {}, "unrecorded", "met"),
        "after hours": (D(2026, 4, 5), {}, "overdue", "met"),
        "third day": (D(2026, 4, 10), {}, "overdue", "met"),
        "fourth day": (D(2026, 4, 11), {}, "overdue", "overdue"),
        # A grant that does not name its event may be for another: it shows that aid came in time, not that it was late.
        "unnamed": (D(2026, 4, 3), {"event_on": None}, "met", "met"),
        "unnamed late": (D(2026, 4, 11), {"event_on": None}, "unrecorded", "unrecorded"),
        # Of another event, another cause, another programme, before it happened, or not yet: not this aid. No grant is no
        # finding: aid in kind, or a refusal, leaves no payment.
        "another event": (D(2026, 4, 3), {"event_on": D(2026, 3, 1)}, "unrecorded", "unrecorded"),
        "another cause": (D(2026, 4, 3), {"cause": "traffic"}, "unrecorded", "unrecorded"),
        "another kind": (D(2026, 4, 3), {"programme": "dibao"}, "unrecorded", "unrecorded"),
        "before": (D(2026, 4, 1), {}, "unrecorded", "unrecorded"),
        "tomorrow": (D(2026, 5, 21), {}, "unrecorded", "unrecorded"),
    }
    for name, (paid, given, _, _) in cases.items():
        pay(made, apply(made, name), paid, **given)
    due = made.due()
    for name, (_, _, first_aid, aid_paid) in cases.items():
        first, paid_row = due[f"first_aid/{name}"], due[f"aid_paid/{name}"]
        assert (first["due_on"], first["latest_on"]) == (D(2026, 4, 3), D(2026, 4, 4))
        assert (first["unit"], paid_row["due_on"]) == ("hour", D(2026, 4, 10))
        assert (first["state"], paid_row["state"]) == (first_aid, aid_paid), name


def test_aid_is_open_through_the_day_it_is_due() -> None:
    made = Clocked(APPLIED, **LOCAL)
    apply(made, "A1")
    assert made.states("first_aid") == {"A1": "open"}


def test_papers_are_due_as_t03_reckons() -> None:
    made = Clocked()
    relieved = D(2026, 4, 20)
    cases = {
        "on the day": (relieved, D(2026, 4, 30), "met"),
        "late": (relieved, D(2026, 5, 1), "overdue"),
        "missing": (relieved, None, "overdue"),
        "not over": (None, None, "unrecorded"),
        "not over, done": (None, D(2026, 4, 20), "met"),
    }
    for name, (relieved_on, papers, _) in cases.items():
        apply(made, name, relieved_on=relieved_on, paperwork_on=papers)
    assert made.states("papers") == {name: state for name, (_, _, state) in cases.items()}
    assert made.due()["papers/late"]["due_on"] == D(2026, 4, 30)
    assert made.alerts().subjects("T03") == {"late", "missing"}
    made.as_of = D(2026, 4, 30)
    assert made.states("papers")["missing"] == "open"


def test_submission_and_filing_run_from_the_payment() -> None:
    made = Clocked(D(2026, 4, 25), **{"temp.submit_by_day": 25, "temp.file_wd": 5})
    pay(made, apply(made, "A1"), D(2026, 4, 3))
    apply(made, "unpaid")
    due = made.due()
    submit, file = due["submit/A1"], due["file/A1"]
    assert (submit["started_on"], submit["due_on"]) == (D(2026, 4, 3), D(2026, 4, 25))
    assert (file["started_on"], file["due_on"]) == (D(2026, 4, 25), D(2026, 5, 6))
    assert (submit["state"], file["state"]) == ("open", "open")
    assert submit["inferred"]
    assert file["inferred"]
    assert "推定" in submit["text_zh"]
    assert {due["submit/unpaid"]["due_on"], due["file/unpaid"]["due_on"]} == {None}
    made.as_of = D(2026, 4, 26)
    assert made.states("submit") == {"A1": "unrecorded", "unpaid": "unrecorded"}


def test_expenditure_aid_counts_from_acceptance_where_a_region_says_so() -> None:
    made = Clocked(**LOCAL)
    given = {"programme": "temp_expenditure", "temp_cause": "illness", "event_on": None}
    for name, accepted in (("accepted", ACCEPTED), ("not accepted", None)):
        someone = apply(made, name, accepted_on=accepted, **given)
        grant = {"programme": "temp_expenditure", "cause": "illness", "event_on": None}
        pay(made, someone, D(2026, 4, 2), **grant)  # before it was asked for: another grant
        pay(made, someone, D(2026, 4, 30), **grant)
    row = made.due()["aid_paid/accepted"]
    assert (row["due_on"], row["done_on"], row["state"]) == (D(2026, 5, 8), D(2026, 4, 30), "met")
    row = made.due()["aid_paid/not accepted"]
    assert (row["started_on"], row["inferred"]) == (APPLIED, True)
    assert "按申请日期推定" in row["text_zh"]
