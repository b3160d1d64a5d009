"""The files of the log, one after another, and where it ends. Nothing is written here."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.audit.entry import GENESIS, Entry, Line, read_line
from casework.audit.errors import broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = re.compile(r"audit-(\d{6,})\.jsonl")
TORN = "audit.torn"
"""The action of the note that closes a line which a crash left torn; the next writer adds it."""
MOST_TORN_LINES = 2
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain: its number (0: none yet) and its hash."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Position:
    """Where the log ends.

    Attributes:
        head: its last entry. segment: number of the last file. offset: how many bytes that file holds.
        first: seq of that file's first entry. torn: what a crash left behind the last entry.
        unended: the last entry is whole but for its newline, which a crash cut off.

    """

    head: Head = Head()
    segment: int = 1
    offset: int = 0
    first: int = 1
    torn: bytes = b""
    unended: bool = False


@dataclass(frozen=True, slots=True)
class _Last:
    """How a file ends: the last line that holds, what is behind it, whether it lacks its newline, the size of the file."""

    line: Line | None
    behind: bytes
    unended: bool
    size: int


def audit_folder(store: Path) -> Path:
    """Where the log of a warehouse is kept, given the folder of its working store."""
    return store / "audit"


def segment_file(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"audit-{number:06d}.jsonl"


def segments_of(folder: Path) -> dict[int, Path]:
    """Number -> file of every segment there is, in their order. Raises OSError."""
    named = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return dict(sorted((int(name[1]), path) for name, path in named if name))


def find_end(folder: Path) -> Position:
    """Where the log ends, by its last line alone.

    Raises:
        AuditUnavailable: the last line does not hold. OSError: a file cannot be read.

    """
    segments = segments_of(folder)
    if not segments:
        return Position()
    number = max(segments)
    path = segments[number]
    last = _last_line(path)
    # What a crash leaves has no newline at its end; a second crash while it was being closed leaves one line more.
    if last.behind.endswith(b"\n") or last.behind.count(b"\n") > MOST_TORN_LINES:
        raise broken(path.name)
    if last.line is None:
        head = _head_before(segments, number)
        return Position(head, number, last.size, head.seq + 1, last.behind)
    head = Head(last.line.seq, last.line.hash)
    first = _first_seq(path, last.line)
    return Position(head, number, last.size, first, last.behind, last.unended)


def _head_before(segments: dict[int, Path], number: int) -> Head:
    """Where a file that was only just begun goes on from."""
    if number == 1:
        return Head()
    before = segments.get(number - 1)
    if before is None:
        raise broken(segments[number].name)
    last = _last_line(before)
    if last.line is None or last.behind:
        raise broken(before.name)
    return Head(last.line.seq, last.line.hash)


def follow(data: bytes, head: Head) -> tuple[list[Line], bytes, bool]:
    """The lines that continue a chain, what a crash left behind them, and whether the last of them lacks its newline.

    Raises:
        ValueError: a line that neither continues the chain nor was closed by a note as torn.

    """
    lines: list[Line] = []
    behind: list[bytes] = []
    *pieces, rest = data.split(b"\n")
    for piece in [*pieces, rest] if rest else pieces:
        line = read_line(piece)
        if line is None or (line.seq, line.prev) != (head.seq + 1, head.hash):
            behind.append(piece)
            continue
        if behind and not closes(line.entry, b"\n".join(behind)):
            break
        behind = []
        lines.append(line)
        head = Head(line.seq, line.hash)
    if behind and not rest:
        raise ValueError("the chain does not hold")
    return lines, b"\n".join(behind), bool(rest) and not behind


def torn_note(torn: bytes) -> Entry:
    """The note that closes what a crash left."""
    told = {"bytes": len(torn), "digest": hashlib.sha256(torn).hexdigest()}
    return Entry(TORN, details=told)


def closes(entry: Entry, torn: bytes) -> bool:
    """Whether an entry is the note that closes these very bytes."""
    return entry.action == TORN and dict(entry.details) == dict(torn_note(torn).details)


def _last_line(path: Path) -> _Last:
    size = path.stat().st_size
    tail = b""
    with path.open("rb") as file:
        for start in _backwards(size):
            file.seek(start)
            tail = file.read(min(_BLOCK, size - start - len(tail))) + tail
            found = _last_in(tail, whole=start == 0)
            if found is not None:
                line, end = found
                return _Last(line, tail[end + 1 :], end == len(tail), size)
    return _Last(None, tail, unended=False, size=size)


def _last_in(tail: bytes, *, whole: bool) -> tuple[Line, int] | None:
    """The last line that holds and where it ends."""
    end = len(tail)
    while end >= 0:
        start = tail.rfind(b"\n", 0, end) + 1
        if start == 0 and not whole:
            return None  # the line begins before these bytes
        line = read_line(tail[start:end])
        if line is not None:
            return line, end
        end = start - 1
    return None


def _backwards(size: int) -> Iterator[int]:
    start = size
    while start > 0:
        start = max(0, start - _BLOCK)
        yield start


def _first_seq(path: Path, last: Line) -> int:
    with path.open("rb") as file:
        first = read_line(file.readline().rstrip(b"\n"))
    return first.seq if first is not None else last.seq


def read_from(path: Path, offset: int) -> bytes:
    """The bytes of a file from an offset to its end. Raises OSError."""
    with path.open("rb") as file:
        file.seek(offset, os.SEEK_SET)
        return file.read()
