"""What needs a second person: which decisions are adverse, how they are proposed, and what is done when somebody else agrees."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from casework.objections import ObjectionStep, add_step
from casework.proposals import AGREED, LIFE_DAYS, Proposal, decide, propose, use
from household.alerts.life.decisions import Said
from pipelines.deciding import Desk
from service.access.actor import EVERYTHING
from service.api.problems import not_found
from service.reading.seen import alerts_within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.access.actor import Actor
    from service.deployment import Deployment

ALERT = "alert.decide"
OBJECTION = "objection.reject"
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
    """Those proposals that lie in the actor's area.

    One that gives a list away and names no programme is a list of all programmes. An alert is of those that its people ask for.
    """
    own = [one for one in found if actor.scope.covers(one.region_code, one.programme)]
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
        and (one.programme is not None or not one.kind.startswith("export."))
    )


def settle(
    deployment: Deployment, actor: Actor, found: Proposal, decision: str, *, reason: str
) -> None:
    """Decide a proposal as another person; what is agreed to and can be done at once is done.

    Raises:
        Problem: it is out of the actor's area. InputError: as `casework.proposals.decide`, or what was agreed to is refused by now.

    """
    if not of_area(deployment, actor, [found]):
        raise not_found()
    at = deployment.outside.stamp
    decided = decide(
        deployment.casework, found.proposal_id, decision, reason=reason, by=actor.account_id, at=at
    )
    act = ACTS.get(found.kind)
    if decision == AGREED and act is not None:
        taken = use(
            deployment.casework, found.proposal_id, kind=found.kind, by=actor.account_id, at=at
        )
        act(deployment, taken, decided)


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


ACTS: dict[str, Callable[[Deployment, Proposal, Proposal], None]] = {
    ALERT: _decide_alert,
    OBJECTION: _reject_objection,
}
"""Kind -> what is done when it is agreed to; kinds that are not here are taken up by whoever proposed them."""
