"""Fresh accounts with a session or a key, for clients of the application. No test stands here."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from casework.accounts import Account, add_account
from casework.keys import add_key
from casework.sessions import start_session
from service.access.roles import ROLE_TITLES, Role

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.deployment import Deployment

ORIGIN = "http://testserver"
_numbers = count(1)


def new_account(
    deployment: Deployment,
    role: Role,
    *,
    regions: tuple[str, ...] = ("*",),
    programmes: tuple[str, ...] = ("*",),
    name: str | None = None,
) -> Account:
    """An account of a role, with a login name of its own."""
    number = next(_numbers)
    account = Account(
        f"A{number:08d}",
        f"{role.value.replace('_', '-')}{number}",
        name or ROLE_TITLES[role],
        role.value,
        regions,
        programmes,
        created_at=deployment.outside.stamp,
    )
    add_account(deployment.casework, account, by="tests", at=deployment.outside.stamp)
    return account


def sign_in(
    application: FastAPI,
    deployment: Deployment,
    *,
    role: Role,
    regions: tuple[str, ...],
    programmes: tuple[str, ...],
    name: str | None,
) -> TestClient:
    """A client with the session of a fresh account; errors of the application are answers."""
    account = new_account(deployment, role, regions=regions, programmes=programmes, name=name)
    token = deployment.outside.token_bytes(32).hex()
    start_session(deployment.casework, account.account_id, token, deployment.outside.now())
    client = TestClient(
        application,
        base_url=ORIGIN,
        cookies={"hedui_session": token},
        headers={"Origin": ORIGIN},
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    client.account = account  # type: ignore[attr-defined]
    return client


def bearer(
    application: FastAPI,
    deployment: Deployment,
    *,
    regions: tuple[str, ...],
    programmes: tuple[str, ...],
) -> TestClient:
    """A client with the key of a fresh service account."""
    account = new_account(deployment, Role.SERVICE, regions=regions, programmes=programmes)
    now = deployment.outside.now()
    key = add_key(
        deployment.casework,
        account.account_id,
        chance=deployment.outside.token_bytes(64),
        now=now,
        expires=now + timedelta(days=30),
        by="tests",
    )
    client = TestClient(
        application,
        base_url=ORIGIN,
        headers={"Authorization": f"Bearer {key}"},
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    client.account = account  # type: ignore[attr-defined]
    return client
