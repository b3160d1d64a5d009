"""Each state of a request at its edge, its due days, and whose turn it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from inquiry_book import ASKED_ON, Bookkeeper

from household.inquiries.escalation import escalations, next_steps, reminders_due
from household.inquiries.log import EVENT_SCHEMA, REPLY_SCHEMA, InquiryLog
from household.inquiries.states import request_states

DUE = date(2026, 5, 18)  # the fifth working day
REMIND = date(2026, 5, 19)
GIVE_UP = date(2026, 5, 25)


def state_of(book: Bookkeeper, on: date, request_id: str = "Q1") -> dict[str, Any]:
    states = next_steps(request_states(book.log, on), on)
    return states.filter(pl.col("request_id") == request_id).row(0, named=True)


@pytest.mark.parametrize(
    ("on", "state", "step"),
    [
        (ASKED_ON, "asked", "wait"),
        (DUE, "asked", "wait"),
        (REMIND, "late", "remind"),
        (GIVE_UP, "late", "remind"),
        (date(2026, 5, 26), "no_answer", "escalate"),
    ],
)
def test_silence_by_day(on: date, state: str, step: str) -> None:
    book = Bookkeeper()
    book.ask("Q1")
    told = state_of(book, on)
    assert (told["state"], told["step"]) == (state, step)
    assert (told["due_on"], told["remind_on"], told["give_up_on"]) == (DUE, REMIND, GIVE_UP)
    assert told["calendar_known"]
    assert told["working_days"] is None


def test_reminded_and_escalated() -> None:
    book = Bookkeeper()
    book.ask("Q1")
    book.event(None, "reminded", REMIND)  # the whole batch
    assert state_of(book, date(2026, 5, 20))["step"] == "wait_reminded"
    assert reminders_due(request_states(book.log, REMIND), REMIND).is_empty()
    after = date(2026, 5, 27)
    book.event("Q1", "escalated", after)
    told = state_of(book, after)
    assert (told["step"], told["actor"]) == ("wait_escalated", "supervisor")
    assert (
        state_of(book, date(2026, 5, 26))["step"] == "escalate"
    )  # not known yet on the day before


@pytest.mark.parametrize("state", ["found", "none", "identity_mismatch", "no_answer"])
def test_as_answered(state: str) -> None:
    book = Bookkeeper()
    book.ask("Q1")
    book.reply("Q1", state, date(2026, 5, 13), taken=date(2026, 5, 14))
    assert state_of(book, date(2026, 5, 13))["state"] == "asked"  # it was not here yet
    told = state_of(book, date(2026, 6, 30))
    assert told["state"] == state
    assert (told["working_days"], told["days"], told["in_time"]) == (2, 2, True)


def test_answered_after_giving_up_is_answered() -> None:
    book = Bookkeeper()
    book.ask("Q1")
    book.reply("Q1", "none", date(2026, 6, 1))
    told = state_of(book, date(2026, 6, 2))
    assert (told["state"], told["in_time"], told["step"]) == ("none", False, None)


def test_the_later_of_two_answers_stands_and_both_are_kept() -> None:
    book = Bookkeeper()
    book.ask("Q1")
    book.reply("Q1", "none", date(2026, 5, 15))
    book.reply("Q1", "found", date(2026, 5, 14), taken=date(2026, 5, 20))
    told = state_of(book, date(2026, 5, 20))
    assert (told["state"], told["conflicting"]) == ("found", True)
    assert state_of(book, date(2026, 5, 19))["state"] == "none"
    assert book.log.replies.height == 2


@pytest.mark.parametrize("said", [date(2026, 5, 10), date(2026, 5, 30), None])
def test_an_impossible_day_of_answer_is_not_believed(said: date | None) -> None:
    book = Bookkeeper()
    book.ask("Q1")
    book.reply("Q1", "none", said, taken=date(2026, 5, 14))
    told = state_of(book, date(2026, 5, 30))
    assert (told["answered_on"], told["replied_on"]) == (date(2026, 5, 14), said)


def test_hand_overs_fail_and_heal() -> None:
    book = Bookkeeper()
    book.ask("Q1", sent=None)
    assert state_of(book, ASKED_ON)["state"] == "prepared"
    book.event("Q1", "failed", date(2026, 5, 12))
    assert state_of(book, date(2026, 5, 12))["step"] == "repair"
    book.event("Q1", "sent", date(2026, 5, 13))
    book.event("Q1", "sent", date(2026, 5, 14))  # the same file, put again
    told = state_of(book, date(2026, 5, 14))
    assert (told["state"], told["sent_on"], told["due_on"]) == (
        "asked",
        date(2026, 5, 13),
        date(2026, 5, 20),
    )


def test_held_back_at_the_hand_over() -> None:
    book = Bookkeeper()
    book.ask("Q1", sent=None)
    book.event("Q1", "failed", ASKED_ON, note="withheld")
    assert state_of(book, ASKED_ON)["step"] == "sign_again"


def test_a_batch_is_of_one_institution_and_round() -> None:
    book = Bookkeeper(banks=("B01", "B02"))
    book.ask("Q1", sent=None)
    book.ask("Q2", sent=None, institution_code="B02")
    book.ask("Q3", sent=None, batch="R2-001")
    book.event(None, "sent", ASKED_ON)
    states = request_states(book.log, ASKED_ON)
    assert dict(states.select("request_id", "state").iter_rows()) == {
        "Q1": "asked",
        "Q2": "prepared",
        "Q3": "prepared",
    }


def test_who_acts_after_an_answer() -> None:
    book = Bookkeeper()
    for number, (state, note) in enumerate(
        [
            ("identity_mismatch", None),
            ("no_answer", None),
            ("no_answer", "withheld"),
            ("none", None),
        ]
    ):
        book.ask(f"Q{number}")
        book.reply(f"Q{number}", state, date(2026, 5, 13), note=note)
    states = next_steps(request_states(book.log, DUE), DUE)
    assert states["actor"].to_list() == ["commissioner", "centre", "commissioner", None]
    assert states["step_zh"].null_count() == 1


def test_what_was_asked_again_is_nobodys_turn() -> None:
    book = Bookkeeper()
    book.ask("Q1", person_ref="P1")
    book.reply("Q1", "identity_mismatch", date(2026, 5, 12))
    book.ask("Q2", person_ref="P1", attempt=2, sent=date(2026, 5, 13))
    assert state_of(book, DUE)["step"] is None
    assert state_of(book, DUE, "Q2")["step"] == "wait"
    assert state_of(book, date(2026, 5, 12))["step"] == "correct"


def test_agreed_days_that_nobody_knows() -> None:
    book = Bookkeeper(banks=())
    book.ask("Q1")
    told = state_of(book, date(2027, 1, 1))
    assert (told["state"], told["due_on"]) == ("asked", None)


def test_a_year_without_decree_is_told_so() -> None:
    book = Bookkeeper()
    day = date(2031, 5, 12)
    book.ask("Q1", sent=day)
    assert state_of(book, day)["calendar_known"] is False


def test_a_reminder_on_the_due_day_itself() -> None:
    book = Bookkeeper(terms={"remind_days": 0})
    book.ask("Q1")
    assert state_of(book, DUE)["step"] == "wait"
    assert state_of(book, REMIND)["step"] == "remind"


def test_nobody_is_late_or_answered_by_mistake_of_the_book() -> None:
    book = Bookkeeper()
    book.reply(None, "found", ASKED_ON, note="not_asked")
    assert request_states(book.log, DUE).is_empty()
    assert request_states(InquiryLog(), DUE).is_empty()


def test_the_list_for_the_supervisor() -> None:
    book = Bookkeeper(banks=("B01", "B02"))
    book.ask("Q1")
    book.ask("Q2", sent=date(2026, 5, 4))
    book.ask("Q3", institution_code="B02", sent=None)
    book.events.append(book.events[0] | {"request_id": "Q3", "institution_code": "B02"})
    book.ask("Q4", sent=date(2026, 5, 18))
    on = date(2026, 5, 20)
    book.event("Q2", "reminded", date(2026, 5, 14))
    listed = escalations(request_states(book.log, on), on)
    assert listed.drop("institution").rows() == [
        ("banking", "B01", 1, 0, 1, 0, date(2026, 5, 11), "Q2"),
        ("banking", "B02", 1, 0, 0, 0, DUE, "Q3"),
    ]


def test_order_of_the_frames_does_not_matter() -> None:
    book = Bookkeeper()
    for number in range(20):
        book.ask(f"Q{number:02d}")
        if number % 3:
            book.reply(f"Q{number:02d}", "none", date(2026, 5, 12 + number % 3))
    log = book.log
    mixed = InquiryLog(
        log.requests.reverse(),
        log.replies.sort("replied_on"),
        log.events.reverse(),
        log.institutions,
    )
    assert request_states(log, DUE).equals(request_states(mixed, DUE))
    assert set(log.events.schema) == set(EVENT_SCHEMA)
    assert set(log.replies.schema) == set(REPLY_SCHEMA)
