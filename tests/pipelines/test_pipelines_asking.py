"""A source that is asked person by person, through Dagster: requests go out for those who signed, answers and receipts come in."""

from __future__ import annotations

import csv
import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import dagster as dg
import polars as pl
import pytest
from servers.http_pages import SECRET, http_server

import pipelines.roster_today
from connectors.asking.book import read_book
from connectors.errors import StoreHeld
from connectors.intake.arrivals import read_arrivals
from connectors.outside import Outside
from connectors.store import Store
from household.errors import InputError
from household.schema.datasets import DATASETS
from household.schema.published import PUBLISHED
from pipelines.asking import Asked, ask_source
from pipelines.definitions import defs
from pipelines.defs.naming import raw_name
from pipelines.defs.pull import asking
from pipelines.intake import take_in
from pipelines.pulling import open_deployment
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
    run = cast("RunRecord", SimpleNamespace(region_code=None, person_key_is_default=True))
    places = {"roster_person": PUBLISHED["roster_person"].empty()}
    monkeypatch.setattr(
        pipelines.roster_today,
        "open_newest",
        lambda *_: NewestRun(run, work.store, read_arrivals(work.store), frozenset(), places),
    )


def on_the_day(**environ: str) -> Outside:
    return Outside(
        now=lambda: datetime(2026, 5, 20, 2, tzinfo=UTC),
        sleep=lambda _: None,
        chance=lambda: 0.5,
        by="tester",
        environ=environ,
    )


def ask_now(place: Path, outside: Outside | None = None) -> Asked:
    """A round, by a process that has just begun."""
    inbox, warehouse = place / "inbox", place / "w.duckdb"
    deployment = open_deployment(place / "sources", inbox=inbox, warehouse=warehouse)
    work = Workplace(Order(inbox, warehouse, DAY))
    return ask_source(work, deployment, "securities", outside or on_the_day())


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


