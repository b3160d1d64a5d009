"""The town of the alerts with its clocks, and its calendar to be asked about. No test stands here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1] / "deadlines"))

import polars as pl
from deadline_town import Clocked  # the folder is put on the path above

from household.deadlines.table import deadline_rows
from household.reviews.stock import current_benefits, screening
from household.reviews.tables import review_calendar

if TYPE_CHECKING:
    from datetime import date

    from alert_town import Person


class Watched(Clocked):
    """A town whose recipients are watched."""

    def __init__(self, as_of: date | None = None, **values: Any) -> None:
        self.told: pl.DataFrame | None = None
        super().__init__(as_of, **({"taper.max_months": 6, "extra.elder_age": 70} | values))

    def draw(self, benefit_id: str, someone: Person | None = None, **given: Any) -> Person:
        """A benefit of somebody; of a new person unless told otherwise."""
        someone = someone or self.person(**given.pop("register", {}))
        self.add("civil_affairs.benefit", someone, benefit_id=benefit_id, **given)
        return someone

    def calendar(self) -> pl.DataFrame:
        """The calendar as it is published; worked out once, when everybody is in town."""
        if self.told is None:
            watch = self.look()
            self.told = review_calendar(watch, deadline_rows(watch, watch.ledger))
        return self.told

    def on(self, kind: str) -> dict[str, tuple[date, str]]:
        """Subject -> day and state, of one kind."""
        rows = self.calendar().filter(pl.col("kind") == kind)
        return {s: (d, t) for s, d, t in rows.select("subject_id", "on_date", "state").rows()}

    def stock(self) -> pl.DataFrame:
        """Who draws today."""
        return current_benefits(self.look())

    def screened(self) -> dict[tuple[str, str], int]:
        """(dataset, state) -> persons."""
        watch = self.look()
        rows = screening(watch, current_benefits(watch))
        return {(d, s): n for d, s, n in rows.select("dataset", "state", "persons").rows()}
