"""Months, windows and intervals. A month is an Int32 index, year x 12 + month - 1, so that a window is an integer range."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl


def month_index(day: pl.Expr) -> pl.Expr:
    """Month index of a date."""
    return (day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32) - 1).cast(pl.Int32)


def month_of(day: date) -> int:
    """Month index of a date."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """First day of a month index."""
    return date(month // 12, month % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last day of a shorter month."""
    month = month_of(day) + months
    last = first_day(month + 1) - timedelta(days=1)
    return last if day.day > last.day else date(last.year, last.month, day.day)


def months_later(day: pl.Expr, months: pl.Expr | int) -> pl.Expr:
    """`add_months` on a column; months may be a column too."""
    if isinstance(months, int):
        return day.dt.offset_by(f"{months}mo")
    return day.dt.offset_by(pl.format("{}mo", months))


def in_force(start: pl.Expr, end: pl.Expr, day: date) -> pl.Expr:
    """Start <= day and (no end or end > day): custody, and what ends on a day it no longer covers."""
    on = pl.lit(day)
    return (start <= on) & (end.is_null() | (end > on))