def asked_numbers(place: Path) -> list[str]:
    """Whom the files that went out to the first broker name."""
    numbers: list[str] = []
    for file in sorted((place / "broker" / "out").glob("Q_S1_*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as read:
            numbers += [row["证件号码"] for row in csv.DictReader(read)]
    return numbers


def revoke(place: Path, number: str) -> None:
    """An extract of this morning: every paper of a person, revoked."""
    (signed,) = (place / "inbox" / "approval").glob("authorisation_*.csv")
    with signed.open(encoding="utf-8", newline="") as read:
        papers = [row for row in csv.DictReader(read) if row["授权人证件号码"] == number]
    target = signed.with_name(f"authorisation_990101_{DAY:%Y%m%d}.csv")
    with target.open("w", encoding="utf-8", newline="") as written:
        rows = csv.DictWriter(written, papers[0].keys())
        rows.writeheader()
        rows.writerows(row | {"撤销日期": f"{DAY}"} for row in papers)


def test_a_revocation_of_this_morning_holds_a_question_back(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications_arrive(place, monkeypatch)
    ask_now(place)
    somebody = asked_numbers(place)[0]
    shutil.rmtree(place / "w.store" / "exchange")
    for file in (place / "broker" / "out").iterdir():
        file.unlink()
    revoke(place, somebody)
    asked = ask_now(place)
    assert asked.arrived["new"] == 1
    assert somebody not in asked_numbers(place)
    assert asked_numbers(place)
    assert "revoked" in asked.needs.held["reason"].to_list()
    assert ask_now(place).arrived["new"] == 0


def test_a_run_of_another_region_loses_no_answer(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications_arrive(place, monkeypatch)
    asked_first = ask_now(place).sent.requests
    (request,) = (place / "broker" / "out").glob("Q_S1_*.csv")
    with request.open(encoding="utf-8-sig", newline="") as read:
        asked = list(csv.DictReader(read))
    answer(place / "broker", request.name, asked)
    newest = pipelines.roster_today.open_newest
    there = SimpleNamespace(region_code="990102", person_key_is_default=True)
    monkeypatch.setattr(
        pipelines.roster_today,
        "open_newest",
        lambda *said: replace(newest(*said), run=cast("RunRecord", there)),
    )
    second = ask_now(place)
    assert asked_first
    assert (second.needs.admitted.passed.height, second.sent.requests) == (0, 0)
    assert (second.collected.answers, second.collected.withheld) == (len(asked), 0)


def test_papers_behind_a_shut_gate_throw_no_answer_away(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications_arrive(place, monkeypatch)
    ask_now(place)
    (request,) = (place / "broker" / "out").glob("Q_S1_*.csv")
    with request.open(encoding="utf-8-sig", newline="") as read:
        asked = list(csv.DictReader(read))
    answer(place / "broker", request.name, asked)
    newest = pipelines.roster_today.open_newest
    shut = frozenset({"approval.authorisation"})
    with monkeypatch.context() as patch:
        patch.setattr(
            pipelines.roster_today, "open_newest", lambda *said: replace(newest(*said), shut=shut)
        )
        with pytest.raises(InputError, match="无法核实授权"):
            ask_now(place)
    back = ask_now(place).collected
    assert (back.answers, back.withheld) == (len(asked), 0)


def test_nobody_is_asked_while_a_run_is_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    applications_arrive(place, monkeypatch)
    with Store(place / "w.store").held(), pytest.raises(StoreHeld, match="没有送出查询"):
        ask_now(place)
    assert not asked_numbers(place)
    assert not read_book(Store(place / "w.store"), "securities").requests.height
    assert ask_now(place).sent.requests


WEB = """name: 接口证券
transport:
  kind: http
  url: {url}/data
  auth: {{kind: hmac, key_id: county-990101, secret: {{env: BROKER}}}}
call:
  path: ask
  columns:
    - {{title: no, value: request_no}}
    - {{title: name, value: name}}
    - {{title: id_no, value: id_no}}
answer:
  format: json
  rows: data
  fields: {{code: state, account: account_no, worth: market_value, day: as_of}}
  codes:
    state: {{F: found, N: none}}
"""
HAS = '{"data":[{"code":"F","account":7001,"worth":1234.50,"day":"2026-05-19"}]}'
HAS_NOT = '{"data":[{"code":"N","account":null,"worth":null,"day":null}]}'


def test_an_institution_that_is_asked_by_calls(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applications_arrive(place, monkeypatch)
    ask_now(place)
    numbers = asked_numbers(place)
    page = place / "sources" / "securities" / "institutions" / "S2.yaml"
    outside = replace(on_the_day(BROKER=SECRET), chance=random.Random(1).random)
    with http_server() as web:
        web.wants = "hmac"
        page.with_name("S3.yaml").write_text(WEB.format(url=web.url), encoding="utf-8")
        page.unlink()
        web.told = dict.fromkeys(numbers, HAS_NOT) | {numbers[0]: HAS}
        web.plan = ["", "403"]  # the second is refused, and with it the rest of this round
        first = ask_now(place, outside)
        assert [t.institution for t in first.sent.troubles] == ["S3"]
        assert "990101" not in first.sent.troubles[0].message
        assert (first.sent.requests, first.collected.answers) == (1, 1)
        second = ask_now(place, outside)
        third = ask_now(place, outside)
    assert (second.sent.troubles, third.sent.requests) == ((), 0)
    assert second.sent.requests == len(numbers) - 1
    keys = [headers["idempotency-key"] for headers in web.headers]
    asked = [json.loads(body)["id_no"] for body in web.bodies]
    assert sorted(set(asked)) == sorted(numbers), "those who signed, and nobody else"
    assert len(set(keys)) == len(numbers)
    assert len(keys) == len(numbers) + 1, "the one that was refused was asked again as the same"
    landed = place / "inbox" / "securities"
    receipts = pl.concat(pl.read_parquet(f) for f in sorted(landed.glob("receipt_*.parquet")))
    told = receipts.filter(institution_code="S3").unique("id_no", keep="last", maintain_order=True)
    assert dict(told.group_by("state").len().iter_rows()) == {"found": 1, "none": len(numbers) - 1}
    (holdings,) = (pl.read_parquet(f) for f in landed.glob("holding_*.parquet"))
    assert holdings.select("account_no", "market_value", "as_of").rows() == [
        ("7001", "1234.50", "2026-05-19")
    ]


def test_the_asset_stands_above_what_it_brings(place: Path) -> None:
    graph = defs().get_repository_def().asset_graph
    asset = dg.AssetKey("ask_securities")
    for name in ("securities.holding", "securities.receipt"):
        assert graph.get(dg.AssetKey(raw_name(DATASETS[name]))).parent_keys == {asset}
    assert dg.AssetKey("pull_securities") not in graph.get_all_asset_keys()
    whole = defs().get_repository_def().get_job("whole_run").asset_layer.executable_asset_keys
    assert asset not in whole
