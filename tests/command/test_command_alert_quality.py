"""`hedui alerts sample`, `score` and `precision`: what people found about alerts and about people without one is published by the next run."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner
from driven_counties import copy_inbox, run_inbox

from casework.logs import add_log_rows, read_casework
from command.alerts_sample import COLUMNS, read_lines
from command.main import hedui
from household.alerts.codes import CODES
from household.errors import InputError
from pipelines.workplace import casework_of, store_root
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from conftest import RunCounty

AT = "2026-05-25T17:00:00"
WRONG = 45


def alerts(name: str, warehouse: Path, *more: str) -> Result:
    words = ["alerts", name, "--warehouse", str(warehouse), *more]
    return CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)


@dataclass(frozen=True)
class Reviewed:
    """A county in which one rule was always wrong, and a sample of people without an alert was answered; then run again."""

    warehouse: Path
    sheet: Path
    code: str
    before: pl.DataFrame
    drawn: pl.DataFrame


@pytest.fixture(scope="module")
def reviewed(noisy: RunCounty, tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    folder = tmp_path_factory.mktemp("reviewed")
    inbox, warehouse = copy_inbox(noisy.inbox, folder / "inbox"), folder / "w.duckdb"
    shutil.copy(noisy.warehouse, warehouse)
    shutil.copytree(store_root(noisy.warehouse), store_root(warehouse))
    before = read_current(warehouse, "alert")
    code = before.filter(pl.col("severity").cast(pl.String) == "R")["code"].sort()[0]
    always_wrong(warehouse, code)
    alerts(
        "sample", warehouse, "--size", "16", "--seed", "7", "--out", str(folder), "--format", "csv"
    )
    sheet = folder / "sample.csv"
    fill(sheet, ["有遗漏", *["无遗漏"] * 11, "不确定"])
    alerts("score", warehouse, "--answers", str(sheet), "--clerk", "王某", "--at", AT)
    drawn = read_casework(casework_of(warehouse)).alert_sample
    run_inbox(inbox, warehouse)
    return Reviewed(warehouse, sheet, code, before, drawn)


def always_wrong(warehouse: Path, code: str) -> None:
    """So many decisions on subjects that are no longer raised: the rule was never right."""
    rows = [
        {
            "alert_id": f"AL{number:020d}",
            "code": code,
            "subject_kind": CODES[code].subject_kind,
            "subject_id": f"gone{number}",
            "region_code": "990101001",
            "facts_digest": "0" * 64,
            "action": "dismiss",
            "outcome": "no_issue",
            "amount_fen": None,
            "direction": None,
            "clerk": "王某",
            "second_clerk": None,
            "reason": "已核实",
            "decided_at": "2026-05-02T10:00:00",
        }
        for number in range(WRONG)
    ]
    add_log_rows(casework_of(warehouse), "alert_event", rows)


def fill(sheet: Path, words: list[str], code: str = "P02") -> None:
    """Answer the first lines of a sheet."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        head, *lines = list(csv.reader(file))
    answer, place = head.index("结论"), head.index("预警代码")
    for line, word in zip(lines, words, strict=False):
        line[answer] = word
        line[place] = code if word == "有遗漏" else ""
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *lines])


def test_a_rule_that_is_always_wrong_is_published_a_step_lower(reviewed: Reviewed) -> None:
    now = read_current(reviewed.warehouse, "alert")
    same = ["alert_id", "severity", "text_zh"]
    mine = now.filter(pl.col("code") == reviewed.code)
    assert len(mine)
    assert mine["severity"].cast(pl.String).unique().to_list() == ["I"]
    assert mine["text_zh"].str.contains(f"办结 {WRONG} 件，查实 0 件").all()
    others = pl.col("code") != reviewed.code
    assert now.filter(others).select(same).equals(reviewed.before.filter(others).select(same))


def test_precision_is_published_and_told(reviewed: Reviewed) -> None:
    rows = read_current(reviewed.warehouse, "alert_precision")
    quarter = rows.filter(pl.col("region_code") == "990101", pl.col("period") == "2026Q2")
    told = quarter.select("code", "decided", "right", "wrong", "severity_now", "demoted")
    assert told.rows() == [(reviewed.code, WRONG, 0, WRONG, "I", True)]
    page = alerts("precision", reviewed.warehouse).stdout
    assert "R 降为 I" in page
    assert "级别由R（核实）调为I（提示）" in page
    assert "漏报率（无预警人员抽样）" in page
    data = json.loads(
        alerts("precision", reviewed.warehouse, "--code", reviewed.code, "--json").stdout
    )
    assert len(data["alert_precision"]) == len(rows)
    nothing = alerts("precision", reviewed.warehouse, "--region", "990999")
    assert "没有已办结的预警" in nothing.stderr


