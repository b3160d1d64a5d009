"""The newest run's verdicts in memory: what lists are filtered, ordered and counted by, built once a run and shared by API and pages.

How to use it, in an endpoint or a reading function:

    indexes = indexes_of(request)                     # one of the application: app.state.indexes
    with indexes.reading() as (tables, index):        # tables and index of the same run
        found = index.positions(Wanted(region="9901", requested=True), actor.scope, order="margin", tables=tables)
        page = index.rows(found[:50])                 # columns COLUMNS, no question to the database
        whole = index.verdicts(tables, found[:50])    # every published column, read by key

`found` holds row positions in the order wanted (UInt32); it is kept for the next caller with the same filter and area, so a list costs a
slice. `index.position_of(verdict_id)` and `index.of_application(application_id, scope)` find single things; `index.counts(found)` gives
the mix of suggestions. Columns that few filters need (PARTS: alerts, deadlines; how one rule ended) are read when first asked for.
An area (`Scope`) is never optional: what is out of it does not occur.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
from starlette.requests import Request  # noqa: TC002 - read by whoever depends on indexes_of

from service.access.actor import EVERYTHING
from service.reading.index_parts import COLUMNS, PARTS, base, part_of
from service.reading.seen import alerts_within, seen_by
from service.reading.wanted import ORDERS, Wanted, sorted_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.access.actor import Scope
    from warehouse.current import CurrentTables
    from warehouse.live import LiveWarehouse
    from warehouse.record import RunRecord

__all__ = ["COLUMNS", "ORDERS", "PARTS", "Indexes", "VerdictIndex", "Wanted", "indexes_of"]

KEPT_BYTES = 64 << 20
"""Row positions kept for filters asked before, over all of them; the one not used for longest goes first."""
MOST_KEPT = 500
"""Filters kept: one that finds nothing takes no room of its own, but its question may be long."""


class VerdictIndex:
    """One run's verdicts, a row each in the order (application_id, programme, verdict_id). Safe for threads."""

    def __init__(self, run: RunRecord, frame: pl.DataFrame) -> None:
        self.run = run
        self.frame = frame
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._kept: OrderedDict[object, pl.Series] = OrderedDict()
        self._parts: dict[str, pl.DataFrame] = {}
        self._alerts: pl.DataFrame | None = None

    @property
    def bytes(self) -> int:
        """Memory of the columns and of the positions kept, in bytes."""
        with self._lock:
            kept = sum(found.estimated_size() for found in self._kept.values())
            parts = sum(part.estimated_size() for part in self._parts.values())
        return int(self.frame.estimated_size() + parts + kept)

    def positions(
        self,
        wanted: Wanted,
        scope: Scope,
        *,
        tables: CurrentTables,
        order: str = "application",
    ) -> pl.Series:
        """Positions (UInt32) of the rows that are wanted and in the area, in one of ORDERS.

        Args:
            tables: of the same `reading` block; asked only for a part that nobody needed before.

        Raises:
            ValueError: there is no such order.

        """
        key = (wanted, scope, order)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        needs = wanted.parts | ORDERS[order].parts if order in ORDERS else None
        if needs is None:
            raise ValueError(f"no such order: {order}")
        frame = pl.concat(
            [self.frame, *(self.part(name, tables) for name in sorted(needs))], how="horizontal"
        )
        rows = frame.lazy().with_row_index("position")
        kept = rows.filter(wanted.condition(self.frame), seen_by(scope))
        found = sorted_by(kept, order).select("position").collect()["position"]
        self._keep(key, found)
        return found

    def rows(
        self, positions: pl.Series, *parts: str, tables: CurrentTables | None = None
    ) -> pl.DataFrame:
        """The index's own columns (COLUMNS, and those of the parts named) of some rows, in the order of `positions`."""
        frames = [self.frame[positions]]
        for name in parts:
            assert tables is not None, "a part is read from the tables"
            frames.append(self.part(name, tables)[positions])
        return pl.concat(frames, how="horizontal")

    def verdicts(self, tables: CurrentTables, positions: pl.Series) -> pl.DataFrame:
        """Every published column of some rows (a page of them), in the order of `positions`; read by key."""
        keys = self.frame[positions].select("row", "verdict_id", "application_id")
        found = tables.ask("verdicts_at", rows=keys["row"].to_list())
        if set(found["verdict_id"]) != set(keys["verdict_id"]) or found["run_id"].n_unique() > 1:
            # The same run in a file that was written anew: its rows are elsewhere.
            ids = keys["application_id"].unique().to_list()
            found = tables.ask("verdicts_of_applications", applications=ids)
        return keys.select("verdict_id").join(
            found, on="verdict_id", how="left", maintain_order="left"
        )

    def of_application(self, application_id: str, scope: Scope) -> pl.DataFrame:
        """The rows of one application that the area covers; no row where there is none or none may be seen."""
        ids = self.frame["application_id"]
        start = ids.search_sorted(application_id, side="left")
        end = ids.search_sorted(application_id, side="right")
        return self.frame[start:end].filter(seen_by(scope))

    def position_of(self, verdict_id: str) -> int | None:
        """Where a verdict stands; None where the run has none of this id. The caller asks the area."""
        found = self.frame["verdict_id"].index_of(verdict_id)
        return None if found is None else int(found)

    def counts(self, positions: pl.Series) -> dict[str, int]:
        """How many of the rows have which suggestion."""
        counted = self.frame["suggestion"].gather(positions).value_counts()
        return {str(name): int(count) for name, count in counted.iter_rows()}

    def part(self, name: str, tables: CurrentTables) -> pl.DataFrame:
        """The columns of one of PARTS, a row a row of `frame`; read when first asked for. Raises as `part_of`."""
        with self._lock:
            found = self._parts.get(name)
        if found is not None:
            return found
        with self._building:
            if name not in self._parts:
                made = part_of(name, self.frame, tables)
                with self._lock:
                    self._parts[name] = made
        return self._parts[name]

    def alerts(self, tables: CurrentTables, scope: Scope) -> pl.DataFrame:
        """The area's alerts of the run, a row each in the order of alert_id, for filters; read when first asked for. Raises WarehouseError."""
        with self._building:
            if self._alerts is None:
                self._alerts = tables.ask("index_alert_rows").rechunk()
        if EVERYTHING in scope.programmes:
            return self._alerts.filter(scope.rows())
        with self._lock:
            ids = self._kept.get(("alerts", scope))
        if ids is None:
            columns = ["alert_id", "region_code", "subject_id", "person_refs"]
            ids = alerts_within(tables, tables.frame("alert", columns=columns), scope)["alert_id"]
            self._keep(("alerts", scope), ids)
        return self._alerts.filter(pl.col("alert_id").is_in(ids.implode()))

    def _keep(self, key: object, found: pl.Series) -> None:
        with self._lock:
            self._kept[key] = found
            size = sum(one.estimated_size() for one in self._kept.values())
            while (size > KEPT_BYTES or len(self._kept) > MOST_KEPT) and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                size -= gone.estimated_size()


