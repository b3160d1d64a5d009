"""Logs of invented looks for the tests of the audit log."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from casework.audit.entry import Entry
from casework.audit.log import AuditLog
from casework.audit.segments import segment_file, segments_of

if TYPE_CHECKING:
    from pathlib import Path

MORNING = datetime(2026, 5, 20, 1, 30, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


def look(number: int, actor: str = "zhang") -> Entry:
    return Entry(
        "household.read",
        actor,
        role="analyst",
        subject_kind="application",
        subject_id=f"A{number:04d}",
        correlation_id=f"c{number}",
        address="10.0.0.9",
    )


def filled(folder: Path, entries: int, *, per_segment: int = 50_000) -> Path:
    """A folder with a log of so many entries."""
    with AuditLog(folder, now=Clock(), per_segment=per_segment) as log:
        for number in range(1, entries + 1):
            log.record(look(number))
    return folder


def lines_of(folder: Path) -> list[bytes]:
    return b"".join(path.read_bytes() for path in segments_of(folder).values()).splitlines()


def seqs(folder: Path) -> list[int]:
    return [json.loads(line)["seq"] for line in lines_of(folder)]


def rewrite(folder: Path, lines: list[bytes], segment: int = 1) -> None:
    segment_file(folder, segment).write_bytes(b"".join(line + b"\n" for line in lines))
