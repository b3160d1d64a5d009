"""The wall of sources and the page of one source."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.requests import Request

from household.schema.datasets import SOURCE_TITLES
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.listings import Listing, Shown, listing
from service.pages.quality import charts
from service.pages.quality.drawing import answer, words_of
from service.pages.rendering import deployment_of
from service.reading.quality import sources

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
    Shown("answered_share", "quality.answered_share", "share"),
    Shown("median_working_days", "quality.median_working_days", "count"),
    Shown("p95_working_days", "quality.p95_working_days", "count"),
    Shown("waiting", "quality.waiting", "count"),
    Shown("late", "quality.late", "count"),
)
FAILING = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("check_id", "quality.check_id"),
    Shown("dimension", "quality.dimension", "word", words="quality.dimension"),
    Shown("severity", "quality.severity", "word", words="quality.severity"),
    Shown("failed_rows", "quality.failed_rows", "count"),
    Shown("total_rows", "quality.total_rows", "count"),
    Shown("observed", "quality.observed"),
)
EXTRACTS = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("region_code", "quality.region_code"),
    Shown("as_of", "quality.as_of"),
    Shown("files", "quality.files", "count"),
    Shown("rows_in", "quality.rows_in", "count"),
    Shown("rows_accepted", "quality.rows_accepted", "count"),
    Shown("rows_quarantined", "quality.rows_quarantined", "count"),
    Shown("refused", "quality.refused", "count"),
)
SAMPLES = (
    Shown("file", "quality.file"),
    Shown("line", "quality.line", "count"),
    Shown("column", "quality.column"),
    Shown("reason_zh", "quality.reason_zh"),
    Shown("value_masked", "quality.value_masked"),
)
INSTITUTIONS = (
    Shown("institution", "quality.institution"),
    Shown("found", "quality.state_found", "count"),
    Shown("none", "quality.state_none", "count"),
    Shown("identity_mismatch", "quality.state_identity_mismatch", "count"),
    Shown("no_answer", "quality.state_no_answer", "count"),
    Shown("stale", "quality.state_stale", "count"),
    Shown("not_delivered", "quality.state_not_delivered", "count"),
    Shown("newest_as_of", "quality.newest_as_of"),
)
DIMENSIONS = (
    Shown("run_id", "quality.run_id"),
    Shown("dimension", "quality.dimension", "word", words="quality.dimension"),
    Shown("checks", "quality.checks", "count"),
    Shown("passed", "quality.passed", "count"),
    Shown("share", "quality.share", "share"),
)


@router.get("/quality")
@permits(Permission.QUALITY_READ, "quality.wall")
def source_wall(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
    light: Annotated[str | None, Query(pattern="^(good|look|bad|silent)?$")] = None,
) -> Response:
    """Every source: what arrived, how much, and who answered."""
    with deployment.warehouse.borrowed() as tables:
        wall, run = sources.wall(tables, actor.scope), tables.run
    counts = dict(wall.group_by("light").len().iter_rows())
    if light:
        wall = wall.filter(pl.col("light") == light)
    return answer(
        request,
        "wall",
        [listing("sources", "quality.wall", wall, WALL)],
        csv=csv,
        tiles=list(wall.iter_rows(named=True)),
        counts=counts,
        chosen=light or "",
        run=run,
    )


@router.get("/quality/sources/{source}")
@permits(Permission.QUALITY_READ, "quality.source", subject=("source", "source"))
def source_page(
    request: Request,
    source: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """One source: its six dimensions over time, what fails, what was put aside, who answered."""
    if source not in SOURCE_TITLES:
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        shares = sources.dimensions(tables, source)
        arrived = sources.extracts(tables, actor.scope).filter(pl.col("source") == source)
        listings: list[Listing] = [
            listing("failing", "quality.failing", sources.failing(tables, source), FAILING),
            listing("extracts", "quality.extracts", arrived, EXTRACTS),
            listing(
                "samples",
                "quality.samples",
                sources.masked_samples(tables, actor.scope, source),
                SAMPLES,
            ),
            listing(
                "institutions",
                "quality.institutions",
                sources.institutions(tables, actor.scope, source),
                INSTITUTIONS,
            ),
            listing("dimensions", "quality.dimensions", shares, DIMENSIONS),
        ]
        wrong, decided, limits = sources.overturned(tables, source)
        run = tables.run
    rows = (
        arrived.filter(pl.col("as_of").is_not_null())
        .group_by("as_of", "dataset")
        .agg(pl.col("rows_in").sum())
        .sort("as_of", "dataset")
        .with_columns(pl.col("as_of").cast(pl.String))
    )
    return answer(
        request,
        "source",
        listings,
        csv=csv,
        source=source,
        source_title=SOURCE_TITLES[source],
        share_chart=charts.lines(
            shares,
            x="run_id",
            y="share",
            series="dimension",
            say=words_of(request, "dimension"),
            share=True,
        ),
        rows_chart=charts.bars(
            rows, x="as_of", y="rows_in", series="dataset", say=words_of(request, "")
        ),
        wrong=wrong,
        decided=decided,
        limits=limits,
        run=run,
    )
