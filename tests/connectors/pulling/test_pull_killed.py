"""Killed at any step, then pulled again: what the intake settles is what a pull that nobody killed gives. Nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from inbox_files import intake
from pull_fakes import Clock, Site, View, aged, drop, folder_source, view_source

from connectors.intake.arrivals import read_arrivals
from connectors.pulling.landing import land
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectors.store import Store

STEPS = ("fsync", "replace", "mkdir", "unlink", "rmdir")
"""Every step that leaves something on the disk passes one of these."""


class Killed(BaseException):
    """The process ends here; nothing catches it."""


class Killer:
    """Counts the steps, and kills before or after the one it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.at = 0
        self.after = False
        for name in STEPS:
            # nothing pulls the plug here, so what fsync does is of no use and only takes time
            step = (lambda _: None) if name == "fsync" else getattr(os, name)
            monkeypatch.setattr(os, name, self._watched(step))

    def _watched(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **how: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Killed
            mine = self.count
            try:
                return step(*args, **how)
            finally:
                if mine == self.at:
                    raise Killed

        return watched

    def arm(self, at: int, *, after: bool) -> None:
        self.count, self.at, self.after = 0, at, after

    def disarm(self) -> None:
        self.at = 0


def settled(store: Store, dataset: str, columns: list[str]) -> list[Any]:
    """Ledger, extracts and standing rows of a dataset, comparable between two stores."""
    outcome = settle(dataset, read_arrivals(store), store)
    ledger = outcome.ledger.drop("_file").rows()
    rows = core_rows(outcome, store, columns=[*columns, "_extract_as_of", "_part"]).collect()
    return [ledger, outcome.extracts.rows(), rows.sort(pl.all()).rows()]


def run(site: Site) -> None:
    """What a run does first: finish pulls, then take in."""
    with site.store.held():
        land(site.store, site.inbox)
    intake(site.inbox, site.store)


def torn(site: Site, source_name: str, *, keep: int) -> None:
    """Cut the log's last line in two, as a kill inside the write would."""
    log = site.store.root / "exchange" / source_name / "pulls.jsonl"
    if log.exists():
        whole = log.read_bytes()
        cut = whole[:-1].rfind(b"\n") + 1
        log.write_bytes(whole[: cut + (len(whole) - cut) * keep // 100])


def test_killed_at_every_step_of_a_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1", "A2", day="20260507")
    drop(tmp_path / "theirs", "A2", "A3", day="20260508", part="_1")
    clean = Site(tmp_path / "clean")
    killer = Killer(monkeypatch)
    clean.pull_folder(source)
    steps = killer.count
    run(clean)
    expected = settled(clean.store, "public_security.vehicle", ["plate_no", "value"])
    assert [row[0] for row in expected[2]] == ["A2", "A3"]
    assert steps > 15
    for at in range(1, steps + 1):
        site = Site(tmp_path / f"killed{at}")
        killer.arm(at, after=bool(at % 2))
        with pytest.raises(Killed):
            site.pull_folder(source)
        killer.disarm()
        if at % 3 == 0 and not site.files():  # the kill came inside the log's write
            torn(site, source.name, keep=50)
        site.pull_folder(source)
        assert site.files() == clean.files(), at
        taken = [e.file for e in site.log(source) if e.outcome == "taken"]
        assert len(taken) == len(set(taken)) == 2, at
        assert not list((site.store.root / "exchange" / source.name / "staged").iterdir()), at
        if at % 4 == 0:  # the files are the same already; now what becomes of them
            run(site)
            rows = settled(site.store, "public_security.vehicle", ["plate_no", "value"])
            assert rows == expected, at


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_with_kills_settle_as_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Extracts, re-issues, corrections, increments, days that pass, runs that hold the store, and kills, in any order."""
    chance = random.Random(seed)
    source = folder_source(tmp_path / "theirs")
    deaths = view_source("civil_affairs", "funeral", spec={"changed": "changed"})
    columns = ["record_no", "name", "died_on", "changed"]
    view = View([], changed=True, overlap=bool(seed % 2), columns=columns)
    clock = Clock()
    sites = [Site(tmp_path / "clean", clock), Site(tmp_path / "killed", clock)]
    killer = Killer(monkeypatch)
    known: list[tuple[str, str]] = []
    for turn in range(12):
        what = chance.choice(["new", "new", "again", "deaths", "deaths", "day", "run"])
        if what == "new":
            day = f"202605{chance.randint(1, clock.at.day):02d}"
            known.append((day, chance.choice(["", "_1", "_2"])))
        if what in ("new", "again") and known:
            day, part = chance.choice(known) if what == "again" else known[-1]
            plates = [f"A{i}" for i in range(6) if chance.random() < 0.5] or ["A9"]
            aged(drop(tmp_path / "theirs", *plates, day=day, part=part), seconds=1000 - turn)
        elif what == "deaths":
            row = {"record_no": str(chance.randint(1, 4)), "name": "王建国"}
            row |= {"died_on": f"2026-05-0{chance.randint(1, 7)}", "changed": str(turn + 1)}
            view.rows = [r for r in view.rows if r["record_no"] != row["record_no"]] + [row]
        elif what == "day":
            clock.later(days=1)
        clean, killed = sites
        at, after, held = chance.randint(1, 60), chance.random() < 0.5, chance.random() < 0.3
        clean.pull_folder(source)
        clean.pull_view(deaths, funeral=view)
        for pulls in (
            partial(killed.pull_folder, source),
            partial(killed.pull_view, deaths, funeral=view),
        ):
            killer.arm(at, after=after)
            try:
                pulls()
            except Killed:
                killer.disarm()
                if held:
                    with killed.store.held():
                        pulls()
                else:
                    pulls()
            killer.disarm()
        if what == "run":
            run(clean)
            run(killed)
    outcomes = []
    for site in sites:
        run(site)
        vehicles_now = settled(site.store, "public_security.vehicle", ["plate_no"])
        deaths_now = settled(site.store, "civil_affairs.funeral", ["record_no", "died_on"])
        told = [
            [replace(e, seq=0, at="", calls=0) for e in site.log(s) if e.outcome == "taken"]
            for s in (source, deaths)
        ]
        outcomes.append((vehicles_now, deaths_now, told))
    clean_cars, clean_deaths, clean_told = outcomes[0]
    cars, died, told = outcomes[1]
    assert cars == clean_cars
    assert told[0] == clean_told[0]  # both time axes: each state once, with its own as_of
    assert [row[:3] for row in died[2]] == [row[:3] for row in clean_deaths[2]]
    assert set(died[1]) == set(clean_deaths[1])
    if (
        not view.overlap
    ):  # else whoever pulls once more gets the rows at the watermark once more, in a further part
        assert died == clean_deaths
        assert told[1] == clean_told[1]
    newest = {r["record_no"]: r["died_on"] for r in view.rows}
    standing = {row[0]: row[1].isoformat() for row in died[2]}
    assert standing == newest


KILLED_AT = "6"
PROGRAMME = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {here!r}]
from pull_fakes import Site, folder_source
site = Site(Path(sys.argv[1]))
source = folder_source(Path(sys.argv[2]))
left, step = int(sys.argv[3]), os.fsync
def fsync(handle):
    global left
    step(handle)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
os.fsync = fsync
site.pull_folder(source)
"""


def test_a_process_that_is_really_killed(tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1", "A2")
    here = Path(__file__).parent
    programme = PROGRAMME.format(tests=str(here.parent), here=str(here))
    words = [sys.executable, "-c", programme, tmp_path / "s", tmp_path / "theirs", KILLED_AT]
    done = subprocess.run(words, check=False, capture_output=True, cwd=here.parents[2])
    assert done.returncode == -9, done.stderr.decode()
    site = Site(tmp_path / "s")
    site.pull_folder(source)
    run(site)
    assert [e.outcome for e in site.log(source)].count("taken") == 1
    (_, _, rows) = settled(site.store, "public_security.vehicle", ["plate_no"])
    assert [row[0] for row in rows] == ["A1", "A2"]
