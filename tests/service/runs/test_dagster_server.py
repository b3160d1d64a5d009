"""A run launched on Dagster's real server, by GraphQL, watched to its end and published."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest
from servers.dagster_server import dagster_server
from servers.waiting import await_that

from pipelines import dagster_runs
from service.runs.starting import Start, start_run
from service.runs.watching import watch
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.deployment import Deployment

pytest.importorskip("dagster_graphql")


class Starter:
    """What `start_run` asks of an actor."""

    account_id = "A1"


@pytest.fixture
def beside_dagster(deployment: Deployment, own_county, tmp_path) -> Iterator[Deployment]:
    """A service beside a Dagster server of the same inbox and warehouse."""
    home = tmp_path / "dagster"
    home.mkdir()
    told = {
        "HEDUI_INBOX": str(own_county.inbox),
        "HEDUI_WAREHOUSE": str(own_county.warehouse),
        "HEDUI_AS_OF": "2026-05-20",
    }
    with dagster_server(home, told) as url:
        settings = ServiceSettings(inbox=own_county.inbox, dagster_url=url)
        yield dataclasses.replace(deployment, settings=settings)


def test_a_run_on_dagster_s_server_is_watched_to_its_end(beside_dagster: Deployment):
    before = beside_dagster.warehouse.run.run_id
    order_id = start_run(beside_dagster, Starter(), Start(date(2026, 5, 21), "dagster"))
    assert watch(beside_dagster, order_id).goes_on
    await_that(
        lambda: not watch(beside_dagster, order_id).goes_on,
        "the run on Dagster ends",
        seconds=600,
        pause=0.5,
    )
    order = watch(beside_dagster, order_id).order
    assert (order.outcome, order.error_what) == ("published", None)
    assert order.run_id == beside_dagster.warehouse.run.run_id != before
    url = beside_dagster.settings.dagster_url
    assert order.outside_id
    assert dagster_runs.state_of(url, order.outside_id) == dagster_runs.SUCCEEDED
