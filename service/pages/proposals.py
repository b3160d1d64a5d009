"""What waits for a second person, and what became of it. Nobody agrees to what he proposed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.accounts import all_accounts
from casework.proposals import find_proposal, proposals
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.proposing import of_area, settle
from service.proposing_again import put_again

SETTLED_SHOWN = 100

router = APIRouter()


@router.get("/proposals")
@permits(Permission.PROPOSAL_DECIDE, "proposal.list")
def waiting(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> Response:
    """Proposals of the area: those that wait, then those that were settled."""
    found = of_area(deployment, actor, proposals(deployment.casework))
    now = deployment.outside.stamp
    return pages_of(request).draw(
        request,
        "proposals/list.html.j2",
        waiting=[one for one in found if one.decision is None and one.expires_at > now],
        settled=[one for one in found if one.decision is not None or one.expires_at <= now][
            :SETTLED_SHOWN
        ],
        now=now,
        may_keep_accounts=actor.may(Permission.ACCOUNT_MANAGE),
        names={account.account_id: account.name for account in all_accounts(deployment.casework)},
    )


@router.post("/proposals/{proposal_id}")
@permits(Permission.PROPOSAL_DECIDE, "proposal.decide", subject=("proposal", "proposal_id"))
def decide_proposal(
    *,
    proposal_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    decision: Annotated[str, Form(pattern="^(agreed|refused|withdrawn)$")],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Agree, refuse or withdraw."""
    found = find_proposal(deployment.casework, proposal_id)
    if found is None:
        raise not_found()
    settle(deployment, actor, found, decision, reason=reason)
    return RedirectResponse("/proposals", status_code=303)


@router.post("/proposals/{proposal_id}/again")
@permits(Permission.OWN_ACCOUNT, "proposal.again", subject=("proposal", "proposal_id"))
def propose_again(
    *,
    proposal_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    facts: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Put forward again what came to nothing; whoever may propose such a thing may. Goes back to what it is about."""
    found = find_proposal(deployment.casework, proposal_id)
    if found is None:
        raise not_found()
    put_again(deployment, actor, found, facts=facts)
    return RedirectResponse(f"/{found.subject_kind}s/{found.subject_id}", status_code=303)
