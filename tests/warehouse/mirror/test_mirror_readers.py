"""Whoever reads while a run is written sees whole runs; a publisher that is killed leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from servers.waiting import await_that

from warehouse.mirror import mirroring
from warehouse.mirror.mirroring import mirror

if TYPE_CHECKING:
    from conftest import Database, Warehouse

# One statement is one snapshot: the parts of a run must fit whichever run it is.
ONE_STATEMENT = """SELECT r.sequence, (SELECT count(*) FROM "current".household_verdict), (SELECT count(*) FROM "current".person),
 (SELECT count(*) FROM publish.verdict_reason WHERE run_id = r.run_id), (SELECT min(run_id) FROM "current".evidence)
 FROM "current".run AS r"""
PARTS = ("household_verdict", "person", "verdict_reason", "evidence")


def households(sequence: int) -> int:
    return 30 + sequence


def test_readers_see_whole_runs(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1, households(1))
    mirror(warehouse.path, database.address)
    stop = threading.Event()
    seen: list[tuple[object, ...]] = []
    wrong: list[tuple[object, ...]] = []

    def read() -> None:
        with database.connect() as committed, database.connect() as repeatable:
            repeatable.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not stop.is_set():
                row = committed.execute(ONE_STATEMENT).fetchone() or ()
                n = households(int(row[0]))
                (seen if row[1:] == (n, n, n, f"{row[0]:06d}") else wrong).append(row)
                with repeatable.transaction():
                    counts = {
                        repeatable.execute(f'SELECT count(*), min(run_id) FROM "current".{part}').fetchone()  # type: ignore[arg-type]
                        for part in PARTS
                    }  # fmt: skip
                (wrong.extend if len(counts) > 1 else seen.extend)(counts)  # type: ignore[arg-type]

    reader = threading.Thread(target=read)
    reader.start()

    def is_read(sequence: int) -> bool:
        assert reader.is_alive()
        return bool(wrong) or (households(sequence), f"{sequence:06d}") in seen

    try:
        await_that(lambda: is_read(1), "the first run is read")
        for sequence in (2, 3, 4):
            warehouse.run(sequence, households(sequence))
            mirror(warehouse.path, database.address)
        await_that(lambda: is_read(4), "the last run is read")
    finally:
        stop.set()
        reader.join()
    assert not wrong
    assert {row[0] for row in seen} >= {1, 4}


def test_a_broken_publication_shows_nothing(
    warehouse: Warehouse, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.run(1, 3)
    warehouse.run(2, 4)
    monkeypatch.setattr(mirroring, "index_mirror", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mirror(warehouse.path, database.address)
    exists = (
        "SELECT count(*) FROM pg_namespace WHERE nspname IN ('publish', 'current', 'hedui_mirror')"
    )
    assert database.rows(exists) == [(0,)]


KILLED = """
import sys
from pathlib import Path
from pydantic import SecretStr
from warehouse.mirror import mirroring

whole = mirroring.write_run

def write_run(*args, **more):
    told = whole(*args, **more)
    print("written", flush=True)
    sys.stdin.read()
    return told

mirroring.write_run = write_run
mirroring.mirror(Path(sys.argv[1]), SecretStr(sys.argv[2]))
"""


def test_a_killed_publication_shows_nothing(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1, 3)
    mirror(warehouse.path, database.address)
    warehouse.run(2, 5)
    command = [sys.executable, "-c", KILLED, str(warehouse.path)]
    publisher = subprocess.Popen(
        [*command, database.address.get_secret_value()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with publisher:
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"written\n"
        assert database.rows('SELECT sequence FROM "current".run') == [(1,)]
        publisher.send_signal(signal.SIGKILL)
    assert database.rows('SELECT count(*) FROM "current".person') == [(3,)]
    written = mirror(warehouse.path, database.address).written
    assert [w.added["person"] for w in written] == [2]
