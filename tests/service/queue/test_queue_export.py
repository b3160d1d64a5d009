"""A long list leaves with a second person's agreement, once, for whoever asked and as it was asked for."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from casework.assignments import assign
from casework.proposals import LIFE_DAYS, decide, proposals, use
from household.errors import InputError
from service.access.csrf import token_for
from service.access.roles import Role
from service.pages import queue_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx import Response
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture(autouse=True)
def five_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_export, "ALONE", 5)


def propose(client: TestClient, query: str, reason: str = "月度抽查核对") -> Response:
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/queue").text)
    assert token is not None
    form = {"csrf_token": token[1], "query": query, "reason": reason}
    return client.post("/queue/export", data=form)


def test_a_short_list_leaves_alone_and_is_recorded(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    client = client_of(Role.ANALYST)
    found = re.findall(r'href="/applications/(\w+)"', client.get("/queue").text)[0]
    assert client.get(f"/queue.csv?application={found}").status_code == 200
    text = "".join(f.read_text("utf-8") for f in deployment.audit.folder.glob("*.jsonl"))
    lines = [json.loads(line) for line in text.splitlines()]
    (entry,) = [line for line in lines if line["action"] == "export.queue"]
    assert entry["details"] == {"applications": [found], "rows": 1}


def test_a_long_one_needs_another_person_and_leaves_once(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    client, other = client_of(Role.ANALYST), client_of(Role.ANALYST)
    assert client.get("/queue.csv").status_code == 403
    assert propose(client, "", reason="").status_code == 422
    assert propose(client, "").status_code == 200
    (asked,) = proposals(deployment.casework)
    path = f"/queue.csv?agreed={asked.proposal_id}"
    assert client.get(path).status_code == 422
    decide(
        deployment.casework,
        asked.proposal_id,
        "agreed",
        reason="同意抽查",
        by="A-second",
        at=deployment.outside.stamp,
    )
    assert asked.payload["rows"] > 5
    assert other.get(path).status_code == 422
    assert asked.proposal_id in client.get("/queue").text
    assert asked.proposal_id not in other.get("/queue").text
    assert client.get(f"{path}&order=application").status_code == 422
    with deployment.warehouse.borrowed() as tables:
        asked_for = tables.frame("household_verdict").filter("requested")
    assert len(client.get(path).text.splitlines()) == 1 + len(asked_for)
    assert client.get(path).status_code == 422


def test_the_second_person_is_one_of_the_area(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        region = tables.frame("household_verdict")["region_code"].str.slice(0, 6)[0]
    propose(client_of(Role.ANALYST, regions=(region,)), "")
    propose(client_of(Role.ANALYST, regions=(region, "88")), f"region={region}1")
    propose(client_of(Role.ANALYST, regions=(region, "88")), "region=99")
    propose(client_of(Role.ANALYST, programmes=("dibao",)), "programme=tekun")
    found = [(one.region_code, one.programme) for one in proposals(deployment.casework)]
    assert found == [(None, "dibao"), (None, None), (f"{region}1", None), (region, None)]


def agreed_on(deployment: Deployment) -> str:
    """Agree to the newest proposal; its id."""
    newest = proposals(deployment.casework)[0].proposal_id
    at = deployment.outside.stamp
    decide(deployment.casework, newest, "agreed", reason="同意抽查", by="A-second", at=at)
    return newest


def test_what_was_agreed_to_cannot_grow(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    """Who has had six of his own agreed to does not take up the others and carry away those."""
    client = client_of(Role.ANALYST)
    account = client.account.account_id  # type: ignore[attr-defined]
    with deployment.warehouse.borrowed() as tables:
        rows = tables.frame("household_verdict").filter("requested")
    ids = tuple(rows["application_id"].unique().sort())
    assign(deployment.casework, ids[:6], to=account, by=account, at=deployment.outside.stamp)
    propose(client, "whose=mine")
    path = f"/queue.csv?whose=mine&agreed={agreed_on(deployment)}"
    assign(deployment.casework, ids, to=account, by=account, at=deployment.outside.stamp)
    assert client.get(path).status_code == 422
    assign(deployment.casework, ids[6:], to=None, by=account, at=deployment.outside.stamp)
    assert client.get(path).status_code == 200


def test_an_agreement_does_not_last_for_ever(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    propose(client_of(Role.ANALYST), "")
    agreed, late = agreed_on(deployment), deployment.outside.now() + timedelta(days=LIFE_DAYS)
    at = late.isoformat(timespec="microseconds")
    with pytest.raises(InputError, match="过期"):
        use(deployment.casework, agreed, kind=queue_export.EXPORT, by="A-asked", at=at)


def test_a_list_of_all_programmes_is_agreed_to_by_who_sees_all(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    propose(client_of(Role.ANALYST), "")
    asked = proposals(deployment.casework)[0].proposal_id
    form = {"decision": "agreed", "reason": "同意抽查"}
    for programmes, status in ((("dibao",), 404), (("*",), 303)):
        other = client_of(Role.SUPERVISOR, programmes=programmes)
        assert (asked in other.get("/proposals").text) == (status == 303)
        token = token_for(other.cookies["hedui_session"])
        answer = other.post(f"/proposals/{asked}", data={**form, "csrf_token": token})
        assert answer.status_code == status
