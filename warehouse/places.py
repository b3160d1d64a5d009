"""Where the alerts about a person or an application stand in an open file: looked up in memory, since a list column cannot be searched quickly.

Built by the first who asks and kept as long as the file is open. Safe to use from many threads.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from warehouse.db import statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from warehouse.db import Database


class AlertPlaces:
    """Rows of `alert` of the newest run by whom they are about: their subject and every person of theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: pl.DataFrame | None = None

    def rows(self, database: Database, about: Iterable[str]) -> list[int]:
        """Row ids of the alerts about any of these, each once, in order. Raises WarehouseError."""
        known = self._known(database)
        told = known["about"]
        rows: set[int] = set()
        for one in about:
            first = told.search_sorted(one, side="left")
            rows.update(known["row"][first : told.search_sorted(one, side="right")])
        return sorted(rows)

    def _known(self, database: Database) -> pl.DataFrame:
        with self._lock:
            if self._found is None:
                self._found = database.frame(statement("alert_places")).sort("about").rechunk()
            return self._found
