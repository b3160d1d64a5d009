"""The wall of sources."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.requests import Request

from service.access.policy import permits
from service.access.roles import Permission
from service.deployment import Deployment
from service.pages.listings import Shown, listing
from service.pages.quality.drawing import answer
from service.pages.quality.narrowing import View, viewing
from service.pages.rendering import deployment_of
from service.reading.quality import answers, sources
from service.reading.quality.areas import sees_all

router = APIRouter()

WALL = (
    Shown("source", "quality.source", "link", href="/quality/sources/{}"),
    Shown("title", "quality.title"),
    Shown("light", "quality.light", "word", words="quality.light"),
    Shown("newest_as_of", "quality.newest_as_of"),
    Shown("age_days", "quality.age_days", "count"),
    Shown("overdue_since", "quality.overdue_since"),
    Shown("rows_newest", "quality.rows_newest", "count"),
    Shown("rows_usual", "quality.rows_usual", "count"),
    Shown("gates_shut", "quality.gates_shut", "count"),
    Shown("checks_failed", "quality.checks_failed", "count"),
    Shown("rows_quarantined", "quality.rows_quarantined", "count"),
    Shown("refused", "quality.refused", "count"),
    Shown("answered_share", "quality.answered_share", "share"),
    Shown("stale_share", "quality.stale_share", "share"),
    Shown("median_working_days", "quality.median_working_days", "count"),
    Shown("p95_working_days", "quality.p95_working_days", "count"),
    Shown("waiting", "quality.waiting", "count"),
    Shown("late", "quality.late", "count"),
)
INSTITUTIONS = (
    Shown("source", "quality.source", "link", href="/quality/sources/{}"),
    Shown("institution", "quality.institution"),
    Shown("answered_share", "quality.answered_share", "share"),
    *(Shown(state, f"quality.state_{state}", "count") for state in answers.STATES),
    Shown("newest_as_of", "quality.newest_as_of"),
)


@router.get("/quality")
@permits(Permission.QUALITY_READ, "quality.wall")
def source_wall(
    request: Request,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
    light: Annotated[str | None, Query(pattern="^(good|look|bad|silent)?$")] = None,
) -> Response:
    """Every source: what arrived, how much, and who answered."""
    with deployment.warehouse.borrowed() as tables:
        wall, run = sources.wall(tables, view.scope), tables.run
        institutions = answers.institutions(tables, view.scope)
        whole = sees_all(tables, view.scope)
    counts = dict(wall.group_by("light").len().iter_rows())
    if light:
        wall = wall.filter(pl.col("light") == light)
    return answer(
        request,
        "wall",
        [
            listing("sources", "quality.wall", wall, WALL),
            listing("institutions", "quality.institutions", institutions, INSTITUTIONS),
        ],
        csv=csv,
        view=view,
        tiles=list(wall.iter_rows(named=True)),
        counts=counts,
        chosen=light or "",
        whole=whole,
        run=run,
    )
