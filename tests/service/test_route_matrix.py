"""Every route of the application called by every role and by nobody: let in is who the table of grants lets in, and a route without a mark is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doors import visitor
from fastapi.routing import iter_route_contexts
from starlette.websockets import WebSocketDisconnect

from service.access.csrf import token_for
from service.access.identity import SESSION_COOKIE, VISIT_COOKIE
from service.access.policy import Policy, permits, policy_of
from service.access.roles import GRANTS, Permission, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI
    from httpx import Response
    from starlette.testclient import TestClient

FILLED = "x1"


def routes_of(application: FastAPI) -> Iterator[tuple[str, str, Policy | None]]:
    """Method, path with something in its places, policy."""
    for route in iter_route_contexts(application.router.routes):
        path = str(route.path)
        while "{" in path:
            start, _, rest = path.partition("{")
            path = f"{start}{FILLED}{rest.partition('}')[2]}"
        for method in sorted(route.methods or {"GET"}):
            yield method, path, policy_of(route.endpoint)


def test_every_route_says_who_may(application: FastAPI):
    told = list(routes_of(application))
    assert len(told) > 20
    assert [path for _, path, policy in told if policy is None] == []


def test_no_permission_is_nobodys_and_the_three_administrators_are_apart():
    held = {permission: {r for r in Role if permission in GRANTS[r]} for permission in Permission}
    assert all(held.values())
    people = {Permission.HOUSEHOLD_READ, Permission.SERVICE_READ}
    for role in Role:
        duties = [
            bool(GRANTS[role] & {Permission.ACCOUNT_MANAGE, Permission.KEY_MANAGE}),
            bool(GRANTS[role] & people),
            Permission.AUDIT_READ in GRANTS[role],
        ]
        assert sum(duties) <= 1, role


def test_routes_and_roles(
    application: FastAPI,
    client_of: Callable[..., TestClient],
    key_client: Callable[..., TestClient],
):
    people = [role for role in Role if role is not Role.SERVICE]

    def fresh() -> list[tuple[Role | None, TestClient]]:
        known: list[tuple[Role | None, TestClient]] = [(role, client_of(role)) for role in people]
        return known

    key = key_client().headers["authorization"]
    readers, wrong = fresh(), []
    for number, (method, path, policy) in enumerate(routes_of(application)):
        assert policy is not None
        # what changes the own account may end the session
        ending = method != "GET" and path.startswith(("/sign-", "/account/"))
        clients = fresh() if ending else readers
        address = f"10.9.{number // 250}.{number % 250}"
        nobody, system = (visitor(application, address=address) for _ in range(2))
        system.headers["authorization"] = key
        for role, client in [*clients, (Role.SERVICE, system), (None, nobody)]:
            answer = call(client, method, path, public=policy.permission is None)
            if not as_granted(answer, role, policy, page=not path.startswith("/api/")):
                wrong.append(f"{method} {path} {role} {answer.status_code}")
    assert wrong == []


def call(client: TestClient, method: str, path: str, *, public: bool) -> Response:
    """Call it with the token of the form that would have been on the page."""
    if public and not client.cookies.get(VISIT_COOKIE):
        client.get("/sign-in")
    cookie = client.cookies.get(VISIT_COOKIE if public else SESSION_COOKIE)
    headers = {"X-CSRF-Token": token_for(cookie)} if cookie else {}
    return client.request(method, path, headers=headers)


def as_granted(answer: Response, role: Role | None, policy: Policy, *, page: bool) -> bool:
    """Whether the answer is what the grants say. Anything but a refusal of the gate counts as let in; a fault of the server does not."""
    status = answer.status_code
    if policy.permission is None:
        return status not in (401, 403) and status < 500
    own_door = role is not None and page != (role is Role.SERVICE)
    if not own_door:  # nobody, a key on a page, a session at the API
        to_sign_in = status == 303 and answer.headers["location"].startswith("/sign-in?next=")
        return to_sign_in or status == 401
    if policy.permission in GRANTS[role]:
        return status not in (401, 403) and status < 500
    return status == 403


def test_a_route_that_somebody_adds_without_a_mark_is_closed(
    application: FastAPI,
    client_of: Callable[..., TestClient],
    key_client: Callable[..., TestClient],
):
    ran = []
    application.add_api_route("/new-page", lambda: ran.append(1), methods=["GET", "POST"])
    application.add_api_route("/api/v1/new", lambda: ran.append(1))
    application.mount("/mounted", visitor(application).app)
    clients = [client_of(role) for role in Role if role is not Role.SERVICE]
    for client in [*clients, key_client(), visitor(application)]:
        assert client.get("/new-page").status_code == 403
        assert client.get("/api/v1/new").status_code == 403
        assert client.get("/mounted/health").status_code == 403
    assert ran == []


def test_a_mark_opens_it_for_who_holds_it(
    application: FastAPI, client_of: Callable[..., TestClient]
):
    marked = permits(Permission.AUDIT_READ, "test.read")(lambda: {"read": True})
    application.add_api_route("/new-page", marked)
    assert client_of(Role.AUDITOR).get("/new-page").json() == {"read": True}
    assert client_of(Role.ANALYST).get("/new-page").status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/v1/health", "/nothing"])
def test_a_web_socket_is_never_let_in(application: FastAPI, path: str):
    with pytest.raises(WebSocketDisconnect), visitor(application).websocket_connect(path):
        pass
