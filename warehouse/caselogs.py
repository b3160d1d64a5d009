"""The logs of the casework store beside judgements: decisions on alerts, samples and their answers, consent, inspections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.casework import LOGS, Casework
from warehouse.casework import add_rows, open_casework, read_rows
from warehouse.db import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def add_log_rows(path: Path, name: str, rows: Iterable[Mapping[str, object]]) -> int:
    """Add rows to the log `name` (a key of LOGS) in their order, all or none; whoever calls has checked them. Returns how many.

    Args:
        path: the store (`casework_file`); made where there is none.
        name: the log.
        rows: every column but the number that the store gives.

    Raises:
        BusyError, NotOursError, WarehouseError: as `open_casework`.

    """
    told = list(rows)
    if told:
        with open_casework(path, create=True) as connection:
            add_rows(connection, statement(f"{name}_insert"), told)
    return len(told)


def add_events(path: Path, rows: Iterable[Mapping[str, object]], *, after: int) -> bool:
    """Add decisions on alerts as `add_log_rows`, if none was entered since: they were checked against the log up to there.

    Args:
        path: the store. rows: columns of `alert_event` but its number, in their order.
        after: event_id of the newest decision that they were checked against; 0 where there was none.

    Returns:
        False, and nothing added, where somebody else has decided meanwhile.

    Raises:
        BusyError, NotOursError, WarehouseError: as `open_casework`.

    """
    with open_casework(path, create=True) as connection:
        newest = (statement("alert_event_newest"), after)
        return add_rows(connection, statement("alert_event_insert"), list(rows), while_is=newest)


def read_casework(path: Path) -> Casework:
    """All logs as they are now; empty ones where there is no store yet. Raises as `open_casework`."""
    return Casework(
        **{name: read_rows(path, f"{name}_log", schema) for name, schema in LOGS.items()}
    )
