"""Signing in by the identity provider: there and back. Only an account that is here and linked comes in; its role is ours alone."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from casework.accounts import Account, find_account
from casework.audit.entry import FAILED
from service.access.identity import TOKEN_BYTES
from service.access.oidc import Attempt, Provider, ProviderFailed
from service.access.policy import public
from service.access.roles import Role
from service.access.signing_in import ACTION, begin_session
from service.access.trail import write_entry
from service.api.problems import Problem, not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.pages.signing_in import keep_session

PATH = "/sign-in/oidc"
COOKIE = "hedui_oidc"
MINUTES = 10

router = APIRouter(prefix=PATH)
Running = Annotated[Deployment, Depends(deployment_of)]


def provider_of(request: Request) -> Provider:
    """The provider of the running application; a dependency. Raises Problem 404 where none is set."""
    state = request.app.state
    client = state.deployment.settings.oidc
    if client is None:
        raise not_found()
    if getattr(state, "oidc", None) is None:
        state.oidc = Provider(client)
    found: Provider = state.oidc
    return found


Elsewhere = Annotated[Provider, Depends(provider_of)]


@router.get("")
@public()
def leave(deployment: Running, provider: Elsewhere) -> Response:
    """Go to the provider."""
    attempt = Attempt(deployment.outside.token_bytes(TOKEN_BYTES).hex())
    response = RedirectResponse(
        provider.address(attempt, deployment.outside.now()), status_code=303
    )
    response.set_cookie(
        COOKIE,
        attempt.chance,
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="lax",  # the answer comes from another site
        secure=deployment.settings.behind_tls,
    )
    return response


@router.get("/callback")
@public()
def come_back(
    request: Request, deployment: Running, provider: Elsewhere, *, state: str = "", code: str = ""
) -> Response:
    """Take the provider's answer. The page leads on by itself: a browser keeps our cookies from a step that began elsewhere."""
    attempt = Attempt(request.cookies.get(COOKIE, ""))
    if (
        not attempt.chance
        or not code
        or not hmac.compare_digest(state.encode(), attempt.state.encode())
    ):
        _failed(deployment, request, "state")
        raise Problem(403, "sign-in-refused", "登录未完成", detail="请从登录页重新开始")
    try:
        subject = provider.subject(attempt, code, deployment.outside.now())
    except ProviderFailed:
        _failed(deployment, request, "provider")
        raise
    account = find_account(deployment.casework, oidc_subject=subject)
    if account is None or account.disabled_at is not None or account.role == Role.SERVICE:
        _failed(deployment, request, "account", account)
        raise Problem(
            403,
            "sign-in-refused",
            "没有可用的账号",
            detail="您的统一身份没有关联本系统的账号，请联系系统管理员",
        )
    token = begin_session(deployment, request, account, how="oidc")
    response = pages_of(request).draw(request, "signing_in/entered.html.j2")
    keep_session(response, request, deployment, token, language=account.language)
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _failed(
    deployment: Deployment, request: Request, why: str, account: Account | None = None
) -> None:
    subject = ("account", account.account_id) if account else ("", "")
    write_entry(
        deployment,
        request,
        ACTION,
        outcome=FAILED,
        subject=subject,
        details={"how": "oidc", "why": why},
    )
