"""Members who count: role member, less the dead and those held (assessment §4; 民发〔2021〕57号 第七条)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.lines import as_lines, first_reason, seat_rows
from household.periods import in_force

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DEAD_STATUS = "死亡注销"
_NO_AMOUNT = pl.lit(None, dtype=pl.Int128)


def is_dead(as_of: date) -> pl.Expr:
    """A household-register row that says dead by a day: cancelled for death, without a date or on a day not after it."""
    on = pl.col("cancelled_on")
    return (pl.col("status") == DEAD_STATUS) & (on.is_null() | (on <= pl.lit(as_of)))


def register_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, as_of: date, *, unread: bool = False
) -> pl.DataFrame:
    """Household-register rows as lines of quantity `death`; only those that say dead are in play."""
    rows = seat_rows(linked, seats, "public_security.population", unread=unread)
    why_not = first_reason((is_dead(as_of).not_(), "户籍未记载死亡"))
    return as_lines(rows, "death", amount=_NO_AMOUNT, why_not=why_not)


def funeral_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, as_of: date, *, unread: bool = False
) -> pl.DataFrame:
    """Funeral rows as lines of quantity `death`."""
    rows = seat_rows(linked, seats, "civil_affairs.funeral", unread=unread)
    why_not = first_reason((pl.col("died_on") > pl.lit(as_of), "死亡日期在核对日之后"))
    return as_lines(rows, "death", amount=_NO_AMOUNT, why_not=why_not)


def custody_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, as_of: date, *, unread: bool = False
) -> pl.DataFrame:
    """Custody rows as lines of quantity `custody`; in play while held on the day."""
    rows = seat_rows(linked, seats, "justice.custody", unread=unread)
    held = in_force(pl.col("from_date"), pl.col("to_date"), as_of)
    return as_lines(
        rows, "custody", amount=_NO_AMOUNT, why_not=first_reason((held.not_(), "核对日不在押"))
    )


def counted_seats(
    seats: pl.DataFrame, absences: pl.DataFrame, unread: pl.DataFrame
) -> pl.DataFrame:
    """Seats of role member without a line of death or custody in play, and without one that may not be told (`unread`)."""
    absent = absences.filter(pl.col("why_not").is_null()).select("app", "person").unique()
    present = seats.filter(pl.col("role") == "member").join(
        unread, on=["app", "person"], how="anti"
    )
    return present.join(absent, on=["app", "person"], how="anti")
