"""Typed cells (workbooks, Parquet) as the text that the row rules read, so that every format is read by the same rules."""

from __future__ import annotations

from datetime import date, datetime, time

EXACT_FLOAT = 1e15
"""From here on a float may not hold every integer as written; it is shown in scientific notation and so refused as an identity
number: the last digits are already lost."""


def cell_text(value: object) -> str | None:
    """Text of one cell; None for an empty one.

    Whole floats lose their `.0`, larger ones keep scientific notation, dates are ISO, a date-time without a time of day is a
    date.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < EXACT_FLOAT else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
