"""From a start and a limit to the day on which something is due, and from what is known of its completion to a state.

Here stands how days are reckoned: the day of the event is not counted; working days by the calendar; months to the same day of a
later month, the last day of a shorter one (民法典 第二百零一条 第二百零二条); hours, of which only the days are recorded, in whole days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.clocks import Unit
from household.periods import months_later

if TYPE_CHECKING:
    from datetime import date

    from household.deadlines.calendar import Calendar
    from household.deadlines.clocks import Clock

HOURS_A_DAY = 24


def reckon(rows: pl.DataFrame, clock: Clock, calendar: Calendar) -> pl.DataFrame:
    """Rows with due_on, latest_on and calendar_known.

    Args:
        rows: started_on, limit_n; latest_start (null: started_on) and longest_n (null: limit_n) for the outermost day; given_due: a due
            date that another part of the program has reckoned, which stands.
        clock: whose unit is counted.
        calendar: the working days.

    Returns:
        due_on; latest_on (never before it; equal where nothing is uncertain); calendar_known: false where a day that was counted lies in
        a year without a known arrangement. Dates are null where the start is.
    """
    late_start = rows.select(pl.coalesce("latest_start", "started_on")).to_series()
    late_limit = rows.select(pl.coalesce("longest_n", "limit_n")).to_series()
    due = _due(rows["started_on"], rows["limit_n"], clock, calendar)
    latest = _due(late_start, late_limit, clock, calendar)
    rows = rows.with_columns(
        pl.coalesce("given_due", due.alias("due_on")).alias("due_on"),
        pl.coalesce("given_due", latest.alias("latest_on")).alias("latest_on"),
    ).with_columns(pl.max_horizontal("due_on", "latest_on").alias("latest_on"))
    known = pl.lit(value=True)
    if clock.unit is Unit.WORKING_DAY or clock.rolls:
        known = pl.lit(calendar.arranged(rows["started_on"], rows["latest_on"]))
    return rows.with_columns(known.fill_null(value=True).alias("calendar_known"))


def _due(start: pl.Series, limit: pl.Series, clock: Clock, calendar: Calendar) -> pl.Series:
    if clock.unit is Unit.WORKING_DAY:
        return calendar.add_working_days(start, limit)
    day, count = pl.col("start"), pl.col("limit")
    match clock.unit:
        case Unit.MONTH:
            due = months_later(day, count)
            due = due.dt.offset_by("-1d") if clock.first_day_counts else due
        case Unit.HOUR:
            due = day.dt.offset_by(pl.format("{}d", -(-count // HOURS_A_DAY)))
        case Unit.DAY_OF_MONTH:
            named = day.dt.month_start().dt.offset_by(pl.format("{}d", count - 1))
            due = pl.min_horizontal(named, day.dt.month_end())
        case _:
            due = day.dt.offset_by(pl.format("{}d", count))
    found = pl.DataFrame({"start": start, "limit": limit}).select(due).to_series()
    return calendar.next_working_day(found) if clock.rolls else found


def with_state(rows: pl.DataFrame, clock: Clock, as_of: date) -> pl.DataFrame:
    """Rows with state.

    Args:
        rows: due_on, latest_on, done_from and done_by (completed within these days; done_by alone: not known since when),
            silence_is_late (it is on record that it is not done).
        clock: whether what is done is met without a start.
        as_of: today.

    Returns:
        met: surely done in time. overdue: surely late. open: not due yet. unrecorded: nothing that arrives says which.
    """
    done, undone = pl.col("done_by").is_not_null(), pl.col("done_by").is_null()
    met = pl.col("done_by") <= pl.col("due_on")
    if clock.done_suffices:
        met = met.fill_null(value=False) | (done & pl.col("due_on").is_null())
    late = (pl.col("done_from") > pl.col("latest_on")) | (
        undone & pl.col("silence_is_late") & (pl.col("latest_on") < pl.lit(as_of))
    )
    waiting = undone & (pl.col("due_on") >= pl.lit(as_of))
    state = (
        pl.when(met)
        .then(pl.lit("met"))
        .when(late)
        .then(pl.lit("overdue"))
        .when(waiting)
        .then(pl.lit("open"))
        .otherwise(pl.lit("unrecorded"))
    )
    return rows.with_columns(state.alias("state"))
