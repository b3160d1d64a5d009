"""The log where things go wrong: killed writers, a full disk, lost rights, files taken away. Nothing unrecorded is ever acknowledged."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from audit_logs import Clock, filled, look, rewrite, seqs
from audit_logs import lines_of as all_lines

from casework.audit.entry import read_line
from casework.audit.errors import AuditUnavailable
from casework.audit.log import AuditLog
from casework.audit.segments import TORN, find_end, segment_file
from casework.audit.verify import verify
from casework.audit.writer import ChainWriter

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from casework.audit.entry import Entry
from casework.audit.log import AuditLog
log = AuditLog(Path(sys.argv[1]), now=lambda: datetime(2026, 5, 20, tzinfo=UTC), per_segment=50)
said = threading.Lock()
def work():
    while True:
        seq = log.record(Entry("household.read", "zhang", reason="核对"))
        with said:
            print(seq, flush=True)
for _ in range(4):
    threading.Thread(target=work).start()
"""
STRANGER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from casework.audit.entry import Entry
from casework.audit.errors import AuditUnavailable
from casework.audit.log import AuditLog
if os.geteuid() == 0:
    os.setuid(65534)
try:
    with AuditLog(Path(sys.argv[1]), now=lambda: datetime(2026, 5, 20, tzinfo=UTC)) as log:
        log.record(Entry("household.read", "zhang"))
except AuditUnavailable as error:
    print(error)
    sys.exit(3)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.mark.parametrize("after", [1, 70, 333])
def test_what_was_acknowledged_outlives_a_kill(folder: Path, after: int):
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    writer.wait()
    with AuditLog(folder, now=Clock()) as log:
        log.record(look(1))
    assert set(told) <= set(range(1, find_end(folder).head.seq + 1))
    assert len(set(told)) == len(told)
    assert verify(folder).holds


def tear(folder: Path, keep: int) -> None:
    """The last line as a crash may leave it: its first bytes."""
    path = segment_file(folder, 1)
    last = len(all_lines(folder)[-1]) + 1
    os.truncate(path, path.stat().st_size - last + keep)


@pytest.mark.parametrize("keep", [1, 40, 75, -2])
def test_a_torn_line_is_told_and_closed(folder: Path, keep: int):
    filled(folder, 4)
    whole = len(all_lines(folder)[-1]) + 1
    tear(folder, keep if keep > 0 else whole + keep)
    proof = verify(folder)
    assert proof.holds
    assert [(t.line, t.closed) for t in proof.torn] == [(4, False)]
    with AuditLog(folder, now=Clock()) as log:
        assert log.record(look(4)) == 5  # 4 is the note
        assert log.record(look(5)) == 6
    proof = verify(folder)
    assert proof.holds
    assert [(t.line, t.closed) for t in proof.torn] == [(4, True)]
    assert TORN.encode() in all_lines(folder)[4]


def test_a_line_that_lacks_but_its_newline_counts(folder: Path):
    filled(folder, 3)
    watching = AuditLog(folder, now=Clock())
    assert watching.record(look(4)) == 4
    os.truncate(segment_file(folder, 1), segment_file(folder, 1).stat().st_size - 1)
    assert verify(folder).holds
    with AuditLog(folder, now=Clock()) as log:
        assert log.record(look(5)) == 5
        assert log.record(look(6)) == 6
    assert seqs(folder) == [1, 2, 3, 4, 5, 6]
    assert verify(folder).holds


def test_another_process_sees_what_was_closed(folder: Path):
    one, other = (AuditLog(folder, now=Clock()) for _ in "ab")
    for number in range(3):
        one.record(look(number))
    for piece in (b'{"seq":4,"prev"', b""):
        with segment_file(folder, 1).open("ab") as file:
            file.write(piece)
        other.record(look(9))
        one.record(look(9))
    assert seqs_told(folder) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert verify(folder).holds


def seqs_told(folder: Path) -> list[int]:
    return [line.seq for line in map(read_line, all_lines(folder)) if line is not None]


def test_what_a_note_closes_cannot_be_changed(folder: Path):
    filled(folder, 3)
    tear(folder, 60)
    with AuditLog(folder, now=Clock()) as log:
        log.record(look(3))
    lines = all_lines(folder)
    lines[2] = lines[2].replace(b"prev", b"PREV")
    rewrite(folder, lines)
    assert next((f.kind, f.line) for f in verify(folder).findings) == ("edited", 3)


