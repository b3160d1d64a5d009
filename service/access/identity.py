"""Who knocks: a person by the session cookie on pages, a system by its key below /api/. Neither opens the other's door."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import Response

from casework.keys import find_key
from casework.sessions import find_session
from service.access.actor import Actor, Scope
from service.access.roles import Role

if TYPE_CHECKING:
    from casework.accounts import Account
    from service.deployment import Deployment
    from service.settings import ServiceSettings

SESSION_COOKIE = "hedui_session"
VISIT_COOKIE = "hedui_visit"
"""Of whoever has not signed in: what the token of the sign-in form hangs on."""
DEVICE_COOKIE = "hedui_device"
"""Of a browser from which somebody came in before. It opens nothing; wrong guesses elsewhere do not slow it down."""
API = "/api/"
CHANGE_PASSWORD, SET_UP_FACTOR = "/account/password", "/account/second-factor"
TOKEN_BYTES = 32


def idle_and_longest(settings: ServiceSettings) -> tuple[timedelta, timedelta]:
    """After which idle time a session ends, and how long it may live."""
    return timedelta(minutes=settings.session_minutes), timedelta(hours=settings.session_hours)


def person_of(deployment: Deployment, token: str) -> tuple[Actor, str] | None:
    """The person of a session as the account is now, and the page that must be done with first, or nothing. Reads the store."""
    idle, longest = idle_and_longest(deployment.settings)
    now = deployment.outside.now()
    found = find_session(deployment.casework, token, now, idle=idle, longest=longest)
    if found is None:
        return None
    session, account = found
    if account.role == Role.SERVICE:  # a system has no business on pages
        return None
    return actor_of(account, session_id=session.session_id), _first(account, deployment.settings)


def _first(account: Account, settings: ServiceSettings) -> str:
    if account.must_change:
        return CHANGE_PASSWORD
    # who has no password signs in by the identity provider, which asks for what it asks for
    lacks = not account.second_factor and account.password_hash is not None
    return SET_UP_FACTOR if settings.second_factor and lacks else ""


def system_of(deployment: Deployment, authorization: str) -> Actor | None:
    """The system of an `Authorization: Bearer …` header. Reads the store."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = find_key(deployment.casework, text.strip(), deployment.outside.now())
    return None if found is None else actor_of(found[1])


def actor_of(account: Account, *, session_id: str = "") -> Actor:
    """An account as it acts."""
    return Actor(
        account.account_id,
        account.name,
        Role(account.role),
        Scope(account.regions, account.programmes),
        session_id,
    )


def cookie_header(
    name: str, value: str, *, secure: bool, path: str = "/", days: int | None = None
) -> bytes:
    """A cookie of ours, as a header says it: not for scripts, never from another site; until the browser closes, where no days are given."""
    holder = Response()
    age = None if days is None else days * 86_400
    holder.set_cookie(
        name, value, httponly=True, samesite="strict", secure=secure, path=path, max_age=age
    )
    return next(told for key, told in holder.raw_headers if key == b"set-cookie")
