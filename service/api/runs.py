"""The newest run, so that a caller knows what the other answers are of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.access.policy import permits
from service.access.roles import Permission
from service.api.answers import answer, problems
from service.api.shapes import model_of, told
from service.deployment import Deployment
from service.pages.rendering import deployment_of

router = APIRouter(tags=["runs"])

# What tells a run from another one. Its counts are of the whole county, which not every key may see.
SHOWN = (
    "run_id",
    "sequence",
    "as_of",
    "region_code",
    "input_digest",
    "packs_digest",
    "program_version",
)
Run = model_of("run", only=SHOWN, run=True)


@router.get("/runs/current", summary="最新一次运行", response_model=Run, responses=problems())
@permits(Permission.SERVICE_READ, "run.read")
def current_run(
    request: Request, deployment: Annotated[Deployment, Depends(deployment_of)]
) -> Response:
    """Which run every answer is of, until another one is published."""
    with deployment.warehouse.borrowed() as tables:
        rows = tables.frame("run")
    run_id = str(rows["run_id"][0])
    return answer(request, told("run", rows, only=SHOWN, run=True)[0], run_id=run_id)
