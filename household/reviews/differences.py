"""What differs from the last look: alerts against what was told then, and what of the calendar has come near or become late since.

A look is compared with the look before, whatever runs were published in between. What was told then is the *mark*; it is replaced only when
everything new has been told, so that a look that is cut short is told again and nothing is lost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.life.changes import change_rows
from household.casework import Casework
from household.schema.published.alert_life import ALERT_CHANGE
from household.schema.published.alerts import ALERT

if TYPE_CHECKING:
    from datetime import date

ABOUT_RECIPIENTS = "about_recipients"
"""Whether an alert is about somebody who draws, or drew when it was told last; the others are about applications."""

MARKED_ALERTS: dict[str, pl.DataType] = {
    **ALERT.polars_schema(),
    ABOUT_RECIPIENTS: pl.Boolean(),
}
"""The alerts of a mark: as published when they were told last, closed ones included."""

MARKED_DATES: dict[str, pl.DataType] = {"calendar_id": pl.String(), "state": pl.String()}
"""The entries of the calendar that were told, and the state in which they were."""

CHANGES: dict[str, pl.DataType] = {
    **ALERT_CHANGE.polars_schema(),
    "person_refs": pl.List(pl.String()),
    "first_seen": pl.Date(),
    "settles_it": pl.String(),
    ABOUT_RECIPIENTS: pl.Boolean(),
}
"""Differences: the columns of `alert_change`, here against the last look and not the last run, and what an analyst needs to begin."""

_FIRST = {"raised": 0, "reopened": 0, "facts_changed": 0, "closed": 1, "decided": 2}
"""What is told first; an amount that merely grew with the months comes last."""
_LAST = 3


def no_alerts_marked() -> pl.DataFrame:
    """The alerts of a mark before the first look."""
    return pl.DataFrame(schema=MARKED_ALERTS)


def no_dates_marked() -> pl.DataFrame:
    """The calendar of a mark before the first look."""
    return pl.DataFrame(schema=MARKED_DATES)


def alerts_to_mark(
    marked: pl.DataFrame, alerts: pl.DataFrame, benefits: pl.DataFrame
) -> pl.DataFrame:
    """What the next look is compared with: today's alerts, and those that were told once and are gone, as closed.

    Args:
        marked: MARKED_ALERTS of the last look.
        alerts: the newest published `alert` rows, without run_id.
        benefits: the newest published `current_benefit` rows.

    Returns:
        MARKED_ALERTS, sorted by alert_id.
    """
    told = marked.select("alert_id", pl.col(ABOUT_RECIPIENTS).alias("told_so"))
    draws = _draws(benefits) | pl.col("told_so").fill_null(value=False)
    now = alerts.join(told, on="alert_id", how="left").with_columns(draws.alias(ABOUT_RECIPIENTS))
    gone = marked.join(now, on="alert_id", how="anti").with_columns(pl.lit("closed").alias("state"))
    rows = [
        frame.select(pl.col(n).cast(t) for n, t in MARKED_ALERTS.items()) for frame in (now, gone)
    ]
    return pl.concat(rows).sort("alert_id")


def differences(marked: pl.DataFrame, to_mark: pl.DataFrame) -> pl.DataFrame:
    """What changed between two marks: raised, reopened, facts_changed, amount_changed, decided, closed.

    Args:
        marked: of the last look. to_mark: what `alerts_to_mark` gives.

    Returns:
        CHANGES, what must be looked at first: new, closed, decided, grown; in each by severity, then the amount at stake. An alert that was
        raised and closed in between is none.
    """
    published = ALERT.polars_schema()
    rows = change_rows(to_mark.select(list(published)), marked, Casework().alert_event)
    more = to_mark.select(
        "alert_id",
        "person_refs",
        "first_seen",
        "settles_it",
        ABOUT_RECIPIENTS,
    )
    rank = pl.col("change").replace_strict(_FIRST, default=_LAST, return_dtype=pl.Int64)
    grave = pl.col("severity").replace_strict({"B": 0, "R": 1, "I": 2}, return_dtype=pl.Int64)
    worth = pl.col("amount_now").fill_null(pl.col("amount_before"))
    return (
        rows.join(more, on="alert_id", how="left")
        .sort(
            rank, grave, worth, "alert_id", descending=[False, False, True, False], nulls_last=True
        )
        .select(pl.col(name).cast(dtype) for name, dtype in CHANGES.items())
    )


def falls_due(
    calendar: pl.DataFrame, marked: pl.DataFrame, *, as_of: date, days: int
) -> pl.DataFrame:
    """The calendar up to so many days ahead, with what passed undone.

    Args:
        calendar: the newest published `review_calendar` rows.
        marked: MARKED_DATES of the last look.
        as_of: today. days: how far ahead.

    Returns:
        The rows with `newly`: not told yet, or told as due and late now.
    """
    near = calendar.filter(pl.col("on_date") <= pl.lit(as_of + timedelta(days=days)))
    told = marked.select("calendar_id", "state", told=pl.lit(value=True))
    return (
        near.join(told, on=["calendar_id", "state"], how="left", maintain_order="left")
        .with_columns(pl.col("told").is_null().alias("newly"))
        .drop("told")
    )


def dates_to_mark(marked: pl.DataFrame, calendar: pl.DataFrame, due: pl.DataFrame) -> pl.DataFrame:
    """MARKED_DATES after a look: what was told now, and what was told before and still stands on the calendar."""
    standing = marked.join(calendar, on="calendar_id", how="semi")
    told = due.select(list(MARKED_DATES))
    kept = standing.join(told, on="calendar_id", how="anti")
    return pl.concat([told, kept.select(list(MARKED_DATES))]).sort("calendar_id")


def _draws(benefits: pl.DataFrame) -> pl.Expr:
    """Of a published alert: whether it is about somebody who draws."""
    kind = pl.col("subject_kind")
    people = benefits["person_ref"].drop_nulls().unique().implode()
    households = benefits["household_no"].unique().implode()
    return (
        (kind == "benefit")
        | ((kind == "household") & pl.col("subject_id").is_in(households))
        | ((kind == "person") & pl.col("subject_id").is_in(people))
    )
