"""What is out of the area answers as what is not there, at every route that names an application, a verdict, an alert or a piece of evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from fastapi.routing import iter_route_contexts

from service.access.csrf import token_for
from service.access.policy import policy_of
from service.access.roles import GRANTS, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI
    from httpx import Response
    from starlette.testclient import TestClient

    from service.deployment import Deployment

ELSEWHERE = ("10",)
"""No region of the county is below it."""
KNOWN = {"application_id", "verdict_id", "alert_id", "evidence_id", "person_ref"}
_PLACE = re.compile(r"\{([a-z_]+)\}")
_OWN = re.compile(r"[0-9a-f]{16,64}|>[^<>]{0,40}</a>")
"""What differs between any two answers: numbers of the answer, tokens, and the visitor's own name."""


@pytest.fixture
def ids(deployment: Deployment) -> dict[str, str]:
    """Ids of one application with an alert."""
    with deployment.warehouse.borrowed() as tables:
        alert = tables.frame("alert").filter(subject_kind="application").row(0, named=True)
        found = {"application_id": alert["subject_id"], "alert_id": alert["alert_id"]}
        verdict = tables.frame("household_verdict").filter(application_id=found["application_id"])
        found["verdict_id"] = verdict["verdict_id"][0]
        person = tables.frame("roster_person").filter(application_id=found["application_id"])
        found["person_ref"] = person["person_ref"].drop_nulls()[0]
        evidence = tables.frame("evidence").filter(application_id=found["application_id"])
        return found | {"evidence_id": evidence["evidence_id"][0]}


def routes_of(application: FastAPI) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(application.router.routes):
        places = set(_PLACE.findall(str(route.path)))
        if places and places <= KNOWN and not str(route.path).startswith("/audit"):
            policy = policy_of(route.endpoint)
            assert policy is not None
            assert policy.permission in GRANTS[Role.SUPERVISOR] | GRANTS[Role.SERVICE]
            for method in route.methods or ():
                yield method, str(route.path)


def call(client: TestClient, method: str, path: str) -> Response:
    cookie = client.cookies.get("hedui_session")
    headers = {"X-CSRF-Token": token_for(cookie)} if cookie else {}
    body = {"data": {"reason": "核实财产情况"}} if method == "POST" else {}
    return client.request(method, path, headers=headers, **body)  # type: ignore[arg-type]


def test_out_of_the_area_is_as_not_there(
    application: FastAPI,
    ids: dict[str, str],
    client_of: Callable[..., TestClient],
    key_client: Callable[..., TestClient],
):
    inside = {True: key_client(), False: client_of(Role.SUPERVISOR)}
    outside = {
        True: key_client(regions=ELSEWHERE),
        False: client_of(Role.SUPERVISOR, regions=ELSEWHERE),
    }
    routes = sorted(routes_of(application))
    assert len(routes) >= 8
    wrong, seen = [], 0
    for method, path in routes:
        api = path.startswith("/api/")
        real = _PLACE.sub(lambda place: ids[place[1]], path)
        absent = _PLACE.sub(lambda place: ids[place[1]][:-1] + "~", path)
        there, nowhere = (call(outside[api], method, one) for one in (real, absent))
        if there.status_code != nowhere.status_code or there.status_code not in (404, 422):
            wrong.append(f"{method} {path} {there.status_code} {nowhere.status_code}")
        elif _OWN.sub("", there.text) != _OWN.sub("", nowhere.text):
            wrong.append(f"{method} {path} differs")
        if method == "GET":
            seen += call(inside[api], method, real).status_code == 200
    assert wrong == []
    assert seen >= 5
