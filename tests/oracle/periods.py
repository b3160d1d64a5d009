"""Section 1, time: windows, months and ages. A month is the date of its first day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def first_day(day: date) -> date:
    """The month of a day."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def income_window(applied_on: date, months: int) -> list[date]:
    """The full calendar months before the month of `applied_on`, oldest first."""
    return [add_months(first_day(applied_on), -k) for k in range(months, 0, -1)]


def in_spending_window(day: date, applied_on: date) -> bool:
    """applied_on - 12 months <= day < applied_on."""
    return add_months(applied_on, -12) <= day < applied_on


def age_on(birth: date, day: date) -> int:
    """Completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
