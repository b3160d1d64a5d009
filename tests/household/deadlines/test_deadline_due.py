"""From a start and a limit to a due date, unit by unit; and the four states on the day before, on the day, and the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from household.deadlines.calendar import working_calendar
from household.deadlines.clocks import CLOCKS, Clock, Unit
from household.deadlines.due import reckon, with_state

D = date
PLAIN = replace(CLOCKS["recheck"], rolls=False)
MONTHS = replace(PLAIN, unit=Unit.MONTH)


def reckoned(clock: Clock, started_on: date | None, limit_n: int, **more: Any) -> dict[str, Any]:
    schema = {
        "started_on": pl.Date(),
        "limit_n": pl.Int64(),
        "latest_start": pl.Date(),
        "longest_n": pl.Int64(),
        "given_due": pl.Date(),
    }
    row = {"started_on": started_on, "limit_n": limit_n} | more
    frame = pl.DataFrame([{name: row.get(name) for name in schema}], schema=schema)
    return reckon(frame, clock, working_calendar()).row(0, named=True)


@pytest.mark.parametrize(
    ("clock", "start", "limit", "due"),
    [
        (replace(PLAIN, unit=Unit.DAY), D(2026, 2, 25), 7, D(2026, 3, 4)),
        (replace(PLAIN, unit=Unit.DAY), D(2028, 2, 25), 7, D(2028, 3, 3)),
        (MONTHS, D(2025, 11, 30), 3, D(2026, 2, 28)),
        (MONTHS, D(2027, 11, 30), 3, D(2028, 2, 29)),
        (MONTHS, D(2028, 2, 29), 12, D(2029, 2, 28)),
        (MONTHS, D(2026, 2, 28), 12, D(2027, 2, 28)),
        (replace(PLAIN, unit=Unit.HOUR), D(2026, 2, 28), 24, D(2026, 3, 1)),
        (replace(PLAIN, unit=Unit.HOUR), D(2026, 2, 28), 25, D(2026, 3, 2)),
        (replace(PLAIN, unit=Unit.HOUR), D(2026, 2, 28), 72, D(2026, 3, 3)),
        (replace(PLAIN, unit=Unit.DAY_OF_MONTH), D(2026, 2, 3), 25, D(2026, 2, 25)),
        (replace(PLAIN, unit=Unit.DAY_OF_MONTH), D(2026, 2, 27), 25, D(2026, 2, 25)),
        (replace(PLAIN, unit=Unit.DAY_OF_MONTH), D(2026, 2, 3), 31, D(2026, 2, 28)),
        # A status of twelve months from the first of March runs through the last of February, however long that is.
        (CLOCKS["rigid_validity"], D(2026, 3, 1), 12, D(2027, 2, 28)),
        (CLOCKS["rigid_validity"], D(2027, 3, 1), 12, D(2028, 2, 29)),
        # 公示 that would end on 4 October ends on the first working day after the holiday; one that ends on a make-up Saturday does not move.
        (CLOCKS["publicity"], D(2026, 9, 27), 7, D(2026, 10, 8)),
        (CLOCKS["publicity"], D(2026, 10, 3), 7, D(2026, 10, 10)),
        (CLOCKS["publicity"], D(2026, 10, 4), 7, D(2026, 10, 12)),
    ],
)
def test_a_limit_is_reckoned_in_its_unit(clock: Clock, start: date, limit: int, due: date) -> None:
    row = reckoned(clock, start, limit)
    assert (row["due_on"], row["latest_on"], row["calendar_known"]) == (due, due, True)


def test_without_a_start_nothing_is_due() -> None:
    for unit in Unit:
        row = reckoned(replace(PLAIN, unit=unit), None, 3)
        assert (row["due_on"], row["latest_on"], row["calendar_known"]) == (None, None, True)


def test_only_days_that_were_counted_make_a_date_provisional() -> None:
    beyond = working_calendar().arranged_to + timedelta(days=30)
    assert not reckoned(PLAIN, beyond, 3)["calendar_known"]
    assert not reckoned(CLOCKS["publicity"], beyond, 7)["calendar_known"]
    assert reckoned(MONTHS, beyond, 3)["calendar_known"]
    assert reckoned(CLOCKS["papers"], beyond, 10)["calendar_known"]
    # The outermost day is counted too.
    near = working_calendar().arranged_to - timedelta(days=20)
    assert reckoned(PLAIN, near, 3)["calendar_known"]
    assert not reckoned(PLAIN, near, 3, longest_n=45)["calendar_known"]


def test_the_outermost_day_takes_the_longer_limit_and_the_later_start() -> None:
    row = reckoned(PLAIN, D(2026, 3, 2), 30, longest_n=45)
    assert (row["due_on"], row["latest_on"]) == (D(2026, 4, 14), D(2026, 5, 8))
    row = reckoned(MONTHS, D(2026, 1, 31), 3, latest_start=D(2026, 2, 10))
    assert (row["due_on"], row["latest_on"]) == (D(2026, 4, 30), D(2026, 5, 10))
    row = reckoned(MONTHS, D(2026, 1, 31), 3, given_due=D(2026, 4, 1))
    assert (row["due_on"], row["latest_on"]) == (D(2026, 4, 1), D(2026, 4, 1))


DUE, LATEST = D(2026, 5, 20), D(2026, 5, 27)


@pytest.mark.parametrize(
    ("as_of", "done_from", "done_by", "silence", "state"),
    [
        # Nothing on record: open through the day itself, then nobody knows, unless the silence itself is on record.
        (D(2026, 5, 19), None, None, False, "open"),
        (D(2026, 5, 20), None, None, True, "open"),
        (D(2026, 5, 21), None, None, False, "unrecorded"),
        (D(2026, 5, 27), None, None, True, "unrecorded"),
        (D(2026, 5, 28), None, None, True, "overdue"),
        (D(2026, 5, 28), None, None, False, "unrecorded"),
        # Done: in time through the day itself, late for certain after the outermost day.
        (D(2026, 6, 30), D(2026, 5, 20), D(2026, 5, 20), True, "met"),
        (D(2026, 6, 30), D(2026, 5, 21), D(2026, 5, 21), True, "unrecorded"),
        (D(2026, 6, 30), D(2026, 5, 27), D(2026, 5, 27), True, "unrecorded"),
        (D(2026, 6, 30), D(2026, 5, 28), D(2026, 5, 28), False, "overdue"),
        # Done by some day, since when is not known: never late.
        (D(2026, 6, 30), None, D(2026, 5, 20), False, "met"),
        (D(2026, 6, 30), None, D(2026, 6, 20), True, "unrecorded"),
    ],
)
def test_states_to_the_day(
    as_of: date, done_from: date | None, done_by: date | None, silence: bool, state: str
) -> None:
    assert stated(PLAIN, as_of, DUE, done_from, done_by, silence=silence) == state


def test_without_a_due_date_nothing_is_said() -> None:
    done = D(2026, 5, 1)
    for silence in (False, True):
        assert stated(PLAIN, DUE, None, None, None, silence=silence) == "unrecorded"
        assert stated(PLAIN, DUE, None, done, done, silence=silence) == "unrecorded"
        assert stated(CLOCKS["papers"], DUE, None, done, done, silence=silence) == "met"
        assert stated(CLOCKS["papers"], DUE, None, None, None, silence=silence) == "unrecorded"


def stated(
    clock: Clock,
    as_of: date,
    due: date | None,
    done_from: date | None,
    done_by: date | None,
    *,
    silence: bool,
) -> str:
    row = {
        "due_on": due,
        "latest_on": LATEST if due else None,
        "done_from": done_from,
        "done_by": done_by,
        "silence_is_late": silence,
    }
    schema = dict.fromkeys(("due_on", "latest_on", "done_from", "done_by"), pl.Date())
    frame = pl.DataFrame([row], schema=schema | {"silence_is_late": pl.Boolean()})
    return str(with_state(frame, clock, as_of)["state"][0])
