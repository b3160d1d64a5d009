"""Where the rows of the newest run stand in an open file, so that one household is read without looking through the county.

What is found out is kept as long as the file is open; the first who asks waits for it. Safe to use from many threads.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import ddl
from warehouse.db import statement
from warehouse.places import AlertPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from household.schema.published import PublishedTable
    from warehouse.db import Database


RARE = frozenset({"referral"})
"""Tables in which most applications have no row, stored in another order: who has none is known without looking."""


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
        self._holding: dict[str, pl.Series] = {}
        self._people: pl.DataFrame | None = None

    def within(self, database: Database, table: PublishedTable, run_id: str) -> Within:
        """The cheapest condition that leaves the run's rows only. Raises WarehouseError."""
        with self._lock:
            if table.name not in self._within:
                spans = {r: (f, last) for r, f, last in database.run(ddl.spans_of_runs(table))}
                self._within[table.name] = _condition(spans, run_id)
            return self._within[table.name]

    def lacks(
        self, database: Database, table: PublishedTable, *, run_id: str, application: str
    ) -> bool:
        """Whether an application certainly has no row in a table of RARE. Raises WarehouseError."""
        within = self.within(database, table, run_id)
        with self._lock:
            if table.name not in self._holding:
                found = database.frame(ddl.applications_in(table, within.condition), within.values)
                self._holding[table.name] = found["application_id"]
            known = self._holding[table.name]
        at = known.search_sorted(application, side="left")
        return at == len(known) or known[at] != application

    def people(
        self, database: Database, people: Iterable[str], run_id: str
    ) -> list[dict[str, str | None]]:
        """Persons as masked: columns person_ref, name_masked, id_no_masked. Kept whole: three digests stand in three corners of a table."""
        with self._lock:
            if self._people is None:
                self._people = database.frame(statement("household_people"), {"run": run_id})
            known = self._people
        refs = known["person_ref"]
        wanted = {ref: refs.search_sorted(ref, side="left") for ref in people}
        return [
            known.row(at, named=True)
            for ref, at in wanted.items()
            if at < known.height and refs[at] == ref
        ]

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
