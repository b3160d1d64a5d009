"""Whatever leaves by the command line is written down first, or it does not leave; and the log can be read and proven by command."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from casework.audit.anchors import FolderPlace
from casework.audit.segments import segment_file
from command.main import hedui
from household.errors import HouseholdError
from household.linkage.judgements import link_ids
from pipelines.audit_trail import trail_folder
from warehouse.current import reading

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


@pytest.fixture
def warehouse(noisy: RunCounty, tmp_path: Path) -> Path:
    """A warehouse with its store, without a log yet."""
    target = tmp_path / "w.duckdb"
    shutil.copy(noisy.warehouse, target)
    shutil.copytree(noisy.warehouse.with_suffix(".store"), tmp_path / "w.store")
    shutil.rmtree(trail_folder(target), ignore_errors=True)
    return target


def call(*arguments: object) -> Result:
    return CliRunner().invoke(hedui, [str(argument) for argument in arguments])


def entries(warehouse: Path) -> list[dict[str, object]]:
    said = call("audit", "list", "--warehouse", warehouse, "--json")
    return [json.loads(line) for line in said.stdout.splitlines()][::-1]


def an_application(warehouse: Path) -> str:
    with reading(warehouse) as tables:
        return str(tables.frame("household_verdict")["application_id"][0])


def an_alert(warehouse: Path) -> str:
    with reading(warehouse) as tables:
        return str(tables.frame("alert")["alert_id"][0])


def a_link(warehouse: Path) -> str:
    with reading(warehouse) as tables:
        links = tables.frame("person_link").filter(tier="A")
    return str(link_ids(links)[0])


def doors(warehouse: Path, out: Path) -> dict[str, list[object]]:
    """Action -> the command that makes it."""
    return {
        "tables.export": ["export", "--out", out, "--format", "csv"],
        "household.read": ["show", "--application", an_application(warehouse)],
        "link_sample.export": ["links", "sample", "--size", 20, "--seed", 1, "--out", out],
        "referral_list.export": ["referrals", "export", "--list", "medical", "--out", out],
        "alert_sample.export": ["alerts", "sample", "--size", 20, "--seed", 1, "--out", out],
        "alert.read": ["alerts", "show", "--alert", an_alert(warehouse)],
        "link.explain": ["links", "explain", "--link", a_link(warehouse)],
        "alert_sheet.export": ["alerts", "decide-sheet", "--out", out / "sheet.csv"],
    }


def test_every_door_is_written_down(warehouse: Path, tmp_path: Path):
    for name, arguments in doors(warehouse, tmp_path / "out").items():
        done = call(*arguments, "--warehouse", warehouse)
        assert done.exit_code == 0, (name, done.output, done.exception)
    told = entries(warehouse)
    assert [one["action"] for one in told] == [*doors(warehouse, tmp_path), "audit.list"]
    assert all(one["role"] == "command_line" and one["actor_id"] for one in told)
    listed = {one["action"]: one["details"] for one in told}
    assert listed["link_sample.export"]["persons"]  # type: ignore[index]


def test_nothing_leaves_where_it_cannot_be_written_down(warehouse: Path, tmp_path: Path):
    trail_folder(warehouse).write_text("in the way")
    out = tmp_path / "out"
    for arguments in doors(warehouse, out).values():
        done = call(*arguments, "--warehouse", warehouse)
        assert isinstance(done.exception, HouseholdError)
        assert "已停止查阅" in str(done.exception)
        assert done.stdout == ""
    assert not out.exists() or list(out.iterdir()) == []


def test_verify_proves_and_locates(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    anchors = tmp_path / "anchors"
    monkeypatch.setenv("HEDUI_AUDIT_ANCHOR", str(anchors))
    for _ in range(3):
        call("show", "--warehouse", warehouse, "--application", an_application(warehouse))
    assert [anchor.seq for anchor in FolderPlace(anchors).anchors()] == [1, 2, 3]
    held = call("audit", "verify", "--warehouse", warehouse)
    assert held.exit_code == 0
    assert "完好" in held.stdout
    assert "相符到第 3 条" in held.stdout
    file = segment_file(trail_folder(warehouse), 1)
    whole = file.read_bytes()
    file.write_bytes(b"".join(line + b"\n" for line in whole.splitlines()[:2]))
    cut = call("audit", "verify", "--warehouse", warehouse, "--json")
    assert isinstance(cut.exception, HouseholdError)
    assert json.loads(cut.stdout)["findings"] == [
        {"kind": "cut_tail", "file": file.name, "line": 2, "first": 3, "last": 3}
    ]
    file.write_bytes(whole.replace(b'"household.read"', b'"household.list"', 1))
    edited = call("audit", "verify", "--warehouse", warehouse)
    assert "audit-000001.jsonl 第 1 行：该行内容被改动（第 1 条）" in edited.stdout


def test_a_copy_is_proven_without_a_warehouse(warehouse: Path, tmp_path: Path):
    call("export", "--warehouse", warehouse, "--out", tmp_path / "out", "--format", "csv")
    copy = shutil.copytree(trail_folder(warehouse), tmp_path / "copy")
    (copy / "lock").unlink()
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert call("audit", "verify", "--log", copy).exit_code == 0
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_proof_may_be_noted_in_the_log(warehouse: Path):
    call("show", "--warehouse", warehouse, "--application", an_application(warehouse))
    call("audit", "verify", "--warehouse", warehouse, "--record")
    noted = entries(warehouse)[-2]
    assert (noted["action"], noted["details"]) == ("audit.verified", {"findings": 0, "head": 1})


def test_list_answers_and_is_written_down(warehouse: Path):
    application = an_application(warehouse)
    call("show", "--warehouse", warehouse, "--application", application)
    said = call(
        "audit",
        "list",
        "--warehouse",
        warehouse,
        "--application",
        application,
        "--from",
        "2000-01-01",
    )
    assert said.exit_code == 0
    assert f"application {application}" in said.stdout
    assert "household.read" in said.stdout
    assert entries(warehouse)[1]["action"] == "audit.list"
    none = call("audit", "list", "--warehouse", warehouse, "--to", "2000-01-01")
    assert none.stdout == ""


def test_a_persons_ledger(warehouse: Path):
    with reading(warehouse) as tables:
        place = tables.frame("roster_person").row(0, named=True)
    call("show", "--warehouse", warehouse, "--application", place["application_id"])
    said = call("audit", "person", "--warehouse", warehouse, "--person", place["person_ref"])
    assert said.exit_code == 0, said.output
    assert "household.read" in said.stdout
    assert call("audit", "person", "--warehouse", warehouse, "--person", "nobody").exit_code == 1


def test_no_log_is_one_clear_line(tmp_path: Path):
    said = call("audit", "verify", "--warehouse", tmp_path / "none.duckdb")
    assert isinstance(said.exception, HouseholdError)
    assert "没有审计日志" in str(said.exception)
