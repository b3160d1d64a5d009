"""Configured sources in Dagster: an asset, a job, a schedule and a back-fill each; what fails is shown there and stops nobody else."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
import yaml

from connectors.pulling.pull_log import read_pulls
from connectors.store import Store
from household.schema.datasets import DATASETS
from pipelines.configured import configured_sources
from pipelines.definitions import defs
from pipelines.defs.naming import core_name, raw_name
from pipelines.defs.pull.assets import pull_asset
from pipelines.defs.triggers.sensors import describe_state
from pipelines.resources import FROM_ENVIRONMENT, WORKPLACE, on_day
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 5, 20)
CUSTODY, FUNERAL = DATASETS["justice.custody"], DATASETS["civil_affairs.funeral"]
YAML = """title: {title}
region: 990101
agreement: {{no: 共享-2026-{title}, purpose: 社会救助核对, valid_from: 2026-01-01}}
cadence: {{cron: "{cron}", overdue_hours: {hours}}}
transport: {{kind: folder, path: {path}}}
datasets: {{{subject}: {{}}}}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two departments that fill folders of their own, and an environment that points at them."""
    for name in ("inbox", "drop/justice", "drop/civil"):
        (tmp_path / name).mkdir(parents=True)
    declare(tmp_path, "justice", "custody", path="drop/justice", cron="15 2 * * 1-5", hours=36)
    declare(tmp_path, "civil_affairs-funeral", "funeral", path="drop/civil", cron="0 3 * * 7")
    for name, value in {"INBOX": "inbox", "WAREHOUSE": "w.duckdb", "SOURCES": "sources"}.items():
        monkeypatch.setenv(f"HEDUI_{name}", str(tmp_path / value))
    for name in ("AS_OF", "PERSON_KEY", "PACKS", "REGION", "SECRETS"):
        monkeypatch.delenv(f"HEDUI_{name}", raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return tmp_path


def declare(place: Path, name: str, subject: str, *, path: str, **more: Any) -> None:
    folder = place / "sources" / name
    folder.mkdir(parents=True, exist_ok=True)
    given = {
        "title": f"示范{subject}",
        "subject": subject,
        "path": place / path,
        "hours": 24,
    } | more
    (folder / "source.yaml").write_text(YAML.format(**given), encoding="utf-8")


def drop(place: Path, path: str, dataset: Any, day: date = DAY, *, rows: int = 1) -> Path:
    """A file of the department, long at rest."""
    columns = [c.name for c in dataset.columns if c.required]
    values = {"id_no": "990101198001010019", "name": "赵一", "kind": "服刑"}
    lines = [",".join(values.get(c, "2025-01-01") for c in columns)] * rows
    file = place / path / f"{dataset.subject}_990101_{day:%Y%m%d}.csv"
    file.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    return file


def run_job(name: str, instance: dg.DagsterInstance, **more: Any) -> dg.ExecuteInProcessResult:
    job = defs().resolve_job_def(name)
    given = {"run_config": on_day(DAY), "instance": instance, "raise_on_error": False}
    return job.execute_in_process(**(given | more))


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {e.check_name: e.passed for e in result.get_asset_check_evaluations()}


def failures_of(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    return {
        str(e.step_key): e.step_failure_data.user_failure_data.description
        for e in result.all_events
        if e.is_step_failure
    }


def test_every_source_is_an_asset_a_job_and_a_schedule(place: Path) -> None:
    repository = defs().get_repository_def()
    graph = repository.asset_graph
    justice, funeral = dg.AssetKey("pull_justice"), dg.AssetKey("pull_civil_affairs__funeral")
    assert justice in graph.get(dg.AssetKey(raw_name(CUSTODY))).parent_keys
    assert graph.get(dg.AssetKey(raw_name(FUNERAL))).parent_keys == {funeral}
    assert not graph.get(dg.AssetKey(raw_name(DATASETS["tax.income"]))).parent_keys
    node = graph.get(justice)
    assert (node.group_name, node.pools) == ("justice", {"source_justice"})
    assert node.freshness_policy == dg.FreshnessPolicy.time_window(timedelta(hours=36))
    assert {k.name for k in graph.asset_check_keys if k.asset_key == justice} == {
        "answered",
        "on_time",
    }
    schedule = repository.get_schedule_def("pull_justice_on_time")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (
        "15 2 * * 1-5",
        "Asia/Shanghai",
    )
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    alone = repository.get_job("pull_justice_alone").asset_layer.executable_asset_keys
    assert alone == {justice, dg.AssetKey(raw_name(CUSTODY))}


def test_no_run_waits_for_a_source(place: Path) -> None:
    whole = defs().get_repository_def().get_job("whole_run").asset_layer.executable_asset_keys
    names = {key.to_user_string() for key in whole}
    assert not {name for name in names if name.startswith("pull_")}
    assert {raw_name(CUSTODY), core_name(CUSTODY)} <= names
    assert len(names) == 2 * len(DATASETS) + 6


def test_without_sources_there_are_none(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEDUI_SOURCES")
    repository = defs().get_repository_def()
    assert not [k for k in repository.asset_graph.get_all_asset_keys() if "pull" in str(k)]
    assert [s.name for s in repository.schedule_defs] == ["every_night"]


def test_a_source_is_run_alone_and_its_files_are_taken_in(place: Path) -> None:
    drop(place, "drop/justice", CUSTODY)
    before = describe_state(place / "inbox")
    with dg.DagsterInstance.ephemeral() as instance:
        first = run_job("pull_justice_alone", instance)
        again = run_job("pull_justice_alone", instance)
    assert first.success
    assert checks_of(first) == {"answered": True, "on_time": True}
    (made,) = (
        e.materialization
        for e in first.get_asset_materialization_events()
        if e.asset_key == dg.AssetKey("pull_justice")
    )
    told = {name: value.value for name, value in made.metadata.items()}
    assert (told["结果"], told["文件"], told["数据截至"]) == ("已取1", 1, DAY.isoformat())
    (landed,) = (place / "inbox" / "justice").glob("*.csv")
    assert landed.name == f"custody_990101_{DAY:%Y%m%d}.csv"
    assert describe_state(place / "inbox") != before, "the inbox starts the whole run"
    assert [e.asset_key.to_user_string() for e in first.get_asset_materialization_events()] == [
        "pull_justice",
        raw_name(CUSTODY),
    ]
    assert again.success
    assert len(list((place / "inbox" / "justice").glob("*.csv"))) == 1


def test_a_source_that_fails_is_told_in_one_line_and_stops_nobody(place: Path) -> None:
    drop(place, "drop/justice", CUSTODY)
    shutil.rmtree(place / "drop" / "civil")
    with dg.DagsterInstance.ephemeral() as instance:
        failed = run_job("pull_civil_affairs__funeral_alone", instance)
        other = run_job("pull_justice_alone", instance)
    assert not failed.success
    assert other.success
    (said,) = failures_of(failed).values()
    assert said
    assert "\n" not in said
    assert str(place) not in said
    assert checks_of(failed)["answered"] is False, "known of a pull that failed too"


def test_what_is_wrong_with_a_declaration_is_told_and_the_others_are_loaded(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    declare(place, "justice", "no_such_subject", path="drop/justice", cron="0 2 * * *")
    with caplog.at_level("ERROR"):
        names = {
            k.to_user_string() for k in defs().get_repository_def().asset_graph.get_all_asset_keys()
        }
    assert "pull_civil_affairs__funeral" in names
    assert "pull_justice" not in names
    assert "来源未加载：justice/source.yaml" in caplog.text


def test_a_declaration_that_went_wrong_since_is_refused_when_it_is_pulled(place: Path) -> None:
    job = defs().resolve_job_def("pull_justice_alone")
    (place / "sources" / "justice" / "source.yaml").write_text("title: x\n", encoding="utf-8")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            run_config=on_day(DAY), instance=instance, raise_on_error=False
        )
    (said,) = failures_of(result).values()
    assert "justice/source.yaml" in said


def test_a_day_of_the_past_is_taken_again(place: Path) -> None:
    old, new = date(2026, 3, 31), DAY
    drop(place, "drop/justice", CUSTODY, old)
    drop(place, "drop/justice", CUSTODY, new, rows=2)
    with dg.DagsterInstance.ephemeral() as instance:
        taken = run_job("again_justice", instance, partition_key=old.isoformat())
        nothing = run_job("again_justice", instance, partition_key="2026-02-01")
    assert taken.success
    assert nothing.success
    landed = {file.name for file in (place / "inbox" / "justice").glob("*.csv")}
    assert landed == {f"custody_990101_{old:%Y%m%d}.csv"}
    log = read_pulls(Store(store_root(place / "w.duckdb")), "justice")
    assert [(e.outcome, e.as_of) for e in log] == [("taken", old), ("nothing", None)]


def test_only_what_carries_its_day_can_be_taken_again(place: Path) -> None:
    text = (place / "sources" / "justice" / "source.yaml").read_text(encoding="utf-8")
    head, _, rest = text.partition("transport:")
    tail = "datasets: {custody: {view: v_custody, key: [id_no]}}\n"
    view = "transport: {kind: postgresql, host: localhost, database: d, user: u}\n"
    (place / "sources" / "justice" / "source.yaml").write_text(head + view + tail, "utf-8")
    assert rest
    names = {job.name for job in defs().get_repository_def().get_all_jobs()}
    assert "pull_justice_alone" in names
    assert "again_justice" not in names
    assert "again_civil_affairs__funeral" in names


def test_one_dataset_alone_can_be_asked_for(place: Path) -> None:
    config = on_day(DAY) | {"ops": {"pull_justice": {"config": {"dataset": "no_such"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = run_job("pull_justice_alone", instance, run_config=config)
    (said,) = failures_of(result).values()
    assert "custody" in said


def test_pools_let_one_pull_of_a_source_through_at_a_time(place: Path) -> None:
    root = Path(__file__).parents[2]
    said = yaml.safe_load((root / "pipelines" / "dagster.yaml").read_text("utf-8"))
    home = place / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(yaml.safe_dump(said), "utf-8")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        limits = instance.get_concurrency_config().pool_config
        assert limits.default_pool_limit == 1
        assert instance.global_op_concurrency_default_limit == 1


def assets(place: Path) -> Sequence[dg.AssetsDefinition]:
    return [pull_asset(source) for source in configured_sources().sources.values()]


def test_both_sources_in_one_run_do_not_wait_for_one_another(place: Path) -> None:
    drop(place, "drop/justice", CUSTODY)
    shutil.rmtree(place / "drop" / "civil")
    result = dg.materialize(
        assets(place),
        resources={WORKPLACE: FROM_ENVIRONMENT},
        run_config=on_day(DAY),
        raise_on_error=False,
    )
    assert set(failures_of(result)) == {"pull_civil_affairs__funeral"}
    made = [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()]
    assert made == ["pull_justice"]
