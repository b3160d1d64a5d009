"""Working days as the State Council arranged them, and what is said of a year that is not arranged yet."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.deadlines.calendar import make_calendar, working_calendar

CALENDAR = working_calendar()
UNARRANGED = max(day.year for day in chinese_calendar.holidays) + 1


def after(start: date, count: int) -> date | None:
    """The count-th working day after a day."""
    found = CALENDAR.add_working_days(pl.Series([start], dtype=pl.Date), count)[0]
    assert found is None or isinstance(found, date)
    return found


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        # 2026 Spring Festival: 15 to 23 February off, Saturdays 14 and 28 February worked (notice of November 2025).
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 2, 18), 1, date(2026, 2, 24)),
        (date(2026, 2, 23), 3, date(2026, 2, 26)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 2)),
        # 2026 National Day: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 7), 3, date(2026, 10, 10)),
        (date(2026, 10, 9), 2, date(2026, 10, 12)),
        # Mid-Autumn 2026: Friday 25 to Sunday 27 September, nothing made up for.
        (date(2026, 9, 24), 1, date(2026, 9, 28)),
        # 2025: Spring Festival 28 January to 4 February, Sunday 26 January and Saturday 8 February worked.
        (date(2025, 1, 24), 2, date(2025, 1, 27)),
        (date(2025, 1, 27), 1, date(2025, 2, 5)),
        (date(2025, 2, 7), 1, date(2025, 2, 8)),
        # The turn of a year: 31 December 2018 off, Saturday 29 December worked.
        (date(2018, 12, 28), 2, date(2019, 1, 2)),
        # 2020: the Spring Festival was made longer, to 2 February.
        (date(2020, 1, 23), 1, date(2020, 2, 3)),
        # An ordinary fortnight.
        (date(2026, 3, 6), 10, date(2026, 3, 20)),
    ],
)
def test_holidays_and_make_up_days(start: date, count: int, due: date) -> None:
    assert after(start, count) == due


def test_every_day_is_as_the_package_has_it() -> None:
    day, last = CALENDAR.arranged_from, CALENDAR.arranged_to
    while day <= last:
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_a_year_that_is_not_arranged_counts_monday_to_friday_and_says_so() -> None:
    # The first of May is a holiday in any arrangement, yet no arrangement says so.
    monday = date(UNARRANGED, 5, 1) - timedelta(days=date(UNARRANGED, 5, 1).weekday())
    assert after(monday, 4) == monday + timedelta(days=4)
    assert after(monday, 5) == monday + timedelta(days=7)
    start, due = pl.Series([monday]), pl.Series([monday + timedelta(days=4)])
    assert CALENDAR.arranged(start, due).to_list() == [False]


def test_the_turn_of_the_year_hangs_on_the_next_arrangement() -> None:
    year = CALENDAR.arranged_to.year
    start = pl.Series([date(year, 12, 20)] * 3 + [None])
    due = pl.Series([date(year, 12, 28), date(year, 12, 29), date(year + 1, 1, 4), None])
    assert CALENDAR.arranged(start, due).to_list() == [True, False, False, None]
    # And no make-up day in the package's own memory stood before the 29th.
    moved = [d for d in (*chinese_calendar.workdays, *chinese_calendar.holidays) if d.month == 12]
    assert min(day.day for day in moved) == 29


def test_before_the_first_arrangement_nothing_is_known() -> None:
    first = CALENDAR.arranged_from
    start = pl.Series([first - timedelta(days=2), first - timedelta(days=1)])
    assert CALENDAR.arranged(start, pl.Series([first, first])).to_list() == [False, True]


def test_what_cannot_be_counted_is_null() -> None:
    days = pl.Series([None, date(1900, 1, 1), date(2300, 1, 1), date(2199, 12, 31)])
    assert CALENDAR.add_working_days(days, 1).to_list() == [None] * 4
    day = pl.Series([date(2026, 3, 2)] * 4)
    counts = pl.Series([None, 0, -1, 1])
    assert CALENDAR.add_working_days(day, counts).to_list() == [None] * 3 + [date(2026, 3, 3)]
    assert CALENDAR.next_working_day(days).to_list() == [None, None, None, date(2199, 12, 31)]


def test_the_next_working_day_is_the_day_itself_where_it_is_one() -> None:
    days = [date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 23), date(2026, 2, 24)]
    found = CALENDAR.next_working_day(pl.Series(days)).to_list()
    assert found == [date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 24), date(2026, 2, 24)]


def test_a_calendar_is_made_from_what_was_decreed() -> None:
    made = make_calendar([date(2030, 5, 1)], [date(2030, 5, 4)])  # a Wednesday, and a Saturday
    days = pl.Series([date(2030, 4, 30), date(2030, 5, 3)])
    assert made.add_working_days(days, 1).to_list() == [date(2030, 5, 2), date(2030, 5, 4)]
    assert (made.arranged_from, made.arranged_to) == (date(2030, 1, 1), date(2030, 12, 28))


@given(
    start=st.dates(date(2003, 1, 1), date(2035, 12, 31)),
    count=st.integers(min_value=1, max_value=90),
)
def test_as_many_working_days_lie_between_as_were_added(start: date, count: int) -> None:
    due = after(start, count)
    assert due is not None
    assert due > start
    assert CALENDAR.is_working_day(due)
    both = pl.Series([start]), pl.Series([due])
    assert CALENDAR.working_days_between(*both).to_list() == [count]
    assert CALENDAR.working_days_between(*reversed(both)).to_list() == [-count]
    # Counted one by one, without the sums.
    day, left = start, count
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_working_day(day)
    assert day == due
