"""One process's hold on the chain: it is alone while it writes, sees what others wrote, and what it wrote is on the disk when it lets go."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from casework.audit.entry import Line, write_line
from casework.audit.errors import broken, held_elsewhere, unavailable
from casework.audit.segments import (
    Head,
    Position,
    find_end,
    follow,
    read_from,
    segment_file,
    torn_note,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from casework.audit.entry import Entry

PER_SEGMENT = 50_000
"""After so many entries the next file is begun."""
WAIT_SECONDS = 5.0
_LOCK = "lock"
_PAUSE_SECONDS = 0.002


class ChainWriter:
    """Adds entries at the end of the chain. For one thread at a time; several processes may have one each.

    `closed` is where the file ended that the newest `write` found full and left for the next one.

    Args:
        folder: of the log, made for its owner's eyes only where it is not there.
        digest: sha256 or sm3. per_segment: entries of a file. wait: seconds for another process to let go.

    """

    def __init__(
        self,
        folder: Path,
        *,
        digest: str = "sha256",
        per_segment: int = PER_SEGMENT,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._folder = folder
        self._digest = digest
        self._per_segment = per_segment
        self._wait = wait
        self._lock: int | None = None
        self._file: int | None = None
        self._opened_segment = 0
        self._end: Position | None = None
        self.closed: Position | None = None

    @property
    def end(self) -> Position:
        """Where the chain ended when this process last held it."""
        return self._end or Position()

    @contextmanager
    def held(self) -> Iterator[list[Line]]:
        """Be the only writer; gives what other processes added since this one last was.

        Raises:
            AuditUnavailable: the folder cannot be written, the lock is not given back, or the chain does not hold.

        """
        try:
            lock = self._take_lock()
            try:
                yield self._catch_up()
            finally:
                fcntl.flock(lock, fcntl.LOCK_UN)
        except OSError as error:
            self.forget()
            raise unavailable(error) from None

    def write(self, entries: Sequence[Entry], *, at: str) -> list[Line]:
        """Add entries, inside `held`; they are on the disk when this returns. `at` stamps those that bear no time.

        Raises:
            OSError: none of them counts; what was half written is taken back where the system lets us.

        """
        end = self._end
        assert end is not None, "write inside `held`"
        self.closed = None
        if end.torn:
            entries = [torn_note(end.torn), *entries]
        elif end.head.seq - end.first + 1 >= self._per_segment:
            self.closed = end
            end = self._begin_next(end)
        lines, data = self._lines(entries, end.head, at)
        if end.torn or end.unended:
            data = b"\n" + data
        file = self._opened(end)
        try:
            _write_all(file, data)
            os.fdatasync(file)
        except OSError:
            self._take_back(file, end.offset)
            raise
        head = Head(lines[-1].seq, lines[-1].hash) if lines else end.head
        self._end = Position(head, end.segment, end.offset + len(data), end.first)
        return lines[1:] if end.torn else lines

    def forget(self) -> None:
        """Let go of the files; the next writing looks for the end anew."""
        for handle in (self._file, self._lock):
            if handle is not None:
                os.close(handle)
        self._file = self._lock = None

    def _lines(self, entries: Sequence[Entry], head: Head, at: str) -> tuple[list[Line], bytes]:
        lines, data = [], []
        seq, prev = head.seq, head.hash
        for entry in entries:
            seq += 1
            stamped = entry if entry.at else replace(entry, at=at)
            written, found = write_line(stamped, seq, prev=prev, digest=self._digest)
            lines.append(Line(seq, prev, self._digest, found, stamped))
            data.append(written)
            prev = found
        return lines, b"".join(data)

    def _take_lock(self) -> int:
        path = self._folder / _LOCK
        waited = time.monotonic() + self._wait
        while True:
            if self._lock is None:
                for folder in (self._folder.parent, self._folder):
                    folder.mkdir(mode=0o700, exist_ok=True)
                self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > waited:
                    raise held_elsewhere() from None
                time.sleep(_PAUSE_SECONDS)
                continue
            if _is_still(self._lock, path):
                return self._lock
            os.close(self._lock)  # somebody removed the file: others hold the new one
            self._lock = None

    def _catch_up(self) -> list[Line]:
        if self._end is None:
            self._end = find_end(self._folder)
            return []
        end, seen = self._end, []
        while True:
            lines, end = self._rest_of(end)
            seen += lines
            following = segment_file(self._folder, end.segment + 1)
            if not following.exists():
                break
            end = Position(end.head, end.segment + 1, 0, end.head.seq + 1)
        self._end = end
        return seen

    def _rest_of(self, end: Position) -> tuple[list[Line], Position]:
        """What follows `end` in its file. A file that was cut or put in another's place does not hold."""
        path = segment_file(self._folder, end.segment)
        if end.offset == 0 and not path.exists():
            return [], end
        size = path.stat().st_size if path.exists() else -1
        replaced = self._file is not None and not _is_still(self._file, path)
        if size < end.offset or (replaced and end.segment == self._opened_segment):
            raise broken(path.name)
        if size == end.offset:
            return [], end
        data = read_from(path, end.offset - len(end.torn))
        try:
            lines, torn, unended = follow(data.removeprefix(b"\n" * end.unended), end.head)
        except ValueError:
            raise broken(path.name) from None
        head = Head(lines[-1].seq, lines[-1].hash) if lines else end.head
        return lines, Position(head, end.segment, size, end.first, torn, unended)

    def _begin_next(self, end: Position) -> Position:
        self._close_file()
        return Position(end.head, end.segment + 1, 0, end.head.seq + 1)

    def _opened(self, end: Position) -> int:
        if self._file is not None and self._opened_segment == end.segment:
            return self._file
        self._close_file()
        path = segment_file(self._folder, end.segment)
        new = not path.exists()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._opened_segment = end.segment
        if new:
            _sync_folder(self._folder)
        return self._file

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_back(self, file: int, size: int) -> None:
        """Nobody was told that these bytes are in the log; where they cannot be taken back the next writer closes them as torn."""
        try:
            os.ftruncate(file, size)
            os.fsync(file)
        except OSError:
            self._end = None


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _is_still(handle: int, path: Path) -> bool:
    try:
        there, held = path.stat(), os.fstat(handle)
    except FileNotFoundError:
        return False
    return (there.st_ino, there.st_dev) == (held.st_ino, held.st_dev)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
