"""Where the rows of the newest run stand in an open file, so that one household is read without looking through the county.

What is found out is kept as long as the file is open; the first who asks waits for it. Safe to use from many threads.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import ddl
from warehouse.places import AlertPlaces

if TYPE_CHECKING:
    import polars as pl

    from household.schema.published import PublishedTable
    from warehouse.db import Database


@dataclass(frozen=True, slots=True)
class Within:
    """Which rows of a table are the run's: a condition, and the values that it binds."""

    condition: str
    values: dict[str, object]


class Positions:
    """Positions in one opened file for one run, the newest. `alerts`: by whom they are about."""

    def __init__(self) -> None:
        self.alerts = AlertPlaces()
        self._lock = threading.Lock()
        self._within: dict[str, Within] = {}
        self._beside: dict[str, pl.DataFrame | None] = {}

    def within(self, database: Database, table: PublishedTable, run_id: str) -> Within:
        """The cheapest condition that leaves the run's rows only. Raises WarehouseError."""
        with self._lock:
            if table.name not in self._within:
                spans = {r: (f, last) for r, f, last in database.run(ddl.spans_of_runs(table))}
                self._within[table.name] = _condition(spans, run_id)
            return self._within[table.name]

    def beside(
        self, database: Database, table: PublishedTable, *, run_id: str, application: str
    ) -> tuple[int, int] | None:
        """First and last row id of an application in a table stored beside another; an empty stretch (0, -1) where it has no row.

        None: the file was written before rows were stored so, and they have to be searched. Raises WarehouseError.
        """
        with self._lock:
            if table.name not in self._beside:
                found = database.frame(ddl.places_beside(table), {"run": run_id})
                rows, stretch = found["rows"].sum(), (found["last"] - found["first"] + 1).sum()
                self._beside[table.name] = found.rechunk() if rows == stretch else None
            known = self._beside[table.name]
        if known is None:
            return None
        at = known["about"].search_sorted(application, side="left")
        if at == known.height or known["about"][at] != application:
            return 0, -1
        return known["first"][at], known["last"][at]


def _condition(spans: dict[str, tuple[int, int]], run_id: str) -> Within:
    if spans.keys() <= {run_id}:
        return Within(ddl.ALL_ROWS, {})
    first, last = spans.get(run_id, (0, -1))
    others = [span for run, span in spans.items() if run != run_id]
    if all(end < first or last < start for start, end in others):
        return Within(ddl.SPAN_ROWS, {"first": first, "last": last})
    return Within(ddl.RUN_ROWS, {"run": run_id})
