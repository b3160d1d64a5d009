"""Accounts with passwords, forms with their tokens: what tests of signing in share. No test stands here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from signing import ORIGIN
from starlette.testclient import TestClient

from casework.accounts import find_account, set_password
from service.access.keeping import new_account

if TYPE_CHECKING:
    from fastapi import FastAPI
    from httpx import Response

    from casework.accounts import Account
    from service.deployment import Deployment

PASSWORD = "lamp river seven tin"
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
"""By a measure that takes no time; the real one is tested where it is set."""
_HASH = QUICK.hash(PASSWORD)
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


def visitor(application: FastAPI, *, address: str = "10.0.0.1") -> TestClient:
    """A client that has not signed in."""
    return TestClient(
        application,
        base_url=ORIGIN,
        client=(address, 50_000),
        raise_server_exceptions=False,
        follow_redirects=False,
    )


def person(
    deployment: Deployment, login: str, role: str = "analyst", *, first: bool = False
) -> Account:
    """An account with PASSWORD. `first`: it must be changed."""
    made, _ = new_account(
        deployment.casework,
        deployment.outside,
        login=login,
        name="王某",
        role=role,
        regions=("*",),
        programmes=("*",),
        by="tests",
    )
    set_password(
        deployment.casework,
        made.account_id,
        _HASH,
        must_change=first,
        at=deployment.outside.stamp,
    )
    found = find_account(deployment.casework, account_id=made.account_id)
    assert found is not None
    return found


def token_in(page: Response) -> str:
    """The token of the page's forms."""
    found = _TOKEN.search(page.text)
    assert found is not None
    return found[1]


def enter(client: TestClient, login: str, password: str = PASSWORD, **more: str) -> Response:
    """Sign in through the form."""
    token = token_in(client.get("/sign-in"))
    return client.post(
        "/sign-in",
        data={"csrf_token": token, "login": login, "password": password, **more},
        headers={"Origin": ORIGIN},
    )


def send(client: TestClient, path: str, page: str = "/account", **fields: str) -> Response:
    """Submit a form with the token of a page."""
    return client.post(path, data={"csrf_token": token_in(client.get(page)), **fields})
