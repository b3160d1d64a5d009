"""The graph that Dagster shows: names, groups, checks, triggers, and a step that is run alone."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import yaml

from household.schema.datasets import DATASETS
from pipelines.definitions import defs
from pipelines.defs.core.assets import CORE_ASSETS
from pipelines.defs.link.assets import LINK_ASSETS
from pipelines.defs.naming import core_name, raw_name
from pipelines.defs.publish.assets import PUBLISH_ASSETS
from pipelines.defs.raw.assets import RAW_ASSETS
from pipelines.defs.triggers.schedules import every_night
from pipelines.defs.triggers.sensors import inbox_changed
from pipelines.drive import drive
from pipelines.resources import FROM_ENVIRONMENT, WORKPLACE, on_day
from pipelines.settings import Order
from synthetic.county import write_county
from warehouse.current import latest

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2026, 5, 20)
GRAMMAR = re.compile(r"(raw|core|link|mart|publish)_[a-z_]+?__[a-z_]+")


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


@pytest.fixture(scope="module")
def run_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county that has been run once."""
    folder = tmp_path_factory.mktemp("county")
    drive(Order(write_county(folder, households=6, seed=4).inbox, folder / "w.duckdb", DAY))
    return folder


@pytest.fixture
def county(run_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The county that has been run once, copied for one test, and an environment that points at it."""
    shutil.copytree(run_county, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("HEDUI_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("HEDUI_WAREHOUSE", str(tmp_path / "w.duckdb"))
    monkeypatch.delenv("HEDUI_AS_OF", raising=False)
    monkeypatch.delenv("HEDUI_PERSON_KEY", raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return tmp_path


def materialise(
    assets: Sequence[dg.AssetsDefinition], names: list[str], day: date | None
) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        list(assets),
        selection=names,
        resources={WORKPLACE: FROM_ENVIRONMENT},
        run_config=on_day(day) if day else None,
        raise_on_error=False,
    )


def test_an_asset_per_dataset_and_step(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    names = {key.to_user_string() for key in graph.get_all_asset_keys()}
    for dataset in DATASETS.values():
        raw, core = dg.AssetKey(raw_name(dataset)), dg.AssetKey(core_name(dataset))
        assert {raw_name(dataset), core_name(dataset)} <= names
        assert graph.get(core).parent_keys == {raw}
        assert graph.get(raw).group_name == graph.get(core).group_name == dataset.source
        assert dataset.title_zh in (graph.get(raw).description or "")
    assert len(names) == 2 * len(DATASETS) + 6
    assert all(GRAMMAR.fullmatch(name) for name in names)


def test_every_gate_is_a_check_that_stops_nothing(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {(k.asset_key.to_user_string(), k.name) for k in graph.asset_check_keys}
    assert {(core_name(d), c) for d in DATASETS.values() for c in ("gate", "warnings")} <= checks
    blocking = {k.name for k in graph.asset_check_keys if graph.get_check_spec(k).blocking}
    assert blocking == {"balances", "every_programme"}


def test_workspace_and_schedule_and_sensor_are_there(definitions: dg.Definitions) -> None:
    root = Path(__file__).parents[2]
    said = yaml.safe_load((root / "workspace.yaml").read_text("utf-8"))
    assert said["load_from"][0]["python_module"]["module_name"] == "pipelines.definitions"
    repository = definitions.get_repository_def()
    assert repository.get_schedule_def("every_night").job_name == "whole_run"
    assert repository.get_sensor_def("inbox_changed").job_name == "whole_run"


def test_the_night_run_is_for_the_day_in_shanghai(definitions: dg.Definitions) -> None:
    tick = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 5, 19, 18, 30, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )
    request = every_night(tick)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config == on_day(DAY)


def test_the_sensor_waits_for_rest_and_asks_once_a_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDUI_INBOX", str(tmp_path))

    def look(cursor: str | None) -> dg.SensorResult:
        found = inbox_changed(dg.build_sensor_context(cursor=cursor))
        assert isinstance(found, dg.SensorResult)
        return found

    (tmp_path / "a.csv").write_text("1", "utf-8")
    first = look(None)
    assert not first.run_requests
    (tmp_path / "a.csv").write_text("12", "utf-8")
    growing = look(first.cursor)
    assert not growing.run_requests
    resting, later = look(growing.cursor), look(growing.cursor)
    assert resting.run_requests
    assert later.run_requests
    assert resting.run_requests[0].run_key == later.run_requests[0].run_key == growing.cursor


def test_the_sensor_skips_without_an_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEDUI_INBOX", raising=False)
    assert isinstance(inbox_changed(dg.build_sensor_context()), dg.SkipReason)


def test_a_step_is_run_alone_on_what_the_run_before_left(county: Path) -> None:
    before = latest(county / "w.duckdb")
    vehicle = core_name(DATASETS["public_security.vehicle"])
    alone = materialise([*CORE_ASSETS, *LINK_ASSETS], [vehicle, "link_person__identities"], DAY)
    assert alone.success
    evaluated = alone.get_asset_check_evaluations()
    assert {e.check_name for e in evaluated} == {"gate", "warnings"}
    again = materialise(PUBLISH_ASSETS, ["publish_warehouse__run"], DAY)
    assert again.success
    assert latest(county / "w.duckdb") == before, "nothing new, nothing published"


def test_a_step_refuses_hand_offs_of_another_day(county: Path) -> None:
    other = date(2026, 5, 21)
    refused = materialise(LINK_ASSETS, ["link_person__identities"], other)
    assert not refused.success
    (failure,) = [e for e in refused.all_events if e.is_step_failure]
    assert "请连同上游步骤一起重新运行" in str(failure.step_failure_data.error)


def test_a_run_by_hand_is_for_the_day_on_which_it_was_started(county: Path) -> None:
    started = materialise(RAW_ASSETS, [raw_name(DATASETS["tax.income"])], None)
    assert started.success


def test_a_new_file_is_taken_in_by_its_asset(county: Path) -> None:
    for file in (county / "inbox" / "justice").glob("custody_*.csv"):
        file.with_name("custody_990101_20260509.csv").write_bytes(file.read_bytes() + b"\n")
        break
    taken = materialise(RAW_ASSETS, [raw_name(DATASETS["justice.custody"])], DAY)
    (event,) = taken.get_asset_materialization_events()
    assert event.materialization.metadata["新到"].value == 1
