"""What a killed process, a full disk and another process's lock leave behind: always a whole file."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from servers.waiting import PATIENCE
from warehouse_tables import make_run, make_tables

from warehouse.current import latest, read_current
from warehouse.errors import BusyError, WarehouseError
from warehouse.publish import publish

ROOT = Path(__file__).parents[2]
PRELUDE = """
import os, signal, sys
from pathlib import Path
from warehouse_tables import make_run, make_tables
from warehouse.publish import publish
path = Path(sys.argv[1])
def go(sequence, households):
    tables = make_tables(households)
    publish(path, make_run(sequence, tables), tables, keep_runs=3)
"""


def start(body: str, path: Path) -> subprocess.Popen[str]:
    where = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + body, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": where},
    )


def check_whole(path: Path) -> int:
    """The newest run is there with every row of it; gives its number."""
    run = latest(path)
    assert run is not None
    for name, rows in (("household_verdict", run.verdicts), ("evidence", run.evidence_rows)):
        assert read_current(path, name).height == rows == run.sequence * 100
    return run.sequence


KILL = """
import importlib
module = importlib.import_module('warehouse.{module}')
real, calls = module.{name}, 0
def die(*given, **named):
    global calls
    calls += 1
    if calls == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
module.{name} = die
go(2, 200)
"""


@pytest.mark.parametrize(
    ("module", "name", "call", "survivor"),
    [
        ("aside", "_copy", 1, 1),  # before anything stands aside
        ("publish", "conform", 4, 1),  # some tables written, the transaction open
        ("publish", "_check_closed", 1, 1),  # built and closed
        ("aside", "_make_durable", 1, 1),  # checked, not yet durable
        ("aside", "_make_durable", 2, 2),  # swapped in, the folder not yet durable
    ],
)
def test_killed_at_a_chosen_moment(
    tmp_path: Path, module: str, name: str, call: int, survivor: int
) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(100)
    publish(path, make_run(1, tables), tables)
    process = start(KILL.format(module=module, name=name, call=call), path)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert check_whole(path) == survivor
    tables = make_tables(300)
    publish(path, make_run(3, tables), tables)
    assert check_whole(path) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.duckdb", "w.duckdb.lock"]


def test_killed_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(100)
    publish(path, make_run(1, tables), tables)
    newest = 1
    for milliseconds in (0, 130, 290):
        body = f"print('on', flush=True)\nfor n in range({newest + 1}, 10_000): go(n, n * 100)"
        process = start(body, path)
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        time.sleep(milliseconds / 1000)
        process.kill()
        process.communicate(timeout=PATIENCE)
        survivor = check_whole(path)
        assert survivor >= newest
        newest = survivor


FULL = """
import resource
from warehouse.errors import NoRoomError
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
try:
    go(2, 20_000)
except NoRoomError as error:
    print(error.what)
    print(error.todo)
"""


@pytest.mark.parametrize("room", [100_000, 1_000_000, 1_500_000])
def test_a_full_disk_is_one_clear_line_and_the_old_file_stands(tmp_path: Path, room: int) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(100)
    publish(path, make_run(1, tables), tables)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    process = start(FULL.format(room=room), path)
    said, complained = process.communicate(timeout=PATIENCE)
    assert complained == ""
    assert said.splitlines() == [
        "磁盘已满，未能发布，结果库 w.duckdb 未改变",
        "请清理出至少两倍于它的空间后重新运行",
    ]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.duckdb", "w.duckdb.lock"]


HOLD = """
from warehouse.db import open_database
with open_database(path, read_only={read_only}) as database:
    database.run("SELECT 1")
    print("on", flush=True)
    sys.stdin.read()
"""


def test_a_file_open_for_writing_elsewhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(1)
    publish(path, make_run(1, tables), tables)
    process = start(HOLD.format(read_only=False), path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        for act in (
            lambda: publish(path, make_run(2, tables), tables),
            lambda: latest(path),
        ):
            with pytest.raises(BusyError, match="正被另一个程序打开写入"):
                act()
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)


def test_a_reader_in_another_process_does_not_hinder(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(100)
    publish(path, make_run(1, tables), tables)
    body = """
from warehouse.current import reading
with reading(path) as old:
    print("on", flush=True)
    sys.stdin.readline()
    print(old.run.sequence, old.frame("evidence").height, flush=True)
"""
    where = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    with subprocess.Popen(
        [sys.executable, "-c", PRELUDE + body, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": where},
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "on\n"
        tables = make_tables(200)
        publish(path, make_run(2, tables), tables)
        said, _ = reader.communicate("go\n", timeout=PATIENCE)
    assert said == "1 100\n"
    assert check_whole(path) == 2


WRITE = """
from warehouse.locking import writing
with writing(path):
    print("on", flush=True)
    sys.stdin.read()
"""


def test_a_second_writing_process_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    tables = make_tables(1)
    process = start(WRITE, path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        with pytest.raises(BusyError, match=rf"正被另一次运行写入（进程 {process.pid}）"):
            publish(path, make_run(1, tables), tables)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
    publish(path, make_run(1, tables), tables)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    tables = make_tables(1)
    with pytest.raises(WarehouseError, match=r"^结果库 w\.duckdb 无法读写（"):
        publish(tmp_path / "file" / "w.duckdb", make_run(1, tables), tables)
