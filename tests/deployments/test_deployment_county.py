"""The county of docs/howto/deployments, as it stands there: a day of it, and the next, held against the same county carried in by hand."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner, Result
from county_sides import (
    Registry,
    carried_instead,
    carry_rest,
    fill_folder,
    forget,
    guide_block,
    hand_in,
    own_form,
    sent,
    theirs,
)
from driven_counties import household_digests, run_inbox
from patching import copy_example, patch
from servers.postgresql import postgresql_server

import pipelines.outside
from command.main import hedui
from connectors.outside import Outside
from connectors.sources.reading import read_sources
from synthetic.county import write_county
from synthetic.rates import NoiseRates
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connectors.sources.declaration import Source

DAY = date(2026, 5, 20)
NEXT = DAY + timedelta(days=1)
RAISED = "1999.00"
PASSWORD = "a secret that no line may show"
OWN_FORM = {"contribution": "YLJF", "benefit": "DYFF", "employment": "JYDJ"}
VIEWS = {"real_estate": "rights", "provident_fund": "fund_accounts"}


@dataclass
class Desk:
    """The operator's desk: the example, patched to this machine, and the same county carried in by hand beside it."""

    root: Path
    registry: Registry
    county: Path
    today: date = DAY
    rows: dict[str, pl.DataFrame] = field(default_factory=dict)
    """What human resources and the registry know, by dataset, in catalogue columns."""
    corrected: str = ""
    """The title that the registry puts right on the second day."""

    @property
    def exchange(self) -> Path:
        return self.root / "srv" / "exchange"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def carried(self) -> Path:
        return self.root / "carried"

    def declared(self) -> dict[str, Source]:
        return read_sources(self.sources)

    def outside(self, *, by: str | None = None, mounts: Path | None = None) -> Outside:
        now = datetime(self.today.year, self.today.month, self.today.day, 1, 0, tzinfo=UTC)
        return Outside(
            lambda: now, lambda _: None, lambda: 0.5, by or "clerk", {"HOUSING_PASSWORD": PASSWORD}, mounts
        )  # fmt: skip

    def source(self, *arguments: str) -> Result:
        places = ["--sources", self.sources, "--inbox", self.inbox, "--warehouse", self.warehouse]
        return CliRunner().invoke(hedui, ["source", *arguments, *map(str, places)])

    @property
    def warehouse(self) -> Path:
        return self.root / "county.duckdb"

    def begin(self, day: date) -> None:
        self.today = day
        self.registry.set_clock(f"{day} 09:00:30+08")


@dataclass(frozen=True)
class Told:
    """What one day said: of the pull, of a pull right after it, and of households pulled and carried."""

    checked: Result
    looked: Result
    pulled: Result
    again: Result
    landed: set[str]
    households: dict[str, str]
    by_hand: dict[str, str]
    evidence: pl.DataFrame
    pulls: pl.DataFrame
    ledger: pl.DataFrame
    status: pl.DataFrame


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("county")
    county = write_county(root / "made", households=25, seed=3, rates=NoiseRates().silent()).inbox
    with (
        postgresql_server(tmp_path_factory.mktemp("ca")) as server,
        pytest.MonkeyPatch.context() as patched,
    ):
        desk = Desk(root, Registry(server, PASSWORD), county)
        for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY", "SOURCES"):
            patched.delenv(f"HEDUI_{name}", raising=False)
        patched.setattr(pipelines.outside, "outside_now", desk.outside)
        copy_example("county", desk.sources)
        for source in ("approval", "civil_affairs", "human_resources", "medical_insurance", "public_security", "tax"):  # fmt: skip
            file, place = desk.sources / source / "source.yaml", f"/srv/exchange/{source}"
            patch(file, {f"path: {place}": f"path: {desk.root}{place}"})
        patch(
            desk.sources / "housing" / "source.yaml",
            {
                "host: 10.99.1.20": f"host: 127.0.0.1\n  port: {server.port}",
                "ca: /etc/hedui/registry-ca.pem": f"ca: {server.authority.pem}",
            },
        )
        yield desk


