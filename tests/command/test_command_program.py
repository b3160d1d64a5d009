"""The program as a whole: help, version, demo, export, and nobody's name on the screen or in a log."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from driven_counties import AS_OF, copy_inbox, hedui, run_options

from command.demo import QUERIES
from command.main import main
from household.schema.datasets import DATASETS
from warehouse.current import latest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("command", [[], ["run"], ["demo"], ["export"]])
def test_help_teaches_by_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*command, "--help") == 0
    told = capsys.readouterr().out
    assert "hedui " + (command[0] if command else "run") in told


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out.startswith("hedui ")


def test_an_unknown_variable_of_ours_is_refused(
    noisy: RunCounty,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HEDUI_PERSONKEY", "hunter2")
    assert call(*run_options(noisy.inbox, tmp_path / "w.duckdb")) == 1
    err = capsys.readouterr().err
    assert "HEDUI_PERSONKEY" in err
    assert "hunter2" not in err


def test_a_key_of_ones_own_changes_references_and_is_never_shown(
    noisy: RunCounty,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HEDUI_PERSON_KEY", "correct horse battery staple")
    path = tmp_path / "w.duckdb"
    assert call(*run_options(noisy.inbox, path), "--json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["person_key_is_default"] is False
    assert "演示密钥" not in said.err
    record = latest(path)
    assert record is not None
    assert record.input_digest != noisy.outcome.run.input_digest
    for file in (tmp_path / "w.store" / "run").rglob("*"):
        assert not file.is_file() or b"correct horse" not in file.read_bytes()


@pytest.mark.parametrize("fmt", ["parquet", "csv"])
def test_export_writes_every_table(
    noisy: RunCounty, tmp_path: Path, capsys: pytest.CaptureFixture[str], fmt: str
) -> None:
    out = tmp_path / "out"
    given = ["--warehouse", str(noisy.warehouse), "--out", str(out), "--format", fmt]
    assert call("export", *given) == 0
    rows = noisy.outcome.run.verdicts
    if fmt == "parquet":
        assert pl.read_parquet(out / "household_verdict.parquet").height == rows
    else:
        with (out / "household_verdict.csv").open(encoding="utf-8-sig", newline="") as lines:
            assert len(list(csv.reader(lines))) == rows + 1
    assert noisy.outcome.run.run_id in capsys.readouterr().err


def test_export_without_a_warehouse_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--warehouse", str(tmp_path / "w.duckdb"), "--out", str(tmp_path), "--format", "csv"]
    assert call("export", *given) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_demo_runs_and_its_queries_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("demo", "--households", "6", "--seed", "2") == 0
    assert "已发布" in capsys.readouterr().err
    first = latest(tmp_path / "demo" / "county.duckdb")
    assert first is not None
    assert first.as_of == AS_OF
    assert call("demo", "--households", "6", "--seed", "2") == 0
    assert "没有新的内容" in capsys.readouterr().err
    assert call("demo", "--households", "7", "--seed", "2") == 0
    again = latest(tmp_path / "demo" / "county.duckdb")
    assert again is not None
    assert (again.sequence, again.input_digest == first.input_digest) == (1, False)
    assert QUERIES.count("SELECT") == 3


def test_demo_keeps_its_hands_off_other_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("x", "utf-8")
    assert call("demo", "--out", str(tmp_path)) == 1
    assert "另选一个目录" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def personal_values(inbox: Path) -> set[str]:
    """Every name and number of the CSV files of the roster and the registers, as sent."""
    found: set[str] = set()
    for name, dataset in DATASETS.items():
        titles = {c.title_zh for c in dataset.columns if c.personal} | {
            c.name for c in dataset.columns if c.personal
        }
        for file in inbox.glob(f"{name.replace('.', '/')}_*.csv"):
            text = file.read_bytes()
            for encoding in ("utf-8-sig", "gb18030"):
                try:
                    lines = text.decode(encoding).splitlines()
                    break
                except UnicodeDecodeError:
                    continue
            mark = next(m for m in (",", "|", "\t") if m in lines[0])
            for row in csv.DictReader(lines, delimiter=mark):
                found |= {v for t, v in row.items() if t in titles and v and len(v) >= 6}
    return found


def holds_any(text: str, values: set[str]) -> bool:
    """Whether one of the values stands anywhere in a text; all are looked for in one pass."""
    found: bool = pl.Series([text]).str.contains_any(sorted(values)).item()
    return found


def test_nobody_is_named_on_the_screen_or_in_a_log(noisy: RunCounty, tmp_path: Path) -> None:
    inbox = copy_inbox(noisy.inbox, tmp_path / "inbox")
    canary = tmp_path / "inbox" / "public_security" / "vehicle_990101_20260509.csv"
    names = [c.name for c in DATASETS["public_security.vehicle"].columns]
    bad = [
        "粤Z鸦雀无声",
        "小型汽车",
        "990101199912310000",
        "欧阳金丝雀儿",
        "",
        "",
        "卅二日",
        "正常",
        "x",
    ]
    canary.write_text(",".join(names) + "\n" + ",".join(bad) + "\n", "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", "utf-8")
    done = hedui(*run_options(inbox, tmp_path / "w.duckdb"), env={"DAGSTER_HOME": str(home)})
    assert done.returncode == 0, done.stderr
    heard = done.stdout + done.stderr + (tmp_path / "w.store" / "run" / "log").read_text("utf-8")
    kept = b"".join(f.read_bytes() for f in home.rglob("*") if f.is_file())
    assert b"core_public_security__vehicle" in kept, "the events are in what is searched"
    named = personal_values(inbox) | {"粤Z鸦雀无声", "欧阳金丝雀儿", "990101199912310000"}
    assert len(named) > 500
    escaped = {json.dumps(value).strip('"') for value in named}
    assert not holds_any(heard, named)
    assert not holds_any(kept.decode("utf-8", "replace"), named | escaped)
    assert all(holds_any(f"{heard}<{value}>", named) for value in sorted(named)[::100])
