"""The shell of the service: what is there for everybody, and that the warehouse may be swapped under it."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING

from servers.waiting import await_that

from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment


def test_the_first_page_leads_to_the_visitors_work(client_of: Callable[..., TestClient]):
    targets = {
        role: client_of(role).get("/").headers["location"] for role in Role if role != "service"
    }
    assert targets == {
        Role.ANALYST: "/queue",
        Role.SUPERVISOR: "/queue",
        Role.AUDITOR: "/runs",
        Role.DATA_STEWARD: "/runs",
        Role.SYSTEM_ADMINISTRATOR: "/accounts",
    }


def test_a_language_is_kept_and_leads_back_on_this_host_only(client_of: Callable[..., TestClient]):
    client = client_of(Role.ANALYST)
    back = client.get("/language/en", headers={"Referer": "http://testserver/queue?x=1"})
    away = client.get("/language/en", headers={"Referer": "http://elsewhere.example/queue"})
    odd = client.get("/language/en", headers={"Referer": "http://testserver//elsewhere.example"})
    assert back.headers["location"] == "/queue?x=1"
    assert away.headers["location"] == "/"
    assert odd.headers["location"] == "/elsewhere.example"
    assert "hedui_language=en" in back.headers["set-cookie"]


def test_what_is_not_there_is_a_page_or_a_problem(
    client_of: Callable[..., TestClient], key_client: Callable[..., TestClient]
):
    page = client_of(Role.ANALYST).get("/nothing-here")
    problem = key_client().get("/api/v1/nothing-here")
    assert page.status_code in (403, 404)
    assert problem.status_code in (403, 404)
    assert problem.headers["content-type"] == "application/problem+json"


def test_runs_are_published_under_open_readers(own_county: CountyFiles, deployment: Deployment):
    """Readers go on while a run is published; each block sees one run, whole."""
    live, seen, wrong, stop = deployment.warehouse, set(), [], threading.Event()

    def read() -> None:
        while not stop.wait(0.02):  # else four readers leave the run no processor
            try:
                with live.borrowed() as tables:
                    first = tables.frame("household_verdict", columns=["run_id"])["run_id"].unique()
                    again = tables.frame("run")["run_id"].unique()
                    if first.to_list() != again.to_list() or len(first) != 1:
                        wrong.append((first, again))
                    seen.add(first[0])
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        before = live.run.run_id
        await_that(lambda: before in seen or wrong, "the run that stands is read")
        outcome = own_county.run_again(as_of=date(2026, 5, 21))
        await_that(lambda: outcome.run.run_id in seen or wrong, "the new run is read")
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not wrong
    assert seen == {before, outcome.run.run_id}
