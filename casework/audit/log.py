"""The audit log as the doors use it: `record` returns when the entry is on the disk, or raises and nothing may be shown.

Many threads may call at once: whoever finds nobody writing writes what all of them have brought, with one call to the disk.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from casework.audit.entry import Entry, check_entry
from casework.audit.errors import AuditUnavailable
from casework.audit.writer import PER_SEGMENT, WAIT_SECONDS, ChainWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from casework.audit.anchors import Anchors
    from casework.audit.harvest import HarvestWatch
    from casework.audit.segments import Head

_MOST_AT_ONCE = 1000


class _Waiting:
    """An entry on its way to the disk."""

    __slots__ = ("entry", "error", "seq")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.seq: int | None = None
        self.error: AuditUnavailable | None = None

    @property
    def done(self) -> bool:
        return self.seq is not None or self.error is not None


class AuditLog:
    """The log in one folder. Safe for threads; several processes may each have one on the same folder.

    Args:
        folder: see `segments.audit_folder`. now: the time in UTC, as the caller's clock says it.
        digest: sha256 or sm3, for the lines to come. anchors: where the head is written down outside.
        watch: looks for bulk reading. per_segment: entries of a file. wait: seconds for another process to let go.

    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime],
        digest: str = "sha256",
        anchors: Anchors | None = None,
        watch: HarvestWatch | None = None,
        per_segment: int = PER_SEGMENT,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self.folder = folder
        self._now = now
        self._writer = ChainWriter(folder, digest=digest, per_segment=per_segment, wait=wait)
        self.anchors = anchors
        self._watch = watch
        self._turn = threading.Condition()
        self._queue: list[_Waiting] = []
        self._writing = False

    def record(self, entry: Entry) -> int:
        """Keep one entry for ever and return its number.

        Raises:
            AuditUnavailable: it could not be kept, or the head could not be anchored outside for too long. Show nothing.
            InputError: the reason holds a number, or is too long: ask for another.

        """
        waiting = _Waiting(check_entry(entry))
        with self._turn:
            self._queue.append(waiting)
        while not waiting.done:
            batch = self._next_batch(waiting)
            if batch:
                self._lead(batch)
        if waiting.seq is None:
            told = waiting.error
            assert told is not None
            raise AuditUnavailable(told.what, told.todo)  # one object may not be raised by many
        return waiting.seq

    @property
    def head(self) -> Head:
        """The last entry that this process wrote or saw."""
        return self._writer.end.head

    def close(self) -> None:
        """Anchor the head and let go of the files. The log may be used again afterwards."""
        with self._turn:
            while self._writing:
                self._turn.wait()
            if self.anchors is not None:
                self.anchors.close(self._writer.end.head, self._now())
            self._writer.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next_batch(self, waiting: _Waiting) -> list[_Waiting]:
        """What to write now; nothing where another thread has meanwhile written what is waited for."""
        with self._turn:
            while self._writing and not waiting.done:
                self._turn.wait()
            if waiting.done:
                return []
            self._writing = True
            batch = self._queue[:_MOST_AT_ONCE]
            del self._queue[:_MOST_AT_ONCE]
            return batch

    def _lead(self, batch: list[_Waiting]) -> None:
        """Write a batch for all who wait in it, and wake them whatever happens."""
        error = AuditUnavailable("审计日志写入中断，已停止查阅", "请重试；再次出现请联系维护人员")
        try:
            self._commit(batch)
        except AuditUnavailable as refused:
            error = refused
        finally:
            with self._turn:
                for one in batch:
                    if one.seq is None:
                        one.error = error
                self._writing = False
                self._turn.notify_all()

    def _commit(self, batch: list[_Waiting]) -> None:
        moment = self._now()
        stamp = moment.isoformat(timespec="seconds")
        if self.anchors is not None:
            self.anchors.require(moment)
        with self._writer.held() as seen:
            entries = [one.entry for one in batch]
            if self._watch is not None:
                self._watch.see([line.entry for line in seen])
                entries += self._watch.alarms(entries, at=stamp)
            lines = self._writer.write(entries, at=stamp)
        for one, line in zip(batch, lines, strict=False):
            one.seq = line.seq
        if self.anchors is not None:
            self.anchors.note(self._writer.end.head, moment, closed=self._writer.closed)
