"""The queue taken away as a list: a short one at once, a longer one when a second person has agreed, once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from casework.assignments import Assignments
from casework.proposals import AGREED, Proposal, find_proposal, proposals, use
from household.errors import InputError
from service.access.actor import EVERYTHING, Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import Problem
from service.deployment import Deployment
from service.pages.listings import Listing, Shown, csv_of
from service.pages.rendering import deployment_of, language_of, pages_of
from service.proposing import put_forward
from service.reading.index import Indexes, indexes_of
from service.reading.queue.filters import Asked, read_filters
from service.reading.queue.page import read_all, read_queue

if TYPE_CHECKING:
    from service.reading.queue.page import QueueRow

EXPORT = "export.queue"
ALONE = 100
"""Most applications that one person may take away in a list; for more a second one agrees."""

router = APIRouter()
Acting = Annotated[Actor, Depends(acting)]
Deployed = Annotated[Deployment, Depends(deployment_of)]
Indexed = Annotated[Indexes, Depends(indexes_of)]


def agreed_lists(deployment: Deployment, account: str) -> list[Proposal]:
    """Lists of the account that a second person agreed to and that were not fetched yet."""
    return [
        one
        for one in proposals(deployment.casework, kinds=(EXPORT,))
        if one.proposed_by == account and one.decision == AGREED and not one.used_at
    ]


@router.get("/queue.csv")
@permits(Permission.BULK_EXPORT, "export.queue_ask")
def take_away(request: Request, actor: Acting, deployment: Deployed, indexes: Indexed) -> Response:
    """The list as CSV. Beyond ALONE applications a proposal that another person agreed to lets it through, once.

    Raises Problem 403 without it, InputError for one that is used or not agreed to.
    """
    asked = read_filters(request.query_params)
    with indexes.reading() as (tables, index):
        rows = read_all(
            tables,
            index,
            actor.scope,
            asked=asked,
            account=actor.account_id,
            held=Assignments(deployment.casework),
        )
    if len(rows) > ALONE:
        _second_person(request, deployment, actor, asked=asked, rows=len(rows))
    ids = [row.application_id for row in rows]
    write_entry(deployment, request, EXPORT, details={"applications": ids, "rows": len(ids)})
    return _csv(request, rows)


class Wish(BaseModel):
    """A list to be taken away, and why."""

    query: str = ""
    reason: str = ""


@router.post("/queue/export")
@permits(Permission.BULK_EXPORT, "export.queue_propose")
def ask_second(
    request: Request,
    wish: Annotated[Wish, Form()],
    actor: Acting,
    deployment: Deployed,
    indexes: Indexed,
) -> HTMLResponse:
    """Propose a large export; a second person agrees. Raises InputError for a reason that is missing or holds a number."""
    asked = read_filters(dict(parse_qsl(wish.query)))
    with indexes.reading() as (tables, index):
        page = read_queue(
            tables,
            index,
            actor.scope,
            asked=asked,
            account=actor.account_id,
            held=Assignments(deployment.casework),
            limit=1,
        )
    proposal_id = put_forward(
        deployment,
        actor,
        kind=EXPORT,
        subject=("list", "queue"),
        payload={"query": asked.query, "rows": page.total},
        reason=wish.reason,
        region_code=_own_area(asked.region, actor.scope.regions),
        programme=_own_area(asked.programme, actor.scope.programmes),
    )
    return pages_of(request).draw(
        request, "queue/proposed.html.j2", proposal_id=proposal_id, query=asked.query
    )


def _own_area(asked: str, own: tuple[str, ...]) -> str | None:
    """The region or programme in which the second person is looked for; None: whoever may see all of them.

    What was asked for counts where it lies in the own area; else the own area itself, where it is one.
    """
    if asked and (EVERYTHING in own or asked.startswith(own)):
        return asked
    return own[0] if len(own) == 1 and own[0] != EVERYTHING else None


_CSV = (
    Shown("application_id", "queue.application"),
    Shown("programme", "queue.programme", kind="word", words="household.programme"),
    Shown("region_code", "queue.region"),
    Shown("suggestion", "queue.suggestion", kind="word", words="household.suggestion"),
    Shown("certain", "queue.certain"),
    Shown("income_per_capita_month", "queue.per_capita", kind="money"),
    Shown("income_limit", "queue.limit", kind="money"),
    Shown("amount", "queue.amount", kind="money"),
    Shown("alerts_b", "queue.alerts_b", kind="count"),
    Shown("alerts_r", "queue.alerts_r", kind="count"),
    Shown("alerts_i", "queue.alerts_i", kind="count"),
    Shown("age", "queue.age", kind="count"),
    Shown("next_due_on", "queue.next_due", kind="day"),
    Shown("overdue", "queue.overdue", kind="count"),
)


def _second_person(
    request: Request, deployment: Deployment, actor: Actor, *, asked: Asked, rows: int
) -> None:
    """Use up the agreement; raise where there is none for this very list and person."""
    agreed = request.query_params.get("agreed", "")
    if not agreed:
        raise Problem(
            403, "second-person", "需要另一人同意", detail=f"超过{ALONE}份申请的名单须经双人复核"
        )
    found = find_proposal(deployment.casework, agreed)
    own = found is not None and found.proposed_by == actor.account_id
    if found is None or not own or found.payload.get("query") != asked.query:
        raise InputError("同意的不是这份名单", "请按同意时的条件导出，或重新提出")
    # Taking up more applications, or a new run, may have made it longer meanwhile.
    if rows > int(str(found.payload["rows"])):
        raise InputError("名单比同意时更长", "请重新提出，由另一人按现在的份数复核")
    stamp = deployment.outside.stamp
    use(deployment.casework, agreed, kind=EXPORT, by=actor.account_id, at=stamp, rows=rows)


def _csv(request: Request, rows: tuple[QueueRow, ...]) -> Response:
    told = tuple(tuple(getattr(row, column.name) for column in _CSV) for row in rows)
    say = partial(pages_of(request).say, language_of(request))
    made = csv_of([Listing("queue", "queue.title", _CSV, told)], "queue", say)
    assert made is not None
    return made