def test_a_new_file_torn_at_its_first_line_goes_on(folder: Path):
    filled(folder, 10, per_segment=10)
    segment_file(folder, 2).write_bytes(b'{"seq":11,"pre')
    with AuditLog(folder, now=Clock(), per_segment=10) as log:
        assert log.record(look(11)) == 12
    assert verify(folder).holds


def test_an_empty_new_file_goes_on(folder: Path):
    filled(folder, 10, per_segment=10)
    segment_file(folder, 2).touch()
    with AuditLog(folder, now=Clock(), per_segment=10) as log:
        assert log.record(look(11)) == 11
    assert verify(folder).holds


def test_a_full_disk_stops_reading_and_room_heals_it(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    size = segment_file(folder, 1).stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, before[1]))
        for number in (2, 3):
            with pytest.raises(AuditUnavailable, match="已满"):
                log.record(look(number))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert segment_file(folder, 1).stat().st_size == size
    assert log.record(look(4)) == 2
    log.close()
    assert verify(folder).holds


def test_all_who_wait_are_told_when_the_disk_is_full(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    refused: list[int] = []

    def work(number: int) -> None:
        try:
            log.record(look(number))
        except AuditUnavailable:
            refused.append(number)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (segment_file(folder, 1).stat().st_size, before[1])
        )
        threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert sorted(refused) == list(range(20))
    assert seqs(folder) == [1]


def test_no_right_to_write_is_one_clear_line(tmp_path: Path):
    folder = filled(tmp_path / "audit", 1)
    folder.chmod(0o500)
    said = subprocess.run(
        [sys.executable, "-c", STRANGER, str(folder)], capture_output=True, text=True, check=False
    )
    folder.chmod(0o700)
    assert said.returncode == 3, said.stderr
    assert re.search("无法写入（EACCES）", said.stdout)
    assert str(tmp_path) not in said.stdout
    assert seqs(folder) == [1]


def test_a_file_taken_away_while_running_stops_reading(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    path = segment_file(folder, 1)
    aside = path.rename(path.with_suffix(".aside"))
    for _ in range(2):
        with pytest.raises(AuditUnavailable, match="链条"):
            log.record(look(2))
    aside.rename(path)
    assert log.record(look(2)) == 2


def test_a_copy_in_the_place_of_the_file_stops_reading(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    path = segment_file(folder, 1)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(AuditUnavailable, match="链条"):
        log.record(look(2))


def test_a_tail_cut_while_running_stops_reading(folder: Path):
    log = AuditLog(folder, now=Clock())
    for number in range(3):
        log.record(look(number))
    rewrite_in_place(folder, all_lines(folder)[:2])
    with pytest.raises(AuditUnavailable, match="链条"):
        log.record(look(4))


def test_a_stranger_line_behind_ours_stops_reading(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    with segment_file(folder, 1).open("ab") as file:
        file.write(b'{"seq":2}\n')
    with pytest.raises(AuditUnavailable, match="链条"):
        log.record(look(2))


def rewrite_in_place(folder: Path, lines: list[bytes]) -> None:
    with segment_file(folder, 1).open("r+b") as file:
        file.truncate(sum(len(line) + 1 for line in lines))


def test_a_lost_folder_stops_reading(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    folder.rename(folder.with_name("gone"))
    with pytest.raises(AuditUnavailable):
        log.record(look(2))


def test_a_removed_lock_is_taken_anew(folder: Path):
    log = AuditLog(folder, now=Clock())
    log.record(look(1))
    (folder / "lock").unlink()
    assert log.record(look(2)) == 2


def test_a_lock_that_is_not_given_back_stops_reading(folder: Path):
    holder = ChainWriter(folder)
    log = AuditLog(folder, now=Clock(), wait=0.05)
    with holder.held(), pytest.raises(AuditUnavailable, match="占用"):
        log.record(look(1))
    assert log.record(look(1)) == 1


def test_a_broken_clock_tells_everybody(folder: Path):
    def stopped() -> None:
        raise RuntimeError

    log = AuditLog(folder, now=stopped)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError):
        log.record(look(1))
    assert log._writing is False
