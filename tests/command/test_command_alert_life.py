"""Alerts are decided on, published with the next run, and closed or opened again by a corrected row: those that stood on it and no other."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner
from driven_counties import copy_inbox, run_inbox

from casework.logs import read_casework
from command.main import hedui
from command.sheets import read_cells
from connectors.intake.encoding import to_utf8
from household.errors import InputError
from household.schema.datasets import DATASETS
from pipelines import deciding
from pipelines.workplace import casework_of, store_root
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

BY = ("--clerk", "王某", "--at", "2026-05-21T09:30:00")


def alerts(name: str, warehouse: Path, *more: str) -> str:
    words = ["alerts", name, "--warehouse", str(warehouse), *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.output


def decide(warehouse: Path, alert_id: str, action: str, *more: str) -> str:
    said = ("--alert", alert_id, "--action", action, "--reason", "核对了原件", *BY)
    return alerts("decide", warehouse, *said, *more)


def published(warehouse: Path, table: str) -> dict[str, dict[str, Any]]:
    rows = read_current(warehouse, table).drop("run_id").to_dicts()
    return {row["alert_id"]: row for row in rows}


def standing_on(warehouse: Path, alert_id: str) -> tuple[set[str], str, int]:
    """All alerts that stand on the first row of this one, and the file and line of that row."""
    rows = read_current(warehouse, "alert_evidence")
    one = rows.filter(pl.col("alert_id") == alert_id).row(0, named=True)
    same = rows.filter(
        pl.col("dataset") == one["dataset"], pl.col("record_key") == one["record_key"]
    )
    return set(same["alert_id"]), one["file"], one["line"]


def correct(inbox: Path, file: str, line: int, **values: str) -> dict[str, str]:
    """Change a row where it lies; gives back what stood there."""
    path = inbox / file
    text = to_utf8(path.read_bytes(), None).data.decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    dataset = ".".join((path.parent.name, path.name.split("_990101")[0]))
    titles = {c.name: c.title_zh for c in DATASETS[dataset].columns}
    places = {name: rows[0].index(titles[name]) for name in values}
    before = {name: rows[line - 1][place] for name, place in places.items()}
    for name, place in places.items():
        rows[line - 1][place] = values[name]
    corrected = io.StringIO()
    csv.writer(corrected).writerows(rows)
    path.write_text(corrected.getvalue(), "utf-8")
    return before


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Alerts of which anything published differs."""
    return {key for key in before | after if before.get(key) != after.get(key)}


@dataclass(frozen=True)
class Kept:
    """A county of its own, and alerts of it by what happens to them."""

    inbox: Path
    warehouse: Path
    overdue: str
    outflows: list[str]
    held: str


@pytest.fixture
def kept(silent: RunCounty, tmp_path: Path) -> Kept:
    inbox, warehouse = copy_inbox(silent.inbox, tmp_path / "inbox"), tmp_path / "w.duckdb"
    shutil.copy(silent.warehouse, warehouse)
    shutil.copytree(store_root(silent.warehouse), store_root(warehouse))
    ids = read_current(warehouse, "alert").group_by("code").agg("alert_id")
    of = dict(ids.iter_rows())
    return Kept(inbox, warehouse, min(of["A04"]), sorted(of["P05"]), min(of["D03"]))


