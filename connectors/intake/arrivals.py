"""The log of what arrived: one JSON line an event, appended and never changed. What stands today is worked out from it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.errors import ConnectorError
from connectors.store import Store, failure

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Every event of the log in order. A torn last line (a run killed while appending) never happened.

    Raises:
        ConnectorError: a line before the last is not an event; the log has been tampered with or the disk is failing.

    """
    if not store.arrivals.exists():
        return []
    try:
        text = store.arrivals.read_bytes()
    except OSError as error:
        raise failure("到件日志", error) from error
    whole = text[: text.rfind(b"\n") + 1]
    arrivals = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            arrivals.append(_event(json.loads(line)))
        except (ValueError, TypeError, KeyError):
            raise ConnectorError(
                f"到件日志 arrivals.jsonl 第 {number} 行损坏", "请从备份恢复工作库后重新运行"
            ) from None
    return arrivals


def append_arrivals(store: Store, events: Sequence[Arrival]) -> None:
    """Append events, on the disk before this returns. Half a line that a killed run left is cut off first.

    Raises:
        ConnectorError: the log cannot be written; it then ends where it ended before.

    """
    lines = "".join(
        json.dumps(asdict(event), ensure_ascii=False, default=date.isoformat) + "\n"
        for event in events
    )
    try:
        with store.arrivals.open("a+b") as log:
            end = _whole_length(log.seek(0, os.SEEK_END), store)
            log.truncate(end)
            try:
                log.write(lines.encode())
                log.flush()
                os.fsync(log.fileno())
            except OSError:
                log.truncate(end)
                raise
    except OSError as error:
        raise failure("到件日志", error) from error


def _whole_length(size: int, store: Store) -> int:
    """Bytes of the log up to its last whole line."""
    if size == 0:
        return 0
    data = store.arrivals.read_bytes()
    return data.rfind(b"\n") + 1


def _event(said: dict[str, Any]) -> Arrival:
    """An event from its JSON; entries that a later version added are left out."""
    known = {f.name for f in fields(Arrival)}
    values = {k: v for k, v in said.items() if k in known}
    if values["as_of"] is not None:
        values["as_of"] = date.fromisoformat(values["as_of"])
    values["noted"] = tuple((str(c), str(n), int(k)) for c, n, k in values["noted"])
    return Arrival(**values)
