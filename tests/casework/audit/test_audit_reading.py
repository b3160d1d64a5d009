"""What an auditor asks of the log, and who looked at one person."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from audit_logs import Clock, filled, lines_of, look, rewrite

from casework.audit.entry import Entry
from casework.audit.log import AuditLog
from casework.audit.reading import Where, ledger, newest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clock = Clock()
    with AuditLog(tmp_path / "audit", now=clock, per_segment=4) as log:
        for entry in (
            look(1),
            look(2, "li"),
            Entry("household.readmit", "li", subject_kind="application", subject_id="A0001"),
            Entry("session.login", "li", outcome="failed"),
            Entry("evidence.read", "li", subject_kind="application", subject_id="A0001"),
            Entry("report.print", "li", details={"applications": ["A0002", "A0001"]}),
            Entry("queue.list", "wang", details={"regions": ["990102"]}),
            Entry("queue.list", "wang", details={"regions": ["9901"]}),
            Entry("tables.export", "root", subject_kind="run", subject_id="R1"),
            Entry("person.unmask", "wang", subject_kind="person", subject_id="p1", reason="更正"),
        ):
            log.record(entry)
            clock.move(hours=1)
    return tmp_path / "audit"


def seqs(folder: Path, where: Where, limit: int = 100) -> list[int]:
    return [line.seq for line in newest(folder, where, limit=limit).lines]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (Where(actor="wang"), [10, 8, 7]),
        (Where(actor="wan"), []),
        (Where(action="household"), [3, 2, 1]),
        (Where(action="household.read"), [2, 1]),
        (Where(outcome="failed"), [4]),
        (Where(subject="A0001"), [6, 5, 3, 1]),
        (Where(subject="li"), []),
        (Where(ids=frozenset({"p1", "A0002"})), [10, 6, 2]),
        (Where(since="2026-05-20T04:30:00+00:00", until="2026-05-20T06:30:00+00:00"), [5, 4]),
        (Where(before=3), [2, 1]),
    ],
)
def test_asked(folder: Path, where: Where, expected: list[int]):
    assert seqs(folder, where) == expected


def test_the_newest_first_and_whether_there_are_more(folder: Path):
    found = newest(folder, Where(), limit=3)
    assert [line.seq for line in found.lines] == [10, 9, 8]
    assert found.more
    assert not newest(folder, Where(), limit=10).more


def test_no_log_yet(tmp_path: Path):
    assert newest(tmp_path / "audit", Where(), limit=3).lines == []


def test_damaged_lines_are_counted(tmp_path: Path):
    folder = filled(tmp_path / "audit", 5)
    lines = lines_of(folder)
    lines[2] = lines[2].replace(b"zhang", b"zhong")
    rewrite(folder, lines)
    found = newest(folder, Where(), limit=10)
    assert (found.damaged, [line.seq for line in found.lines]) == (1, [5, 4, 2, 1])


def test_a_persons_ledger(folder: Path):
    direct, wide = ledger(
        folder, frozenset({"p1", "A0001"}), regions=frozenset({"990101001"}), limit=10
    )
    assert [line.seq for line in direct.lines] == [10, 6, 5, 3, 1]
    assert [line.seq for line in wide.lines] == [9, 8]  # 7 was of another region


def test_the_ledger_misses_no_look(tmp_path: Path):
    """Random looks of many kinds, written down twice: in the log, and in a plain list that says whom each was of."""
    chance = random.Random(5)
    people = {f"p{n}": {f"A{n}", f"A{n + 1}"} for n in range(12)}
    expected: dict[str, list[int]] = {person: [] for person in people}
    with AuditLog(tmp_path / "audit", now=Clock(), per_segment=37) as log:
        for seq in range(1, 301):
            named = set(chance.sample([f"A{n}" for n in range(13)], chance.choice([1, 1, 1, 4])))
            person = chance.choice(sorted(people))
            if chance.random() < 0.3:
                named = {person}
                entry = Entry("person.unmask", "li", subject_kind="person", subject_id=person)
            elif len(named) == 1:
                entry = Entry(
                    "household.read", "li", subject_kind="application", subject_id=min(named)
                )
            else:
                entry = Entry("report.print", "li", details={"applications": sorted(named)})
            assert log.record(entry) == seq
            for one, applications in people.items():
                if named & {one, *applications}:
                    expected[one].append(seq)
    for person, applications in people.items():
        ids = frozenset({person, *applications})
        direct, _ = ledger(tmp_path / "audit", ids, regions=frozenset({"99"}), limit=1000)
        assert [line.seq for line in direct.lines] == expected[person][::-1]
