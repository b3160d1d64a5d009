"""The gate: stranger's forms, headers of every answer, bodies too large, calls too often, and nothing shown that is not written down."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from doors import enter, person, send, token_in, visitor
from signing import ORIGIN, bearer, new_account

from casework.audit.errors import AuditUnavailable
from casework.keys import keys_of, revoke_key
from casework.sessions import end_sessions
from service.access.actor import Actor, Scope
from service.access.client import client_address
from service.access.correlation import WithCorrelation
from service.access.csrf import token_for
from service.access.policy import permits
from service.access.roles import Permission, Role
from service.app import create_app
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from casework.audit.entry import Entry
    from service.deployment import Deployment

ALL = {"regions": ("*",), "programmes": ("*",)}


@pytest.fixture
def ran(application: FastAPI) -> list[str]:
    """Which of the endpoints of these tests ran."""
    ran: list[str] = []

    def read(application_id: str) -> dict[str, str]:
        ran.append(application_id)
        return {"id": application_id}

    mark = permits(
        Permission.HOUSEHOLD_READ, "household.read", subject=("application", "application_id")
    )
    application.add_api_route("/looked/{application_id}", mark(read))
    written = permits(Permission.OWN_ACCOUNT, "test.write")(lambda: ran.append("written"))
    application.add_api_route("/written", written, methods=["POST"])
    service = permits(Permission.SERVICE_READ, "test.service")(lambda: ran.append("service"))
    application.add_api_route("/api/v1/asked", service, methods=["GET", "POST"])
    failing = permits(Permission.HOUSEHOLD_READ, "test.fail")(lambda: 1 / 0)
    application.add_api_route("/failing", failing)
    return ran


def test_a_look_is_written_down_before_it_happens(
    client_of: Callable[..., TestClient], ran: list[str], written: list[Entry], deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    client = client_of(Role.ANALYST)
    answer = client.get("/looked/K1")
    assert (answer.json(), ran) == ({"id": "K1"}, ["K1"])
    entry = written[-1]
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "household.read",
        "application",
        "K1",
    )
    assert entry.actor_id == client.account.account_id  # type: ignore[attr-defined]
    assert entry.correlation_id == answer.headers["x-correlation-id"]

    def full(entry: Entry) -> int:
        raise AuditUnavailable("审计日志所在磁盘已满", "请腾出空间")

    monkeypatch.setattr(deployment.audit, "record", full)
    refused = client.get("/looked/K2")
    assert (refused.status_code, ran) == (503, ["K1"])
    assert "磁盘已满" in refused.text


def test_every_no_is_written_down(
    application: FastAPI, client_of: Callable[..., TestClient], ran: list[str], written: list[Entry]
):
    client_of(Role.AUDITOR).get("/looked/K1")
    visitor(application).get("/looked/K1")
    visitor(application).get("/api/v1/asked")
    assert [(e.action, e.outcome, e.role) for e in written] == [
        ("access.denied", "denied", "auditor"),
        ("access.denied", "denied", ""),
        ("access.denied", "denied", ""),
    ]
    assert ran == []


def test_what_failed_after_it_was_written_down_is_told_too(
    client_of: Callable[..., TestClient], ran: list[str], written: list[Entry],
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    caplog.handler.addFilter(WithCorrelation())
    with caplog.at_level(logging.INFO, logger="hedui.service"):
        answer = client_of(Role.ANALYST).get("/failing")
    assert answer.status_code == 500
    assert "division" not in answer.text + caplog.text
    told = {
        getattr(one, "correlation", "") for one in caplog.records if one.name == "hedui.service"
    }
    assert told == {answer.headers["x-correlation-id"]}
    assert [(e.action, e.outcome) for e in written] == [
        ("test.fail", "done"),
        ("test.fail", "failed"),
    ]


def test_a_key_opens_the_api_only_and_a_session_pages_only(
    application: FastAPI,
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    ran: list[str],
):
    system, analyst = bearer(application, deployment, **ALL), client_of(Role.ANALYST)
    assert system.get("/api/v1/asked").status_code == 200
    assert system.get("/looked/K1").status_code == 303
    refused = analyst.get("/api/v1/asked")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.headers["content-type"] == "application/problem+json"
    assert ran == ["service"]


def test_a_revoked_key_and_an_ended_session_open_nothing(
    application: FastAPI,
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    ran: list[str],
):
    system, analyst = bearer(application, deployment, **ALL), client_of(Role.ANALYST)
    assert (system.get("/api/v1/asked").status_code, analyst.get("/looked/1").status_code) == (
        200,
        200,
    )
    now = deployment.outside.now()
    revoke_key(deployment.casework, keys_of(deployment.casework)[0].key_id, now, by="tests")
    end_sessions(deployment.casework, analyst.account.account_id, now, why="tests")  # type: ignore[attr-defined]
    assert (system.get("/api/v1/asked").status_code, analyst.get("/looked/1").status_code) == (
        401,
        303,
    )


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({"X-CSRF-Token": "right"}, None, 200),
        ({}, "right", 200),
        ({"Origin": "https://testserver"}, "right", 200),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, "right", 200),
        ({}, None, 403),
        ({}, "0" * 64, 403),
        ({"Origin": "http://evil.example"}, "right", 403),
        ({"Origin": "http://testserver.evil.example"}, "right", 403),
        ({"Sec-Fetch-Site": "cross-site"}, "right", 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": ORIGIN}, "right", 403),
        ({"X-CSRF-Token": "é"}, "right", 403),
    ],
)
def test_only_our_own_pages_send_forms(
    client_of: Callable[..., TestClient], ran: list[str], headers: dict[str, str], form: str | None, status: int
):  # fmt: skip
    client = client_of(Role.ANALYST)
    del client.headers["Origin"]
    right = token_for(client.cookies["hedui_session"])
    told = {k: (right if v == "right" else v).encode("latin-1") for k, v in headers.items()}
    data = {"csrf_token": right if form == "right" else form} if form else {}
    assert client.post("/written", data=data, headers=told).status_code == status
    assert ran == (["written"] if status == 200 else [])


def test_a_token_is_of_one_session_and_multipart_forms_carry_it_too(
    client_of: Callable[..., TestClient], ran: list[str]
):
    mine, others = client_of(Role.ANALYST), client_of(Role.ANALYST)
    foreign = token_for(others.cookies["hedui_session"])
    right = token_for(mine.cookies["hedui_session"])
    file = {"file": ("a.bin", b"\0" * 100_000)}
    assert mine.post("/written", data={"csrf_token": foreign}).status_code == 403
    assert mine.post("/written", data={"csrf_token": foreign}, files=file).status_code == 403
    assert mine.post("/written", data={"csrf_token": right}, files=file).status_code == 200
    odd = {"content-type": "multipart/form-data; boundary=x"}
    assert mine.post("/written", content=b"--y\r\n\r\nrubbish", headers=odd).status_code == 400
    assert ran == ["written"]


def test_a_form_of_signing_in_needs_the_visitors_own_token(
    application: FastAPI, deployment: Deployment
):
    person(deployment, "wang")
    client, other = visitor(application), visitor(application)
    foreign = token_in(other.get("/sign-in"))
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"csrf_token": foreign, "login": "wang"})
    assert answer.status_code == 403


def test_headers_of_every_answer(application: FastAPI, deployment: Deployment, ran: list[str]):
    person(deployment, "wang")
    client = visitor(application)
    answers = [client.get("/sign-in"), client.get("/nothing"), client.get("/api/v1/health")]
    answers += [client.get("/account"), client.delete("/sign-in"), enter(client, "wang")]
    answers += [client.get("/account"), send(client, "/written")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-correlation-id"]) == 16
    assert len({answer.headers["x-correlation-id"] for answer in answers}) == len(answers)
    style = client.get("/static/console.css")
    assert "immutable" in style.headers["cache-control"]
    assert client.get("/static/nothing.css").headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(application: FastAPI, deployment: Deployment):
    person(deployment, "wang", "system_administrator")
    client = visitor(application)
    enter(client, "wang")
    for path in (
        "/sign-in",
        "/account",
        "/account/password",
        "/account/second-factor",
        "/accounts",
    ):
        text = client.get(path).text
        assert "<script>" not in text
        assert "style=" not in text
        assert " on" + "click" not in text


def test_bodies_are_bounded(deployment: Deployment):
    small = replace(deployment, settings=ServiceSettings(upload_bytes=1000))
    application = create_app(small)
    seen = permits(Permission.OWN_ACCOUNT)(lambda: {"read": True})
    application.add_api_route("/written", seen, methods=["POST"])
    client = visitor(application)
    person(deployment, "wang")
    enter(client, "wang")
    assert send(client, "/written", text="x" * 2000).status_code == 413

    def unending() -> object:
        for _ in range(100):
            yield b"x" * 1000

    told = {"X-CSRF-Token": token_for(client.cookies["hedui_session"])}
    assert client.post("/written", content=unending(), headers=told).status_code == 413
    assert client.post("/sign-in", content=b"x" * 70_000).status_code == 413


def test_calls_too_often_are_told_when_to_come_back(deployment: Deployment):
    slow = replace(deployment, settings=ServiceSettings(requests_a_minute=5))
    application = create_app(slow)
    system = bearer(application, slow, **ALL)
    other = bearer(application, slow, **ALL)
    tried = [system.get("/api/v1/nothing-marked") for _ in range(3)]
    assert {one.status_code for one in tried} == {404}
    person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    seen = [client.get("/account") for _ in range(6)]
    assert [one.status_code for one in seen] == [200] * 5 + [429]
    assert 1 <= int(seen[-1].headers["retry-after"]) <= 60
    flood = [other.get("/sign-in").status_code for _ in range(60)]
    assert flood[-1] == 429


def test_a_flood_of_wrong_keys_is_not_all_written_down(
    application: FastAPI, deployment: Deployment, written: list[Entry], ran: list[str]
):
    client = visitor(application)
    for number in range(140):
        client.get("/api/v1/asked", headers={"Authorization": f"Bearer hedui_{number}"})
    assert len(written) <= 120
    own = bearer(application, deployment, **ALL)
    assert own.get("/api/v1/asked").status_code == 200


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("10.0.0.1", "1.2.3.4", "10.0.0.1"),
        ("10.0.0.7", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.7", "9.9.9.9, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        ("10.0.0.7", "x'--", "10.0.0.7"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("::ffff:10.0.0.7", "::ffff:1.2.3.4", "1.2.3.4"),
        ("testclient", "1.2.3.4", "unknown"),
    ],
)
def test_only_a_trusted_proxy_names_the_client(peer: str, told: str, address: str):
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", told.encode())]}
    assert client_address(scope, ("10.0.0.7", "10.0.0.8")) == address


def test_a_scope_covers_its_regions_and_what_is_below_them():
    scope = Scope(("3300", "340102"), ("dibao",))
    assert scope.covers("330012")
    assert scope.covers("330012001", "dibao")
    assert not scope.covers("33", "dibao")
    assert not scope.covers("340103", "dibao")
    assert not scope.covers("330012", "tekun")
    assert not scope.covers(None, "dibao")
    assert not Scope(()).covers("330012")
    assert Scope(("*",)).covers(None)
    actor = Actor("A1", "王某", Role.ANALYST, scope)
    assert actor.may(Permission.QUEUE_READ)
    assert not actor.may(Permission.PROPOSAL_DECIDE)


def test_an_account_without_regions_is_let_in_and_sees_nothing(
    application: FastAPI, deployment: Deployment
):
    account = new_account(deployment, Role.ANALYST, regions=())
    assert account.regions == ()
    assert not Scope(account.regions).covers("330012")
