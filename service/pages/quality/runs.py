"""Runs: the list, and one run with its manifest, its stage times, its files and what differs from the one before. Great Expectations' pages too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from casework.runs import RunOrder
from pipelines.workplace import store_root
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.listings import Shown, listing
from service.pages.quality import charts, run_times
from service.pages.quality.drawing import answer, words_of
from service.pages.quality.narrowing import View, viewing
from service.pages.rendering import deployment_of
from service.reading.quality import runs, stages
from service.reading.quality.areas import sees_all

router = APIRouter()

LIST = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.run_day"),
    Shown("applications", "quality.applications", "count"),
    Shown("files", "quality.files", "count"),
    Shown("rows_in", "quality.rows_in", "count"),
    Shown("rows_accepted", "quality.rows_accepted", "count"),
    Shown("rows_quarantined", "quality.rows_quarantined", "count"),
    Shown("rows_superseded", "quality.rows_superseded", "count"),
    Shown("eligible", "quality.suggestion_eligible", "count"),
    Shown("ineligible", "quality.suggestion_ineligible", "count"),
    Shown("needs_review", "quality.suggestion_needs_review", "count"),
    Shown("data_incomplete", "quality.suggestion_data_incomplete", "count"),
    Shown("alerts_open", "quality.alerts_open", "count"),
)
LEDGER = (
    Shown("file", "quality.file"),
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("region_code", "quality.region_code"),
    Shown("as_of", "quality.as_of"),
    Shown("rows_in", "quality.rows_in", "count"),
    Shown("rows_accepted", "quality.rows_accepted", "count"),
    Shown("rows_quarantined", "quality.rows_quarantined", "count"),
    Shown("rows_superseded", "quality.rows_superseded", "count"),
    Shown("adds_up", "quality.adds_up"),
    Shown("state", "quality.state", "word", words="quality.file"),
    Shown("sha256", "quality.sha256"),
    Shown("message", "quality.message"),
)
DIFFERENCES = (
    Shown("measure", "quality.measure", "word", words="quality.count"),
    Shown("before", "quality.before", "count"),
    Shown("now", "quality.now", "count"),
    Shown("change", "quality.change", "count"),
)
FLIPS = (
    Shown("application_id", "quality.application_id", "link", href="/applications/{}"),
    Shown("region_code", "quality.region_code"),
    Shown("programme", "quality.programme", "word", words="quality.programme"),
    Shown("suggestion_before", "quality.before", "word", words="quality.suggestion"),
    Shown("suggestion_now", "quality.now", "word", words="quality.suggestion"),
)
_PAGE = re.compile(r"[a-z0-9_.\-]{1,200}(?:/[a-z0-9_.\-]{1,200}){0,6}", re.IGNORECASE)
_KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8"}


@router.get("/quality/runs")
@permits(Permission.QUALITY_READ, "quality.runs")
def run_list(
    request: Request,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """The runs that are kept, and how long their stages took."""
    with deployment.warehouse.borrowed() as tables:
        found, run = runs.run_list(tables, view.scope), tables.run
        whole, kept = sees_all(tables, view.scope), tables.runs
    times = stages.stage_times(deployment.casework, kept)
    return answer(
        request,
        "runs",
        [
            listing("runs", "quality.runs", found, LIST),
            listing("times", "quality.times", times, run_times.TIMES),
        ],
        csv=csv,
        view=view,
        run=run,
        whole=whole,
        rows_chart=_rows_chart(found, words_of(request, "count")),
        times_chart=run_times.chart_of(times, words_of(request, "stage")),
        timed=len(times) > 0,
    )


@router.get("/quality/runs/{run_id}")
@permits(Permission.QUALITY_READ, "quality.run", subject=("run", "run_id"))
def run_page(
    request: Request,
    run_id: str,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """One run: manifest, files, and what differs from the run before."""
    with deployment.warehouse.borrowed() as tables:
        found = runs.find_run(tables, run_id)
        if found is None:
            raise not_found()
        run, before = found
        told = runs.run_list(tables, view.scope)
        differences = runs.differences(told, run, before)
        listings = [
            listing("ledger", "quality.ledger", runs.ledger(tables, view.scope, run_id), LEDGER),
            listing("differences", "quality.differences", differences, DIFFERENCES),
        ]
        if before is not None:
            flips = runs.flips(tables, view.scope, run, before)
            listings.append(listing("flips", "quality.flips", flips, FLIPS))
        whole, kept = sees_all(tables, view.scope), tables.runs
    timed, times = run_times.listings_of(deployment.casework, kept, run_id, whole=csv == "slowest")
    order = stages.order_of(deployment.casework, run_id)
    return answer(
        request,
        "run",
        [*listings, *timed],
        csv=csv,
        view=view,
        run=run,
        before=before,
        whole=whole,
        # of the area; rows that nobody could count are not among them
        rows={name: _row_of(told, run_id).get(name) for name in runs.ROWS},
        order=order,
        times_chart=run_times.chart_of(times, words_of(request, "stage")),
        dagster_url=_dagster_page(deployment, order),
        has_docs=run_id == kept[-1].run_id and whole and _has_docs(deployment),
    )


@router.get("/quality/docs/{page:path}")
@permits(Permission.QUALITY_READ, "quality.docs")
def data_docs(
    page: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> Response:
    """Great Expectations' pages of the newest run: no script, no outside host, nothing unmasked.

    They count every area's rows, so they are there for who sees all.
    """
    with deployment.warehouse.borrowed() as tables:
        if not sees_all(tables, actor.scope):
            raise not_found()
    page = page or "index.html"
    kind = _KINDS.get(page[page.rfind(".") :])
    if kind is None or not _PAGE.fullmatch(page):
        raise not_found()
    folder = _docs(deployment).resolve()
    target = (folder / page).resolve()
    if folder not in target.parents or not target.is_file():
        raise not_found()
    return Response(target.read_bytes(), media_type=kind)


def _rows_chart(found: pl.DataFrame, say: Callable[[str], str]) -> dict[str, Any]:
    """Rows of every run by what became of them, the oldest run first."""
    rows = (
        charts.named_runs(found.reverse())
        .select("run", *runs.PARTS)
        .unpivot(index="run", variable_name="part", value_name="rows")
    )
    return charts.bars(rows, x="run", y="rows", series="part", say=say)


def _row_of(told: pl.DataFrame, run_id: str) -> dict[str, Any]:
    return told.row(by_predicate=pl.col("run_id") == run_id, named=True)


def _dagster_page(deployment: Deployment, order: RunOrder | None) -> str | None:
    """Dagster's own page of the run where it ran there; else of all its runs; None where no address is set."""
    url = deployment.settings.dagster_url
    if url is None:
        return None
    known = None if order is None else order.outside_id
    return f"{url.rstrip('/')}/runs/{known}" if known else f"{url.rstrip('/')}/runs"


def _has_docs(deployment: Deployment) -> bool:
    return (_docs(deployment) / "index.html").is_file()


def _docs(deployment: Deployment) -> Path:
    return deployment.settings.docs_folder or store_root(deployment.warehouse.path) / "data_docs"