class Indexes:
    """The index of whichever run is the newest. The first who asks after a run builds it; the others wait for that one."""

    def __init__(self, warehouse: LiveWarehouse) -> None:
        self._warehouse = warehouse
        self._building = threading.Lock()
        self._newest: VerdictIndex | None = None

    @contextmanager
    def reading(self) -> Iterator[tuple[CurrentTables, VerdictIndex]]:
        """The newest run's tables and its index. Raises as `LiveWarehouse.borrowed`."""
        with self._warehouse.borrowed() as tables:
            yield tables, self._of(tables)

    def warm(self) -> VerdictIndex:
        """Build the newest run's index now, so that nobody waits for it. Raises as `reading`."""
        with self.reading() as (_, index):
            return index

    def _of(self, tables: CurrentTables) -> VerdictIndex:
        index = self._newest
        if index is not None and index.run.run_id == tables.run.run_id:
            return index
        with self._building:
            index = self._newest
            if index is not None and index.run.run_id == tables.run.run_id:
                return index
            made = VerdictIndex(tables.run, base(tables))
            # Who still reads the run before builds for himself what nobody after him will ask for.
            if index is None or index.run.run_id < made.run.run_id:
                self._newest = made
            return made


def indexes_of(request: Request) -> Indexes:
    """The application's own; a dependency of endpoints."""
    found: Indexes = request.app.state.indexes
    return found