@pytest.fixture(scope="module")
def first(desk: Desk) -> Told:
    """Every department brings its part; what is configured nowhere is put into the inbox."""
    desk.begin(DAY)
    declared = desk.declared()
    shutil.copytree(desk.county, desk.carried)
    for name, source in declared.items():
        if name not in ("housing", "human_resources"):
            fill_folder(desk.exchange / name, desk.county, source)
    # the clerk is still copying: no sign yet that it is whole
    hand_in(desk.exchange / "public_security", "population_990101_20260515.csv", b"\xb9\xab")
    for subject, called in OWN_FORM.items():
        spec = declared["human_resources"].datasets[subject]
        rows = sent(desk.county, f"human_resources.{subject}").drop(spec.absent)
        desk.rows[subject] = rows
        name = f"{called}_990101_20260508.csv"
        hand_in(desk.exchange / "human_resources", name, own_form(rows, spec))
        forget(desk.carried, f"human_resources.{subject}")
        carried_instead(desk.carried, f"human_resources.{subject}", rows, as_of="20260508")
    for subject, table in VIEWS.items():
        spec = declared["housing"].datasets[subject]
        desk.rows[subject] = sent(desk.county, f"housing.{subject}").drop(spec.absent)
        desk.registry.fill(table, theirs(desk.rows[subject], spec))
        forget(desk.carried, f"housing.{subject}")
    desk.inbox.mkdir()
    carry_rest(desk.county, desk.inbox, pulled=set(declared))
    return a_day(desk)


@pytest.fixture(scope="module")
def second(desk: Desk, first: Told) -> Told:
    """The registry corrects a row, human resources send a file again, the clerk's disk is copied at last."""
    desk.begin(NEXT)
    spec = desk.declared()["human_resources"].datasets["benefit"]
    members = sent(desk.county, "approval.member")["id_no"].implode()
    raised = pl.when(pl.col("id_no").is_in(members)).then(pl.lit(RAISED)).otherwise("amount")
    desk.rows["benefit"] = desk.rows["benefit"].with_columns(raised.alias("amount"))
    folder = desk.exchange / "human_resources"
    name = "DYFF_990101_20260508.csv"
    hand_in(folder, name, own_form(desk.rows["benefit"], spec))
    carried_instead(desk.carried, "human_resources.benefit", desk.rows["benefit"], as_of="20260508")
    mine = pl.col("owner_id_no").is_in(members) & (pl.col("status") == "现势")
    title = desk.corrected = desk.rows["real_estate"].filter(mine)["title_no"][0]
    gone = pl.when(pl.col("title_no") == title).then(pl.lit("历史")).otherwise("status")
    desk.rows["real_estate"] = desk.rows["real_estate"].with_columns(gone.alias("status"))
    with desk.registry.connect() as owner:
        owner.execute("UPDATE registry.rights SET qszt = '2' WHERE bdcqzh = %s", [title])
    disk = (desk.county / "public_security" / "population_990101_20260508.csv").read_bytes()
    name = "population_990101_20260515.csv"
    hand_in(desk.exchange / "public_security", name, disk, ready=".ok")
    (desk.carried / "public_security" / name).write_bytes(disk)
    return a_day(desk)


def a_day(desk: Desk) -> Told:
    """Check, look, pull, pull again, run; and the carried county's run, with the registry's rows of the day."""
    for subject in VIEWS:
        rows = desk.rows[subject]
        carried_instead(desk.carried, f"housing.{subject}", rows, as_of=f"{desk.today:%Y%m%d}")
    before = set(desk.inbox.rglob("*.*"))
    checked, looked = desk.source("check"), desk.source("check", "housing")
    assert set(desk.inbox.rglob("*.*")) == before
    pulled, again = desk.source("pull", "--all"), desk.source("pull", "--all")
    landed = {f.relative_to(desk.inbox).as_posix() for f in set(desk.inbox.rglob("*.*")) - before}
    run = ["run", "--inbox", desk.inbox, "--warehouse", desk.warehouse, "--as-of", desk.today]
    ran = CliRunner().invoke(hedui, [str(word) for word in run])
    assert ran.exit_code == 0, ran.output
    by_hand = desk.root / "by_hand.duckdb"
    run_inbox(desk.carried, by_hand, as_of=desk.today)
    return Told(
        checked,
        looked,
        pulled,
        again,
        landed,
        household_digests(desk.warehouse),
        household_digests(by_hand),
        read_current(desk.warehouse, "evidence"),
        *(read_current(desk.warehouse, t) for t in ("pull", "intake_ledger", "source_status")),
    )


