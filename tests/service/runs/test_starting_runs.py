"""Runs started by the page: real child processes, watched, killed, refused while another goes on, and outliving the service."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from households_sent import household
from served_counties import outside
from servers.waiting import await_that
from signing import bearer

from casework.runs import RunOrder, read_order, steps_of
from casework.store import address_of
from household.errors import InputError
from pipelines.workplace import store_root
from service.access.roles import Role
from service.opening import opened
from service.runs import starting
from service.runs.starting import RunningAlreadyError, Start, goes_on, start_run
from service.runs.watching import PLAN, watch
from service.settings import ServiceSettings
from warehouse.locking import writing

PATIENCE = 600


class Starter:
    """What `start_run` asks of an actor."""

    account_id = "A1"


def wait_for(deployment, order_id, until=lambda watched: not watched.goes_on):
    seen = []

    def came_so_far():
        seen.append(watch(deployment, order_id))
        return until(seen[-1])

    await_that(came_so_far, "the run comes so far", seconds=PATIENCE)
    return seen[-1]


def child_of(order_id):
    """The process of an order, by its command line, which the system shows a moment after it was started."""
    found = []

    def is_found():
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if folder.name.isdigit() and order_id.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
        return found

    await_that(is_found, "the process of the order is there")
    return found[0]


@pytest.fixture
def gate(monkeypatch, tmp_path):
    """Runs halt after their first step until this file is there."""
    monkeypatch.setattr(starting, "WORKER", "halting_worker")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), str(Path.cwd())]))
    monkeypatch.setenv("GATE", str(tmp_path / "gate"))
    return tmp_path / "gate"


@pytest.fixture(autouse=True)
def no_child_is_left(deployment):
    yield
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            line = (folder / "cmdline").read_bytes() if folder.name.isdigit() else b""
            environment = (folder / "environ").read_bytes() if b"_worker" in line else b""
            if str(deployment.warehouse.path).encode() in environment:
                os.kill(int(folder.name), signal.SIGKILL)


def test_a_run_started_by_page_publishes_what_was_handed_in(
    application, deployment, client_of, own_county, gate
):
    sender = bearer(application, deployment, regions=("*",), programmes=("*",))
    sent = sender.post(
        "/api/v1/applications",
        json={"applications": [household("T-0001")]},
        headers={"Idempotency-Key": "key-00000001"},
    )
    assert sent.status_code == 200
    client = client_of(Role.SUPERVISOR)
    page = client.get("/runs").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/runs", data={"as_of": "2026-05-20", "csrf_token": token})
    assert answer.status_code == 303
    order_id = answer.headers["location"].rsplit("/", 1)[1]

    assert "可以关闭浏览器" in client.get(f"/runs/{order_id}").text
    again = client.post("/runs", data={"as_of": "2026-05-20", "csrf_token": token})
    assert again.status_code == 409
    assert "正在进行" in again.text or "另一次运行" in again.text

    gate.touch()
    watched = wait_for(deployment, order_id)
    assert watched.order.outcome == "published", watched.order
    assert watched.done == len(PLAN)
    assert {tick.state for tick in watched.sources} <= {"read", "silent", "shut"}
    told = sender.get(f"/api/v1/batches/{sent.json()['batch_id']}").json()
    assert (told["progress"], told["applications"]) == ("taken", ["T-0001"])
    page = client.get(f"/runs/{order_id}").text
    assert watched.order.run_id in page
    assert 'hx-trigger="every' not in page
    assert watch(deployment, order_id).seconds_left is None

    # a second one finds nothing new, and knows by now how long the steps take
    gate.unlink()
    second = start_run(deployment, Starter(), Start(date(2026, 5, 20)))
    assert watch(deployment, second).seconds_left is not None
    gate.touch()
    assert wait_for(deployment, second).order.outcome == "nothing_new"


def test_a_killed_child_is_told_as_such_and_the_next_run_starts(deployment, gate):
    order_id = start_run(deployment, Starter(), Start(date(2026, 5, 21)))
    wait_for(deployment, order_id, lambda watched: watched.done > 0)
    os.kill(child_of(order_id), signal.SIGKILL)
    watched = wait_for(deployment, order_id)
    assert watched.order.outcome == "died"
    assert "进程已不在" in watched.order.error_what
    before = deployment.warehouse.run.run_id

    second = start_run(deployment, Starter(), Start(date(2026, 5, 21)))
    wait_for(deployment, second, lambda watched: watched.done > 0)
    os.kill(child_of(second), signal.SIGTERM)
    assert wait_for(deployment, second).order.outcome == "interrupted"
    third = start_run(deployment, Starter(), Start(date(2026, 5, 21)))
    os.kill(child_of(third), signal.SIGTERM)  # perhaps before it can say a word
    assert wait_for(deployment, third).order.outcome in {"interrupted", "died"}
    assert deployment.warehouse.run.run_id == before


def test_a_run_outlives_the_service_that_started_it(own_county, gate):
    settings = ServiceSettings(inbox=own_county.inbox)
    place = address_of(store_root(own_county.warehouse))
    with opened(own_county.warehouse, place, outside=outside(), settings=settings) as first:
        order_id = start_run(first, Starter(), Start(date(2026, 5, 21)))
        wait_for(first, order_id, lambda watched: watched.done > 0)
    with opened(own_county.warehouse, place, outside=outside(), settings=settings) as second:
        with pytest.raises(RunningAlreadyError):
            start_run(second, Starter(), Start(date(2026, 5, 21)))
        assert goes_on(second, read_order(second.casework, order_id))
        os.kill(child_of(order_id), signal.SIGKILL)
        assert wait_for(second, order_id).order.outcome == "died"


def test_a_run_by_the_command_line_is_not_joined(deployment):
    with writing(deployment.warehouse.path), pytest.raises(RunningAlreadyError) as told:
        start_run(deployment, Starter(), Start(date(2026, 5, 20)))
    assert str(told.value) == "结果库正被另一次运行写入；请等它结束后再启动"


def test_a_run_that_fails_tells_its_line(deployment, own_county):
    lines = own_county.warehouse.parent / f"{own_county.warehouse.stem}.store" / "arrivals.jsonl"
    lines.write_text("this is no event\n", encoding="utf-8")
    order_id = start_run(deployment, Starter(), Start(date(2026, 5, 21)))
    order = wait_for(deployment, order_id).order
    assert order.outcome == "failed"
    assert order.error_what
    assert order.error_todo


def test_no_secret_stands_on_a_command_line(own_county):
    settings = ServiceSettings(inbox=own_county.inbox, person_key=b"quite secret indeed")
    place = address_of(store_root(own_county.warehouse))
    with opened(own_county.warehouse, place, outside=outside(), settings=settings) as deployment:
        order_id = start_run(deployment, Starter(), Start(date(2026, 5, 21)))
        number = child_of(order_id)
        environment = Path(f"/proc/{number}/environ")
        await_that(environment.read_bytes, "the system shows what the process was given")
        assert b"secret" not in Path(f"/proc/{number}/cmdline").read_bytes()
        assert b"quite secret indeed" in environment.read_bytes()
        os.kill(number, signal.SIGKILL)
        wait_for(deployment, order_id)


def test_no_inbox_no_run(own_county):
    place = address_of(store_root(own_county.warehouse))
    with (
        opened(
            own_county.warehouse, place, outside=outside(), settings=ServiceSettings()
        ) as deployment,
        pytest.raises(InputError, match="没有设置收件目录"),
    ):
        start_run(deployment, Starter(), Start(date(2026, 5, 20)))


def test_who_may_look_may_not_start(client_of):
    client = client_of(Role.AUDITOR)
    page = client.get("/runs")
    assert page.status_code == 200
    assert '<form method="post" action="/runs"' not in page.text
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/runs", data={"csrf_token": token}).status_code == 403


def test_an_order_of_no_process_died(deployment):
    order = RunOrder("R20260520-00", "process", "2026-05-20", "A1", deployment.outside.stamp)
    assert not goes_on(deployment, order)
    assert steps_of(deployment.casework, "R20260520-00") == []
