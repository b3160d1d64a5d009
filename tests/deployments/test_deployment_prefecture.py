"""The prefecture of docs/howto/deployments, as it stands there: every transport real, nine banks asked, held against the same county carried in."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner, Result
from county_sides import carry_rest
from driven_counties import run_inbox
from prefecture_sides import DATABASE, SECRETS, Prefecture, prefecture

import pipelines.outside
from command.main import hedui
from connectors.outside import Outside
from connectors.sources.reading import read_sources
from pipelines.asking import Asked, ask_source
from pipelines.pulling import open_deployment
from pipelines.settings import Order
from pipelines.workplace import Workplace
from synthetic.county import write_county
from synthetic.rates import NoiseRates
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ASKED, LATER = date(2026, 5, 20), date(2026, 5, 22)
SILENT = ("B003", "B006", "B009")
FOUND_OUT = ("household_verdict", "verdict_reason", "income_line")


@dataclass
class Desk:
    """The operator's desk."""

    made: Prefecture
    said: list[str] = field(default_factory=list)
    chance: Callable[[], float] = random.Random(6).random

    @property
    def inbox(self) -> Path:
        return self.made.root / "inbox"

    @property
    def warehouse(self) -> Path:
        return self.made.root / "prefecture.duckdb"

    def outside(self, *, by: str | None = None, mounts: Path | None = None) -> Outside:
        return Outside(
            self.made.clock.now, lambda _: None, self.chance, by or "clerk", {}, mounts
        )

    def source(self, *arguments: str) -> Result:
        made = self.made
        places = ["--sources", made.sources, "--inbox", self.inbox, "--warehouse", self.warehouse]
        secrets = ["--secrets", made.mounts] if arguments != ("check",) else []
        words = ["source", *arguments, *map(str, [*places, *secrets])]
        print("SRC", time.time())
        result = CliRunner().invoke(hedui, words)
        self.said.append(result.output)
        return result

    def run(self) -> dict[str, pl.DataFrame]:
        """What a run on this day found out."""
        print("RUN", time.time())
        day = str(self.made.clock.day)
        words = ["run", "--inbox", self.inbox, "--warehouse", self.warehouse, "--as-of", day]
        result = CliRunner().invoke(hedui, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        self.said.append(result.output)
        return tables(self.warehouse)

    def ask(self) -> Asked:
        """A round: what is to be asked goes out, what was answered comes in."""
        print("ASK", time.time())
        made = self.made
        deployment = open_deployment(made.sources, inbox=self.inbox, warehouse=self.warehouse)
        work = Workplace(Order(self.inbox, self.warehouse, made.clock.day))
        return ask_source(work, deployment, "banking", self.outside(mounts=made.mounts))


def tables(warehouse: Path) -> dict[str, pl.DataFrame]:
    """What was found out about households, and who answered."""
    read = {name: read_current(warehouse, name) for name in (*FOUND_OUT, "coverage")}
    return {name: frame.drop("run_id", strict=False) for name, frame in read.items()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("prefecture")
    print("BEGIN", time.time())
    county = write_county(root / "made", households=25, seed=3, rates=NoiseRates().silent()).inbox
    with pytest.MonkeyPatch.context() as patched:
        for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY", "SOURCES", "SECRETS"):  # fmt: skip
            patched.delenv(f"HEDUI_{name}", raising=False)
        with prefecture(root, county, ASKED, patched) as made:
            desk = Desk(made)
            patched.setattr(pipelines.outside, "outside_now", desk.outside)
            desk.inbox.mkdir()
            carry_rest(county, desk.inbox, pulled=set(read_sources(made.sources)))
            yield desk


@dataclass(frozen=True)
class Pulled:
    """Everything pulled, pulled again, and a run that knows nothing of the banks."""

    checked: Result
    all: Result
    again: Result
    log: pl.DataFrame
    found_out: dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def pulled(desk: Desk) -> Pulled:
    checked, every, again = desk.source("check"), desk.source("pull", "--all"), desk.source("pull", "--all")  # fmt: skip
    found_out = desk.run()
    return Pulled(checked, every, again, read_current(desk.warehouse, "pull"), found_out)


@dataclass(frozen=True)
class Answered:
    """The rounds of asking: out, six banks back, all nine back, each with the run after it; and the county carried in by hand."""

    out: Asked
    some: Asked
    without_three: dict[str, pl.DataFrame]
    rest: Asked
    with_all: dict[str, pl.DataFrame]
    by_hand: dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def answered(desk: Desk, pulled: Pulled) -> Answered:  # noqa: ARG001 - the run before asking
    banks = desk.made.banks
    for code in SILENT:
        banks[code].silent = True
    out = desk.ask()
    desk.made.begin(LATER)
    for bank in banks.values():
        bank.answer_files(LATER)
    some = desk.ask()
    without_three = desk.run()
    for code in SILENT:
        banks[code].silent = False
        banks[code].answer_files(LATER)
    rest = desk.ask()
    with_all = desk.run()
    print("DIRECT", time.time())
    carried = shutil.copytree(desk.made.county, desk.made.root / "carried")
    run_inbox(carried, desk.made.root / "by_hand.duckdb", as_of=LATER)
    print("END", time.time())
    return Answered(out, some, without_three, rest, with_all, tables(desk.made.root / "by_hand.duckdb"))  # fmt: skip


def test_every_source_reads_and_is_taken_once(desk: Desk, pulled: Pulled):
    assert "9 个来源可用" in pulled.checked.output, pulled.checked.output
    assert pulled.all.exit_code == 0, pulled.all.output
    assert "取得 0 份" in pulled.again.output, pulled.again.output
    taken = pulled.log.filter(pl.col("outcome") == "taken")
    declared = read_sources(desk.made.sources)
    datasets = {f"{source.department}.{s}" for source in declared.values() for s in source.datasets}
    assert set(taken["dataset"]) == datasets


def test_out(answered: Answered):
    print(answered.out.needs.left_out, answered.out.needs.held, answered.out.sent, answered.out.collected)
    print(answered.some.sent, answered.some.collected)
    print(answered.rest.sent, answered.rest.collected)
    for t in FOUND_OUT:
        a, b = answered.with_all[t], answered.by_hand[t]
        print(t, a.equals(b), a.height, b.height)
    k="household_verdict"
    print(pl.concat([d[k].select("application_id","verdict").rename({"verdict":n}) for n,d in [("w3",answered.without_three),("all",answered.with_all),("hand",answered.by_hand)]],how="diagonal"))
    assert 0
