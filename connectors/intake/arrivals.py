"""The log of what arrived: one JSON line an event, appended and never changed. What stands today is worked out from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.event_log import append_events, read_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.store import Store

ROWS_FORMAT = 1
"""Version of the typed rows in the store. Raise it when reading changes, and every file is read again."""

READ = "read"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that arrived, and what became of its reading.

    `seq` counts events from 1. `rows_name` names its Parquet files in the store (the digest, and the manifest's way of reading
    when it declares one). `state` is read or refused; whether a file is a duplicate or was superseded hangs on the others and is
    settled later. `noted`: (column, note, rows). No personal value stands here.
    """

    seq: int
    file: str
    sha256: str
    manifest: str
    dataset: str | None
    region: str | None
    as_of: date | None
    part: str
    rows_name: str
    rows_in: int
    rows_read: int
    rows_quarantined: int
    state: str
    message: str
    noted: tuple[tuple[str, str, int], ...] = field(default=())
    rows_format: int = ROWS_FORMAT


def read_arrivals(store: Store) -> list[Arrival]:
    """Every event of the log in order. Raises ConnectorError as `event_log.read_events`."""
    return read_events(store.arrivals, _event, called="到件日志")


def append_arrivals(store: Store, events: Sequence[Arrival]) -> None:
    """Append events, on the disk before this returns. Raises ConnectorError as `event_log.append_events`."""
    append_events(
        store.arrivals, [asdict(e) for e in events], called="到件日志", written=date.isoformat
    )


def _event(said: dict[str, Any]) -> Arrival:
    """An event from its JSON; entries that a later version added are left out."""
    known = {f.name for f in fields(Arrival)}
    values = {k: v for k, v in said.items() if k in known}
    if values["as_of"] is not None:
        values["as_of"] = date.fromisoformat(values["as_of"])
    values["noted"] = tuple((str(c), str(n), int(k)) for c, n, k in values["noted"])
    return Arrival(**values)
