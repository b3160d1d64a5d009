"""Stage times stand on the page of a run, beside those of earlier runs; of a run that nobody timed it is said that they are unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from casework.runs import PUBLISHED, Ending, RunOrder, RunStep, add_order, add_step, end_order
from service.access.roles import Role
from service.reading.quality.stages import compared, stage_times

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from casework.store import CaseworkStore
    from service.deployment import Deployment

AT = "2026-05-20T09:30:00+00:00"
FIRST = {"raw": (1500, 500), "core": (400,), "link": (2000,), "mart": (3000,), "publish": (1000,)}


def timed(
    store: CaseworkStore,
    run_id: str,
    order_id: str,
    stages: dict[str, tuple[int, ...]],
    *,
    outcome: str = PUBLISHED,
    outside_id: str | None = None,
) -> None:
    order = RunOrder(order_id, "process", "2026-05-20", "A1", AT, outside_id=outside_id)
    add_order(store, order, goes_on=lambda _: False)
    for stage, steps in stages.items():
        for at, milliseconds in enumerate(steps):
            add_step(store, order_id, RunStep(stage, f"part{at}", {}, milliseconds, AT))
    end_order(store, order_id, Ending(outcome, AT, run_id))


def test_times_of_a_run_stand_on_its_page(
    deployment: Deployment, client_of: Callable[..., TestClient], county: CountyFiles
):
    run_id = county.outcome.run.run_id
    timed(deployment.casework, run_id, "R-one", FIRST)
    steward = client_of(Role.DATA_STEWARD)
    page = steward.get(f"/quality/runs/{run_id}").text
    assert "用时未知" not in page
    assert "/runs/R-one" in page
    told = steward.get(f"/quality/runs/{run_id}?csv=stages").text.splitlines()[1:]
    assert told[0] == "收件,2,2.0,,,"  # nothing to compare with
    assert [line.split(",")[0] for line in told] == [
        "收件",
        "替代与门禁",
        "身份",
        "核算与预警",
        "发布",
    ]
    slowest = steward.get(f"/quality/runs/{run_id}?csv=slowest").text.splitlines()
    assert len(slowest) == 7
    assert slowest[1] == "核算与预警,part0,3.0"
    every = steward.get("/quality/runs?csv=times").text.splitlines()
    assert len(every) == 6


def test_a_run_that_nobody_timed_says_so(client_of: Callable[..., TestClient], county: CountyFiles):
    steward = client_of(Role.DATA_STEWARD)
    run_id = county.outcome.run.run_id
    page = steward.get(f"/quality/runs/{run_id}").text
    assert "用时未知，不是零" in page
    assert "csv=stages" not in page
    assert len(steward.get(f"/quality/runs/{run_id}?csv=stages").text.splitlines()) == 1
    assert "没有用时记录" in steward.get("/quality/runs").text


def test_a_run_is_compared_with_the_timed_runs_before_it(
    deployment: Deployment, county: CountyFiles
):
    first = county.outcome.run
    runs = [replace(first, run_id=f"R00000{n}-20260520-x", sequence=n) for n in (1, 2, 3, 4, 5)]
    store = deployment.casework
    timed(store, runs[0].run_id, "R-1", FIRST)
    timed(store, runs[1].run_id, "R-2", FIRST | {"link": (6000,)})
    # the third was started on the command line; a start that found nothing new says nothing of the run that stands
    timed(store, runs[2].run_id, "R-3", FIRST, outcome="nothing_new")
    timed(store, runs[3].run_id, "R-4", FIRST | {"link": (9000,)})
    times = stage_times(store, runs)
    assert times["run_id"].unique(maintain_order=True).to_list() == [
        runs[0].run_id,
        runs[1].run_id,
        runs[3].run_id,
    ]
    link = compared(times, runs[3].run_id).row(2, named=True)
    assert link == {
        "stage": "link",
        "steps": 1,
        "seconds": 9.0,
        "before": 6.0,
        "usual": 4.0,
        "change": pytest.approx(5.0),
    }
    assert compared(times, runs[2].run_id).is_empty()
    assert compared(times, runs[0].run_id)["usual"].null_count() == 5


@pytest.mark.parametrize(("outside_id", "target"), [("d-7", "/runs/d-7"), (None, "/runs")])
def test_dagsters_page_of_the_run_is_named(
    deployment: Deployment,
    county: CountyFiles,
    client_of: Callable[..., TestClient],
    outside_id: str | None,
    target: str,
):
    run_id = county.outcome.run.run_id
    timed(deployment.casework, run_id, "R-one", {}, outside_id=outside_id)
    object.__setattr__(
        deployment, "settings", replace(deployment.settings, dagster_url="http://d:3000/")
    )
    page = client_of(Role.DATA_STEWARD).get(f"/quality/runs/{run_id}").text
    assert f'href="http://d:3000{target}"' in page
