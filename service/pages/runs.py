"""Runs started from the console: the list, starting one, and watching it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from casework.accounts import all_accounts
from casework.runs import DAGSTER, PROCESS
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import Problem, not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.reading.quality.areas import sees_all
from service.runs.starting import RunningAlreadyError, Start, start_run
from service.runs.watching import orders, silent_institutions, watch

if TYPE_CHECKING:
    from service.runs.watching import Watched

router = APIRouter()


@router.get("/runs")
@permits(Permission.RUN_READ, "run.list")
def list_runs(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> HTMLResponse:
    """The newest runs, and a form to start one."""
    return _list(request, actor, deployment)


@router.post("/runs")
@permits(Permission.RUN_START, "run.start")
def start(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    as_of: Annotated[str, Form()] = "",
    how: Annotated[str, Form()] = PROCESS,
) -> Response:
    """Start a run for a day and go to where it is watched; where one goes on already, say so."""
    try:
        day = date.fromisoformat(as_of) if as_of else deployment.outside.today
    except ValueError:
        raise Problem(422, "invalid", "核对基准日不是日期", detail="请写成 2026-05-20") from None
    if day > deployment.outside.today:  # every authorisation ends some day: all would be recalled
        raise Problem(422, "invalid", "核对基准日在今天之后", detail="请填写今天或以前的日期")
    try:
        order_id = start_run(deployment, actor, Start(day, DAGSTER if how == DAGSTER else PROCESS))
    except RunningAlreadyError as error:
        return _list(request, actor, deployment, refused=error)
    write_entry(
        deployment,
        request,
        "run.started",
        subject=("run_order", order_id),
        details={"as_of": day.isoformat()},
    )
    return RedirectResponse(f"/runs/{order_id}", status_code=303)


@router.get("/runs/{order_id}")
@permits(Permission.RUN_READ, "run.read", subject=("run_order", "order_id"))
def show(
    request: Request,
    order_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> HTMLResponse:
    """One run: what is done, and how it ended. What it counts is of all areas and is told to who sees all."""
    return pages_of(request).draw(
        request,
        "runs/show.html.j2",
        watched=_watched(deployment, order_id),
        names=_names(deployment),
        institutions=silent_institutions(deployment, actor.scope),
        whole=_sees_all(deployment, actor),
    )


@router.get("/runs/{order_id}/progress")
@permits(Permission.RUN_READ)
def progress(
    request: Request,
    order_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> HTMLResponse:
    """The part of the page that changes; asked for every two seconds while the run goes on. Nothing of a person is in it."""
    return pages_of(request).draw(
        request,
        "runs/progress.html.j2",
        watched=_watched(deployment, order_id),
        whole=_sees_all(deployment, actor),
    )


def _list(
    request: Request,
    actor: Actor,
    deployment: Deployment,
    *,
    refused: RunningAlreadyError | None = None,
) -> HTMLResponse:
    return pages_of(request).draw(
        request,
        "runs/list.html.j2",
        status=200 if refused is None else 409,
        orders=orders(deployment),
        names=_names(deployment),
        may_start=actor.may(Permission.RUN_START),
        has_dagster=deployment.settings.dagster_url is not None,
        has_inbox=deployment.settings.inbox is not None,
        today=deployment.outside.today.isoformat(),
        refused=refused,
    )


def _sees_all(deployment: Deployment, actor: Actor) -> bool:
    with deployment.warehouse.borrowed() as tables:
        return sees_all(tables, actor.scope)


def _watched(deployment: Deployment, order_id: str) -> Watched:
    found = watch(deployment, order_id)
    if found is None:
        raise not_found()
    return found


def _names(deployment: Deployment) -> dict[str, str]:
    """Account to the name on the screen."""
    return {one.account_id: one.name for one in all_accounts(deployment.casework)}
