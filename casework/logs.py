"""The logs of the casework store beside judgements: decisions on alerts, samples and their answers, consent, inspections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.rows import add_rows, rows_of
from casework.store import at
from casework.tables.logs import ALERT_EVENT
from casework.tables.metadata import METADATA
from household.casework import LOGS, Casework

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from casework.store import Place


def add_log_rows(place: Place, name: str, rows: Iterable[Mapping[str, object]]) -> int:
    """Add rows to the log `name` (a key of LOGS) in their order, all or none; whoever calls has checked them. Returns how many.

    Args:
        place: the store; made where there is none. name: the log. rows: every column but the number that the store gives.

    Raises:
        BusyError, NotOursError, CaseworkError: as `open_store`.

    """
    told = list(rows)
    if told:
        add_rows(place, METADATA.tables[name], told)
    return len(told)


def add_events(place: Place, rows: Iterable[Mapping[str, object]], *, after: int) -> bool:
    """Add decisions on alerts as `add_log_rows`, if none was entered since: they were checked against the log up to there.

    Args:
        place: the store. rows: columns of `alert_event` but its number, in their order.
        after: event_id of the newest decision that they were checked against; 0 where there was none.

    Returns:
        False, and nothing added, where somebody else has decided meanwhile.

    Raises:
        BusyError, NotOursError, CaseworkError: as `open_store`.

    """
    return add_rows(place, ALERT_EVENT, list(rows), after=after)


def read_casework(place: Place) -> Casework:
    """All logs as they are at one moment; empty ones where there is no store yet. Raises as `open_store`."""
    with at(place) as store:
        if store is None:
            return Casework()
        with store.reading() as connection:
            told = {
                name: rows_of(connection, METADATA.tables[name], schema)
                for name, schema in LOGS.items()
            }
    return Casework(**told)
