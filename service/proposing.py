"""What needs a second person: which decisions are adverse, how they are proposed, and how somebody else settles them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from casework.accounts import all_accounts
from casework.proposals import (
    AGREED,
    LIFE_DAYS,
    Proposal,
    decide,
    note_failure,
    propose,
    use,
)
from household.errors import HouseholdError, InputError, OutsideError
from service.access.actor import EVERYTHING
from service.access.areas import within
from service.access.roles import Permission
from service.acts import ACCOUNT, ACTS, ALERT, EXPORT, right_of
from service.api.problems import not_found
from service.reading.seen import alerts_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from household.alerts.life.decisions import Said
    from service.access.actor import Actor
    from service.deployment import Deployment

ADVERSE_OUTCOMES = ("person_error", "fraud")


def is_adverse(said: Said) -> bool:
    """Whether a decision on an alert goes against the family: it finds the person at fault, or money to be paid back."""
    return said.action == "confirm" and (
        said.outcome in ADVERSE_OUTCOMES or (said.direction == "over" and _is_money(said.amount))
    )


def _is_money(text: str | None) -> bool:
    """Whether an amount is more than nought; what cannot be read is taken as more, and refused where it is checked."""
    return text is not None and bool(text.strip().strip("0").strip(".").strip("0"))


def put_forward(
    deployment: Deployment,
    actor: Actor,
    *,
    kind: str,
    subject: tuple[str, str],
    payload: Mapping[str, object],
    reason: str,
    region_code: str | None = None,
    programme: str | None = None,
) -> str:
    """Propose something to a second person; returns the proposal's id. Raises InputError for a reason that cannot be kept."""
    now = deployment.outside.now()
    return propose(
        deployment.casework,
        kind=kind,
        subject=subject,
        payload=payload,
        reason=reason,
        by=actor.account_id,
        at=now.isoformat(timespec="microseconds"),
        expires_at=(now + timedelta(days=LIFE_DAYS)).isoformat(timespec="microseconds"),
        region_code=region_code,
        programme=programme,
    )


def put_alert_forward(
    deployment: Deployment, actor: Actor, said: Said, region_code: str | None
) -> str:
    """Propose an adverse decision on an alert. The facts that were seen go with it: others refuse it later."""
    payload = {
        k: v for k, v in asdict(said).items() if v is not None and k not in ("clerk", "decided_at")
    }
    return put_forward(
        deployment,
        actor,
        kind=ALERT,
        subject=("alert", said.alert_id),
        payload=payload,
        reason=said.reason,
        region_code=region_code,
    )


def of_area(
    deployment: Deployment, actor: Actor, found: Sequence[Proposal]
) -> tuple[Proposal, ...]:
    """Those proposals whose kind the actor has a right to, and that lie in the own area.

    One that gives a list away and names no programme is a list of all programmes. An alert is of those that its people ask for. An account
    is an administrator's; a supervisor's where all that it may see, or is to see, lies in the own area.
    """
    held = [one for one in found if (right := right_of(one.kind)) is not None and actor.may(right)]
    accounts = _accounts_within(deployment, actor, held)
    own = [
        one
        for one in held
        if (
            one.proposal_id in accounts
            if one.kind.startswith(ACCOUNT)
            else actor.scope.covers(one.region_code, one.programme)
        )
    ]
    if EVERYTHING in actor.scope.programmes:
        return tuple(own)
    told = [one.subject_id for one in own if one.kind == ALERT]
    seen: frozenset[str] = frozenset()
    if told:
        with deployment.warehouse.borrowed() as tables:
            alerts = tables.frame("alert").filter(pl.col("alert_id").is_in(told))
            seen = frozenset(alerts_within(tables, alerts, actor.scope)["alert_id"])
    return tuple(
        one
        for one in own
        if (one.kind != ALERT or one.subject_id in seen)
        and (one.programme is not None or not one.kind.startswith(EXPORT))
    )


def _accounts_within(
    deployment: Deployment, actor: Actor, found: Sequence[Proposal]
) -> frozenset[str]:
    told = [one for one in found if one.kind.startswith(ACCOUNT)]
    if not told or actor.may(Permission.ACCOUNT_MANAGE):
        return frozenset(one.proposal_id for one in told)
    accounts = {one.account_id: one for one in all_accounts(deployment.casework)}
    return frozenset(
        one.proposal_id
        for one in told
        if one.subject_id in accounts and within(actor.scope, accounts[one.subject_id], one.payload)
    )


def settle(
    deployment: Deployment, actor: Actor, found: Proposal, decision: str, *, reason: str
) -> None:
    """Decide a proposal as another person; what is agreed to and can be done at once is done.

    Raises:
        Problem: it is out of the actor's area. InputError: as `casework.proposals.decide`; nobody agrees to what concerns his own account; or
            what was agreed to is refused by now, which is kept with its reason, so that it can be put forward again.

    """
    if not of_area(deployment, actor, [found]):
        raise not_found()
    if decision == AGREED and (found.subject_kind, found.subject_id) == (
        "account",
        actor.account_id,
    ):
        raise InputError("不能复核涉及自己账号的事项", "请由另一名有权人员复核")
    at = deployment.outside.stamp
    decided = decide(
        deployment.casework, found.proposal_id, decision, reason=reason, by=actor.account_id, at=at
    )
    act = ACTS.get(found.kind)
    if decision == AGREED and act is not None:
        taken = use(
            deployment.casework, found.proposal_id, kind=found.kind, by=actor.account_id, at=at
        )
        with carrying_out(deployment, taken):
            act(deployment, taken, decided)


@contextmanager
def carrying_out(deployment: Deployment, taken: Proposal) -> Iterator[None]:
    """What was agreed to is done within; where it is refused, that is kept with the reason. Raises what is raised within."""
    try:
        yield
    except HouseholdError as error:
        note_failure(
            deployment.casework, taken.proposal_id, error.what, at=deployment.outside.stamp
        )
        kind = InputError if isinstance(error, InputError) else OutsideError
        raise kind(f"未能办理：{error.what}", "未作改动，可按现在的情况重新提出") from error
