"""What lets somebody in by another's account: passwords, second factors, subjects of an identity provider, sessions, keys.

Nothing here is given by one person alone: somebody else agrees, and then whoever asked is shown it once.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from casework.accounts import link_subject
from casework.keys import keys_of, revoke_key
from casework.sessions import end_sessions
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.keeping import check_days, new_key, reset_password
from service.access.policy import permits
from service.access.roles import Permission
from service.account_changes import ask, take_up
from service.acts import ACCOUNT_FACTOR, ACCOUNT_KEY, ACCOUNT_RESET, ACCOUNT_SUBJECT
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.account_views import SUBJECT, account_of, account_page, back_to, once_page
from service.pages.rendering import deployment_of
from service.proposing import carrying_out

MANAGE = Permission.ACCOUNT_MANAGE

router = APIRouter(prefix="/accounts")
Running = Annotated[Deployment, Depends(deployment_of)]
Acting = Annotated[Actor, Depends(acting)]
Short = Annotated[str, Form(max_length=128)]
Reason = Annotated[str, Form(max_length=500)]


@router.post("/{account_id}/reset")
@permits(MANAGE, "account.reset_ask", subject=SUBJECT)
def ask_reset(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    *,
    what: Annotated[str, Form(pattern="^(password|second_factor)$")] = "password",
    reason: Reason = "",
) -> Response:
    """Ask for a new first password, or to have the second factor taken away (a lost telephone). Never one's own."""
    account = account_of(deployment, account_id)
    kind = ACCOUNT_FACTOR if what == "second_factor" else ACCOUNT_RESET
    try:
        ask(deployment, actor, account, kind=kind, payload={}, reason=reason)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return back_to(account_id)


@router.post("/{account_id}/reset/{proposal_id}")
@permits(MANAGE, "account.reset", subject=SUBJECT)
def reset(
    request: Request, deployment: Running, actor: Acting, account_id: str, proposal_id: str
) -> Response:
    """The new first password that somebody else agreed to, shown once; every session of the account ends."""
    account = account_of(deployment, account_id)
    try:
        taken = take_up(deployment, actor, account, kind=ACCOUNT_RESET, proposal_id=proposal_id)
        with carrying_out(deployment, taken):
            password = reset_password(deployment.casework, deployment.outside, account)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    assert password is not None
    return once_page(request, account, "password", password)


@router.post("/{account_id}/subject")
@permits(MANAGE, "account.subject", subject=SUBJECT)
def link(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    *,
    subject: Annotated[str, Form(max_length=255)] = "",
    reason: Reason = "",
) -> Response:
    """Ask to have it linked to a subject of the identity provider, who then comes in by it; an empty one unlinks it at once."""
    account = account_of(deployment, account_id)
    try:
        if subject:
            told = {"subject": subject}
            ask(deployment, actor, account, kind=ACCOUNT_SUBJECT, payload=told, reason=reason)
        else:
            link_subject(deployment.casework, account_id, None, by=actor.account_id)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return back_to(account_id)


@router.post("/{account_id}/sessions/end")
@permits(MANAGE, "session.end", subject=SUBJECT)
def end_all(deployment: Running, account_id: str) -> Response:
    """End all its sessions."""
    account = account_of(deployment, account_id)
    now = deployment.outside.now()
    end_sessions(deployment.casework, account.account_id, now, why="ended_by_administrator")
    return back_to(account_id)


@router.post("/{account_id}/keys")
@permits(Permission.KEY_MANAGE, "key.ask", subject=SUBJECT)
def ask_key(
    request: Request,
    deployment: Running,
    actor: Acting,
    account_id: str,
    *,
    days: Annotated[str, Form(max_length=4)] = "",
    reason: Reason = "",
) -> Response:
    """Ask for a key of a system."""
    account = account_of(deployment, account_id)
    try:
        told = {"days": check_days(account, days)}
        ask(deployment, actor, account, kind=ACCOUNT_KEY, payload=told, reason=reason)
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return back_to(account_id)


@router.post("/{account_id}/keys/{proposal_id}")
@permits(Permission.KEY_MANAGE, "key.add", subject=SUBJECT)
def add_key(
    request: Request, deployment: Running, actor: Acting, account_id: str, proposal_id: str
) -> Response:
    """The key that somebody else agreed to, shown once."""
    account = account_of(deployment, account_id)
    try:
        taken = take_up(deployment, actor, account, kind=ACCOUNT_KEY, proposal_id=proposal_id)
        with carrying_out(deployment, taken):
            key = new_key(
                deployment.casework,
                deployment.outside,
                account_id,
                days=int(str(taken.payload["days"])),
                by=actor.account_id,
            )
    except InputError as error:
        return account_page(request, deployment, account_id, status=422, error=error)
    return once_page(request, account, "key", key)


@router.post("/{account_id}/keys/{key_id}/revoke")
@permits(Permission.KEY_MANAGE, "key.revoke", subject=("key", "key_id"))
def revoke(deployment: Running, actor: Acting, account_id: str, key_id: str) -> Response:
    """Close a key from its next call on."""
    account = account_of(deployment, account_id)
    if key_id not in {one.key_id for one in keys_of(deployment.casework, account.account_id)}:
        raise not_found()
    revoke_key(deployment.casework, key_id, deployment.outside.now(), by=actor.account_id)
    return back_to(account_id)