def test_a_corrected_row_moves_the_alerts_that_stood_on_it_and_no_other(kept: Kept) -> None:
    inbox, warehouse = kept.inbox, kept.warehouse
    quiet, (gone, moved), held = kept.overdue, kept.outflows, kept.held
    first = published(warehouse, "alert")
    for alert in (quiet, moved):
        decide(warehouse, alert, "explain")
    decide(warehouse, held, "confirm", "--outcome", "person_error", "--amount", "0")
    decide(warehouse, held, "close")
    assert quiet not in alerts("list", warehouse, "--json", "--limit", "1000")  # at once
    assert "说明" in alerts("history", warehouse, "--alert", quiet)
    resting, file, line = standing_on(warehouse, gone)
    correct(inbox, file, line, large_outflow_6m="0.00")
    others, file, line = standing_on(warehouse, moved)
    correct(inbox, file, line, large_outflow_6m="69000.00")
    assert not resting & others

    run_inbox(inbox, warehouse)
    second, lives = published(warehouse, "alert"), published(warehouse, "alert_life")
    decided = {quiet: "explained", held: "closed"}
    assert changed(first, second) == {*decided, *resting, *others}
    assert {a: second[a]["state"] for a in decided} == decided
    assert {second[a]["state"] for a in resting} == {"closed"}
    assert {a: r["change"] for a, r in published(warehouse, "alert_change").items()} == {
        quiet: "decided",
        held: "closed",
        **dict.fromkeys(resting, "closed"),
        **dict.fromkeys(others, "facts_changed"),
    }
    assert (lives[held]["outcome"], lives[held]["closed_by"]) == ("person_error", "王某")
    # explained, but not what the row says now
    assert (second[moved]["state"], lives[moved]["stale"]) == ("open", True)
    assert (lives[moved]["decided_by"], second[moved]["first_seen"]) == (
        "王某",
        first[moved]["first_seen"],
    )


def test_a_refused_decision_leaves_no_trace(kept: Kept) -> None:
    log = casework_of(kept.warehouse)
    with pytest.raises(InputError, match="没有这条预警"):
        decide(kept.warehouse, "AL0", "explain")
    with pytest.raises(InputError, match="两人"):
        decide(kept.warehouse, kept.held, "confirm", "--outcome", "fraud")
    with pytest.raises(InputError, match="有了变化"):
        decide(kept.warehouse, kept.held, "explain", "--facts", "0" * 12)
    assert read_casework(log).alert_event.is_empty()


def test_two_clerks_at_once_decide_one_after_the_other(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, others = deciding.add_events, [kept.overdue]

    def late(path: Path, rows: Any, *, after: int) -> bool:
        if others:  # a colleague comes first, after the first look at the log
            decide(kept.warehouse, others.pop(), "explain", "--clerk", "李某")
        return entered(path, rows, after=after)

    monkeypatch.setattr(deciding, "add_events", late)
    decide(kept.warehouse, kept.held, "explain")  # another alert: both are kept
    others.append(kept.outflows[0])
    with pytest.raises(InputError, match="已说明"):
        decide(kept.warehouse, kept.outflows[0], "explain")
    log = read_casework(casework_of(kept.warehouse)).alert_event
    assert log["clerk"].to_list() == ["李某", "王某", "李某"]


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_sheet_is_kept_whole_or_not_at_all(kept: Kept, tmp_path: Path, suffix: str) -> None:
    sheet, warehouse = tmp_path / f"处理.{suffix}", kept.warehouse
    log = casework_of(warehouse)
    alerts("decide-sheet", warehouse, "--out", str(sheet), "--code", "A04", "--code", "P05")
    rows = read_sheet(sheet)
    assert {row["代码"] for row in rows} == {"A04", "P05"}
    assert len(rows) == len({row["预警编号"] for row in rows})
    said = {"处理方式": "说明", "处理结论": "无问题", "理由": "已入户看过"}
    filled = [row | said if row["代码"] == "A04" else row for row in rows]
    wrong = [row | {"处理方式": "属实"} if row["代码"] == "P05" else row for row in filled]
    for lines, told in (
        (wrong, r"2 行不能记录，全部未记录：第 \d+ 行：没有写明处理结论"),
        (filled, None),
    ):
        write_sheet(sheet.with_suffix(".csv"), lines)
        said_by = ("--file", str(sheet.with_suffix(".csv")), *BY)
        if told is None:
            alerts("decide-sheet", warehouse, *said_by)
            continue
        with pytest.raises(InputError, match=told):
            alerts("decide-sheet", warehouse, *said_by)
        assert read_casework(log).alert_event.is_empty()
    entered = read_casework(log).alert_event
    assert set(entered["code"]) == {"A04"}
    assert len(entered) == sum(row["代码"] == "A04" for row in rows)
    with pytest.raises(InputError, match="已说明"):  # sent twice
        alerts("decide-sheet", warehouse, *said_by)


def read_sheet(path: Path) -> list[dict[str, str]]:
    head, *lines = read_cells(path, what="处理表", todo="")
    return [dict(zip(head, line, strict=True)) for line in lines]


def write_sheet(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
