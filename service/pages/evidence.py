"""The evidence page: two clicks from a suggestion to the line of a file. And values in clear, for a reason, written down first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from casework.errors import BusyError
from household.errors import InputError
from household.linkage.waterfall import waterfall_text
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.reading.evidence.columns import GROUPS
from service.reading.evidence.explained import explain, row_and_person
from service.reading.evidence.row import read_evidence
from service.reading.explanations import explanations_of
from service.reading.papers import shelves_of
from service.reading.unmasking import hidden_evidence, hidden_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.errors import HouseholdError
    from pipelines.explaining import Explained
    from service.reading.unmasking import Hidden

ROW = "/applications/{application_id}/evidence/{evidence_id}"
PERSON = "/applications/{application_id}/people/{person_ref}"
SUBJECT = ("application", "application_id")
LEAST_REASON = 4

router = APIRouter()
Acting = Annotated[Actor, Depends(acting)]
Deployed = Annotated[Deployment, Depends(deployment_of)]


@router.get(ROW)
@permits(Permission.EVIDENCE_READ, "evidence.read", subject=("evidence", "evidence_id"))
def evidence(
    request: Request, application_id: str, evidence_id: str, actor: Acting, deployment: Deployed
) -> HTMLResponse:
    """One piece of evidence, masked. Raises Problem 404 where it is not there or out of the area."""
    with deployment.warehouse.borrowed() as tables:
        shelf = shelves_of(request).of(tables, deployment.warehouse.path)
        found = read_evidence(
            tables, actor.scope, application_id, evidence_id=evidence_id, shelf=shelf
        )
    if found is None:
        raise not_found()
    ref = found.holding.person_ref
    write_entry(
        deployment,
        request,
        "evidence.show",
        subject=("evidence", evidence_id),
        details={"applications": [application_id], "persons": [ref] if ref else []},
    )
    return pages_of(request).draw(
        request,
        "evidence/page.html.j2",
        evidence=found,
        may_unmask=actor.may(Permission.PERSON_UNMASK),
        may_object=actor.may(Permission.OBJECTION_WORK),
    )


@router.get(ROW + "/link")
@permits(Permission.EVIDENCE_READ, "evidence.explain", subject=SUBJECT)
def link(
    request: Request, application_id: str, evidence_id: str, actor: Acting, deployment: Deployed
) -> HTMLResponse:
    """Why the row is held to be the person's; a part for htmx, a page without it. Raises Problem 404 as `evidence`."""
    with deployment.warehouse.borrowed() as tables:
        asked = row_and_person(tables, actor.scope, application_id, evidence_id=evidence_id)
        if asked is None:
            raise not_found()
        found: Explained | None = None
        trouble: HouseholdError | None = None
        try:
            found = explain(explanations_of(request), asked, tables=tables)
        except (InputError, BusyError) as error:
            trouble = error
    weights = found.story.weights if found else None
    return pages_of(request).draw(
        request,
        "evidence/link.html.j2",
        whole="hx-request" not in request.headers,
        back=f"/applications/{application_id}/evidence/{evidence_id}",
        found=found,
        trouble=trouble,
        weights=waterfall_text(weights) if weights else "",
    )


class Ask(BaseModel):
    """What is asked for in clear, and why."""

    group: str
    reason: str = ""


@router.post(ROW + "/unmask")
@permits(Permission.PERSON_UNMASK, "person.unmask_ask", subject=SUBJECT)
def unmask_row(
    request: Request,
    application_id: str,
    evidence_id: str,
    ask: Annotated[Ask, Form()],
    actor: Acting,
) -> HTMLResponse:
    """One group of columns of the row in clear, once. Raises Problem 404 as `evidence`."""
    warehouse = deployment_of(request).warehouse
    with warehouse.borrowed() as tables:
        shelf = shelves_of(request).of(tables, warehouse.path)
        hidden = hidden_evidence(
            tables, actor.scope, application_id, evidence_id=evidence_id, shelf=shelf
        )
    details = {"applications": [application_id], "evidence": evidence_id}
    return _told(request, hidden, ask, page=f"evidence/{evidence_id}", details=details)


@router.post(PERSON + "/unmask")
@permits(Permission.PERSON_UNMASK, "person.unmask_ask", subject=SUBJECT)
def unmask_person(
    request: Request,
    application_id: str,
    person_ref: str,
    ask: Annotated[Ask, Form()],
    actor: Acting,
) -> HTMLResponse:
    """One group of what the application states of a person in clear, once. Raises Problem 404 as `evidence`."""
    warehouse = deployment_of(request).warehouse
    with warehouse.borrowed() as tables:
        shelf = shelves_of(request).of(tables, warehouse.path)
        hidden = hidden_person(
            tables, actor.scope, application_id, person_ref=person_ref, shelf=shelf
        )
    details: dict[str, object] = {"applications": [application_id]}
    return _told(request, hidden, ask, page="", details=details)


def _told(
    request: Request,
    hidden: Hidden | None,
    ask: Ask,
    *,
    page: str,
    details: Mapping[str, object],
) -> HTMLResponse:
    """Write down who sees what and why; only then take the values out."""
    if hidden is None:
        raise not_found()
    trouble: InputError | None = None
    values: tuple[tuple[str, str], ...] = ()
    try:
        _write_down(request, hidden, ask, details)
        values = hidden.told(ask.group)
    except InputError as error:
        trouble = error
    return pages_of(request).draw(
        request,
        "evidence/unmasked.html.j2",
        status=422 if trouble else 200,
        whole="hx-request" not in request.headers,
        back=f"/applications/{request.path_params['application_id']}/{page}".rstrip("/"),
        values=values,
        trouble=trouble,
    )


def _write_down(request: Request, hidden: Hidden, ask: Ask, details: Mapping[str, object]) -> None:
    """Raises InputError for a reason that is too short or holds a number, AuditUnavailable."""
    if len(ask.reason.strip()) < LEAST_REASON:
        raise InputError("理由过短", f"请用不少于{LEAST_REASON}个字说明为什么需要查看")
    if ask.group not in GROUPS:
        raise InputError("没有这类内容", "请在列表中选择")
    ref = hidden.person_ref
    write_entry(
        deployment_of(request),
        request,
        "person.unmask",
        subject=("person", ref) if ref else ("evidence", str(details.get("evidence", ""))),
        reason=ask.reason,
        details={**details, "group": ask.group, "dataset": hidden.dataset},
    )
