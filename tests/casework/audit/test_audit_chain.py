"""What a line holds, that the chain can be checked by other programs, and that many may write at once."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from audit_logs import Clock, filled, lines_of, look, seqs

from casework.audit.entry import GENESIS, Entry, read_line
from casework.audit.log import AuditLog
from casework.audit.segments import segments_of
from casework.audit.verify import verify
from household.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "county.store" / "audit"


def test_every_line_names_the_hash_of_the_one_before(folder: Path):
    lines = lines_of(filled(folder, 5))
    before = GENESIS
    for number, line in enumerate(lines, start=1):
        told = json.loads(line)
        assert (told["seq"], told["prev"]) == (number, before)
        before = told["hash"]


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_another_program_computes_the_same_hash(folder: Path, digest: str):
    with AuditLog(folder, now=Clock(), digest=digest) as log:
        log.record(look(1))
    line = lines_of(folder)[0]
    body = re.sub(rb',"hash":"[0-9a-f]{64}"\}$', b"}", line)
    said = subprocess.run(
        ["openssl", "dgst", f"-{digest}", "-r"], input=body, capture_output=True, check=True
    )
    assert said.stdout.split()[0].decode() == json.loads(line)["hash"]


def test_the_digest_may_change_from_line_to_line(folder: Path):
    filled(folder, 3)
    with AuditLog(folder, now=Clock(), digest="sm3") as log:
        log.record(look(4))
    proof = verify(folder)
    assert proof.holds
    assert proof.head.seq == 4


def test_an_entry_says_who_when_where_what_why(folder: Path):
    entry = Entry(
        "person.unmask",
        "li",
        "李某",
        "supervisor",
        subject_kind="person",
        subject_id="p-77",
        reason="核对 2026-05-01 的申报材料",
        correlation_id="c-1",
        address="10.0.0.7",
        details={"fields": ["id_no"], "rows": 1},
    )
    with AuditLog(folder, now=Clock()) as log:
        assert log.record(entry) == 1
    told = read_line(lines_of(folder)[0])
    assert told is not None
    assert told.entry.at == "2026-05-20T01:30:00+00:00"
    assert told.entry == Entry(**{**_fields(entry), "at": told.entry.at})


def _fields(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


@pytest.mark.parametrize(
    "reason",
    [
        "本人来电 13812345678",
        "证件 990101199001011234",
        "证件 ９９０１０１１９９００１０１１２３４",
        "99 0101 1990 0101 123X",
        "账号 62220212345678901",
    ],
)
def test_a_reason_with_a_number_of_a_person_is_refused(folder: Path, reason: str):
    with AuditLog(folder, now=Clock()) as log:
        with pytest.raises(InputError) as refused:
            log.record(Entry("person.unmask", "li", reason=reason))
        digits = re.sub(r"\D", "", reason)
        assert digits not in str(refused.value)
        log.record(look(1))
    assert seqs(folder) == [1]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("990101199001010115", False),  # an identity number whose check digit holds
        ("sheet/990101199001010115.pdf", False),
        ("990101900101011", False),
        ("13812345678", False),
        ("6222021234567890123", False),
        ("a\nb", False),
        ("\u202egnp.exe", False),
        ("x" * 200, False),
        ("990101202605200010", True),  # an application numbered by region, day and serial
        ("DB-990101-20260520-0001", True),
        ("f3a2012345678901234567aa", True),
    ],
)
def test_ids_that_look_like_a_person_are_withheld(folder: Path, given: str, kept: bool):
    with AuditLog(folder, now=Clock()) as log:
        log.record(Entry("household.read", "li", subject_kind="application", subject_id=given))
    (line,) = lines_of(folder)
    told = read_line(line)
    assert told is not None
    assert (told.entry.subject_id == given) is kept
    if not kept:
        assert given.encode() not in line


def test_hostile_texts_stay_one_line_of_ascii(folder: Path):
    texts = [
        "<script>",
        "a\u2028b",
        '","hash":"0"}',
        "'; DROP TABLE x --",
        "=cmd()",
        "\ud800",
        "核对\x00",
    ]
    with AuditLog(folder, now=Clock()) as log:
        for text in texts:
            log.record(Entry("session.login", text, outcome="failed", details={"said": text}))
    assert seqs(folder) == list(range(1, len(texts) + 1))
    assert all(line.isascii() for line in lines_of(folder))
    assert verify(folder).holds


def test_a_reason_is_kept_as_a_page_can_show_it(folder: Path):
    with AuditLog(folder, now=Clock()) as log:
        log.record(Entry("person.unmask", reason="核对\u202e户籍\n地址\ud800 <b>"))
        log.record(Entry("person.unmask", reason=" \u200b\x00 "))
    kept = [line.entry.reason for raw in lines_of(folder) if (line := read_line(raw))]
    assert kept == ["核对 户籍 地址  <b>", ""]


def test_details_hold_ids_and_counts_only(folder: Path):
    with AuditLog(folder, now=Clock()) as log, pytest.raises(ValueError, match="ids and counts"):
        log.record(Entry("household.read", details={"row": {"name": "x"}}))


def test_files_follow_one_another(folder: Path):
    filled(folder, 25, per_segment=10)
    assert [len(p.read_bytes().splitlines()) for p in segments_of(folder).values()] == [10, 10, 5]
    assert seqs(folder) == list(range(1, 26))
    assert verify(folder).holds


def test_nobody_else_may_read_the_files(folder: Path):
    filled(folder, 1)
    assert [oct(p.stat().st_mode & 0o777) for p in (folder.parent, folder)] == ["0o700", "0o700"]
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}


def test_many_threads_write_one_chain(folder: Path):
    given: list[int] = []
    log = AuditLog(folder, now=Clock(), per_segment=100)

    def work(name: str) -> None:
        given.extend(log.record(look(n, name)) for n in range(20))

    threads = [threading.Thread(target=work, args=(f"u{n}",)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert sorted(given) == seqs(folder) == list(range(1, 601))
    assert verify(folder).holds


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from casework.audit.entry import Entry
from casework.audit.log import AuditLog
with AuditLog(Path(sys.argv[1]), now=lambda: datetime(2026, 5, 20, tzinfo=UTC), per_segment=40, wait=60) as log:
    for n in range(60):
        log.record(Entry("household.read", sys.argv[2], subject_id=str(n)))
"""


def test_several_processes_write_one_chain(folder: Path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), f"u{n}"]) for n in range(3)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert seqs(folder) == list(range(1, 181))
    assert verify(folder).holds
    for actor in ("u0", "u1", "u2"):
        told = [json.loads(line) for line in lines_of(folder)]
        assert [t["subject_id"] for t in told if t["actor_id"] == actor] == [
            str(n) for n in range(60)
        ]


def test_two_logs_of_one_folder_take_turns(folder: Path):
    with AuditLog(folder, now=Clock(), per_segment=4) as one:
        with AuditLog(folder, now=Clock(), per_segment=4) as other:
            for number in range(10):
                (one if number % 3 else other).record(look(number))
        assert one.record(look(99)) == 11
    assert verify(folder).holds


def test_the_hash_is_taken_over_the_bytes_without_it(folder: Path):
    filled(folder, 1)
    line = lines_of(folder)[0]
    body = line[: line.rindex(b',"hash"')] + b"}"
    assert json.loads(line)["hash"] == hashlib.sha256(body).hexdigest()
    assert json.loads(body)["at"].endswith("+00:00")
    assert Clock()().tzinfo is UTC
