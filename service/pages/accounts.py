"""The system administrator's pages: accounts, what they may see, their sessions and keys. No data of a household is behind them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from casework.accounts import (
    Account,
    all_accounts,
    disable_account,
    enable_account,
    find_account,
    link_subject,
    set_role,
    set_scope,
    set_second_factor,
)
from casework.keys import keys_of, revoke_key
from casework.sessions import end_sessions, sessions_of
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.identity import idle_and_longest
from service.access.keeping import new_account, new_key, reset_password
from service.access.policy import permits
from service.access.roles import Permission, Role
from service.access.trail import write_entry
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of

SUBJECT = ("account", "account_id")
MANAGE = Permission.ACCOUNT_MANAGE

router = APIRouter(prefix="/accounts")
Running = Annotated[Deployment, Depends(deployment_of)]
Acting = Annotated[Actor, Depends(acting)]
Short = Annotated[str, Form(max_length=128)]
Codes = Annotated[str, Form(max_length=4000)]


@router.get("")
@permits(MANAGE, "account.list")
def list_accounts(request: Request, deployment: Running) -> Response:
    """Every account, and the form to add one."""
    return _list_page(request, deployment)


@router.post("")
@permits(MANAGE, "account.add")
def add(
    request: Request,
    deployment: Running,
    actor: Acting,
    *,
    login: Short = "",
    name: Short = "",
    role: Short = "",
    regions: Codes = "",
    programmes: Codes = "*",
) -> Response:
    """Add an account; a person's first password is shown once."""
    scope = {"regions": codes_of(regions), "programmes": codes_of(programmes)}
    try:
        account, password = new_account(
            deployment.casework,
            deployment.outside,
            login=login,
            name=name,
            role=role,
            regions=scope["regions"],
            programmes=scope["programmes"],
            by=actor.account_id,
        )
    except InputError as error:
        return _list_page(request, deployment, status=422, error=error)
    write_entry(
        deployment,
        request,
        "account.added",
        subject=("account", account.account_id),
        details={"role": role, **scope},
    )
    if password is None:
        return _back(account.account_id)
    return _once(request, account, "password", password)


@router.get("/{account_id}")
@permits(MANAGE, "account.read", subject=SUBJECT)
def show(request: Request, deployment: Running, account_id: str) -> Response:
    """One account: what it may see, its open sessions, its keys."""
    return _page(request, deployment, account_id)


@router.post("/{account_id}/scope")
@permits(MANAGE, "account.scope", subject=SUBJECT)
def change_scope(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    *,
    regions: Codes = "",
    programmes: Codes = "",
) -> Response:
    """Change what it may see, from its next request on."""
    scope = {"regions": codes_of(regions), "programmes": codes_of(programmes)}
    try:
        set_scope(deployment.casework, account_id, **scope, by=actor.account_id)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    write_entry(
        deployment,
        request,
        "account.scope_set",
        subject=("account", account_id),
        details=dict(scope),
    )
    return _back(account_id)


@router.post("/{account_id}/role")
@permits(MANAGE, "account.role", subject=SUBJECT)
def change_role(
    request: Request, deployment: Running, actor: Acting, account_id: str, role: Short = ""
) -> Response:
    """Change what it is, from its next request on."""
    try:
        set_role(deployment.casework, account_id, role, by=actor.account_id)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    write_entry(
        deployment,
        request,
        "account.role_set",
        subject=("account", account_id),
        details={"role": role},
    )
    return _back(account_id)


@router.post("/{account_id}/disable")
@permits(MANAGE, "account.disable", subject=SUBJECT)
def disable(request: Request, deployment: Running, actor: Acting, account_id: str) -> Response:
    """Close it; its sessions and keys end."""
    at = deployment.outside.stamp
    try:
        disable_account(deployment.casework, account_id, by=actor.account_id, at=at)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    return _back(account_id)


@router.post("/{account_id}/enable")
@permits(MANAGE, "account.enable", subject=SUBJECT)
def enable(request: Request, deployment: Running, actor: Acting, account_id: str) -> Response:
    """Open it again."""
    try:
        enable_account(deployment.casework, account_id, by=actor.account_id)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    return _back(account_id)


