"""`hedui source` as an operator meets it: what is configured, what would be taken, taking it, and trouble as one line."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from driven_counties import household_digests, run_inbox
from source_folders import rest, write_deployment, write_source

from command.main import hedui
from pipelines import pulling

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    from pipelines.pulling import Deployment

VEHICLES = (
    "号牌号码,号牌种类,所有人证件号码,所有人,车辆状态\n990A1,小型汽车,990101198003011014,甲,正常\n"
)


def source(*arguments: object) -> Result:
    return CliRunner().invoke(hedui, ["source", *map(str, arguments)])


class Desk:
    """A deployment with one watched folder, an inbox and a warehouse that does not exist yet."""

    def __init__(self, root: Path) -> None:
        self.sources, self.inbox, self.theirs = root / "sources", root / "inbox", root / "theirs"
        self.inbox.mkdir()
        self.theirs.mkdir()
        self.places = ("--sources", self.sources, "--warehouse", root / "county.duckdb")
        write_source(self.sources, "public_security", self.theirs, {"vehicle": "{}"})

    def offer(self, name: str, text: str, *, at: int = 1_700_000_000) -> None:
        (self.theirs / name).write_text(text, encoding="utf-8")
        rest(self.theirs, at=at)

    def ask(self, *arguments: object) -> Result:
        return source(*arguments, *self.places, "--inbox", self.inbox)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_county_that_is_pulled_is_the_county_that_was_carried_in(
    tmp_path: Path, silent: RunCounty
) -> None:
    theirs = tmp_path / "theirs"
    shutil.copytree(silent.inbox, theirs)
    rest(theirs)
    write_deployment(tmp_path / "sources", theirs)
    (tmp_path / "inbox").mkdir()
    warehouse = tmp_path / "county.duckdb"
    places = ("--sources", tmp_path / "sources", "--inbox", tmp_path / "inbox")

    pulled = source("pull", "--all", *places, "--warehouse", warehouse)
    run_inbox(tmp_path / "inbox", warehouse)

    assert pulled.exit_code == 0, pulled.output
    assert household_digests(warehouse) == household_digests(silent.warehouse)


def test_check_tells_what_pull_takes_and_a_second_pull_takes_nothing(desk: Desk) -> None:
    desk.offer("vehicle_990101_20260508.csv", VEHICLES)
    told = json.loads(desk.ask("check", "public_security", "--json").output)
    assert [o["origin"] for o in told["offers"]] == ["vehicle_990101_20260508.csv"]
    assert not list(desk.inbox.rglob("*.csv"))

    first, again = desk.ask("pull", "public_security"), desk.ask("pull", "public_security")

    assert first.exit_code == again.exit_code == 0
    assert [p.name for p in desk.inbox.rglob("*.csv")] == ["vehicle_990101_20260508.csv"]
    assert "取得 0 份" in again.output
    assert "无新内容" in again.output


def test_a_reissued_file_is_taken_as_a_correction(desk: Desk) -> None:
    desk.offer("vehicle_990101_20260508.csv", VEHICLES)
    desk.ask("pull", "public_security")
    corrected = VEHICLES.replace("990A1", "990A2")
    desk.offer("vehicle_990101_20260508.csv", corrected, at=1_700_000_060)

    assert desk.ask("pull", "public_security").exit_code == 0
    assert next(desk.inbox.rglob("*.csv")).read_text(encoding="utf-8") == corrected


def test_list_tells_who_never_came_and_who_did(desk: Desk) -> None:
    assert "最近成功 从未" in source("list", *desk.places).output
    desk.offer("vehicle_990101_20260508.csv", VEHICLES)
    desk.ask("pull", "public_security")
    assert "数据截至 2026-05-08" in source("list", *desk.places).output


def test_trouble_is_one_line_and_exit_1(desk: Desk) -> None:
    shutil.rmtree(desk.theirs)
    told = desk.ask("pull", "public_security")
    assert told.exit_code == 1
    lines = [line for line in told.output.splitlines() if line.startswith("hedui: ")]
    assert len(lines) == 1
    assert "；" in lines[0]


def test_every_mistake_of_the_deployment_is_told_at_once(desk: Desk) -> None:
    write_source(desk.sources, "tax", desk.theirs, {"income": "{fields: {a: plate}}"})
    file = desk.sources / "public_security" / "source.yaml"
    text = file.read_text(encoding="utf-8").replace("title: 测试来源", "titel: 测试来源")
    file.write_text(text, encoding="utf-8")
    told = desk.ask("check")
    assert told.exit_code == 1
    assert "public_security/source.yaml 第1行" in told.output
    assert "tax/source.yaml 第10行" in told.output


@pytest.mark.parametrize(
    "arguments",
    [["pull"], ["pull", "public_security", "--all"], ["pull", "--all", "--dataset", "vehicle"]],
)
def test_wrong_usage_is_exit_2(desk: Desk, arguments: list[str]) -> None:
    assert desk.ask(*arguments).exit_code == 2


def test_an_unknown_source_is_named_with_those_there_are(desk: Desk) -> None:
    told = desk.ask("pull", "housing")
    assert told.exit_code == 1
    assert "public_security" in str(told.exception)


def test_what_nobody_foresaw_of_one_source_keeps_no_other_from_being_told_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_source(desk.sources, "housing", desk.theirs, {"real_estate": "{}"})
    desk.offer("vehicle_990101_20260430.csv", VEHICLES)
    ordinary = pulling.pull_source

    def breaks(deployment: Deployment, name: str, *rest: Any, **how: Any) -> Any:
        if name == "housing":
            raise RuntimeError("secret 990101198003011014")
        return ordinary(deployment, name, *rest, **how)

    monkeypatch.setattr(pulling, "pull_source", breaks)
    pulled = desk.ask("pull", "--all")
    assert pulled.exit_code == 1
    assert "取得 1 份" in pulled.stderr
    assert "hedui: housing：程序内部错误（RuntimeError" in pulled.stderr
    assert "secret" not in pulled.output
