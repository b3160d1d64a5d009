"""The queue: applications of the visitor's area, filtered, ordered, taken and given, and kept as views."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from casework.accounts import all_accounts
from casework.assignments import Assignments, assign
from casework.views import drop_view, save_view, views_for
from household.errors import InputError
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission, Role
from service.access.trail import write_entry
from service.api.problems import Problem
from service.deployment import Deployment
from service.pages import queue_export
from service.pages.queue_export import agreed_lists
from service.pages.rendering import deployment_of, pages_of
from service.reading.household.suggestions import rule_titles
from service.reading.index import Indexes, indexes_of
from service.reading.queue import filters
from service.reading.queue.filters import read_filters, with_filter
from service.reading.queue.page import read_queue, visible

QUEUE = "/queue"

router = APIRouter()
Acting = Annotated[Actor, Depends(acting)]
Deployed = Annotated[Deployment, Depends(deployment_of)]
Indexed = Annotated[Indexes, Depends(indexes_of)]


@router.get(QUEUE)
@permits(Permission.QUEUE_READ, "queue.list")
def queue(request: Request, actor: Acting, deployment: Deployed, indexes: Indexed) -> HTMLResponse:
    """A page of the queue. The address holds the filters, and the application after which the page begins."""
    asked = read_filters(request.query_params)
    with indexes.reading() as (tables, index):
        page = read_queue(
            tables,
            index,
            actor.scope,
            asked=asked,
            account=actor.account_id,
            held=Assignments(deployment.casework),
            after=request.query_params.get("after", ""),
        )
    people = {a.account_id: a for a in all_accounts(deployment.casework)}
    return pages_of(request).draw(
        request,
        "queue/page.html.j2",
        page=page,
        asked=asked,
        begun="after" in request.query_params,
        with_filter=with_filter,
        views=views_for(deployment.casework, actor.account_id),
        names={account_id: a.name for account_id, a in people.items()},
        workers=[a for a in people.values() if a.role in _WORKERS and not a.disabled_at],
        leads=actor.role is Role.SUPERVISOR,
        may_export=actor.may(Permission.BULK_EXPORT),
        alone=queue_export.ALONE,
        agreed=agreed_lists(deployment, actor.account_id),
        rules=rule_titles(),
        choices=filters,
    )


class Kept(BaseModel):
    """Filters to keep under a name."""

    name: str = ""
    query: str = ""
    shared: str = ""


@router.post("/queue/views")
@permits(Permission.QUEUE_READ, "queue.view_save")
def keep_view(
    kept: Annotated[Kept, Form()], actor: Acting, deployment: Deployed
) -> RedirectResponse:
    """Keep the filters as a view; only a supervisor's are shared. Raises InputError for an odd name."""
    asked = read_filters(dict(parse_qsl(kept.query)))
    save_view(
        deployment.casework,
        actor.account_id,
        kept.name,
        query=asked.query,
        shared=bool(kept.shared) and actor.role is Role.SUPERVISOR,
        at=deployment.outside.stamp,
    )
    return RedirectResponse(f"{QUEUE}?{asked.query}", status_code=303)


@router.post("/queue/views/{view_id}/delete")
@permits(Permission.QUEUE_READ, "queue.view_delete")
def delete_view(
    view_id: Annotated[int, Path(le=2**63 - 1)], actor: Acting, deployment: Deployed
) -> RedirectResponse:
    """Delete one of the visitor's own views."""
    drop_view(deployment.casework, actor.account_id, view_id)
    return RedirectResponse(QUEUE, status_code=303)


class Given(BaseModel):
    """Applications and who is to have them. `to`: `me`, `worker` (whose account is `worker`), or nobody (empty)."""

    application: list[str] = []
    to: str = ""
    worker: str = ""
    query: str = ""


@router.post("/queue/assign")
@permits(Permission.QUEUE_READ, "queue.assign_ask")
def give(
    request: Request,
    given: Annotated[Given, Form()],
    actor: Acting,
    deployment: Deployed,
    indexes: Indexed,
) -> RedirectResponse:
    """Take applications, give them back, or (a supervisor) give them to somebody.

    An analyst takes what is free and gives back what is his. Raises Problem 403, InputError.
    """
    to = {"me": actor.account_id, "worker": given.worker}.get(given.to) or None
    with indexes.reading() as (tables, index):
        seen = visible(tables, index, actor.scope, tuple(given.application))
    if actor.role is not Role.SUPERVISOR:
        if to not in (actor.account_id, None):
            raise Problem(403, "forbidden", "没有权限", detail="只有主管可以分派给他人")
        held = Assignments(deployment.casework).of(seen)
        seen = tuple(one for one in seen if held.get(one, actor.account_id) == actor.account_id)
    elif to is not None and to not in {
        a.account_id for a in all_accounts(deployment.casework) if a.role in _WORKERS
    }:
        raise InputError("没有这名核对人员", "请在列表中选择")
    details: dict[str, object] = {"applications": list(seen), "to": to or "", "count": len(seen)}
    write_entry(deployment, request, "queue.assign", details=details)
    assign(deployment.casework, seen, to=to, by=actor.account_id, at=deployment.outside.stamp)
    query = read_filters(dict(parse_qsl(given.query))).query
    return RedirectResponse(f"{QUEUE}?{query}", status_code=303)


_WORKERS = (Role.ANALYST, Role.SUPERVISOR)