@router.post("/{account_id}/reset")
@permits(MANAGE, "account.reset", subject=SUBJECT)
def reset(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    what: Short = "password",
) -> Response:
    """A new first password, shown once; or away with the second factor (a lost telephone). Never one's own."""
    account = _account(deployment, account_id)
    try:
        _refuse_own(account, actor)
        if what == "second_factor":
            set_second_factor(deployment.casework, account_id, None)
            end_sessions(
                deployment.casework, account_id, deployment.outside.now(), why="second_factor_reset"
            )
            return _back(account_id)
        password = reset_password(deployment.casework, deployment.outside, account)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    assert password is not None
    return _once(request, account, "password", password)


@router.post("/{account_id}/subject")
@permits(MANAGE, "account.subject", subject=SUBJECT)
def link(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    subject: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    """Link it to a subject of the identity provider; an empty one unlinks it."""
    try:
        link_subject(deployment.casework, account_id, subject or None, by=actor.account_id)
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    return _back(account_id)


@router.post("/{account_id}/sessions/end")
@permits(MANAGE, "session.end", subject=SUBJECT)
def end_all(deployment: Running, account_id: str) -> Response:
    """End all its sessions."""
    account = _account(deployment, account_id)
    now = deployment.outside.now()
    end_sessions(deployment.casework, account.account_id, now, why="ended_by_administrator")
    return _back(account_id)


@router.post("/{account_id}/keys")
@permits(Permission.KEY_MANAGE, "key.add", subject=SUBJECT)
def add_key(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    days: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """A key of a system, shown once."""
    account = _account(deployment, account_id)
    try:
        key = new_key(
            deployment.casework,
            deployment.outside,
            account_id,
            days=int(days) if days.isascii() and days.isdigit() else 0,
            by=actor.account_id,
        )
    except InputError as error:
        return _page(request, deployment, account_id, status=422, error=error)
    return _once(request, account, "key", key)


@router.post("/{account_id}/keys/{key_id}/revoke")
@permits(Permission.KEY_MANAGE, "key.revoke", subject=("key", "key_id"))
def revoke(deployment: Running, actor: Acting, account_id: str, key_id: str) -> Response:
    """Close a key from its next call on."""
    account = _account(deployment, account_id)
    if key_id not in {one.key_id for one in keys_of(deployment.casework, account.account_id)}:
        raise not_found()
    revoke_key(deployment.casework, key_id, deployment.outside.now(), by=actor.account_id)
    return _back(account_id)


def codes_of(text: str) -> tuple[str, ...]:
    """Codes as they are typed: with spaces, commas (of either kind) or lines between them."""
    for sign in ",，、;；":
        text = text.replace(sign, " ")
    return tuple(sorted(set(text.split())))


def _account(deployment: Deployment, account_id: str) -> Account:
    found = find_account(deployment.casework, account_id=account_id)
    if found is None:
        raise not_found()
    return found


def _refuse_own(account: Account, actor: Actor) -> None:
    if account.account_id == actor.account_id:
        raise InputError("不能重置自己的口令或动态码", "请在“我的账号”中修改")


def _back(account_id: str) -> Response:
    return RedirectResponse(f"/accounts/{account_id}", status_code=303)


def _once(request: Request, account: Account, kind: str, secret: str) -> Response:
    return pages_of(request).draw(
        request, "accounts/once.html.j2", account=account, kind=kind, secret=secret
    )


def _list_page(
    request: Request, deployment: Deployment, *, status: int = 200, error: InputError | None = None
) -> Response:
    return pages_of(request).draw(
        request,
        "accounts/list.html.j2",
        status=status,
        accounts=all_accounts(deployment.casework),
        roles=[role.value for role in Role],
        error=error,
    )


def _page(
    request: Request,
    deployment: Deployment,
    account_id: str,
    *,
    status: int = 200,
    error: InputError | None = None,
) -> Response:
    account = _account(deployment, account_id)
    idle, longest = idle_and_longest(deployment.settings)
    now = deployment.outside.now()
    return pages_of(request).draw(
        request,
        "accounts/account.html.j2",
        status=status,
        account=account,
        sessions=sessions_of(deployment.casework, account_id, now, idle=idle, longest=longest),
        keys=[(one, one.valid(now)) for one in keys_of(deployment.casework, account_id)],
        roles=[role.value for role in Role if role is not Role.SERVICE],
        error=error,
    )
