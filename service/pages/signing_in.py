"""Signing in and out. What is typed stays in the form's body: never in an address line, a log or an answer."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from casework.sessions import end_session
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.identity import SESSION_COOKIE, cookie_header
from service.access.policy import permits, public
from service.access.roles import Permission
from service.access.signing_in import remember_device, sign_in
from service.api.problems import Problem
from service.deployment import Deployment
from service.pages.rendering import LANGUAGE_COOKIE, deployment_of, pages_of

PATH = "/sign-in"
TEMPLATE = "signing_in/sign_in.html.j2"

router = APIRouter()
Running = Annotated[Deployment, Depends(deployment_of)]


@router.get(PATH)
@public()
def form(request: Request, next: str = "/") -> Response:  # noqa: A002 - its name in the address line
    """The form. `next`: the page to go to afterwards, of this host only."""
    return _draw(request, safe_target(next))


@router.post(PATH)
@public()
def submit(
    request: Request,
    deployment: Running,
    *,
    login: Annotated[str, Form(max_length=128)] = "",
    password: Annotated[str, Form(max_length=512)] = "",
    code: Annotated[str, Form(max_length=16)] = "",
    next: Annotated[str, Form(max_length=2048)] = "/",  # noqa: A002
) -> Response:
    """Sign in and go on, or show the form again. It says the same whatever was wrong."""
    target = safe_target(next)
    try:
        account, token = sign_in(deployment, request, login=login, password=password, code=code)
    except InputError:
        return _draw(request, target, status=422, refused=True)
    except Problem as problem:
        wait = problem.headers.get("Retry-After", "60")
        return _draw(request, target, status=problem.status, headers=problem.headers, wait=wait)
    response = entered(request, deployment, token, target=target, language=account.language)
    response.raw_headers.append((b"set-cookie", remember_device(deployment, request, account)))
    return response


@router.post("/sign-out")
@permits(Permission.OWN_ACCOUNT, "session.logout")
def leave(deployment: Running, actor: Annotated[Actor, Depends(acting)]) -> Response:
    """End the session, here and in the store."""
    end_session(
        deployment.casework,
        actor.session_id,
        deployment.outside.now(),
        account_id=actor.account_id,
        why="signed_out",
    )
    response = RedirectResponse(PATH, status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    if deployment.settings.behind_tls:  # browsers take it over TLS only
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def entered(
    request: Request, deployment: Deployment, token: str, *, target: str, language: str
) -> Response:
    """Go on with a new session."""
    response = RedirectResponse(target, status_code=303)
    keep_session(response, request, deployment, token, language=language)
    return response


def keep_session(
    response: Response, request: Request, deployment: Deployment, token: str, *, language: str
) -> None:
    """Give the browser its session; and the account's language, where the visitor chose none."""
    secure = deployment.settings.behind_tls
    held = (b"set-cookie", cookie_header(SESSION_COOKIE, token, secure=secure))
    response.raw_headers.append(held)
    if LANGUAGE_COOKIE not in request.cookies:
        response.set_cookie(LANGUAGE_COOKIE, language, httponly=True, samesite="lax", secure=secure)


def safe_target(told: str) -> str:
    """A page of this host, or the start: nobody is led elsewhere by a link that somebody sent."""
    # A browser takes two slashes or more, as many as there are, for the beginning of another host.
    if not told.isprintable() or "\\" in told or not told.startswith("/") or told[1:2] == "/":
        return "/"
    parts = urlsplit(told)
    return told if not parts.scheme and not parts.netloc else "/"


def _draw(
    request: Request,
    target: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    refused: bool = False,
    wait: str = "",
) -> Response:
    return pages_of(request).draw(
        request,
        TEMPLATE,
        status=status,
        headers=headers,
        target=target,
        refused=refused,
        wait=wait,
        elsewhere=deployment_of(request).settings.oidc is not None,
    )