def test_the_miss_rate_is_published_as_it_was_told(reviewed: Reviewed) -> None:
    rows = read_current(reviewed.warehouse, "miss_rate").drop("run_id")
    told = json.loads(alerts("score", reviewed.warehouse, "--json").stdout)
    assert told == json.loads(json.dumps(rows.to_dicts(), default=str))
    whole = rows.filter(pl.col("stratum").is_null()).row(0, named=True)
    assert [whole[n] for n in ("drawn", "answered", "missed", "unsure")] == [16, 13, 1, 1]
    assert whole["lower"] < whole["rate"] < whole["upper"]


def test_nobody_with_an_alert_is_drawn(reviewed: Reviewed) -> None:
    waiting = reviewed.before.filter(pl.col("state").cast(pl.String).is_in(["open", "confirmed"]))
    concerned = set(waiting["person_refs"].explode().drop_nulls())
    drawn = set(reviewed.drawn["person_ref"])
    screened = set(read_current(reviewed.warehouse, "screened_person")["person_ref"])
    assert len(drawn) == 16
    assert not drawn & concerned
    assert drawn <= screened
    assert reviewed.drawn["seed"].unique().to_list() == [7]


def test_the_sheet_is_for_its_owner_and_names_nobody(reviewed: Reviewed, noisy: RunCounty) -> None:
    assert stat.S_IMODE(reviewed.sheet.stat().st_mode) & 0o077 == 0
    with reviewed.sheet.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == list(COLUMNS.values())
    assert not [n for line in lines for n in [line["证件号码（脱敏）"]] if n and "*" not in n]
    assert {line["人员代号"] for line in lines} == set(reviewed.drawn["person_ref"])


def test_the_same_sample_is_kept_once_and_the_same_sheet_entered_once(
    reviewed: Reviewed, tmp_path: Path
) -> None:
    warehouse, store = tmp_path / "w.duckdb", store_root(tmp_path / "w.duckdb")
    shutil.copy(reviewed.warehouse, warehouse)
    shutil.copytree(store_root(reviewed.warehouse), store)
    asked = ("--size", "14", "--seed", "3", "--out", str(tmp_path / "s"))
    for _ in range(2):
        assert "批次 M" in alerts("sample", warehouse, *asked).stderr
    logs = read_casework(casework_of(warehouse))
    assert len(logs.alert_sample) == 16 + 14
    by = ("--clerk", "王某", "--at", AT)
    told = alerts("score", warehouse, "--answers", str(reviewed.sheet), *by)
    assert "记录 0 人的结论" in told.stderr
    assert read_casework(casework_of(warehouse)).digest() == logs.digest()
    lines = read_lines(tmp_path / "s" / "sample.xlsx")
    assert {(line.batch, line.person_ref) for line in lines} == set(
        logs.alert_sample.slice(16).select("batch", "person_ref").iter_rows()
    )


def test_a_spoilt_sheet_enters_nothing(reviewed: Reviewed, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.csv"
    shutil.copy(reviewed.sheet, spoilt)
    fill(spoilt, ["无遗漏", "看不懂"])
    before = read_casework(casework_of(reviewed.warehouse)).digest()
    with pytest.raises(InputError, match="第 3 行：结论无法识别"):
        alerts("score", reviewed.warehouse, "--answers", str(spoilt), "--clerk", "李某", "--at", AT)
    assert read_casework(casework_of(reviewed.warehouse)).digest() == before
    spoilt.write_text("批次,结论\n", encoding="utf-8")
    with pytest.raises(InputError, match="缺少列 人员代号、预警代码、理由"):
        alerts("score", reviewed.warehouse, "--answers", str(spoilt), "--clerk", "李某", "--at", AT)
    with pytest.raises(InputError, match="没有这样的抽样批次"):
        alerts("score", reviewed.warehouse, "--batch", "M0")
