"""The system administrator's pages: accounts, what they may be and see. No data of a household is behind them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from casework.accounts import all_accounts, disable_account, enable_account
from household.errors import InputError
from service.access.actor import Actor, Scope, acting
from service.access.policy import permits
from service.access.roles import Permission, Role
from service.access.trail import write_entry
from service.account_changes import add as add_account
from service.account_changes import change
from service.deployment import Deployment
from service.pages.account_views import SUBJECT, account_of, account_page, back_to, once_page
from service.pages.rendering import deployment_of, pages_of

MANAGE = Permission.ACCOUNT_MANAGE

router = APIRouter(prefix="/accounts")
Running = Annotated[Deployment, Depends(deployment_of)]
Acting = Annotated[Actor, Depends(acting)]
Short = Annotated[str, Form(max_length=128)]
Codes = Annotated[str, Form(max_length=4000)]
Reason = Annotated[str, Form(max_length=500)]


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
    reason: Reason = "",
) -> Response:
    """Add an account that may nothing yet; role and area wait for a second person. A person's first password is shown once."""
    scope = Scope(codes_of(regions), codes_of(programmes))
    try:
        account, password, proposed = add_account(
            deployment, actor, login=login, name=name, role=role, scope=scope, reason=reason
        )
    except InputError as error:
        return _list_page(request, deployment, status=422, error=error)
    write_entry(
        deployment,
        request,
        "account.added",
        subject=("account", account.account_id),
        details={"role": account.role, "asked": role, "proposal": proposed or ""},
    )
    if password is None:
        return back_to(account.account_id)
    return once_page(request, account, "password", password)


@router.get("/{account_id}")
@permits(MANAGE, "account.read", subject=SUBJECT)
def show(request: Request, deployment: Running, account_id: str) -> Response:
    """One account: what it may see, its open sessions, its keys."""
    return account_page(request, deployment, account_id)


@router.post("/{account_id}/grant")
@permits(MANAGE, "account.grant", subject=SUBJECT)
def grant(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    *,
    role: Short = "",
    regions: Codes = "",
    programmes: Codes = "",
    reason: Reason = "",
) -> Response:
    """Change what it is and may see: less, from its next request on; more, when a second person agrees. Without a role it keeps its own."""
    account = account_of(deployment, account_id)
    scope = Scope(codes_of(regions), codes_of(programmes))
    role = role or account.role
    try:
        proposed = change(deployment, actor, account, role=role, scope=scope, reason=reason)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    if proposed is None:
        write_entry(
            deployment,
            request,
            "account.changed",
            subject=("account", account_id),
            details={"role": role, "regions": scope.regions, "programmes": scope.programmes},
        )
    return back_to(account_id)


@router.post("/{account_id}/disable")
@permits(MANAGE, "account.disable", subject=SUBJECT)
def disable(request: Request, deployment: Running, actor: Acting, account_id: str) -> Response:
    """Close it; its sessions and keys end."""
    at = deployment.outside.stamp
    try:
        disable_account(deployment.casework, account_id, by=actor.account_id, at=at)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return back_to(account_id)


@router.post("/{account_id}/enable")
@permits(MANAGE, "account.enable", subject=SUBJECT)
def enable(request: Request, deployment: Running, actor: Acting, account_id: str) -> Response:
    """Open it again, as it was."""
    try:
        enable_account(deployment.casework, account_id, by=actor.account_id)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return back_to(account_id)


def codes_of(text: str) -> tuple[str, ...]:
    """Codes as they are typed: with spaces, commas (of either kind) or lines between them."""
    for sign in ",，、;；":
        text = text.replace(sign, " ")
    return tuple(sorted(set(text.split())))


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
