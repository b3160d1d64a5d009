"""What is done when a second person agrees, by kind of proposal, and what right each kind needs of both persons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.accounts import find_account, link_subject, set_role, set_scope, set_second_factor
from casework.objections import ObjectionStep, add_step
from casework.sessions import end_sessions
from household.alerts.life.decisions import Said
from household.errors import InputError
from pipelines.deciding import Desk
from service.access.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.accounts import Account
    from casework.proposals import Proposal
    from service.deployment import Deployment

ALERT = "alert.decide"
OBJECTION = "objection.reject"
EXPORT = "export."
ACCOUNT = "account."
ACCOUNT_GRANT, ACCOUNT_RESET, ACCOUNT_FACTOR, ACCOUNT_SUBJECT, ACCOUNT_KEY = (
    f"{ACCOUNT}{name}" for name in ("grant", "reset", "factor", "subject", "key")
)


def right_of(kind: str) -> Permission | None:
    """What whoever agrees must hold beside PROPOSAL_DECIDE: a right to the thing itself. None: a kind that nobody agrees to."""
    if kind.startswith(ACCOUNT):
        return Permission.ACCOUNT_AGREE
    if kind.startswith(EXPORT):
        return Permission.BULK_EXPORT
    return {ALERT: Permission.ALERT_DECIDE, OBJECTION: Permission.OBJECTION_WORK}.get(kind)


def as_it_is(account: Account) -> dict[str, object]:
    """Role and area of an account as a proposal tells them, so that another state is noticed when it is agreed to."""
    return {
        "was_role": account.role,
        "was_regions": list(account.regions),
        "was_programmes": list(account.programmes),
    }


def _decide_alert(deployment: Deployment, taken: Proposal, decided: Proposal) -> None:
    told: dict[str, Any] = dict(taken.payload)
    said = Said(
        **told
        | {
            "clerk": taken.proposed_by,
            "second": decided.decided_by,
            "decided_at": str(decided.decided_at),
        }
    )
    Desk(deployment.warehouse.path, casework=deployment.casework).decide([said])


def _reject_objection(deployment: Deployment, taken: Proposal, decided: Proposal) -> None:
    told = taken.payload
    add_step(
        deployment.casework,
        ObjectionStep(
            taken.subject_id,
            str(told["application_id"]),
            "reject",
            taken.proposed_by,
            taken.reason,
            str(decided.decided_at),
            second_account=decided.decided_by,
        ),
    )


def _grant(deployment: Deployment, taken: Proposal, _: Proposal) -> None:
    account = _open_account(deployment, taken)
    told: dict[str, Any] = dict(taken.payload)
    if as_it_is(account) != {name: told.get(name) for name in as_it_is(account)}:
        raise InputError("账号的角色或范围在提出之后已变", "请按现在的情况重新提出")
    if told["role"] != account.role:
        set_role(deployment.casework, account.account_id, told["role"], by=taken.proposed_by)
    set_scope(
        deployment.casework,
        account.account_id,
        regions=told["regions"],
        programmes=told["programmes"],
        by=taken.proposed_by,
    )


def _take_factor_away(deployment: Deployment, taken: Proposal, _: Proposal) -> None:
    account = _open_account(deployment, taken)
    set_second_factor(deployment.casework, account.account_id, None)
    now = deployment.outside.now()
    end_sessions(deployment.casework, account.account_id, now, why="second_factor_reset")


def _link(deployment: Deployment, taken: Proposal, _: Proposal) -> None:
    account = _open_account(deployment, taken)
    subject = str(taken.payload["subject"])
    link_subject(deployment.casework, account.account_id, subject, by=taken.proposed_by)


def _open_account(deployment: Deployment, taken: Proposal) -> Account:
    found = find_account(deployment.casework, account_id=taken.subject_id)
    if found is None or found.disabled_at is not None:
        raise InputError("账号已停用", "请先重新启用，再重新提出")
    return found


ACTS: dict[str, Callable[[Deployment, Proposal, Proposal], None]] = {
    ALERT: _decide_alert,
    OBJECTION: _reject_objection,
    ACCOUNT_GRANT: _grant,
    ACCOUNT_FACTOR: _take_factor_away,
    ACCOUNT_SUBJECT: _link,
}
"""Kind -> what is done when it is agreed to; kinds that are not here are taken up by whoever proposed them."""
