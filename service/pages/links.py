"""Clerical review of links: the queues, one pair side by side, and an answer by key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.judgements import add_judgements
from household.alerts.life.decisions import plain_text
from household.linkage.judgements import PAIR, Judgement
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
        links = link_review.links_of_area(tables, deployment, actor.scope)
    counts = {one: len(link_review.in_view(links, one, actor)) for one in queues_of(actor)}
    found = link_review.in_view(links, queue, actor)
    twice, differ = link_review.agreement(links)
    return pages_of(request).draw(
        request,
        "links/queue.html.j2",
        queue=queue,
        counts=counts,
        rows=list(found.slice((page - 1) * ON_PAGE, ON_PAGE).iter_rows(named=True)),
        page=page,
        pages=max(1, -(-len(found) // ON_PAGE)),
        read_twice=twice,
        differ=differ,
    )


@router.get("/links/next")
@permits(Permission.LINK_REVIEW)
def next_link(
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    queue: Annotated[str, Query(pattern="^[a-z_]{1,20}$")] = "clerical",
    but: Annotated[str, Query(pattern="^([0-9a-f]{16})?$")] = "",
) -> Response:
    """Go to the next pair of a queue, or back to the queue when it is empty."""
    if queue not in queues_of(actor):
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        links = link_review.links_of_area(tables, deployment, actor.scope)
    found = link_review.in_view(links, queue, actor)
    waiting = [one for one in found["link_id"] if one != but]
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
        found = link_review.find_pair(
            tables, deployment, actor, link_id=link_id, explanations=explanations_of(request)
        )
    if found is None:
        raise not_found()
    drawn = found.story.weights and waterfall_svg(found.story.weights, title=found.story.dataset)
    return pages_of(request).draw(
        request,
        "links/pair.html.j2",
        pair=found,
        row=found.row,
        story=found.story,
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
        links = link_review.links_of_area(tables, deployment, actor.scope)
    rows = links.filter(links["link_id"] == link_id)
    if rows.is_empty():
        raise not_found()
    chosen = pages_of(request).say("zh", f"links.reason_{preset}") if preset else ""
    told = "；".join(part for part in (chosen, reason.strip()) if part)
    dataset, record_key, person_ref = (str(rows[name][0]) for name in PAIR)
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
