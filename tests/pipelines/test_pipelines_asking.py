"""A source that is asked person by person, through Dagster: requests go out for those who signed, answers and receipts come in."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import dagster as dg
import polars as pl
import pytest

import pipelines.asking
from connectors.intake.arrivals import read_arrivals
from connectors.outside import Outside
from household.schema.datasets import DATASETS
from pipelines.definitions import defs
from pipelines.defs.naming import raw_name
from pipelines.defs.pull import asking
from pipelines.intake import take_in
from pipelines.rerun import NewestRun
from pipelines.resources import on_day
from pipelines.settings import Order
from pipelines.workplace import Workplace
from synthetic.county import write_county

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.record import RunRecord

DAY = date(2026, 5, 20)
SOURCE = """title: 示范证券
region: 990101
agreement: {{no: 证券-2026-1, purpose: 社会救助核对, valid_from: 2026-01-01}}
cadence: {{cron: "0 6 * * *", overdue_hours: 48}}
transport: {{kind: folder, path: {path}}}
inquiries: {{}}
"""
BROKER = """name: 示范证券公司
request:
  folder: out
  file: "Q_{institution}_{batch}.csv"
  format: csv
  columns:
    - {title: 查询编号, value: request_no}
    - {title: 证件号码, value: id_no}
    - {title: 姓名, value: name}
answer:
  folder: in
  file: "A_{institution}_{batch}.csv"
  format: csv
  fields: {查询编号: request_no, 结果: state, 证件号码: id_no, 姓名: name, 账号: account_no, 市值: market_value, 截止日期: as_of}
  codes:
    state: {"0": found, "1": none}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A broker who reads and writes a folder, one who cannot be read from, and an environment that points at them."""
    drop = tmp_path / "broker"
    for name in ("out", "in"):
        (drop / name).mkdir(parents=True)
    folder = tmp_path / "sources" / "securities"
    (folder / "institutions").mkdir(parents=True)
    (folder / "source.yaml").write_text(SOURCE.format(path=drop), encoding="utf-8")
    (folder / "institutions" / "S1.yaml").write_text(BROKER, encoding="utf-8")
    (folder / "institutions" / "S2.yaml").write_text(
        BROKER.replace("示范证券公司", "另一家").replace("folder: in\n", "folder: gone\n"),
        encoding="utf-8",
    )
    for name, value in {"INBOX": "inbox", "WAREHOUSE": "w.duckdb", "SOURCES": "sources"}.items():
        monkeypatch.setenv(f"HEDUI_{name}", str(tmp_path / value))
    for name in ("AS_OF", "PERSON_KEY", "PACKS", "REGION", "SECRETS"):
        monkeypatch.delenv(f"HEDUI_{name}", raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(asking, "outside_now", lambda **_: on_the_day())
    return tmp_path


def applications_arrive(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The applications of a small county, taken in as a run does; nothing is assessed, for asking looks at who signed only."""
    made = write_county(place, households=3, seed=4)
    work = Workplace(Order(made.inbox, place / "w.duckdb", DAY))
    for name, dataset in DATASETS.items():
        if dataset.source == "approval":
            take_in(work, name)
    run = cast("RunRecord", SimpleNamespace(region_code=None))
    newest = NewestRun(run, work.store, read_arrivals(work.store), frozenset(), {})
    monkeypatch.setattr(pipelines.asking, "open_newest", lambda _: newest)


def on_the_day() -> Outside:
    return Outside(
        now=lambda: datetime(2026, 5, 20, 2, tzinfo=UTC),
        sleep=lambda _: None,
        chance=lambda: 0.5,
        by="tester",
    )


def ask(instance: dg.DagsterInstance) -> tuple[dict[str, object], dict[str, bool]]:
    """What the asset told, and its checks."""
    result = (
        defs()
        .resolve_job_def("ask_securities_alone")
        .execute_in_process(run_config=on_day(DAY), instance=instance)
    )
    assert result.success
    (made,) = (
        e.materialization
        for e in result.get_asset_materialization_events()
        if e.asset_key == dg.AssetKey("ask_securities")
    )
    checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
    return {name: value.value for name, value in made.metadata.items()}, checks


def test_requests_go_out_and_answers_come_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    applications_arrive(place, monkeypatch)
    broker, landed = place / "broker", place / "inbox" / "securities"
    with dg.DagsterInstance.ephemeral() as instance:
        first, checks = ask(instance)
        assert first["送出查询"], "somebody signed for securities"
        assert checks == {"answered": False}, "one of the two cannot be collected from"
        (request,) = (broker / "out").glob("Q_S1_*.csv")
        with request.open(encoding="utf-8-sig", newline="") as read:
            asked = list(csv.DictReader(read))
        pending = pl.concat(pl.read_parquet(f) for f in sorted(landed.glob("receipt_*.parquet")))
        assert set(pending["state"]) == {"no_answer"}
        assert set(pending["institution_code"]) == {"S1", "S2"}
        assert pending.filter(institution_code="S1").height == len(asked)
        answer(broker, request.name, asked)
        second, _ = ask(instance)
    assert (second["送出查询"], second["收到答复"]) == (0, len(asked))
    receipts = pl.concat(pl.read_parquet(f) for f in sorted(landed.glob("receipt_*.parquet")))
    answered = receipts.filter(institution_code="S1").unique(
        "id_no", keep="last", maintain_order=True
    )
    assert sorted(answered["state"]) == sorted(["found"] + ["none"] * (len(asked) - 1))
    holdings = pl.concat(
        pl.read_parquet(f) for f in sorted(landed.glob("holding_990101_20260520*.parquet"))
    )
    assert holdings["id_no"].to_list() == [asked[0]["证件号码"]]
    assert holdings["market_value"].to_list() == ["1234.50"]


def answer(broker: Path, request: str, asked: list[dict[str, str]]) -> None:
    """The first holds something, of the others nothing is known."""
    told = ["查询编号,结果,证件号码,姓名,账号,市值,截止日期"]
    for place, row in enumerate(asked):
        held = "X1,1234.50,2026-05-19" if place == 0 else ",,"
        state = "0" if place == 0 else "1"
        told.append(f"{row['查询编号']},{state},{row['证件号码']},{row['姓名']},{held}")
    name = request.replace("Q_", "A_", 1)
    (broker / "in" / name).write_text("\n".join(told) + "\n", encoding="utf-8")


def test_the_asset_stands_above_what_it_brings(place: Path) -> None:
    graph = defs().get_repository_def().asset_graph
    asset = dg.AssetKey("ask_securities")
    for name in ("securities.holding", "securities.receipt"):
        assert graph.get(dg.AssetKey(raw_name(DATASETS[name]))).parent_keys == {asset}
    assert dg.AssetKey("pull_securities") not in graph.get_all_asset_keys()
    whole = defs().get_repository_def().get_job("whole_run").asset_layer.executable_asset_keys
    assert asset not in whole
