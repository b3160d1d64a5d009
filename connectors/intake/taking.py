"""Taking files in: keep the bytes, read and examine them, keep the rows, and only then say in the log that they arrived.

A run that is killed anywhere before the log line simply takes the file again: everything before it is content-addressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import polars as pl

from connectors.errors import FileRefused
from connectors.intake.arrivals import (
    READ,
    REFUSED,
    ROWS_FORMAT,
    Arrival,
    append_arrivals,
    read_arrivals,
)
from connectors.intake.reading import read_table
from connectors.store import Store, digest_of, keep_raw, write_rows
from household.schema.column import Dataset
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from connectors.intake.inbox import Found


class Examined(Protocol):
    """What row rules make of a table; the shape is that of `quality.rows.Examined`."""

    @property
    def accepted(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def quarantined(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def noted(self) -> Mapping[tuple[str, str], int]: ...  # noqa: D102
    @property
    def remark(self) -> str: ...  # noqa: D102


Examine = Callable[[Dataset, pl.DataFrame], Examined]


@dataclass(frozen=True, slots=True)
class Intake:
    """The whole log after a run of intake, and the events that this run added."""

    arrivals: tuple[Arrival, ...]
    fresh: tuple[Arrival, ...]


def take_all(found: Iterable[Found], store: Store, *, examine: Examine) -> Intake:
    """Take every entry of a survey in. Raises ConnectorError when the store fails; what was logged before stays."""
    log = read_arrivals(store)
    before = len(log)
    for entry in found:
        take(entry, store, examine=examine, log=log)
    return Intake(tuple(log), tuple(log[before:]))


def take(
    found: Found, store: Store, *, examine: Examine, log: list[Arrival] | None = None
) -> Arrival:
    """Take one entry in: raw copy, reading, row rules, rows on disk, log line.

    An entry that the log already has, with the same bytes and manifest, is not read again.

    Args:
        found: the entry.
        store: the working store.
        examine: the row rules (`quality.rows.examine`).
        log: the log as far as it is known; the new event is added to it. None reads it from the store.

    Returns:
        The event: the new one, or the one that the log already had.

    Raises:
        ConnectorError: the store cannot be read or written; nothing half-written is left.

    """
    log = read_arrivals(store) if log is None else log
    try:
        sha256 = _digest(found, store)
    except FileRefused as error:
        sha256, found = "", replace(found, refusal=str(error))
    event = _blank(found, sha256)
    latest = next((a for a in reversed(log) if a.file == found.file), None)
    if (
        latest is not None
        and _same(latest, event)
        and latest.state == READ
        and found.refusal is None
        and _has_rows(latest, store)
    ):
        return latest
    try:
        event = _read(found, event, store, examine=examine, log=log)
    except FileRefused as error:
        event = replace(event, state=REFUSED, message=str(error))
        # a refused file is tried again every time: what was wrong may have been outside its bytes
        if (
            latest is not None
            and _same(latest, event)
            and (latest.state, latest.message) == (event.state, event.message)
        ):
            return latest
    event = replace(event, seq=log[-1].seq + 1 if log else 1)
    append_arrivals(store, [event])
    log.append(event)
    return event


def _digest(found: Found, store: Store) -> str:
    """SHA-256 of the entry; a file of a known dataset is kept raw, even one that is refused. Empty when there are no bytes."""
    if not found.path.is_file():
        return ""
    if found.dataset is None:
        return digest_of(found.path)
    return keep_raw(found.path, store, ext=found.ext)


def _blank(found: Found, sha256: str) -> Arrival:
    """The event of an entry before anything was read."""
    manifest = found.manifest
    reading = manifest.reading() if manifest else ""
    return Arrival(
        seq=0,
        file=found.file,
        sha256=sha256,
        manifest=manifest.digest if manifest else "",
        dataset=found.dataset,
        region=found.region,
        as_of=found.as_of,
        part=found.part,
        rows_name=f"{sha256}-{reading}" if reading else sha256,
        rows_in=0,
        rows_read=0,
        rows_quarantined=0,
        state=REFUSED,
        message="",
    )


def _same(known: Arrival, event: Arrival) -> bool:
    """Whether the log's event is of this very file, manifest and way of reading."""
    return (known.sha256, known.manifest, known.dataset, known.rows_name, known.rows_format) == (
        event.sha256,
        event.manifest,
        event.dataset,
        event.rows_name,
        ROWS_FORMAT,
    )


def _has_rows(known: Arrival, store: Store) -> bool:
    """Whether the rows of a read file are still in the store; somebody may have cleared it to save room."""
    if known.state != READ or known.dataset is None:
        return True
    return store.rows(known.dataset, known.rows_name).exists()


def _read(
    found: Found, event: Arrival, store: Store, *, examine: Examine, log: Sequence[Arrival]
) -> Arrival:
    """Read one file and keep its rows. Raises FileRefused when it cannot stand as a whole."""
    if found.refusal is not None or found.dataset is None:
        raise FileRefused(*_split(found.refusal or "文件不属于任何数据集；请按交换目录重新报送"))
    manifest = found.manifest
    if manifest is not None and manifest.sha256 not in (None, event.sha256):
        raise FileRefused("文件的 SHA-256 与清单不符", "请确认传输完整后连同清单重新报送")
    known = next(
        (a for a in reversed(log) if _same_content(a, event) and _has_rows(a, store)), None
    )
    if known is not None:
        read = replace(
            event,
            rows_in=known.rows_in,
            rows_read=known.rows_read,
            rows_quarantined=known.rows_quarantined,
            message=known.message,
            noted=known.noted,
        )
        _hold_count(found, read.rows_in)
        return replace(read, state=READ)
    table = read_table(found, source=store.raw(event.sha256, found.ext))
    _hold_count(found, table.frame.height)
    examined = examine(DATASETS[found.dataset], table.frame)
    write_rows(examined.quarantined, store.quarantine(found.dataset, event.rows_name))
    write_rows(examined.accepted, store.rows(found.dataset, event.rows_name))
    remarks = list(table.remarks)
    if table.unknown_columns:
        remarks.append(f"有 {len(table.unknown_columns)} 列不在目录内，仅存原件")
    if examined.remark:
        remarks.append(examined.remark)
    return replace(
        event,
        rows_in=table.frame.height,
        rows_read=examined.accepted.height,
        rows_quarantined=examined.quarantined.height,
        state=READ,
        message="；".join(remarks),
        noted=tuple((c, n, k) for (c, n), k in sorted(examined.noted.items())),
    )


def _same_content(known: Arrival, event: Arrival) -> bool:
    """Whether another file, already read, had the same bytes for the same dataset and reading."""
    return known.state == READ and (known.dataset, known.rows_name, known.rows_format) == (
        event.dataset,
        event.rows_name,
        ROWS_FORMAT,
    )


def _hold_count(found: Found, rows: int) -> None:
    """Hold the manifest's row count against the rows that were read. Raises FileRefused."""
    if found.manifest is not None and found.manifest.rows not in (None, rows):
        raise FileRefused(
            f"清单写明 {found.manifest.rows} 行，实际 {rows} 行",
            "请核对是否漏传或重复导出后重新报送",
        )


def _split(refusal: str) -> tuple[str, str]:
    """A refusal line back to what happened and what to do."""
    what, _, todo = refusal.partition("；")
    return what, todo
