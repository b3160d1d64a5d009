"""Clerical review of links: the queues, one pair side by side, and an answer by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.errors import BusyError
from casework.judgements import add_judgements
from household.alerts.life.decisions import plain_text
from household.errors import InputError
from household.linkage.judgements import Judgement
from household.linkage.queues import QUEUES, SECOND_READER
from household.linkage.waterfall import waterfall_svg
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission, Role
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.reading import link_review
from service.reading.explanations import explanations_of
from service.reading.link_notes import read_note
from service.reading.waiting_links import waiting_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.linkage.side_by_side import Shown
    from service.reading.explanations import Pair
    from warehouse.current import CurrentTables

ON_PAGE = 50
LINK = "^[0-9a-f]{16}$"
REASONS = ("name_and_birth", "number_typo", "other_person", "paper_seen", "unclear")
"""Reasons that are chosen by a click; what they say stands in the words `links.reason_…`."""

router = APIRouter()


def queues_of(actor: Actor) -> tuple[str, ...]:
    """The queues that an actor sees: contradictions are settled by supervisors."""
    seen = tuple(queue for queue in QUEUES if queue != "conflicts" or actor.role is Role.SUPERVISOR)
    return (*seen, SECOND_READER)


@router.get("/links")
@permits(Permission.LINK_REVIEW, "link.list")
def link_queue(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    queue: Annotated[str, Query(pattern="^[a-z_]{1,20}$")] = "clerical",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """What waits for this reader."""
    if queue not in queues_of(actor):
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        links = waiting_of(request).of_area(tables, actor.scope)
        found = link_review.in_view(links, queue, actor)
        shown = found.slice((page - 1) * ON_PAGE, ON_PAGE).to_dicts()
        sides = _sides(request, tables, shown)
    counts = {one: len(link_review.in_view(links, one, actor)) for one in queues_of(actor)}
    twice, differ = link_review.agreement(links)
    for row in shown:
        row["blind"] = link_review.is_blind(row, actor)
        row["said"] = read_note(row["note"], blind=row["blind"])
        row["sides"] = sides.get(link_review.pair_of(row), ()) if sides else ()
    return pages_of(request).draw(
        request,
        "links/queue.html.j2",
        queue=queue,
        counts=counts,
        rows=shown,
        no_sides=sides is None,
        page=page,
        pages=max(1, -(-len(found) // ON_PAGE)),
        read_twice=twice,
        differ=differ,
    )


def _sides(
    request: Request, tables: CurrentTables, rows: list[dict[str, Any]]
) -> Mapping[Pair, tuple[Shown, ...]] | None:
    """What stands on both sides of the rows of a list; None where it cannot be shown now."""
    try:
        return explanations_of(request).sides(tables, [link_review.pair_of(row) for row in rows])
    except (InputError, BusyError):
        return None


@router.get("/links/next")
@permits(Permission.LINK_REVIEW)
def next_link(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    queue: Annotated[str, Query(pattern="^[a-z_]{1,20}$")] = "clerical",
    but: Annotated[str, Query(pattern="^([0-9a-f]{16})?$")] = "",
) -> Response:
    """Go to the next pair of a queue, or back to the queue when it is empty."""
    if queue not in queues_of(actor):
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        links = waiting_of(request).of_area(tables, actor.scope)
    found = link_review.in_view(links, queue, actor)
    waiting = found["link_id"].head(2).to_list()
    waiting = [one for one in waiting if one != but]
    target = f"/links/{waiting[0]}?queue={queue}" if waiting else f"/links?queue={queue}"
    return RedirectResponse(target, status_code=303)


@router.get("/links/{link_id}")
@permits(Permission.LINK_REVIEW, "link.read", subject=("link", "link_id"))
def link_page(
    request: Request,
    link_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    queue: Annotated[str, Query(pattern="^[a-z_]{1,20}$")] = "clerical",
) -> Response:
    """One pair side by side."""
    if queue not in queues_of(actor):
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        links = waiting_of(request).of_area(tables, actor.scope)
        found = link_review.find_pair(
            tables, links, actor, link_id=link_id, explanations=explanations_of(request)
        )
    if found is None:
        raise not_found()
    story = found.found.story
    drawn = story.weights and waterfall_svg(story.weights, title=story.dataset)
    return pages_of(request).draw(
        request,
        "links/pair.html.j2",
        pair=found,
        row=found.row,
        story=story,
        queue=queue,
        waterfall=drawn,
        reasons=REASONS,
    )


@router.post("/links/{link_id}")
@permits(Permission.LINK_REVIEW, "link.judge", subject=("link", "link_id"))
def judge(
    request: Request,
    *,
    link_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    answer: Annotated[str, Form(pattern="^(same|not_same|unsure)$")],
    preset: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
    queue: Annotated[str, Form(pattern="^[a-z_]{1,20}$")] = "clerical",
) -> Response:
    """Keep an answer and go on to the next pair."""
    if queue not in queues_of(actor) or (preset and preset not in REASONS):
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        links = waiting_of(request).of_area(tables, actor.scope)
    rows = links.filter(links["link_id"] == link_id)
    if rows.is_empty():
        raise not_found()
    chosen = pages_of(request).say("zh", f"links.reason_{preset}") if preset else ""
    told = "；".join(part for part in (chosen, reason.strip()) if part)
    dataset, record_key, person_ref = link_review.pair_of(rows.row(0, named=True))
    said = Judgement(
        dataset,
        record_key,
        person_ref,
        answer,
        actor.account_id,
        plain_text(told, "判定理由"),
        deployment.outside.now().isoformat(timespec="seconds"),
    )
    add_judgements(deployment.casework, [said])
    return RedirectResponse(f"/links/next?queue={queue}&but={link_id}", status_code=303)
