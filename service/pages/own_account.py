"""A person's own account: password, second factor, open sessions, language. Role and area are shown and cannot be changed here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from casework.accounts import (
    Account,
    claim_step,
    find_account,
    set_language,
    set_password,
    set_second_factor,
)
from casework.sessions import end_session, end_sessions, sessions_of
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.identity import idle_and_longest
from service.access.passwords import check_password, hash_password
from service.access.policy import permits
from service.access.roles import Permission
from service.access.second_factor import SECRET_BYTES, is_secret, new_secret, picture, step_of
from service.access.signing_in import begin_session, right_now
from service.api.problems import Problem, not_found
from service.deployment import Deployment
from service.pages.rendering import LANGUAGE_COOKIE, LANGUAGES, deployment_of, pages_of
from service.pages.signing_in import entered

PATH = "/account"
TEMPLATE = "own_account/account.html.j2"

router = APIRouter(prefix=PATH)
Running = Annotated[Deployment, Depends(deployment_of)]
Acting = Annotated[Actor, Depends(acting)]
Typed = Annotated[str, Form(max_length=512)]


@router.get("")
@permits(Permission.OWN_ACCOUNT)
def show(request: Request, deployment: Running, actor: Acting) -> Response:
    """The account and its open sessions."""
    idle, longest = idle_and_longest(deployment.settings)
    found = sessions_of(
        deployment.casework, actor.account_id, deployment.outside.now(), idle=idle, longest=longest
    )
    return pages_of(request).draw(
        request, TEMPLATE, account=_own(deployment, actor), sessions=found
    )


@router.get("/password")
@permits(Permission.OWN_ACCOUNT)
def password_form(request: Request, deployment: Running, actor: Acting) -> Response:
    """The form of changing the password."""
    return _password_page(request, _own(deployment, actor))


@router.post("/password")
@permits(Permission.OWN_ACCOUNT, "account.password")
def change_password(
    request: Request,
    deployment: Running,
    actor: Acting,
    *,
    former: Typed = "",
    password: Typed = "",
    again: Typed = "",
) -> Response:
    """Keep a new password; every session ends but this one, which gets a new token."""
    account = _own(deployment, actor)
    try:
        right_now(deployment, account, former)
        _check_new(account, password, former=former, again=again)
    except InputError as error:
        return _password_page(request, account, status=422, error=error)
    now = deployment.outside.now()
    set_password(
        deployment.casework,
        account.account_id,
        hash_password(password),
        must_change=False,
        at=deployment.outside.stamp,
    )
    end_sessions(deployment.casework, account.account_id, now, why="password_changed")
    token = begin_session(deployment, request, account, how="password_changed")
    return entered(request, deployment, token, target=PATH, language=account.language)


@router.post("/sessions/end")
@permits(Permission.OWN_ACCOUNT, "session.end")
def end(
    deployment: Running, actor: Acting, session_id: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """End one own session; without an id all but this one."""
    now = deployment.outside.now()
    if not session_id:
        end_sessions(
            deployment.casework, actor.account_id, now, why="ended_by_owner", but=actor.session_id
        )
    elif not end_session(
        deployment.casework, session_id, now, account_id=actor.account_id, why="ended_by_owner"
    ):
        raise not_found()
    return RedirectResponse(PATH, status_code=303)


@router.post("/language")
@permits(Permission.OWN_ACCOUNT)
def choose_language(
    deployment: Running, actor: Acting, language: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    """Keep the language with the account and show it at once."""
    if language not in LANGUAGES:
        raise InputError("没有这种语言", "请选择中文或英文")
    set_language(deployment.casework, actor.account_id, language)
    response = RedirectResponse(PATH, status_code=303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        httponly=True,
        samesite="lax",
        secure=deployment.settings.behind_tls,
    )
    return response


@router.get("/second-factor")
@permits(Permission.OWN_ACCOUNT)
def second_factor_form(request: Request, deployment: Running, actor: Acting) -> Response:
    """A new secret as a picture, to be confirmed with a code and the password."""
    secret = new_secret(deployment.outside.token_bytes(SECRET_BYTES))
    return _factor_page(request, _own(deployment, actor), secret)


@router.post("/second-factor")
@permits(Permission.OWN_ACCOUNT, "account.second_factor")
def set_up_second_factor(
    request: Request,
    deployment: Running,
    actor: Acting,
    *,
    secret: Annotated[str, Form(max_length=64)] = "",
    code: Annotated[str, Form(max_length=16)] = "",
    former: Typed = "",
) -> Response:
    """Keep the secret, once a code shows that the telephone has it."""
    account = _own(deployment, actor)
    if not is_secret(secret):
        raise Problem(422, "invalid", "请求内容不符合要求")
    try:
        right_now(deployment, account, former)
        step = _shown_step(secret, code, deployment)
    except InputError as error:
        return _factor_page(request, account, secret, status=422, error=error)
    set_second_factor(deployment.casework, account.account_id, secret)
    claim_step(deployment.casework, account.account_id, step)
    return RedirectResponse(PATH, status_code=303)


def _own(deployment: Deployment, actor: Actor) -> Account:
    found = find_account(deployment.casework, account_id=actor.account_id)
    if found is None:
        raise not_found()
    return found


def _check_new(account: Account, password: str, *, former: str, again: str) -> None:
    if password != again:
        raise InputError("两次输入的新口令不一致", "请重新输入")
    if password == former:
        raise InputError("新口令与原口令相同", "请换一个口令")
    check_password(password, login=account.login)


def _shown_step(secret: str, code: str, deployment: Deployment) -> int:
    step = step_of(secret, code, deployment.outside.now())
    if step is None:
        raise InputError("动态码不正确", "请检查手机时间后重新输入")
    return step


def _password_page(
    request: Request, account: Account, *, status: int = 200, **values: Any
) -> Response:
    told = {"error": None, **values}
    return pages_of(request).draw(
        request, "own_account/password.html.j2", status=status, account=account, **told
    )


def _factor_page(
    request: Request, account: Account, secret: str, *, status: int = 200, **values: Any
) -> Response:
    told = {"error": None, **values}
    return pages_of(request).draw(
        request,
        "own_account/second_factor.html.j2",
        status=status,
        account=account,
        secret=secret,
        picture=picture(secret, account.login),
        **told,
    )
