"""The head of the chain written down outside the log, now and then: whoever cuts the tail or writes the chain anew cannot change that.

An anchor is a number and a hash. It is put on another disk and into the casework store, never into the folder of the log.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from casework.audit.errors import AuditUnavailable
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from casework.audit.segments import Head, Position

EVERY_ENTRIES = 1000
EVERY = timedelta(minutes=5)
GRACE = timedelta(hours=4)
"""So long the log goes on while a place for anchors cannot be written; then it stops, and with it all reading."""
FILE = "anchors.jsonl"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head as it was written down. `at`: ISO 8601 in UTC. `place`: where it stands. `closes`: number of the file that ended there."""

    seq: int
    hash: str
    at: str
    place: str = ""
    closes: int | None = None


class AnchorPlace(Protocol):
    """Somewhere outside the log that anchors can be put."""

    @property
    def name(self) -> str:
        """How it is told to people."""
        ...

    def put(self, anchor: Anchor) -> None:
        """Keep one anchor for good. Raises OSError or HouseholdError."""
        ...

    def anchors(self) -> list[Anchor]:
        """Every anchor that stands here, in the order of their numbers. Raises OSError or HouseholdError."""
        ...


class FolderPlace:
    """Anchors in a file of a folder, one a line: on another disk, or on one that only takes additions."""

    name = "锚点目录"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, anchor: Anchor) -> None:
        """Add a line and have it on the disk."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {"seq": anchor.seq, "hash": anchor.hash, "at": anchor.at, "closes": anchor.closes}
        path = self._folder / FILE
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, json.dumps(told).encode("ascii") + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def anchors(self) -> list[Anchor]:
        """The lines that can be read; one that a crash left torn is none."""
        path = self._folder / FILE
        if not path.exists():
            return []
        found = (self._read(line) for line in path.read_bytes().split(b"\n") if line)
        return sorted((a for a in found if a is not None), key=lambda a: a.seq)

    def _read(self, line: bytes) -> Anchor | None:
        try:
            told = json.loads(line)
            closes = told.get("closes")
            return Anchor(
                int(told["seq"]),
                str(told["hash"]),
                str(told["at"]),
                self.name,
                None if closes is None else int(closes),
            )
        except (ValueError, KeyError, TypeError):
            return None


class Anchors:
    """Puts the head into every place when it is due, aside from those who wait for the log.

    Attributes:
        places: where. last: what this process wrote down last; None: nothing yet.

    Args:
        places: where. every: after so many entries; after: or so much time, by the caller's clock. grace: see GRACE.

    """

    def __init__(
        self,
        places: Sequence[AnchorPlace],
        *,
        every: int = EVERY_ENTRIES,
        after: timedelta = EVERY,
        grace: timedelta = GRACE,
    ) -> None:
        self.places = tuple(places)
        self._every, self._after, self._grace = every, after, grace
        self._failing: dict[str, datetime] = {}
        self._last: tuple[int, datetime] | None = None
        self._pending: Head | None = None
        self._closed: list[Position] = []
        self.last: Anchor | None = None
        self._noted: datetime | None = None
        self._guard = threading.Lock()
        self._putting = threading.Lock()
        self._late_comes = False
        self._thread: threading.Thread | None = None
        self._timer: threading.Timer | None = None

    @property
    def failing(self) -> dict[str, datetime]:
        """Places that could not be written, and since when."""
        return dict(self._failing)

    def require(self, now: datetime) -> None:
        """Raises AuditUnavailable where a place could not be written for longer than the grace."""
        for name, since in self.failing.items():
            if now - since > self._grace:
                if self._pending is not None and not self._busy:
                    self._start(self._pending, now)  # trying again is how it gets out of this
                raise AuditUnavailable(
                    f"审计锚点（{name}）已 {_hours(self._grace)} 小时以上无法写入，已停止查阅",
                    "请恢复锚点目录或工作库的写入",
                )

    def note(self, head: Head, now: datetime, *, closed: Position | None = None) -> None:
        """The head is this now; where an anchor is due it is written by a thread of its own.

        `closed`: where a file of the log has just ended; it is anchored too, so that the file can be archived.
        """
        self._pending, self._noted = head, now
        if closed is not None:
            with self._guard:
                self._closed.append(closed)
        if self._last is None:
            self._last = (head.seq, now)
        seq, at = self._last
        due = head.seq - seq >= self._every or abs(now - at) >= self._after
        if (due or closed is not None) and not self._busy:
            self._start(head, now)
        else:
            self._wait()

    def close(self, head: Head, now: datetime) -> None:
        """Write the head down now. A place that cannot be written is left out."""
        if self._timer is not None:
            self._timer.cancel()
        for thread in (self._timer, self._thread):
            if thread is not None:
                thread.join()
        if self._closed or head.seq > (self.last.seq if self.last else 0):
            self._put(head, now)

    @property
    def _busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start(self, head: Head, now: datetime) -> None:
        self._last = (head.seq, now)
        self._thread = threading.Thread(
            target=self._put, args=(head, now), name="audit-anchor", daemon=True
        )
        self._thread.start()

    def _wait(self) -> None:
        """The last looks of a day are anchored too, although none comes after them."""
        with self._guard:
            if self._late_comes:
                return
            self._late_comes = True
        self._timer = threading.Timer(self._after.total_seconds(), self._late)
        self._timer.name, self._timer.daemon = "audit-anchor-late", True
        self._timer.start()

    def _late(self) -> None:
        with (
            self._guard
        ):  # before it looks: who notes from now on has a timer that comes after this one
            self._late_comes = False
        if self._thread is not None:
            self._thread.join()  # what it writes down may be older than what was noted last
        head, noted = self._pending, self._noted
        if head is None or noted is None:
            return
        if head.seq > (self.last.seq if self.last else 0):
            self._last = (head.seq, noted)
            self._put(head, noted)

    def _put(self, head: Head, now: datetime) -> None:
        with self._putting:
            self._put_alone(head, now)

    def _put_alone(self, head: Head, now: datetime) -> None:
        with self._guard:
            closed, self._closed = self._closed, []
        at = now.isoformat(timespec="seconds")
        anchors = [Anchor(p.head.seq, p.head.hash, at, closes=p.segment) for p in closed]
        if self.last is None or head.seq >= self.last.seq:
            anchors.append(Anchor(head.seq, head.hash, at))
        for anchor in anchors:
            self.last = anchor
            for place in self.places:
                try:
                    place.put(anchor)
                    self._failing.pop(place.name, None)
                except (OSError, HouseholdError):
                    self._failing.setdefault(place.name, now)
        if self._failing:
            with self._guard:  # once more when the next one is due
                self._closed += closed


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
