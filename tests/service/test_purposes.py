"""What was collected for one kind of aid is not shown to who deals with another (purpose binding), and no list names what is elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from test_area_everywhere import _PLACE, call, routes_of

from casework.proposals import propose
from service.access.actor import Scope
from service.access.csrf import token_for
from service.access.roles import Role
from service.reading import index as indexing
from service.reading.index import Indexes, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture
def ids(deployment: Deployment) -> dict[str, str]:
    """Ids of one application with an alert, and a programme that it did not ask for but was evaluated in."""
    with deployment.warehouse.borrowed() as tables:
        alert = tables.frame("alert").filter(subject_kind="application").row(0, named=True)
        application = alert["subject_id"]
        rows = tables.frame("household_verdict", application_id=application)
        rows = rows.with_columns(pl.col("programme").cast(pl.String))
        asked = rows.filter("requested")["programme"]
        other = rows.filter(~pl.col("programme").is_in(asked.implode())).row(0, named=True)
        roster = tables.frame("roster_person", application_id=application)
        evidence = tables.frame("evidence", application_id=application)
        return {
            "application_id": application,
            "alert_id": alert["alert_id"],
            "verdict_id": other["verdict_id"],
            "programme": other["programme"],
            "asked": asked[0],
            "person_ref": roster["person_ref"].drop_nulls()[0],
            "evidence_id": evidence["evidence_id"][0],
        }


def test_who_deals_with_another_programme_sees_nothing(
    application: FastAPI,
    ids: dict[str, str],
    client_of: Callable[..., TestClient],
    key_client: Callable[..., TestClient],
):
    own = (ids["programme"],)
    clients = {
        True: key_client(programmes=own),
        False: client_of(Role.SUPERVISOR, programmes=own),
    }
    wrong = []
    for method, path in sorted(routes_of(application)):
        real = _PLACE.sub(lambda place: ids[place[1]], path)
        answer = call(clients[path.startswith("/api/")], method, real)
        if answer.status_code not in (404, 422):
            wrong.append(f"{method} {path} {answer.status_code}")
    api = clients[True]
    if api.get(f"/api/v1/coverage?application={ids['application_id']}").status_code != 404:
        wrong.append("coverage")
    for path in ("/api/v1/verdicts?limit=500", "/api/v1/alerts?limit=500"):
        told = api.get(path).text
        wrong += [path for name in ("application_id", "alert_id") if ids[name] in told]
    for path in ("/queue", "/alerts?life=all", "/objections", "/quality/verdicts?csv=flips"):
        told = clients[False].get(path).text
        wrong += [path for name in ("application_id", "alert_id") if ids[name] in told]
    assert wrong == []


def test_who_deals_with_the_programme_asked_for_sees_it(
    ids: dict[str, str],
    client_of: Callable[..., TestClient],
    key_client: Callable[..., TestClient],
):
    api = key_client(programmes=(ids["asked"],))
    page = client_of(Role.ANALYST, programmes=(ids["asked"],))
    for name, kind in (("application_id", "applications"), ("alert_id", "alerts")):
        assert api.get(f"/api/v1/{kind}/{ids[name]}").status_code == 200
        assert page.get(f"/{kind}/{ids[name]}").status_code == 200
        assert ids[name] in api.get(f"/api/v1/{kind.replace('applications', 'verdicts')}").text


def test_an_alert_names_no_application_of_elsewhere(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    """A person may stand on applications of two areas; who sees one of them is not told of the other."""
    with deployment.warehouse.borrowed() as tables:
        people = tables.frame("person").filter(pl.col("application_ids").list.len() > 1)
        regions = dict(
            tables.frame("household_verdict").select("application_id", "region_code").iter_rows()
        )
        found = [
            (alert["alert_id"], alert["region_code"], other)
            for alert in tables.frame("alert").iter_rows(named=True)
            for person in people.iter_rows(named=True)
            if person["person_ref"] in alert["person_refs"] and alert["region_code"]
            for other in person["application_ids"]
            if not regions[other].startswith(alert["region_code"])
        ]
    assert found
    for alert_id, region, other in found[:3]:
        told = client_of(Role.ANALYST, regions=(region,)).get(f"/alerts/{alert_id}")
        assert told.status_code == 200
        assert f"/applications/{other}" not in told.text


def test_an_alert_is_settled_by_who_deals_with_its_programme(
    deployment: Deployment, ids: dict[str, str], client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        region = tables.frame("alert", alert_id=ids["alert_id"])["region_code"][0]
    proposed = propose(
        deployment.casework,
        kind="alert.decide",
        subject=("alert", ids["alert_id"]),
        payload={},
        reason="核实属实",
        by="A-first",
        at=deployment.outside.stamp,
        expires_at="2999-01-01T00:00:00+00:00",
        region_code=region,
    )
    form = {"decision": "refused", "reason": "证据不足"}
    for programme, status in ((ids["programme"], 404), (ids["asked"], 303)):
        client = client_of(Role.SUPERVISOR, programmes=(programme,))
        assert (ids["alert_id"] in client.get("/proposals").text) == (status == 303)
        token = token_for(client.cookies["hedui_session"])
        answer = client.post(f"/proposals/{proposed}", data={**form, "csrf_token": token})
        assert answer.status_code == status


def test_questions_that_find_nothing_do_not_fill_the_memory(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(indexing, "MOST_KEPT", 5)
    with Indexes(deployment.warehouse).reading() as (tables, index):
        for number in range(20):
            wanted = Wanted(applications=(f"none {number}",))
            assert index.positions(wanted, Scope(("*",)), tables=tables).is_empty()
        assert len(index._kept) <= 5


def test_a_form_from_elsewhere_is_in_the_log(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    client = client_of(Role.ANALYST)
    assert client.post("/queue/views", data={"name": "x"}).status_code == 403
    text = "".join(f.read_text("utf-8") for f in deployment.audit.folder.glob("*.jsonl"))
    last = json.loads(text.splitlines()[-1])
    assert (last["action"], last["outcome"]) == ("access.denied", "denied")
    assert last["details"]["missing"] == "cross-site"
    assert last["actor_id"] == client.account.account_id  # type: ignore[attr-defined]


def test_nobody_is_led_to_another_host(client_of: Callable[..., TestClient]):
    page = client_of(Role.ANALYST)
    for told in ("//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example"):
        assert "evil" not in page.get("/sign-in", params={"next": told}).text


@pytest.mark.parametrize(
    "path",
    [
        "/quality/docs/a%00b.html",
        f"/quality/docs/{'a' * 300}.html",
        f"/batches?before={'9' * 30}",
    ],
)
def test_an_odd_address_is_no_failure_of_ours(client_of: Callable[..., TestClient], path: str):
    assert client_of(Role.SUPERVISOR).get(path).status_code in (404, 422)


def test_no_run_is_of_a_day_to_come(client_of: Callable[..., TestClient]):
    client = client_of(Role.ANALYST)
    form = {"as_of": "9999-12-31", "csrf_token": token_for(client.cookies["hedui_session"])}
    assert client.post("/runs", data=form).status_code == 422
