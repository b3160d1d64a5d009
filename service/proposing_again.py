"""What came to nothing is put forward again: one click of whoever sees the facts as they are now. It is a new proposal; the old one stays.

Only what is carried out when it is agreed to comes to nothing by its facts; lists and reports are asked for again where they are made.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from casework.accounts import find_account
from casework.objections import ObjectionStep, check_step
from casework.proposals import Proposal, proposals
from household.alerts.life.decisions import Said, check_event
from household.errors import InputError
from service.access.actor import Scope
from service.access.roles import Permission
from service.account_changes import ask, change
from service.acts import ACCOUNT, ACCOUNT_GRANT, ALERT, OBJECTION
from service.api.problems import not_found
from service.proposing import put_alert_forward, put_forward
from service.reading import alert_desk, objections

if TYPE_CHECKING:
    from service.access.actor import Actor
    from service.deployment import Deployment

SECOND = "另一名工作人员"
_FIRST = {
    ALERT: Permission.ALERT_DECIDE,
    OBJECTION: Permission.OBJECTION_WORK,
}
"""What whoever puts it forward must hold; for accounts ACCOUNT_MANAGE."""


def may_propose(actor: Actor, kind: str) -> bool:
    """Whether the actor may put forward something of this kind."""
    needed = Permission.ACCOUNT_MANAGE if kind.startswith(ACCOUNT) else _FIRST.get(kind)
    return needed is not None and actor.may(needed)


def left_over(
    deployment: Deployment, actor: Actor, subject: tuple[str, str]
) -> tuple[Proposal, ...]:
    """Of each kind the newest proposal about a subject, where it came to nothing and the actor may put it forward again."""
    now = deployment.outside.stamp
    newest: dict[str, Proposal] = {}
    for one in proposals(deployment.casework):
        if (one.subject_kind, one.subject_id) == subject:
            newest.setdefault(one.kind, one)
    return tuple(
        one for one in newest.values() if one.left_over(now) and may_propose(actor, one.kind)
    )


def put_again(deployment: Deployment, actor: Actor, found: Proposal, *, facts: str) -> str:
    """Put it forward again, by the actor, with the facts of now; returns the new proposal's id.

    Args:
        deployment, actor: who does so. found: what came to nothing. facts: of an alert, the digest of what the actor has before his eyes.

    Raises:
        Problem: not the actor's to propose, or out of the area. InputError: it did not come to nothing, somebody has put it forward again
            already, or the facts do not allow it.

    """
    if not may_propose(actor, found.kind):
        raise not_found()
    if found not in left_over(deployment, actor, (found.subject_kind, found.subject_id)):
        raise InputError("该事项不能重新提出", "可能已重新提出，请刷新页面")
    if found.kind == ALERT:
        return _alert(deployment, actor, found, facts)
    if found.kind == OBJECTION:
        return _objection(deployment, actor, found)
    return _account(deployment, actor, found)


def with_second(said: Said) -> Said:
    """A decision as it would be entered with somebody's agreement, to be checked before anybody is asked."""
    return replace(said, second=SECOND)


def _alert(deployment: Deployment, actor: Actor, found: Proposal, facts: str) -> str:
    with deployment.warehouse.borrowed() as tables:
        seen = alert_desk.see(tables, deployment, actor.scope, found.subject_id)
    if seen is None:
        raise not_found()
    told: dict[str, Any] = {k: v for k, v in found.payload.items() if k in _SAID}
    at = deployment.outside.now().isoformat(timespec="seconds")
    said = Said(**told | {"clerk": actor.account_id, "decided_at": at, "facts_digest": facts})
    check_event(with_second(said), seen.alert)
    return put_alert_forward(deployment, actor, said, seen.alert["region_code"])


_SAID = frozenset(one.name for one in fields(Said))


def _objection(deployment: Deployment, actor: Actor, found: Proposal) -> str:
    with deployment.warehouse.borrowed() as tables:
        one = objections.find_objection(tables, deployment, actor.scope, found.subject_id)
    if one is None:
        raise not_found()
    step = ObjectionStep(
        found.subject_id,
        one.application_id,
        "reject",
        actor.account_id,
        found.reason,
        deployment.outside.stamp,
        second_account="-",
    )
    check_step(one.steps, step)
    return put_forward(
        deployment,
        actor,
        kind=OBJECTION,
        subject=(found.subject_kind, found.subject_id),
        payload={"application_id": one.application_id},
        reason=found.reason,
        region_code=one.region_code,
        programme=one.programme,
    )


def _account(deployment: Deployment, actor: Actor, found: Proposal) -> str:
    account = find_account(deployment.casework, account_id=found.subject_id)
    if account is None:
        raise not_found()
    if found.kind != ACCOUNT_GRANT:
        return ask(
            deployment,
            actor,
            account,
            kind=found.kind,
            payload=found.payload,
            reason=found.reason,
        )
    told: dict[str, Any] = dict(found.payload)
    scope = Scope(tuple(told["regions"]), tuple(told["programmes"]))
    proposed = change(
        deployment, actor, account, role=told["role"], scope=scope, reason=found.reason
    )
    if proposed is None:  # meanwhile it is no more than the account has: done at once
        return found.proposal_id
    return proposed
