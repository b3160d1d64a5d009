"""Runs launched by Dagster's server: what is told where there is none, where the address is wrong, and how its word ends an order."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest
from servers.processes import own_port

from casework.runs import read_order
from household.errors import HouseholdError, InputError, OutsideError
from pipelines import dagster_runs
from service.runs.starting import Start, start_run
from service.runs.watching import orders, watch
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.deployment import Deployment


class Starter:
    """What `start_run` asks of an actor."""

    account_id = "A1"


@pytest.fixture
def beside_dagster(deployment: Deployment, own_county) -> Iterator[Deployment]:
    """A service that knows of a Dagster server that is not there."""
    with own_port() as nobody_s:
        url = f"http://127.0.0.1:{nobody_s}"
        settings = ServiceSettings(inbox=own_county.inbox, dagster_url=url)
        yield dataclasses.replace(deployment, settings=settings)


def start(deployment: Deployment) -> str:
    return start_run(deployment, Starter(), Start(date(2026, 5, 20), "dagster"))


def test_a_server_that_is_not_there_is_told_and_holds_nobody_up(beside_dagster):
    with pytest.raises(OutsideError, match="连接不上 Dagster"):
        start(beside_dagster)
    (order,) = orders(beside_dagster)
    assert (order.how, order.outcome) == ("dagster", "failed")
    with pytest.raises(OutsideError):
        start(beside_dagster)


def test_without_an_address_nothing_is_launched(deployment):
    with pytest.raises(InputError, match="没有设置 Dagster"):
        start(deployment)
    assert orders(deployment) == []


@pytest.mark.parametrize("url", ["dagster:3000", "ftp://127.0.0.1", "http://"])
def test_an_address_is_http(url):
    with pytest.raises(InputError, match="地址不可用"):
        dagster_runs.launch(url, date(2026, 5, 20))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("succeeded", "nothing_new"), ("failed", "failed"), ("cancelled", "interrupted")],
)
def test_what_dagster_says_ends_the_order(beside_dagster, monkeypatch, state, outcome):
    said = ["goes_on"]
    monkeypatch.setattr(dagster_runs, "launch", lambda *_: "D-1")
    monkeypatch.setattr(dagster_runs, "state_of", lambda *_: said[-1])
    order_id = start(beside_dagster)
    assert watch(beside_dagster, order_id).goes_on
    with pytest.raises(HouseholdError, match="正在进行"):
        start(beside_dagster)
    said.append(state)
    assert watch(beside_dagster, order_id).order.outcome == outcome
    assert read_order(beside_dagster.casework, order_id).outside_id == "D-1"


def test_a_server_that_does_not_answer_ends_nothing(beside_dagster, monkeypatch):
    monkeypatch.setattr(dagster_runs, "launch", lambda *_: "D-1")
    order_id = start(beside_dagster)
    assert watch(beside_dagster, order_id).goes_on
