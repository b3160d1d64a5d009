"""Proof that the log is whole: every file is read, every line held against the one before, the ends against the anchors outside.

Nothing is written and no database is asked, so that an auditor can run it on a copy. Each finding says where.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casework.audit.entry import GENESIS, Line, read_line
from casework.audit.segments import MOST_TORN_LINES, Head, closes, segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from casework.audit.anchors import Anchor

VERIFIED = "audit.verified"
"""The action under which a verification is noted in the log; failed where something was wrong."""
KINDS: dict[str, str] = {
    "edited": "该行内容被改动",
    "missing": "缺少条目",
    "inserted": "多出条目",
    "moved": "条目次序被打乱",
    "rewritten": "与前一条不相接，前后之一被改写",
    "lost_file": "缺少日志文件",
    "cut_tail": "末尾被截去",
    "anchor": "与外部锚点不符，链条被整体改写",
    "start": "开头不是第一条",
    "unreadable": "文件无法读取",
}
"""Kind of a finding -> what it says."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where: file, line (from 1; 0 is the file as a whole), the entries from `first` to `last`."""

    kind: str
    file: str
    line: int
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Torn:
    """A line that a crash left unfinished. `closed`: the next writer noted it; else the log has not been written since."""

    file: str
    line: int
    size: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What the reading of a whole log says.

    Attributes:
        files, entries: how many. first, head: the first entry's number, and the last that holds.
        findings: what is wrong, in the order of the log. torn: what crashes left.
        anchored: the newest anchor that the chain meets; None where none was given or none is met.
        anchors: how many anchors were held against it.

    """

    files: int
    entries: int
    first: int
    head: Head
    findings: tuple[Finding, ...]
    torn: tuple[Torn, ...]
    anchored: Anchor | None
    anchors: int

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(folder: Path, *, anchors: Sequence[Anchor] = (), starts_at: int = 1) -> Proof:
    """Read a log from end to end.

    Args:
        folder: of the log. anchors: what stands outside.
        starts_at: the first file that must be there; earlier ones are archived, and the anchor that closed the last of them must attest it.

    Raises:
        OSError: the folder cannot be read.

    """
    walk = _Walk(anchors, starts_at)
    segments = {n: path for n, path in segments_of(folder).items() if n >= starts_at}
    walk.walk(segments)
    return walk.proof(len(segments))


class _Walk:
    """The reading: where it is, and what it found."""

    def __init__(self, anchors: Sequence[Anchor], starts_at: int) -> None:
        self._starts_at = starts_at
        self._anchors = sorted(anchors, key=lambda a: a.seq)
        self._wanted = {anchor.seq for anchor in self._anchors}
        self._met: dict[int, str] = {}  # anchored number -> hash that the chain has there
        self._places: dict[int, tuple[str, int]] = {}
        self._head: Head | None = Head()
        self._first = 0
        self._entries = 0
        self._findings: list[Finding] = []
        self._torn: list[Torn] = []
        self._behind: list[
            tuple[int, bytes]
        ] = []  # lines that cannot be read, until a note closes them
        self._file, self._line = "", 0

    def walk(self, segments: dict[int, Path]) -> None:
        expected = self._starts_at
        if expected > 1:
            self._head = None
        for number, path in segments.items():
            if number > expected:
                self._find("lost_file", f"audit-{expected:06d}.jsonl", 0)
                self._head = Head(self._head.seq, "") if self._head else None
            expected = number + 1
            self._walk_file(path, is_last=number == max(segments))
        if not segments and expected > 1:
            self._find("lost_file", f"audit-{expected:06d}.jsonl", 0)

    def _walk_file(self, path: Path, *, is_last: bool) -> None:
        self._file, self._line = path.name, 0
        try:
            with path.open("rb") as file:
                for number, raw in enumerate(file, start=1):
                    self._line = number
                    self._take(raw)
        except OSError:
            self._find("unreadable", path.name, 0)
        self._end_of_file(is_last=is_last)

    def _take(self, raw: bytes) -> None:
        line = read_line(
            raw.removesuffix(b"\n")
        )  # the newline of the very last one may be lost in a crash
        if line is None:
            self._behind.append((self._line, raw))
            return
        self._settle_behind(line)
        self._hold(line)
        self._entries += 1
        self._first = self._first or line.seq
        if line.seq in self._wanted:
            self._met[line.seq] = line.hash
            self._places[line.seq] = (self._file, self._line)

    def _settle_behind(self, line: Line) -> None:
        """Unreadable lines before this one: left by a crash and closed by this very note, or edited."""
        if not self._behind:
            return
        left = b"".join(raw for _, raw in self._behind).removesuffix(b"\n")
        if closes(line.entry, left):
            self._torn.append(Torn(self._file, self._behind[0][0], len(left), closed=True))
            self._behind = []
            return
        self._tell_edited()

    def _tell_edited(self) -> None:
        """An unreadable line stands for one entry each: the ones that follow are held against that."""
        for number, _ in self._behind:
            seq = self._head.seq + 1 if self._head else None
            self._findings.append(Finding("edited", self._file, number, seq, seq))
            if self._head:
                self._head = Head(self._head.seq + 1, "")
        self._behind = []

    def _hold(self, line: Line) -> None:
        """A line whose own hash is right against the one before. A hash of "" is not known."""
        head = self._head
        if head is None:  # archived before this: the anchors say what must stand here
            self._check_start(line)
        elif line.seq > head.seq + 1:
            self._find("missing", self._file, self._line, head.seq + 1, line.seq - 1)
        elif line.seq <= head.seq:
            self._find("inserted", self._file, self._line, line.seq, line.seq)
            return  # what comes next is held against what was there before
        elif head.hash and line.prev != head.hash:
            self._find("rewritten", self._file, self._line, line.seq, line.seq)
        self._head = Head(line.seq, line.hash)

    def _check_start(self, line: Line) -> None:
        before = (line.seq - 1, self._starts_at - 1)
        attested = {a.hash for a in self._anchors if (a.seq, a.closes) == before}
        is_first = line.seq == 1 and line.prev == GENESIS
        if line.prev not in attested and not is_first:
            self._find("start", self._file, self._line, line.seq, line.seq)

    def _end_of_file(self, *, is_last: bool) -> None:
        if self._line == 0 and not is_last:
            self._find("lost_file", self._file, 0)
        if not self._behind:
            return
        raw = b"".join(raw for _, raw in self._behind)
        if is_last and not raw.endswith(b"\n") and len(self._behind) <= MOST_TORN_LINES + 1:
            self._torn.append(Torn(self._file, self._behind[0][0], len(raw), closed=False))
            self._behind = []
            return
        self._tell_edited()

    def _find(
        self, kind: str, file: str, line: int, first: int | None = None, last: int | None = None
    ) -> None:
        self._findings.append(Finding(kind, file, line, first, last))

    def proof(self, files: int) -> Proof:
        head = self._head or Head()
        met, against = self._against_anchors(head)
        found = tuple(_with_moves([*self._findings, *against]))
        return Proof(
            files,
            self._entries,
            self._first,
            head,
            found,
            tuple(self._torn),
            met,
            len(self._anchors),
        )

    def _against_anchors(self, head: Head) -> tuple[Anchor | None, list[Finding]]:
        """The newest anchor that is met, and the first one of each kind that is not."""
        met: Anchor | None = None
        against: dict[str, Finding] = {}
        for anchor in self._anchors:
            there = self._met.get(anchor.seq)
            if there == anchor.hash:
                met = anchor
            elif there is not None:
                file, line = self._places[anchor.seq]
                # somewhere after the last anchor that was met, up to here
                since = met.seq + 1 if met else 1
                against.setdefault("anchor", Finding("anchor", file, line, since, anchor.seq))
            elif anchor.seq > head.seq:
                cut = Finding("cut_tail", self._file, self._line, head.seq + 1, anchor.seq)
                against["cut_tail"] = cut
        return met, list(against.values())


def _with_moves(findings: list[Finding]) -> Iterator[Finding]:
    """What is missing in one place and too much in another was moved."""
    gone = {
        seq
        for f in findings
        if f.kind == "missing"
        for seq in range(f.first or 0, (f.last or 0) + 1)
        if f.last is not None and f.last - (f.first or 0) < _MOST_MOVED
    }
    extra = {f.first for f in findings if f.kind == "inserted"}
    moved = gone & extra
    for found in findings:
        if found.kind == "inserted" and found.first in moved:
            yield replace(found, kind="moved")
        elif found.kind == "missing" and set(_span(found)) <= moved:
            continue
        else:
            yield found


_MOST_MOVED = 10_000


def _span(found: Finding) -> range:
    return range(found.first or 0, (found.last or 0) + 1)
