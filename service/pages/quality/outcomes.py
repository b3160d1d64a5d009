"""What came of it: verdicts and alerts."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from household.schema.published.verdicts import SUGGESTIONS
from service.access.policy import permits
from service.access.roles import Permission
from service.deployment import Deployment
from service.pages.listings import Shown, listing
from service.pages.quality import charts
from service.pages.quality.drawing import answer, words_of
from service.pages.quality.narrowing import View, viewing
from service.pages.quality.runs import FLIPS
from service.pages.rendering import deployment_of
from service.reading.quality import outcomes, runs
from service.reading.quality.areas import sees_all

router = APIRouter()

MIX = (
    Shown("region_code", "quality.region_code"),
    Shown("programme", "quality.programme", "word", words="quality.programme"),
    Shown("suggestion", "quality.suggestion", "word", words="quality.suggestion"),
    Shown("certain", "quality.certain"),
    Shown("applications", "quality.applications", "count"),
)
TREND = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.run_day"),
    Shown("suggestion", "quality.suggestion", "word", words="quality.suggestion"),
    Shown("applications", "quality.applications", "count"),
)
MATRIX = (
    Shown("suggestion_before", "quality.before", "word", words="quality.suggestion"),
    Shown("suggestion_now", "quality.now", "word", words="quality.suggestion"),
    Shown("applications", "quality.applications", "count"),
)
CAUSES = (
    Shown("suggestion", "quality.suggestion", "word", words="quality.suggestion"),
    Shown("rule_id", "quality.rule_id"),
    Shown("applications", "quality.applications", "count"),
)
SILENCES = (
    Shown("source", "quality.source", "link", href="/quality/sources/{}"),
    Shown("institution", "quality.institution"),
    Shown("state", "quality.state", "word", words="quality.state"),
    Shown("lines", "quality.lines", "count"),
)
ALERTS = (
    Shown("code", "quality.code"),
    Shown("severity", "quality.alert_severity", "word", words="quality.alert"),
    Shown("state", "quality.state", "word", words="quality.life"),
    Shown("alerts", "quality.alerts", "count"),
    Shown("amount", "quality.amount", "money"),
)
PRECISIONS = (
    Shown("code", "quality.code"),
    Shown("region_code", "quality.region_code"),
    Shown("period", "quality.period"),
    Shown("decided", "quality.decided", "count"),
    Shown("right", "quality.right", "count"),
    Shown("wrong", "quality.wrong", "count"),
    Shown("precision", "quality.precision", "share"),
    Shown("lower", "quality.lower", "share"),
    Shown("upper", "quality.upper", "share"),
    Shown("floor", "quality.floor", "share"),
    Shown("demoted", "quality.demoted"),
    Shown("amount_over", "quality.amount_over", "money"),
    Shown("amount_under", "quality.amount_under", "money"),
)
MISSES = (
    Shown("batch", "quality.batch"),
    Shown("stratum", "quality.stratum"),
    Shown("as_of", "quality.as_of"),
    Shown("people", "quality.people", "count"),
    Shown("drawn", "quality.drawn", "count"),
    Shown("answered", "quality.answered", "count"),
    Shown("missed", "quality.missed", "count"),
    Shown("rate", "quality.rate", "share"),
    Shown("lower", "quality.lower", "share"),
    Shown("upper", "quality.upper", "share"),
)


@router.get("/quality/verdicts")
@permits(Permission.QUALITY_READ, "quality.verdicts")
def verdicts(
    request: Request,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Suggestions by area and programme, flips since the last run, and why so many are open."""
    with deployment.warehouse.borrowed() as tables:
        mix = outcomes.verdict_mix(tables, view.scope)
        found = runs.find_run(tables, tables.run.run_id)
        before = None if found is None else found[1]
        flips = runs.flips(tables, view.scope, tables.run, before)
        causes = outcomes.causes(tables, view.scope)
        silences = outcomes.silences(tables, view.scope)
        trend = outcomes.mix_by_run(tables, view.scope)
        run = tables.run
    if before is None:
        flips = flips.clear()  # a first run differs from nothing
    matrix = (
        flips.group_by("suggestion_before", "suggestion_now")
        .agg(pl.len().alias("applications"))
        .sort("applications", descending=True)
    )
    say = words_of(request, "programme")
    shown = mix.group_by("programme", "suggestion", maintain_order=True).agg(
        pl.col("applications").sum()
    )
    shown = shown.with_columns(pl.col("programme").map_elements(say, return_dtype=pl.String))
    return answer(
        request,
        "verdicts",
        [
            listing("mix", "quality.mix", mix, MIX),
            listing("trend", "quality.trend", trend, TREND),
            listing("matrix", "quality.matrix", matrix, MATRIX),
            listing("flips", "quality.flips", flips, FLIPS),
            listing("causes", "quality.causes", causes, CAUSES),
            listing("silences", "quality.silences", silences, SILENCES),
        ],
        csv=csv,
        view=view,
        run=run,
        before=before,
        trend_chart=charts.bars(
            charts.named_runs(trend.filter(pl.col("applications") > 0)),
            x="run",
            y="applications",
            series="suggestion",
            say=words_of(request, "suggestion"),
            order=SUGGESTIONS,
        ),
        chart_option=charts.bars(
            shown,
            x="programme",
            y="applications",
            series="suggestion",
            say=words_of(request, "suggestion"),
            order=SUGGESTIONS,
        ),
    )


@router.get("/quality/alerts")
@permits(Permission.QUALITY_READ, "quality.alerts")
def alerts(
    request: Request,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Alerts by code, how often each rule was right, and how much is missed."""
    with deployment.warehouse.borrowed() as tables:
        found = outcomes.alerts(tables, view.scope)
        precisions = outcomes.precisions(tables, view.scope)
        misses = outcomes.misses(tables, view.scope)
        run, whole = tables.run, sees_all(tables, view.scope)
    return answer(
        request,
        "alerts",
        [
            listing("alerts", "quality.alerts_by_code", found, ALERTS),
            listing("precisions", "quality.precisions", precisions, PRECISIONS),
            listing("misses", "quality.misses", misses, MISSES),
        ],
        csv=csv,
        view=view,
        run=run,
        whole=whole,
        chart_option=charts.bars(
            found.group_by("code", "state", maintain_order=True).agg(pl.col("alerts").sum()),
            x="code",
            y="alerts",
            series="state",
            say=words_of(request, "life"),
        ),
    )