def test_check_reads_all_and_shows_what_the_views_would_give(first: Told):
    assert (first.checked.exit_code, first.looked.exit_code) == (0, 0), first.looked.output
    assert "7 个来源可用" in first.checked.output
    assert "housing 有应答：PostgreSQL-" in first.looked.output
    assert "能写入" not in first.looked.output
    assert f"real_estate  share.v_real_estate  截至 {DAY}" in first.looked.output


def test_everything_that_is_whole_is_taken_once(first: Told):
    assert first.pulled.exit_code == 0, first.pulled.output
    assert first.again.exit_code == 0
    assert "取得 0 份" in first.again.output
    assert {f"housing/{s}_990101_20260520.parquet" for s in VIEWS} <= first.landed
    assert {f"human_resources/{s}_990101_20260508.csv" for s in OWN_FORM} <= first.landed
    assert not [name for name in first.landed if "20260515" in name]
    taken = first.pulls.filter(pl.col("outcome") == "taken")
    files = [name for name in first.landed if not name.endswith(".manifest.json")]
    assert sorted(taken["file"]) == sorted(files)
    assert taken["agreement_no"].null_count() == 0


def test_a_pulled_county_is_the_county_carried_in(first: Told):
    assert first.households == first.by_hand


def test_a_corrected_row_and_a_file_sent_again_are_taken_and_nothing_else(second: Told):
    assert second.pulled.exit_code == 0, second.pulled.output
    assert "取得 0 份" in second.again.output
    taken = second.pulls.filter(pl.col("outcome") == "taken", pl.col("pulled_at") > str(NEXT))
    assert set(taken["file"]) == {
        "housing/real_estate_990101_20260521.parquet",
        "housing/provident_fund_990101_20260521.parquet",
        "human_resources/benefit_990101_20260508.csv",
        "public_security/population_990101_20260515.csv",
    }
    assert second.households == second.by_hand


def test_the_corrections_are_what_counts(desk: Desk, first: Told, second: Told):
    title = pl.col("record_key").str.contains(desk.corrected, literal=True) & pl.col("counted")
    paid = (pl.col("dataset") == "human_resources.benefit") & (pl.col("amount") == Decimal(RAISED))
    told = [
        (day.evidence.filter(title).height, day.evidence.filter(paid).height)
        for day in (first, second)
    ]
    assert told[0][0] > 0 == told[0][1]
    assert told[1][0] == 0 < told[1][1]


def test_when_it_was_true_and_when_we_knew_both_stand(second: Told):
    told = second.pulls.filter(pl.col("outcome") == "taken").select(
        "dataset", "as_of", pl.col("pulled_at").str.slice(0, 10), "sha256"
    )
    benefit = told.filter(pl.col("dataset") == "human_resources.benefit").sort("pulled_at")
    assert benefit["as_of"].to_list() == [date(2026, 5, 8)] * 2
    assert benefit["pulled_at"].to_list() == [str(DAY), str(NEXT)]
    assert benefit["sha256"].n_unique() == 2
    estate = told.filter(pl.col("dataset") == "housing.real_estate").sort("pulled_at")
    assert estate["as_of"].to_list() == [DAY, NEXT]
    assert estate["pulled_at"].to_list() == [str(DAY), str(NEXT)]


def test_every_delivery_is_in_the_ledger_once_and_nothing_is_refused(second: Told):
    taken = second.pulls.filter(pl.col("outcome") == "taken")
    told = taken.join(second.ledger, on=["file", "sha256"], how="left")
    assert told.height == taken.height
    assert told.filter(pl.col("state").is_null() | (pl.col("state") == "refused")).is_empty()


def test_nobody_is_overdue_and_no_line_shows_the_secret(first: Told, second: Told):
    assert second.status["overdue_since"].null_count() == second.status.height == 7
    assert set(second.status["breaker"]) == {"closed"}
    for said in (first.checked, first.looked, first.pulled, second.pulled, second.again):
        assert PASSWORD not in said.output


def test_the_timetable_of_the_guide_is_that_of_the_example(desk: Desk):
    lines = [line.split(None, 5) for line in guide_block("crontab").splitlines()]
    asked = {(" ".join(words[:5]), words[5]) for words in lines if len(words) == 6}
    for name, source in desk.declared().items():
        assert (source.cadence.cron, f"hedui  hedui-county pull {name}") in asked
