"""The page of one account and what is shown once: drawn the same by whatever was done to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse, Response

from casework.accounts import Account, all_accounts, find_account
from casework.keys import keys_of
from casework.sessions import sessions_of
from service.access.actor import acting
from service.access.identity import idle_and_longest
from service.access.roles import Role
from service.account_changes import agreed_for, waiting_for
from service.api.problems import not_found
from service.pages.rendering import pages_of
from service.proposing_again import left_over

if TYPE_CHECKING:
    from starlette.requests import Request

    from household.errors import InputError
    from service.deployment import Deployment

SUBJECT = ("account", "account_id")


def account_of(deployment: Deployment, account_id: str) -> Account:
    """The account of an id. Raises Problem 404."""
    found = find_account(deployment.casework, account_id=account_id)
    if found is None:
        raise not_found()
    return found


def back_to(account_id: str) -> Response:
    """The way back to the account's page."""
    return RedirectResponse(f"/accounts/{account_id}", status_code=303)


def once_page(request: Request, account: Account, kind: str, secret: str) -> Response:
    """A password or key, shown this once."""
    return pages_of(request).draw(
        request, "accounts/once.html.j2", account=account, kind=kind, secret=secret
    )


def account_page(
    request: Request,
    deployment: Deployment,
    account_id: str,
    *,
    status: int = 200,
    error: InputError | None = None,
) -> Response:
    """What it may see, its open sessions and keys, what waits for a second person. Raises Problem 404."""
    account = account_of(deployment, account_id)
    idle, longest = idle_and_longest(deployment.settings)
    now = deployment.outside.now()
    actor = acting(request)
    return pages_of(request).draw(
        request,
        "accounts/account.html.j2",
        status=status,
        account=account,
        sessions=sessions_of(deployment.casework, account_id, now, idle=idle, longest=longest),
        keys=[(one, one.valid(now)) for one in keys_of(deployment.casework, account_id)],
        roles=[role.value for role in Role if role is not Role.SERVICE],
        agreed=agreed_for(deployment, actor, account_id),
        waiting=waiting_for(deployment, account_id),
        left=left_over(deployment, actor, ("account", account_id)),
        names={one.account_id: one.name for one in all_accounts(deployment.casework)},
        error=error,
    )
