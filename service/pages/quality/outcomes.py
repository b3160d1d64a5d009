"""What came of it: verdicts, links, alerts."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.deployment import Deployment
from service.pages.formats import DATASET_TITLES
from service.pages.listings import Shown, listing
from service.pages.quality import charts
from service.pages.quality.drawing import answer, words_of
from service.pages.quality.runs import FLIPS
from service.pages.rendering import deployment_of
from service.reading.quality import outcomes, runs

router = APIRouter()

MIX = (
    Shown("region_code", "quality.region_code"),
    Shown("programme", "quality.programme", "word", words="quality.programme"),
    Shown("suggestion", "quality.suggestion", "word", words="quality.suggestion"),
    Shown("certain", "quality.certain"),
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
LINKS = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("tier", "quality.tier"),
    Shown("decided_by", "quality.decided_by", "word", words="quality.by"),
    Shown("links", "quality.links", "count"),
    Shown("people", "quality.people", "count"),
)
SCORES = (
    Shown("score_from", "quality.score_from", "score"),
    Shown("tier", "quality.tier"),
    Shown("links", "quality.links", "count"),
)
CLUSTERS = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("rows_linked", "quality.rows_linked", "count"),
    Shown("people", "quality.people", "count"),
)
MODELS = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("model_digest", "quality.model_digest"),
    Shown("is_pinned", "quality.is_pinned"),
    Shown("accept", "quality.accept", "score"),
    Shown("review", "quality.review", "score"),
    Shown("matched", "quality.matched", "share"),
    Shown("population", "quality.population", "count"),
    Shown("links_accepted", "quality.links_accepted", "count"),
    Shown("links_proposed", "quality.links_proposed", "count"),
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
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Suggestions by area and programme, flips since the last run, and why so many are open."""
    with deployment.warehouse.borrowed() as tables:
        mix = outcomes.verdict_mix(tables, actor.scope)
        found = runs.find_run(tables, tables.run.run_id)
        before = None if found is None else found[1]
        flips = runs.flips(tables, actor.scope, tables.run, before)
        causes = outcomes.causes(tables, actor.scope)
        silences = outcomes.silences(tables, actor.scope)
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
            listing("matrix", "quality.matrix", matrix, MATRIX),
            listing("flips", "quality.flips", flips, FLIPS),
            listing("causes", "quality.causes", causes, CAUSES),
            listing("silences", "quality.silences", silences, SILENCES),
        ],
        csv=csv,
        run=run,
        before=before,
        chart_option=charts.bars(
            shown,
            x="programme",
            y="applications",
            series="suggestion",
            say=words_of(request, "suggestion"),
        ),
    )


@router.get("/quality/linkage")
@permits(Permission.QUALITY_READ, "quality.linkage")
def linkage(
    request: Request,
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Links by tier, scores, and by which models."""
    with deployment.warehouse.borrowed() as tables:
        links, scores = outcomes.links(tables), outcomes.scores(tables)
        clusters, models = outcomes.clusters(tables), tables.frame("link_model")
        run = tables.run
    shown = links.group_by("dataset", "tier", maintain_order=True).agg(pl.col("links").sum())
    shown = shown.with_columns(pl.col("dataset").replace(DATASET_TITLES))
    shares = links.group_by("tier").agg(pl.col("links").sum()).sort("tier")
    return answer(
        request,
        "linkage",
        [
            listing("links", "quality.links_by_tier", links, LINKS),
            listing("scores", "quality.scores", scores, SCORES),
            listing("clusters", "quality.clusters", clusters, CLUSTERS),
            listing("models", "quality.models", models, MODELS),
        ],
        csv=csv,
        run=run,
        tiers=dict(shares.iter_rows()),
        chart_option=charts.bars(
            shown, x="dataset", y="links", series="tier", say=words_of(request, ""), across=True
        ),
        score_chart=charts.bars(
            scores.with_columns(pl.col("score_from").round(2).cast(pl.String)),
            x="score_from",
            y="links",
            series="tier",
            say=words_of(request, ""),
        ),
    )


@router.get("/quality/alerts")
@permits(Permission.QUALITY_READ, "quality.alerts")
def alerts(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Alerts by code, how often each rule was right, and how much is missed."""
    with deployment.warehouse.borrowed() as tables:
        found = outcomes.alerts(tables, actor.scope)
        precisions, misses = outcomes.precisions(tables, actor.scope), outcomes.misses(tables)
        run = tables.run
    return answer(
        request,
        "alerts",
        [
            listing("alerts", "quality.alerts_by_code", found, ALERTS),
            listing("precisions", "quality.precisions", precisions, PRECISIONS),
            listing("misses", "quality.misses", misses, MISSES),
        ],
        csv=csv,
        run=run,
        chart_option=charts.bars(
            found.group_by("code", "state", maintain_order=True).agg(pl.col("alerts").sum()),
            x="code",
            y="alerts",
            series="state",
            say=words_of(request, "life"),
        ),
    )
