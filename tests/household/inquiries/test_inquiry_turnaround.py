"""Turnaround against a plain reckoning: ranks, silence that slows, and what is not reached."""

from __future__ import annotations

import random
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest
from inquiry_book import ASKED_ON, Bookkeeper

from household.inquiries.published_rows import turnaround_rows
from household.inquiries.states import request_states
from household.inquiries.turnaround import nearest_rank, reached, turnaround

LATER = date(2026, 6, 30)


def of_bank(book: Bookkeeper, on: date = LATER) -> dict[str, object]:
    return turnaround(request_states(book.log, on), on).row(0, named=True)


def test_counts() -> None:
    book = Bookkeeper()
    for number, (state, day) in enumerate(
        [("found", 12), ("none", 13), ("identity_mismatch", 14), ("none", 29), ("no_answer", 13)]
    ):
        book.ask(f"A{number}")
        book.reply(f"A{number}", state, date(2026, 5, day))
    book.ask("B1")
    book.reply("B1", "no_answer", date(2026, 5, 12), note="withheld")
    book.ask("C1")
    book.ask("C2", sent=date(2026, 5, 26))
    book.ask("C3", sent=date(2026, 5, 18))
    book.ask("D1", sent=None)
    book.event("D1", "failed", ASKED_ON)
    book.ask("E1", sent=None)
    told = of_bank(book, date(2026, 5, 29))
    assert told["asked"] == 10
    assert (told["answered"], told["in_time"], told["mismatch"]) == (5, 4, 1)
    assert (told["waiting"], told["late"], told["silent"], told["failed"]) == (1, 1, 2, 1)
    assert told["oldest_open_on"] == ASKED_ON, "given up, and never answered"
    assert (told["median_working_days"], told["p95_working_days"]) == (2, 14)
    assert (told["median_days"], told["p95_days"]) == (2, 18)


def test_what_we_held_back_ourselves_is_no_answer() -> None:
    book = Bookkeeper()
    book.ask("Q1", sent=None)
    book.event("Q1", "failed", ASKED_ON, note="withheld")
    told = of_bank(book)
    assert (told["asked"], told["answered"], told["failed"]) == (1, 0, 1)


def test_silence_does_not_make_an_institution_look_fast() -> None:
    book = Bookkeeper()
    for number in range(10):
        book.ask(f"Q{number}")
    for number in range(4):
        book.reply(f"Q{number}", "none", date(2026, 5, 12))
    told = of_bank(book)
    assert told["median_working_days"] == 1
    assert told["median_with_open"] is None
    text = turnaround_rows(request_states(book.log, LATER), LATER)["text_zh"].item()
    assert text == "查询10件，答复4件（按期4件），未答复6件；中位用时1个工作日，计入未答复的未达到"


def test_what_was_sent_yesterday_does_not_make_it_look_slow() -> None:
    book = Bookkeeper()
    for number in range(4):
        book.ask(f"Q{number}")
        book.reply(f"Q{number}", "none", date(2026, 5, 13))
    for number in range(9):
        book.ask(f"R{number}", sent=LATER - timedelta(days=1))
    assert of_bank(book)["median_with_open"] == 2


def test_who_says_no_stays_unanswered() -> None:
    steps = [(1, 1, 1), (None, 0, 1)]
    assert reached(steps, 50) == 1
    assert reached([(1, 1, 1), (None, 0, 2)], 50) is None
    assert reached([], 50) is None


@pytest.mark.parametrize("seed", range(20))
def test_random_against_a_plain_reckoning(seed: int) -> None:
    dice = random.Random(seed)
    waits = [(dice.randint(0, 12), dice.random() < 0.7) for _ in range(dice.randint(1, 60))]
    days = sorted({d for d, _ in waits})
    steps = [
        (day, sum(a for d, a in waits if d == day), sum(1 for d, _ in waits if d == day))
        for day in days
    ]
    share, plain = Fraction(1), {}
    for day in days:
        at_risk = sum(1 for d, _ in waits if d >= day)
        share *= 1 - Fraction(sum(a for d, a in waits if d == day), at_risk)
        plain[day] = share
    for percent in (5, 50, 95):
        expected = next((d for d in days if plain[d] <= 1 - Fraction(percent, 100)), None)
        assert reached(steps, percent) == expected
    answered = sorted(d for d, a in waits if a)
    told = pl.DataFrame({"d": [d if a else None for d, a in waits]}, schema={"d": pl.Int64})
    for percent in (50, 95):
        rank = -(-len(answered) * percent // 100)
        expected = answered[rank - 1] if answered else None
        assert told.select(nearest_rank(pl.col("d"), percent)).item() == expected


def test_nobody_asked() -> None:
    empty = request_states(Bookkeeper().log, LATER)
    assert turnaround(empty, LATER).is_empty()
    assert turnaround_rows(empty, LATER).is_empty()
