"""The household page: everything of one application on one sheet. Reads only; what people do has pages of its own."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.charts import income_chart
from service.pages.rendering import deployment_of, language_of, pages_of
from service.reading.household.whole import ASSETS, SPENDING, read_household
from service.reading.papers import shelves_of

router = APIRouter()


@router.get("/applications/{application_id}")
@permits(Permission.HOUSEHOLD_READ, "household.read", subject=("application", "application_id"))
def household(
    request: Request,
    application_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> HTMLResponse:
    """One household. Raises Problem 404 for an application that is not there or out of the area."""
    with deployment.warehouse.borrowed() as tables:
        shelf = shelves_of(request).of(tables, deployment.warehouse.path)
        found = read_household(tables, actor.scope, application_id, shelf=shelf)
    if found is None:
        raise not_found()
    say = partial(pages_of(request).say, language_of(request))
    return pages_of(request).draw(
        request,
        "household/page.html.j2",
        household=found,
        asked=found.requested,
        assets=found.about(ASSETS),
        spending=found.about(SPENDING),
        chart=income_chart(found.incomes, lambda kind: say(f"household.kind_{kind}")),
        kinds=found.incomes.kinds,
        may_unmask=actor.may(Permission.PERSON_UNMASK),
        may_object=actor.may(Permission.OBJECTION_WORK),
        may_report=actor.may(Permission.REPORT_MAKE),
    )
