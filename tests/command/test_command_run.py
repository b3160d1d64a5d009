"""`hedui run` in this process: what it says, what it publishes, and what it refuses."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from driven_counties import AS_OF, copy_inbox, copy_warehouse, run_inbox, run_options

from command.main import main
from household.errors import HouseholdError
from household.schema.published.verdicts import SUGGESTIONS
from pipelines import gating
from warehouse.current import latest, read_current
from warehouse.digest import digest_current
from warehouse.errors import BusyError
from warehouse.locking import writing

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    from pipelines.outcome import Outcome


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


@dataclass(frozen=True)
class RunAgain:
    """The noisy county run by the command line into another warehouse, and what that said as JSON."""

    warehouse: Path
    said: dict[str, Any]


@pytest.fixture(scope="module")
def again(noisy: RunCounty, tmp_path_factory: pytest.TempPathFactory) -> RunAgain:
    path = tmp_path_factory.mktemp("again") / "another.duckdb"
    with redirect_stdout(StringIO()) as heard:
        assert call(*run_options(noisy.inbox, path), "--json") == 0
    return RunAgain(path, json.loads(heard.getvalue()))


@dataclass(frozen=True)
class Gated:
    """The noisy county run with one dataset whose keys are lost, and one whose gate crashes."""

    warehouse: Path
    outcome: Outcome


@pytest.fixture(scope="module")
def gated(noisy: RunCounty, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    real = gating.profile

    def trouble(declared: object, *given: object, **named: object) -> object:
        name = getattr(declared, "name", "")
        if name == "tax.income":
            raise RuntimeError("99010119000101019X")
        taken = real(declared, *given, **named)  # type: ignore[arg-type]
        if name != "public_security.vehicle":
            return taken
        return replace(taken, facts=taken.facts.with_columns(key_repeats=3))

    path = tmp_path_factory.mktemp("gated") / "w.duckdb"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gating, "profile", trouble)
        return Gated(path, run_inbox(noisy.inbox, path))


def test_a_run_accounts_for_every_row_and_publishes_once(noisy: RunCounty) -> None:
    outcome, run = noisy.outcome, noisy.outcome.run
    assert outcome.published
    assert run.rows_in == run.rows_accepted + run.rows_quarantined + run.rows_superseded > 0
    assert run.run_id == f"R000001-20260520-{run.input_digest[:8]}"
    assert sum(outcome.files.values()) == run.files
    assert run.verdicts == 7 * run.applications
    assert sum(outcome.alerts.values()) == run.alerts_open
    assert outcome.data_docs.is_file()
    assert latest(noisy.warehouse) == run


def test_nothing_new_publishes_nothing_and_says_so(
    noisy: RunCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    before = noisy.warehouse.read_bytes()
    assert call(*run_options(noisy.inbox, noisy.warehouse)) == 0
    assert "没有新的内容，未发布" in capsys.readouterr().err
    assert noisy.warehouse.read_bytes() == before


def test_another_day_is_something_new(noisy: RunCounty, tmp_path: Path) -> None:
    path, first = copy_warehouse(noisy.warehouse, tmp_path / "w.duckdb"), noisy.outcome
    second = run_inbox(noisy.inbox, path, as_of=AS_OF + timedelta(days=1))
    assert (first.published, second.published) == (True, True)
    assert second.run.sequence == 2
    assert second.run.run_id > first.run.run_id
    everybody = second.run.applications
    assert second.reassessed.because == {"全部重新核算：基准日变化": everybody}
    third = run_inbox(noisy.inbox, path, as_of=AS_OF + timedelta(days=1))
    assert not third.published
    assert (third.reassessed.again.height, third.reassessed.applications) == (0, everybody)


def test_json_summary_has_its_shape(noisy: RunCounty, again: RunAgain) -> None:
    said, run = again.said, noisy.outcome.run
    assert said["published"] is True
    assert said["run_id"] == run.run_id
    assert said["as_of"] == "2026-05-20"
    assert said["rows"]["in"] == run.rows_in
    assessed = said["reassessed"]
    assert assessed["count"] == assessed["of"] == run.applications
    assert assessed["because"] == {"全部核算：没有可沿用的上次结果": run.applications}
    assert len(assessed["applications"]) + assessed["not_shown"] == run.applications
    assert set(said["suggestions"]) == set(SUGGESTIONS)
    assert said["alerts"] == noisy.outcome.alerts
    assert said["person_key_is_default"] is True
    assert [r["file"] for r in said["refused"]] == [f for f, _ in noisy.outcome.refused]
    stages = said["seconds"]
    assert set(stages) == {"raw", "core", "link", "mart", "publish", "total"}
    assert 0 < sum(stages.values()) - stages["total"] <= stages["total"]


def test_strange_files_are_refused_one_by_one_and_named(noisy: RunCounty, tmp_path: Path) -> None:
    inbox = copy_inbox(noisy.inbox, tmp_path / "inbox")
    (inbox / "public_security" / "submarine_990101_20260508.csv").write_text("a\n1\n", "utf-8")
    (inbox / "notes.doc").write_bytes(b"x")
    path = copy_warehouse(noisy.warehouse, tmp_path / "w.duckdb")
    outcome = run_inbox(inbox, path)
    refused = dict(outcome.refused)
    assert "交换目录中没有数据集" in refused["public_security/submarine_990101_20260508.csv"]
    assert "notes.doc" in refused
    assert outcome.run.verdicts == noisy.outcome.run.verdicts
    assert not run_inbox(inbox, path).published, "still refused is nothing new"


def test_a_region_takes_only_its_applications(noisy: RunCounty, tmp_path: Path) -> None:
    outcome = run_inbox(noisy.inbox, tmp_path / "w.duckdb", region="11")
    assert outcome.published
    assert (outcome.run.applications, outcome.run.region_code) == (0, "11")


def test_a_shut_gate_withholds_its_dataset_and_stops_nothing(
    noisy: RunCounty, gated: Gated
) -> None:
    outcome, path = gated.outcome, gated.warehouse
    assert set(outcome.shut) == {"public_security.vehicle", "tax.income"}
    told_shut = {shut["dataset"]: shut for shut in outcome.to_dict()["gates_shut"]}
    assert told_shut["public_security.vehicle"]["checks"]
    assert outcome.run.verdicts == noisy.outcome.run.verdicts
    evidence = read_current(path, "evidence")["dataset"].unique().to_list()
    assert "public_security.vehicle" not in evidence
    assert "public_security.vehicle" in read_current(noisy.warehouse, "evidence")["dataset"]
    ledger = read_current(path, "intake_ledger")
    told = ledger.filter(dataset="public_security.vehicle", state="done")["message"].to_list()
    assert told
    assert all("按未送达处理" in line for line in told)
    assert ledger["rows_in"].sum() == noisy.outcome.run.rows_in


def test_a_crashed_gate_is_a_shut_gate(gated: Gated) -> None:
    assert gated.outcome.published
    assert gated.outcome.shut["tax.income"] == ["gate_ran"]
    assert gated.outcome.shut["public_security.vehicle"] != ["gate_ran"]


def test_the_same_inbox_gives_the_same_tables(noisy: RunCounty, again: RunAgain) -> None:
    assert latest(again.warehouse) == noisy.outcome.run
    assert digest_current(again.warehouse) == digest_current(noisy.warehouse)


def test_two_runs_at_once_are_refused(noisy: RunCounty, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with writing(path), pytest.raises(BusyError):
        run_inbox(noisy.inbox, path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--inbox", "no-such-folder", "收件目录"),
        ("--warehouse", "no/such/folder/w.duckdb", "所在目录"),
        ("--warehouse", ".", "是目录"),
        ("--packs", "no-such-packs", "规则包"),
        ("--engine", "spark", "spark"),
    ],
)
def test_refusals_are_one_line(
    noisy: RunCounty,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    option: str,
    value: str,
    said: str,
) -> None:
    options = run_options(noisy.inbox, tmp_path / "w.duckdb")
    value = str(tmp_path / value) if option != "--engine" else value
    assert call(*options, option, value) == 1
    err = capsys.readouterr().err
    assert err.startswith("hedui: ")
    assert said in err
    assert "；" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "w.duckdb").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ["--as-of", "yesterday"],
        ["--region", "上海"],
        ["--engine", "abacus"],
        ["--no-such-option"],
    ],
)
def test_wrong_usage_is_told_apart(noisy: RunCounty, tmp_path: Path, wrong: list[str]) -> None:
    assert call(*run_options(noisy.inbox, tmp_path / "w.duckdb"), *wrong) == 2


def test_broken_packs_are_refused_before_anything_is_written(
    noisy: RunCounty, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "p.yaml").write_text("packs: {x: [", "utf-8")
    options = run_options(noisy.inbox, tmp_path / "w.duckdb")
    assert call(*options, "--packs", str(tmp_path / "packs")) == 1
    err = capsys.readouterr().err
    assert "p.yaml" in err
    assert err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir() if p.name not in {"packs", "w.duckdb.lock"}] == []


def test_a_strangers_file_is_not_overwritten(
    noisy: RunCounty, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.duckdb"
    path.write_text("dear sir", "utf-8")
    assert call(*run_options(noisy.inbox, path)) == 1
    assert path.read_text("utf-8") == "dear sir"
    assert capsys.readouterr().err.count("\n") == 1


def test_a_program_error_is_one_line_and_a_stack_without_values(
    noisy: RunCounty,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = "99010119000101019X"

    def explode(*_: object) -> None:
        carried = secret
        raise ValueError(carried)

    monkeypatch.setattr("pipelines.assessing.assess_again", explode)
    assert call(*run_options(noisy.inbox, tmp_path / "w.duckdb")) == 1
    said = capsys.readouterr()
    assert "ValueError" in said.err
    trouble = (tmp_path / "w.store" / "trouble.log").read_text("utf-8")
    assert "explode" in trouble
    log = (tmp_path / "w.store" / "run" / "log").read_text("utf-8")
    assert secret not in said.err + said.out + trouble + log
    assert "Traceback" not in said.err
    assert not (tmp_path / "w.duckdb").exists()


@pytest.mark.parametrize("kind", [RuntimeError, BaseException])
def test_an_error_outside_the_steps_is_one_line_too(
    noisy: RunCounty,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    kind: type[BaseException],
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise kind("x" * 9)

    monkeypatch.setattr("pipelines.drive._execute", explode)
    assert call(*run_options(noisy.inbox, tmp_path / "w.duckdb")) == 1
    err = capsys.readouterr().err
    assert kind.__name__ in err
    assert err.count("\n") == 1
    assert "x" * 9 not in err
    assert "explode" in (tmp_path / "w.duckdb.trouble.log").read_text("utf-8")


def test_an_empty_inbox_is_run_too(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    outcome = run_inbox(tmp_path / "inbox", tmp_path / "w.duckdb")
    assert (outcome.published, outcome.run.files, outcome.run.verdicts) == (True, 0, 0)


def test_an_error_of_ours_ends_the_run_with_its_own_line(
    noisy: RunCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise HouseholdError("这里不行", "请换一处")

    monkeypatch.setattr("pipelines.assessing.identify", refuse)
    with pytest.raises(HouseholdError, match=r"^这里不行；请换一处$"):
        run_inbox(noisy.inbox, tmp_path / "w.duckdb")
