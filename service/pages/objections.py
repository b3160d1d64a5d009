"""Objections: to one line of a result or to all of it, answered by somebody else, with what is due when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.accounts import all_accounts
from casework.objections import FROM, GROUNDS, STATES, ObjectionStep, add_step, check_step
from household.alerts.life.decisions import plain_text
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.acts import OBJECTION
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.proposing import put_forward
from service.proposing_again import left_over
from service.reading import objections
from service.reading.index import Indexes, indexes_of
from service.submissions.objecting import NewObjection, hand_in_objection

ID = r"^[0-9A-Za-z_.\-]{1,64}$"

router = APIRouter()


@router.get("/objections")
@permits(Permission.OBJECTION_READ, "objection.list")
def objection_list(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    state: Annotated[str, Query(pattern="^[a-z]{0,12}$")] = "",
) -> Response:
    """Objections of the area: the open ones first, the soonest due first."""
    with deployment.warehouse.borrowed() as tables:
        found = objections.objections(tables, deployment, actor.scope)
    return pages_of(request).draw(
        request,
        "objections/list.html.j2",
        rows=[one for one in found if not state or one.state == state],
        chosen=state,
        counts={one: sum(row.state == one for row in found) for one in STATES},
        may_work=actor.may(Permission.OBJECTION_WORK),
    )


@router.get("/objections/new")
@permits(Permission.OBJECTION_WORK, "objection.begin")
def new_objection(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    application: Annotated[str, Query(max_length=64)],
    evidence: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The form for an objection to one line, or to the whole result."""
    line = _line_of(deployment, actor, application, evidence or None)
    return pages_of(request).draw(
        request,
        "objections/new.html.j2",
        application_id=application,
        line=line,
        grounds=GROUNDS,
        today=deployment.outside.today,
    )


@router.post("/objections")
@permits(Permission.OBJECTION_WORK, "objection.enter")
def enter_objection(
    *,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
    application_id: Annotated[str, Form(max_length=64)],
    ground: Annotated[str, Form(max_length=20)],
    note: Annotated[str, Form(max_length=500)],
    raised_on: Annotated[str, Form(pattern=r"^\d{4}-\d{2}-\d{2}$")],
    evidence_id: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Enter an objection: it is kept, and lands in the inbox, so that the next run takes the line as contested."""
    _line_of(deployment, actor, application_id, evidence_id or None)
    today = deployment.outside.today
    day = _day(raised_on, today)
    objection_id = f"YY{today:%Y%m%d}{deployment.outside.token_bytes(5).hex()}"
    step = ObjectionStep(
        objection_id,
        application_id,
        "enter",
        actor.account_id,
        plain_text(note, "说明"),
        deployment.outside.stamp,
        evidence_id or None,
        ground,
        raised_on,
    )
    check_step((), step)
    landed = NewObjection(objection_id, application_id, evidence_id or None, ground, day)
    hand_in_objection(deployment, indexes, actor, landed)
    add_step(deployment.casework, step)
    return RedirectResponse(f"/objections/{objection_id}", status_code=303)


@router.get("/objections/{objection_id}")
@permits(Permission.OBJECTION_READ, "objection.read", subject=("objection", "objection_id"))
def objection_page(
    request: Request,
    objection_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    proposed: Annotated[str, Query(pattern="^(T[0-9a-f]{20})?$")] = "",
) -> Response:
    """One objection: the line, what hangs on it, and the steps so far."""
    with deployment.warehouse.borrowed() as tables:
        found = objections.find_objection(tables, deployment, actor.scope, objection_id)
        if found is None:
            raise not_found()
        about = objections.contested(tables, found.application_id, found.evidence_id)
        reached = (
            objections.reach(tables, actor.scope, found.evidence_id, found.application_id)
            if found.evidence_id
            else None
        )
        run = tables.run
    return pages_of(request).draw(
        request,
        "objections/objection.html.j2",
        one=found,
        about=about,
        reached=reached,
        actions=[name for name, states in FROM.items() if found.state in states],
        names={account.account_id: account.name for account in all_accounts(deployment.casework)},
        may_work=actor.may(Permission.OBJECTION_WORK),
        proposed=proposed,
        left=left_over(deployment, actor, ("objection", objection_id)),
        run=run,
    )


@router.post("/objections/{objection_id}")
@permits(Permission.OBJECTION_WORK, "objection.step", subject=("objection", "objection_id"))
def take_step(
    *,
    objection_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    action: Annotated[str, Form(pattern="^(take|recheck|uphold|reject|withdraw)$")],
    note: Annotated[str, Form(max_length=500)],
) -> Response:
    """Take, recheck, answer or withdraw. To leave the result as it is takes a second person."""
    with deployment.warehouse.borrowed() as tables:
        found = objections.find_objection(tables, deployment, actor.scope, objection_id)
    if found is None:
        raise not_found()
    step = ObjectionStep(
        objection_id,
        found.application_id,
        action,
        actor.account_id,
        plain_text(note, "说明"),
        deployment.outside.stamp,
    )
    if action != "reject":
        add_step(deployment.casework, step)
        return RedirectResponse(f"/objections/{objection_id}", status_code=303)
    check_step(found.steps, replace(step, second_account="-"))
    proposal_id = put_forward(
        deployment,
        actor,
        kind=OBJECTION,
        subject=("objection", objection_id),
        payload={"application_id": found.application_id},
        reason=note,
        region_code=found.region_code,
        programme=found.programme,
    )
    return RedirectResponse(f"/objections/{objection_id}?proposed={proposal_id}", status_code=303)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError("提出日期不是日历上的一天", "请写成 2026-05-20 的形式") from None
    if day > today:  # the days until it is due would be counted from a day that has not come
        raise InputError("提出日期晚于今天", "请按实际提出的日期填写")
    return day


def _line_of(
    deployment: Deployment, actor: Actor, application_id: str, evidence_id: str | None
) -> dict[str, object] | None:
    """The line that is objected to. Raises Problem where the application is out of the area, or the line is not its own."""
    with deployment.warehouse.borrowed() as tables:
        verdicts = tables.frame("household_verdict", application_id=application_id)
        asked = verdicts.filter("requested") if len(verdicts) else verdicts
        covered = any(
            actor.scope.covers(region, programme)
            for region, programme in asked.select("region_code", "programme").iter_rows()
        )
        if not covered:
            raise not_found()
        line = objections.contested(tables, application_id, evidence_id)["line"]
    if evidence_id is not None and line is None:
        raise not_found()
    found: dict[str, object] | None = line
    return found
