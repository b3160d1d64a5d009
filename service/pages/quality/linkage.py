"""The linkage page: links by tier and score, what waits for a clerk, what judged samples say, and how it was in earlier runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from pipelines.candidate_volume import measure_volume
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.formats import DATASET_TITLES
from service.pages.listings import Shown, listing
from service.pages.quality import charts
from service.pages.quality.drawing import answer, words_of
from service.pages.quality.narrowing import View, viewing
from service.pages.rendering import deployment_of
from service.reading.link_review import agreement
from service.reading.quality import linkage, volumes
from service.reading.quality.areas import sees_all
from service.reading.waiting_links import waiting_of

router = APIRouter()

TIERS = ("a", "b", "c", "d")
AGES = ("week", "month", "quarter", "longer")
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
    Shown("changed", "quality.model_changed"),
)
BACKLOG = (
    Shown("queue", "quality.queue", "word", words="quality.queue"),
    Shown("waiting", "quality.queue_waiting", "count"),
    Shown("oldest", "quality.oldest"),
    Shown("oldest_days", "quality.oldest_days", "count"),
    Shown("median_days", "quality.median_days", "count"),
    *(Shown(age, f"quality.age_{age}", "count") for age in AGES),
)
SAMPLES = (
    Shown("batch", "quality.batch"),
    Shown("drawn_from", "quality.drawn_from", "link", href="/quality/runs/{}"),
    Shown("pairs", "quality.pairs", "count"),
    Shown("not_read_twice", "quality.not_read_twice", "count"),
    Shown("measure", "quality.measure", "word", words="quality.sample"),
    Shown("value", "quality.estimate", "share"),
    Shown("low", "quality.lower", "share"),
    Shown("high", "quality.upper", "share"),
    Shown("read", "quality.read", "count"),
    Shown("stands_for", "quality.stands_for", "count"),
    Shown("agreed", "quality.agreed", "share"),
    Shown("kappa", "quality.kappa", "score"),
)
BY_RUN = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.run_day"),
    *(Shown(tier, f"quality.tier_{tier}", "count") for tier in TIERS),
    Shown("clerk", "quality.by_clerk", "count"),
    Shown("unsure_share", "quality.unsure_share", "share"),
    Shown("score_median", "quality.score_median", "score"),
)
CHANGES = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("added", "quality.added", "count"),
    Shown("gone", "quality.gone", "count"),
    Shown("retiered", "quality.retiered", "count"),
)
VOLUME = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("block", "quality.block", "word", words="quality.block"),
    Shown("pairs", "quality.block_pairs", "count"),
    Shown("only", "quality.block_only", "count"),
    Shown("crowded", "quality.block_crowded", "count"),
)
VOLUME_RUNS = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.run_day"),
    Shown("rows", "quality.undecided_rows", "count"),
    Shown("people", "quality.people", "count"),
    Shown("pairs", "quality.block_pairs", "count"),
    Shown("crowded", "quality.block_crowded", "count"),
)


@router.get("/quality/linkage")
@permits(Permission.QUALITY_READ, "quality.linkage")
def linkage_page(
    request: Request,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """Links of the area: by tier, score and model, what waits and since when, estimated quality, drift."""
    scope = view.scope
    with deployment.warehouse.borrowed() as tables:
        pairs = waiting_of(request).of_area(tables, scope)
        waits = linkage.waiting(tables, pairs)
        links, scores = linkage.links(tables, scope), linkage.scores(tables, scope)
        by_run = linkage.by_run(tables, scope)
        parts = {
            "backlog": (linkage.backlog(tables, waits), BACKLOG),
            "link_samples": (linkage.samples(tables, deployment, scope), SAMPLES),
            "by_run": (by_run, BY_RUN),
            "link_changes": (linkage.changes(tables, scope), CHANGES),
            "scores": (scores, SCORES),
            "links": (links, LINKS),
            "models": (linkage.models(tables, scope), MODELS),
            "clusters": (linkage.clusters(tables, scope), CLUSTERS),
        }
        run, whole = tables.run, sees_all(tables, scope)
        found = volumes.measured(tables, deployment.warehouse.path) if whole else []
        volume = volumes.by_block(tables, found)
        parts["volume"] = (volume, VOLUME)
        parts["volume_runs"] = (volumes.by_run(tables, found), VOLUME_RUNS)
    twice, differ = agreement(pairs)
    shares = links.group_by("tier").agg(pl.col("links").sum()).sort("tier")
    return answer(
        request,
        "linkage",
        [listing(name, f"quality.{name}", *part) for name, part in parts.items()],
        csv=csv,
        view=view,
        run=run,
        whole=whole,
        tiers=dict(shares.iter_rows()),
        waiting=waits.filter(queue="clerical").height,
        twice=twice,
        differ=differ,
        may_review=view.actor.may(Permission.LINK_REVIEW),
        may_measure=whole and view.actor.may(Permission.QUARANTINE_WORK),
        is_measured=any(one.run_id == run.run_id for one in found),
        volume_chart=_volume_chart(volume, words_of(request, "block")),
        **_charts(request, links=links, scores=scores, by_run=by_run, waits=waits),
    )


@router.post("/quality/linkage/volume")
@permits(Permission.QUARANTINE_WORK, "quality.volume_measured")
def measure(
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> Response:
    """Count the pairs of the newest run, block by block, and go back to where they are shown. Counts of the whole, so for who sees all."""
    with deployment.warehouse.borrowed() as tables:
        if not sees_all(tables, actor.scope):
            raise not_found()
    measure_volume(deployment.warehouse.path)
    return RedirectResponse("/quality/linkage#candidates", status_code=303)


def _volume_chart(volume: pl.DataFrame, say: Callable[[str], str]) -> dict[str, Any]:
    """Pairs by block over all datasets: those that no other block finds, and the rest."""
    told = (
        volume.group_by("block", maintain_order=True)
        .agg(pl.col("only").sum(), (pl.col("pairs") - pl.col("only")).sum().alias("shared"))
        .with_columns(pl.col("block").map_elements(say, return_dtype=pl.String))
    )
    return charts.states_of(
        told, x="block", states=("only", "shared"), say=lambda name: say(f"is_{name}")
    )


def _charts(
    request: Request,
    *,
    links: pl.DataFrame,
    scores: pl.DataFrame,
    by_run: pl.DataFrame,
    waits: pl.DataFrame,
) -> dict[str, Any]:
    plain = words_of(request, "")
    tiers = links.group_by("dataset", "tier", maintain_order=True).agg(pl.col("links").sum())
    tiers = tiers.sort("tier", "dataset")
    drift = by_run.unpivot(
        on=["c", "d", "clerk"], index=["run_id", "as_of"], variable_name="tier", value_name="links"
    )
    since = (
        waits.filter(pl.col("since").is_not_null())
        .group_by("since", "queue")
        .len("links")
        .sort("since", "queue")
        .with_columns(pl.col("since").cast(pl.String))
    )
    steps = scores.with_columns(pl.format("{}", pl.col("score_from").round(2)).alias("score_from"))
    return {
        "chart_option": charts.bars(
            tiers.with_columns(pl.col("dataset").replace(DATASET_TITLES)),
            x="dataset",
            y="links",
            series="tier",
            say=plain,
            across=True,
        ),
        "score_chart": charts.bars(steps, x="score_from", y="links", series="tier", say=plain),
        "drift_chart": charts.bars(
            charts.named_runs(drift),
            x="run",
            y="links",
            series="tier",
            say=words_of(request, "drift"),
        ),
        "age_chart": charts.bars(
            since, x="since", y="links", series="queue", say=words_of(request, "queue")
        ),
    }
