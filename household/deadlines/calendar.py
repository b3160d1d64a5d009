"""Working days in China: weekdays, less the public holidays, with the make-up days. Counting them, and nothing about any law's clock.

The arrangement of a year is decreed by the State Council the autumn before. Its days come from the package `chinesecalendar`, which
is renewed then; of a year that it does not know, Monday to Friday are counted, and `arranged` says so.

Days are counted as the Civil Code counts them: the day of the event is not counted (民法典 第二百零一条).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import chinese_calendar  # type: ignore[import-untyped]  # it ships none
import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_SPAN = (date(1950, 1, 1), date(2199, 12, 31))
"""Days outside it have no working day before or after them that could be told: null."""

_EPOCH = date(1970, 1, 1).toordinal()
_SATURDAY = 5
_LAST_SURE = (12, 28)
"""The turn of the year belongs to the next year's decree, which may make a working day of a Saturday or Sunday from the 29th on."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days of a span, as sums that are looked up.

    Attributes:
        first: the span's first day, in days since 1970-01-01.
        worked: working days of the span up to and with each of its days (Int64).
        days: the working days themselves, in days since 1970-01-01 (Int64).
        arranged_from, arranged_to: between these days (both included) the State Council's arrangement is known.
    """

    first: int
    worked: NDArray[np.int64]
    days: NDArray[np.int64]
    arranged_from: date
    arranged_to: date

    def add_working_days(self, start: pl.Series, count: pl.Series | int) -> pl.Series:
        """The count-th working day after each start, which is not counted itself.

        Args:
            start: dates. count: whole numbers; below one there is no such day.

        Returns:
            Dates; null where start or count is null, or the day would lie outside the span.
        """
        counts = pl.Series([count] * len(start)) if isinstance(count, int) else count
        counts = counts.cast(pl.Int64)
        place = self._worked(start) + counts - 1
        return self._day_at(pl.select(pl.when(counts >= 1).then(place)).to_series())

    def next_working_day(self, day: pl.Series) -> pl.Series:
        """The day itself where it is a working day, else the first one after it."""
        before = pl.select(pl.Series(day).dt.offset_by("-1d")).to_series()
        return self._day_at(self._worked(before))

    def working_days_between(self, after: pl.Series, until: pl.Series) -> pl.Series:
        """How many working days lie after the one day, up to and with the other; negative where they stand the other way round."""
        return self._worked(until) - self._worked(after)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on a day of the span."""
        place = day.toordinal() - _EPOCH - self.first
        before = int(self.worked[place - 1]) if place else 0
        return int(self.worked[place]) > before

    def arranged(self, start: pl.Series, end: pl.Series) -> pl.Series:
        """Whether the arrangement of every day after start, up to and with end, is known; null where a day is null."""
        frame = pl.select(start=start, end=end)
        known = (pl.col("end") <= self.arranged_to) & (pl.col("start") >= self._day_before())
        return frame.select(known).to_series()

    def _day_before(self) -> date:
        return self.arranged_from - timedelta(days=1)

    def _worked(self, day: pl.Series) -> pl.Series:
        """Working days of the span up to and with each day; null outside it."""
        place = day.cast(pl.Int64) - self.first
        inside = (place >= 0) & (place < len(self.worked))
        return _look_up(self.worked, pl.select(pl.when(inside).then(place)).to_series())

    def _day_at(self, place: pl.Series) -> pl.Series:
        """The working day of a place in their order; null outside it."""
        inside = (place >= 0) & (place < len(self.days))
        found = _look_up(self.days, pl.select(pl.when(inside).then(place)).to_series())
        return found.cast(pl.Int32).cast(pl.Date)


def _look_up(values: NDArray[np.int64], place: pl.Series) -> pl.Series:
    """Values at places; null at null."""
    return pl.Series(values).gather(place)  # a null index gives null


@cache
def working_calendar() -> Calendar:
    """The calendar that the installed package knows, made once."""
    return make_calendar(chinese_calendar.holidays, chinese_calendar.workdays)


def make_calendar(holidays: Iterable[date], make_up: Iterable[date]) -> Calendar:
    """A calendar from the decreed days.

    Args:
        holidays: days off, weekends among them or not. Every year between the first and the last of them counts as decreed.
        make_up: Saturdays and Sundays that are worked.
    """
    first, last = (day.toordinal() - _EPOCH for day in _SPAN)
    weekdays = np.arange(first, last + 1, dtype=np.int64)
    works = (weekdays + 3) % 7 < _SATURDAY  # 1970-01-01 was a Thursday, day 3 from Monday
    off, on = _places(holidays, first), _places(make_up, first)
    works[off] = False
    works[on] = True
    years = sorted({day.year for day in holidays})
    return Calendar(
        first=first,
        worked=np.cumsum(works, dtype=np.int64),
        days=weekdays[works],
        arranged_from=date(years[0], 1, 1),
        arranged_to=date(years[-1], *_LAST_SURE),
    )


def _places(days: Iterable[date], first: int) -> NDArray[np.int64]:
    return np.array([day.toordinal() - _EPOCH - first for day in days], dtype=np.int64)
