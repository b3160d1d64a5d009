"""The watch over households that draw: the newest run held against what the last look told. Nothing is published here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.shelves.watch_marks import Mark, read_mark, write_mark
from connectors.store import Store
from household.errors import InputError
from household.reviews.differences import (
    ABOUT_RECIPIENTS,
    MARKED_ALERTS,
    MARKED_DATES,
    alerts_to_mark,
    dates_to_mark,
    differences,
    falls_due,
    no_alerts_marked,
    no_dates_marked,
)
from pipelines.workplace import store_root
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pipelines.settings import Order
    from warehouse.record import RunRecord

ALERTS, DATES = "alerts", "dates"
SCHEMAS = {ALERTS: MARKED_ALERTS, DATES: MARKED_DATES}
TABLES = ("alert", "review_calendar", "current_benefit", "screening")


@dataclass(frozen=True)
class Look:
    """One look at everybody who draws.

    Attributes:
        run: the newest run. since: run_id and day of the last look; None: this is the first.
        changes: `differences.CHANGES`. due: rows of the calendar with `newly`.
        benefits, screening: the published tables of the run.
        next_mark: what is written once everything has been told.
    """

    run: RunRecord
    since: tuple[str, date] | None
    changes: pl.DataFrame
    due: pl.DataFrame
    benefits: pl.DataFrame
    screening: pl.DataFrame
    next_mark: Mark

    @property
    def of_recipients(self) -> pl.DataFrame:
        """Changes of alerts about those who draw."""
        return self.changes.filter(ABOUT_RECIPIENTS)

    @property
    def of_applications(self) -> pl.DataFrame:
        """Changes of alerts about those who only apply."""
        return self.changes.filter(pl.col(ABOUT_RECIPIENTS).not_())

    @property
    def has_news(self) -> bool:
        """Whether anything differs from the last look."""
        return bool(len(self.changes)) or bool(self.due["newly"].any())


@contextmanager
def looking(order: Order, *, days: int) -> Iterator[Look]:
    """The newest run against the last look, alone in the store for as long as it is being told.

    Args:
        order: that of the run. days: how far ahead of its day the calendar is told.

    Raises:
        InputError: no store, or the last look was with another person key. ConnectorError: the store is in use, or its mark is damaged.
        NotOursError, BusyError: as `reading`.
    """
    store = Store(store_root(order.warehouse))
    if not store.root.is_dir():
        raise InputError(
            f"结果库旁没有工作目录 {store.root.name}",
            "请把它与结果库放在一起，其中记着上次观察告知了什么",
        )
    with store.held():
        yield _look(order, store, days=days)


def keep_mark(order: Order, look: Look) -> None:
    """Note that a look has been told to its end. Within `looking`. Raises ConnectorError: the old mark stands."""
    write_mark(Store(store_root(order.warehouse)), order.region, look.next_mark)


def _look(order: Order, store: Store, *, days: int) -> Look:
    with reading(order.warehouse) as tables:
        run = tables.run
        frames = {name: tables.frame(name).drop("run_id") for name in TABLES}
    mark = read_mark(store, order.region, SCHEMAS)
    if mark is not None and mark.key_digest != order.key_digest:
        raise InputError(
            "人员代号密钥与上次观察不同，无法比较", "请设置上次观察所用的 HEDUI_PERSON_KEY"
        )
    told_alerts = mark.frames[ALERTS] if mark else no_alerts_marked()
    told_dates = mark.frames[DATES] if mark else no_dates_marked()
    benefits = frames["current_benefit"]
    to_mark = alerts_to_mark(told_alerts, frames["alert"], benefits)
    calendar = frames["review_calendar"]
    due = falls_due(calendar, told_dates, as_of=run.as_of, days=days)
    new_frames = {ALERTS: to_mark, DATES: dates_to_mark(told_dates, calendar, due)}
    return Look(
        run=run,
        since=(mark.run_id, mark.as_of) if mark else None,
        changes=differences(told_alerts, to_mark),
        due=due,
        benefits=benefits,
        screening=frames["screening"],
        next_mark=Mark(run.run_id, run.as_of, order.key_digest, new_frames),
    )
