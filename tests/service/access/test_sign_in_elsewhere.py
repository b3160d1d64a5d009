"""Signing in by a real identity provider on loopback: only linked accounts, only its own answers, never its word on roles."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from doors import visitor
from joserfc.jwk import RSAKey
from servers.oidc import CLIENT_ID, SECRET, oidc_server
from signing import new_account

from casework.accounts import disable_account, link_subject
from service.access.oidc import OidcClient
from service.access.roles import Role
from service.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from servers.oidc import OidcServer
    from starlette.testclient import TestClient

    from casework.accounts import Account
    from casework.audit.entry import Entry
    from service.deployment import Deployment

CALLBACK = "http://testserver/sign-in/oidc/callback"


@pytest.fixture
def provider(tmp_path: Path, deployment: Deployment) -> Iterator[OidcServer]:
    now = deployment.outside.now().timestamp()
    with oidc_server(tmp_path, callback=CALLBACK, now=now) as running:
        yield running


@pytest.fixture
def application(deployment: Deployment, provider: OidcServer) -> FastAPI:
    ours = OidcClient(provider.issuer, CLIENT_ID, SECRET, CALLBACK, provider.authority.pem)
    return create_app(replace(deployment, settings=replace(deployment.settings, oidc=ours)))


@pytest.fixture
def linked(deployment: Deployment) -> Account:
    account = new_account(deployment, Role.AUDITOR)
    link_subject(deployment.casework, account.account_id, "sub-wang", by="tests")
    return account


def answer_of(client: TestClient, provider: OidcServer) -> str:
    """Go there; the address that the provider sends the browser back to."""
    away = client.get("/sign-in/oidc")
    assert away.status_code == 303
    with httpx.Client(verify=ssl.create_default_context(cafile=provider.authority.pem)) as there:
        back = there.get(away.headers["location"])
    assert back.status_code == 302, back.text
    address: str = back.headers["location"]
    assert address.startswith(CALLBACK)
    return address.removeprefix("http://testserver")


def test_a_linked_account_comes_in_with_its_own_role(
    application: FastAPI, provider: OidcServer, linked: Account, written: list[Entry]
):
    client = visitor(application)
    assert "/sign-in/oidc" in client.get("/sign-in").text
    done = client.get(answer_of(client, provider))
    assert done.status_code == 200
    assert 'http-equiv="refresh"' in done.text
    assert client.get("/account").status_code == 200
    assert client.get("/accounts").status_code == 403  # the token says system_administrator
    entry = next(e for e in written if e.action == "session.login")
    assert (entry.actor_id, entry.outcome, entry.details) == (
        linked.account_id,
        "done",
        {"how": "oidc"},
    )


def test_what_is_asked_of_the_provider(application: FastAPI, provider: OidcServer):
    asked = parse_qs(urlsplit(visitor(application).get("/sign-in/oidc").headers["location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) == len(asked["state"][0]) == 64
    assert SECRET not in repr(asked)


def test_an_answer_opens_once_and_for_the_browser_that_asked_only(
    application: FastAPI, provider: OidcServer, linked: Account
):
    client, other = visitor(application), visitor(application)
    answer = answer_of(client, provider)
    assert other.get(answer).status_code == 403
    other.get("/sign-in/oidc")
    assert other.get(answer).status_code == 403
    assert client.get(answer.replace("state=", "state=0")).status_code == 403
    kept = client.cookies["hedui_oidc"]
    assert client.get(answer).status_code == 200
    client.cookies.clear()
    client.cookies.set("hedui_oidc", kept)
    assert client.get(answer).status_code == 503  # the provider has spent the code
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("who", ["nobody", "disabled", "unlinked"])
def test_no_account_is_made_by_the_provider(
    application: FastAPI, provider: OidcServer, linked: Account, deployment: Deployment, who: str
):  # fmt: skip
    if who == "nobody":
        provider.subject = "sub-stranger"
    elif who == "disabled":
        disable_account(deployment.casework, linked.account_id, by="tests", at="x")
    else:
        link_subject(deployment.casework, linked.account_id, None, by="tests")
    client = visitor(application)
    assert client.get(answer_of(client, provider)).status_code == 403
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("lie", ["nonce", "audience", "key", "late"])
def test_a_token_that_is_not_for_this_attempt_is_refused(
    application: FastAPI, provider: OidcServer, linked: Account, written: list[Entry], lie: str
):
    if lie == "nonce":
        provider.nonce = "0" * 64
    elif lie == "audience":
        provider.audience = "another-client"
    elif lie == "key":
        provider.key = RSAKey.generate_key(2048, {"use": "sig", "kid": "test-1"})
    else:
        provider.now -= 3600
    client = visitor(application)
    assert client.get(answer_of(client, provider)).status_code == 503
    assert client.get("/account").status_code == 303
    assert (written[0].action, written[0].outcome) == ("session.login", "failed")


def test_a_provider_that_is_not_the_one_is_not_asked(deployment: Deployment, provider: OidcServer):
    for ours in (
        OidcClient(provider.issuer, CLIENT_ID, SECRET, CALLBACK, None),  # unknown authority
        OidcClient(provider.issuer + "/", CLIENT_ID, SECRET, CALLBACK, provider.authority.pem),
        OidcClient("https://127.0.0.1:1", CLIENT_ID, SECRET, CALLBACK, provider.authority.pem),
    ):
        settings = replace(deployment.settings, oidc=ours)
        client = visitor(create_app(replace(deployment, settings=settings)))
        assert client.get("/sign-in/oidc").status_code == 503


def test_without_a_provider_there_is_no_such_door(deployment: Deployment):
    client = visitor(create_app(deployment))
    assert client.get("/sign-in/oidc").status_code == 404
    assert "/sign-in/oidc" not in client.get("/sign-in").text
