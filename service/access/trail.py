"""What the gate and endpoints write into the audit log. Written before anything is shown; when it cannot be, nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.audit.entry import DONE, Entry
from service.access.client import client_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from service.access.actor import Actor
    from service.deployment import Deployment


def write_entry(
    deployment: Deployment,
    request: Request,
    action: str,
    *,
    outcome: str = DONE,
    subject: tuple[str, str] = ("", ""),
    reason: str = "",
    details: Mapping[str, object] | None = None,
    actor: Actor | None = None,
) -> None:
    """Write what this request does. Blocks until it is kept; call it from a plain (not async) endpoint, before showing or doing it.

    Args:
        deployment, request: of the endpoint. action: dotted, like `person.unmask`. outcome: done, denied or failed.
        subject: kind and id, like ("person", person_ref). reason: in the actor's words. details: ids and counts.
        actor: where the gate has none yet (signing in).

    Raises:
        AuditUnavailable: it is not kept; show nothing. InputError: the reason holds a long number.

    """
    who: Actor | None = actor or getattr(request.state, "actor", None)
    deployment.audit.record(
        Entry(
            action,
            actor_id=who.account_id if who else "",
            actor_name=who.name if who else "",
            role=str(who.role) if who else "",
            outcome=outcome,
            subject_kind=subject[0],
            subject_id=subject[1],
            reason=reason,
            correlation_id=getattr(request.state, "correlation_id", ""),
            address=client_address(request.scope, deployment.settings.trusted_proxies),
            details=details or {},
        )
    )
