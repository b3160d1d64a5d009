"""The published tables of the watch: the calendar, who draws today, and what they were screened with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.benefits import death_rows
from household.reviews.ages import age_events
from household.reviews.benefits import benefit_events
from household.reviews.events import calendar_rows
from household.reviews.papers import paper_events
from household.reviews.stock import current_benefits, screening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.alerts.watch import Watch


def review_tables(watch: Watch, deadlines: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and rows of each table. `deadlines`: rows of table `deadline` of the same run."""
    yield "review_calendar", review_calendar(watch, deadlines)
    stock = current_benefits(watch)
    yield "current_benefit", stock
    yield "screening", screening(watch, stock)


def review_calendar(watch: Watch, deadlines: pl.DataFrame) -> pl.DataFrame:
    """What falls due within a year, and what passed undone: rows of `schema.published.calendar.REVIEW_CALENDAR`."""
    ledger = watch.ledger
    dead = death_rows(watch, ledger).select("person").unique()
    events = pl.concat(
        [
            *benefit_events(watch, ledger, deadlines),
            *age_events(watch, ledger, dead),
            *paper_events(watch, ledger, dead),
        ]
    )
    return calendar_rows(events, watch)
