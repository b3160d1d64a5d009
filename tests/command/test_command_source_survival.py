"""`hedui source pull` beside a slow source, on a full disk, and killed: nothing half-taken; what failed stands in the next run's tables."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from driven_counties import clean_environment, hedui, hedui_line, run_inbox
from servers.http_pages import SECRET as HTTP_SECRET
from servers.http_pages import http_server, papers
from servers.sshd import PASSWORD as SFTP_PASSWORD
from servers.sshd import asyncssh_server
from servers.waiting import PATIENCE, await_that
from test_command_survival import DIE, heed_interruptions
from troubled_desk import Desk, assert_nothing_shown, assert_one_line
from troubled_sides import CAR, NEW, OLD, Http, Sftp, Side, csv

from synthetic.county import write_county
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MANY = [(f"990{hashlib.sha256(bytes([n >> 8, n & 255])).hexdigest()[:9]}", *CAR) for n in range(9000)]  # fmt: skip
CRAMPED = 32 << 10
"""Bytes of a file that the disk still takes; MANY has more in every form."""


@dataclass
class Folder(Side):
    root: Path
    name = "public_security-folder"
    region = "990102"

    def transport(self) -> dict[str, Any]:
        return {"kind": "folder", "path": str(self.root)}

    def has(self, rows: Any) -> None:
        self.put(csv(rows))

    def put(self, content: bytes) -> None:
        (self.root / self.file).write_bytes(content)
        os.utime(self.root / self.file, (1_700_000_000, 1_700_000_000))


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sftp]:
    with asyncssh_server(tmp_path_factory.mktemp("sftp")) as server:
        yield Sftp(server)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    shown = papers(tmp_path_factory.mktemp("papers"))
    with http_server(**shown.server()) as interface:
        side = Http(interface, shown.ca)
        side.region = "990103"
        yield side


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "theirs").mkdir()
    return Folder(tmp_path / "theirs")


@pytest.fixture
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFTP_PW", SFTP_PASSWORD)
    monkeypatch.setenv("HTTP_PW", HTTP_SECRET)


@pytest.fixture
def new_desk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[[str], Desk]:
    return lambda name: Desk(tmp_path / name, capfd, caplog)


# --- slow -----------------------------------------------------------------------------------------


def test_a_quick_source_lands_while_a_slow_one_is_still_read(
    sftp: Sftp, folder: Folder, new_desk: Callable[[str], Desk]
) -> None:
    desk = new_desk("desk")
    sftp.has(OLD)
    folder.put(csv(NEW))
    desk.agree(sftp, folder, limits={"timeout_seconds": 20 * PATIENCE})
    (desk.sources / sftp.name).rename(desk.sources / "public_security-a")  # the slow one first
    go_on = threading.Event()
    sftp.server.faults.on_read = lambda: go_on.wait(10 * PATIENCE)
    quick = desk.inbox / "public_security" / folder.file
    with ThreadPoolExecutor(1) as pool:
        pulled = pool.submit(desk.pull, "--all")
        try:
            await_that(quick.exists, "the quick source lands")
            assert quick.read_bytes() == csv(NEW)
            assert not pulled.done()
        finally:
            go_on.set()
        assert (pulled.result().code, pulled.result().lines) == (0, ["取得 2 份"])


# --- a full disk ----------------------------------------------------------------------------------


@contextmanager
def cramped() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CRAMPED, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("side", ["sftp", "http", "folder"], indirect=True)
def test_a_full_disk_takes_nothing(side: Side, new_desk: Callable[[str], Desk]) -> None:
    desk, clean = new_desk("desk"), new_desk("clean")
    side.has(MANY)
    if isinstance(side, Http):
        side.interface.page_size = 5000
    for one in (desk, clean):
        one.agree(side)
    with cramped():
        told = desk.pull(side.name)
    assert_one_line(told, "无法写入磁盘", "剩余空间")
    assert desk.taken() == {}
    assert desk.staged() == []
    for one in (desk, clean):
        assert one.pull(side.name).code == 0
    assert desk.taken() == clean.taken() != {}


def test_a_disk_that_fills_up_at_landing_keeps_what_was_taken(
    folder: Folder, new_desk: Callable[[str], Desk]
) -> None:
    """The file fits once, in staging; its copy in the raw layer does not."""
    desk, clean = new_desk("desk"), new_desk("clean")
    desk.store.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", desk.store], capture_output=True, check=False
    )  # fmt: skip
    if mount.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        folder.put(csv(MANY) + b"\n" * 50_000)
        assert (folder.root / folder.file).stat().st_size > 600_000
        for one in (desk, clean):
            one.agree(folder)
        assert_one_line(desk.pull(folder.name), "无法写入磁盘", "剩余空间")
        assert desk.taken() == {}
        subprocess.run(["mount", "-o", "remount,size=9m", desk.store], check=True)
        assert desk.pull(folder.name).code == 0
        assert clean.pull(folder.name).code == 0
        assert desk.taken() == clean.taken() != {}
        assert desk.staged() == []
    finally:
        subprocess.run(["umount", desk.store], check=True)


# --- killed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "name", "call", "landed"),
    [
        ("connectors.pulling.pull", "append_pulls", 1, 0),
        ("connectors.pulling.pull", "land_if_free", 2, 0),
        ("connectors.pulling.landing", "put_whole", 2, 1),
    ],
    ids=["before the event", "between event and landing", "between manifest and file"],
)
def test_a_killed_pull_is_made_good_by_the_next(
    folder: Folder, new_desk: Callable[[str], Desk], *, module: str, name: str, call: int, landed: int
) -> None:  # fmt: skip
    desk, clean = new_desk("desk"), new_desk("clean")
    folder.has(MANY)
    for one in (desk, clean):
        one.agree(folder)
    prelude = DIE.format(module=module, name=name, call=call)
    died = hedui("source", "pull", folder.name, *desk.places, prelude=prelude)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert len(desk.landed()) == landed
    for one in (desk, clean):
        assert one.pull(folder.name).code == 0
    assert desk.taken() == clean.taken() != {}
    assert desk.staged() == []


def test_a_pull_killed_in_the_middle_of_a_file_is_made_good_by_the_next(
    sftp: Sftp, new_desk: Callable[[str], Desk]
) -> None:
    desk, clean = new_desk("desk"), new_desk("clean")
    sftp.has([(f"990{n}", *CAR) for n in range(30_000)])
    for one in (desk, clean):
        one.agree(sftp, limits={"timeout_seconds": PATIENCE})
    faults = sftp.server.faults
    assert faults is not None
    faults.read, faults.stall_after = 0, 500_000
    line = hedui_line("source", "pull", sftp.name, *desk.places)
    with subprocess.Popen(line, stderr=subprocess.PIPE, env=clean_environment()) as pulling:
        await_that(lambda: faults.read >= 500_000 or pulling.poll() is not None, "it is read")
        pulling.kill()
    faults.stall_after = None
    assert pulling.returncode == -signal.SIGKILL
    assert desk.taken() == {}
    for one in (desk, clean):
        assert one.pull(sftp.name).code == 0
    assert desk.taken() == clean.taken() != {}


def test_an_interrupted_pull_says_one_line_at_once_and_takes_nothing(
    sftp: Sftp, new_desk: Callable[[str], Desk]
) -> None:
    desk = new_desk("desk")
    sftp.has(MANY)
    desk.agree(sftp, limits={"timeout_seconds": PATIENCE})
    faults = sftp.server.faults
    assert faults is not None
    faults.read, faults.stall_after = 0, 0
    count = len(faults.first_offsets)
    line = hedui_line("source", "pull", "--all", *desk.places)
    try:
        with subprocess.Popen(
            line,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
            preexec_fn=heed_interruptions,  # noqa: PLW1509 - it only sets a signal back
        ) as pulling:
            await_that(
                lambda: len(faults.first_offsets) > count or pulling.poll() is not None,
                "it is read",
            )
            pulling.send_signal(signal.SIGINT)
            _, said = pulling.communicate(timeout=PATIENCE)
    finally:
        faults.stall_after = None
    assert (pulling.returncode, said.count("\n")) == (1, 1), said
    assert said.startswith("hedui: 已中断")
    assert desk.taken() == {}


# --- as a program of its own, and in the next run -------------------------------------------------


def test_what_failed_is_one_line_each_and_stands_in_the_tables_of_the_next_run(
    sftp: Sftp, http: Http, folder: Folder, new_desk: Callable[[str], Desk], *, tmp_path: Path
) -> None:
    desk = new_desk("desk")
    county = write_county(tmp_path / "county", households=5, seed=5)
    sftp.has(OLD)
    http.has(OLD)
    http.interface.always = "html"
    folder.put(b"<html></html>")
    desk.agree(sftp, http, folder)
    wrong = {"SFTP_PW": "canary-that-is-wrong", "HTTP_PW": HTTP_SECRET}

    told = hedui("source", "pull", "--all", *desk.places, env=wrong)

    assert (told.returncode, told.stdout) == (1, "")
    lines = told.stderr.splitlines()
    words = {folder.name: "网页", http.name: "网页", sftp.name: "不接受登录"}
    assert len(lines) == len(words), lines
    for line, (name, word) in zip(lines, words.items(), strict=True):
        assert line.startswith(f"hedui: {name}.vehicle"), line
        assert word in line
    assert_nothing_shown(told.stderr)

    run_inbox(county.inbox, desk.warehouse)
    status, checks = _trouble_of(desk)
    assert {n: word in str(status[n]) for n, word in words.items()} == dict.fromkeys(words, True)
    assert (checks["pull_succeeded"][0], checks["pull_honest"][0]) == (1, 2)
    for name, word in words.items():
        check = "pull_succeeded" if name == sftp.name else "pull_honest"
        assert f"{name}：" in checks[check][1]
        assert word in checks[check][1]

    http.interface.always = ""
    folder.put(csv(OLD))
    mended = desk.pull("--all")
    assert (mended.code, mended.lines) == (0, ["取得 3 份"])
    listed = desk.source("list", "--json", *desk.known)
    assert [source["message"] for source in json.loads(listed.out)] == [None, None, None]


def _trouble_of(desk: Desk) -> tuple[dict[str, str | None], dict[str, tuple[int, str]]]:
    """By source, what stands against it; by check of pulling vehicles, how many sources failed it and what is said."""
    status = read_current(desk.warehouse, "source_status")
    checks = read_current(desk.warehouse, "quality_result").filter(
        pl.col("check_id").str.starts_with("pull_"), pl.col("dataset") == "public_security.vehicle"
    )
    return dict(status.select("source", "message").iter_rows()), {
        check: (failed, said)
        for check, failed, said in checks.select("check_id", "failed_rows", "observed").iter_rows()
    }
