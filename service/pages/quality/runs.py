"""Runs: the list, and one run with its manifest, its files and what differs from the one before. Great Expectations' pages beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from pipelines.workplace import store_root
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.listings import Shown, listing
from service.pages.quality.drawing import answer
from service.pages.rendering import deployment_of
from service.reading.quality import runs

router = APIRouter()

LIST = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.as_of"),
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
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """The runs that are kept."""
    with deployment.warehouse.borrowed() as tables:
        found, run = runs.run_list(tables), tables.run
    return answer(request, "runs", [listing("runs", "quality.runs", found, LIST)], csv=csv, run=run)


@router.get("/quality/runs/{run_id}")
@permits(Permission.QUALITY_READ, "quality.run", subject=("run", "run_id"))
def run_page(
    request: Request,
    run_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """One run: manifest, files, and what differs from the run before."""
    with deployment.warehouse.borrowed() as tables:
        found = runs.find_run(tables, run_id)
        if found is None:
            raise not_found()
        run, before = found
        listings = [
            listing("ledger", "quality.ledger", runs.ledger(tables, actor.scope, run_id), LEDGER),
            listing(
                "differences", "quality.differences", runs.differences(run, before), DIFFERENCES
            ),
        ]
        if before is not None:
            flips = runs.flips(tables, actor.scope, run, before)
            listings.append(listing("flips", "quality.flips", flips, FLIPS))
    added = run.rows_accepted + run.rows_quarantined + run.rows_superseded
    return answer(
        request,
        "run",
        listings,
        csv=csv,
        run=run,
        before=before,
        added=added,
        dagster_url=deployment.settings.dagster_url,
        has_docs=(_docs(deployment) / "index.html").is_file(),
    )


@router.get("/quality/docs/{page:path}")
@permits(Permission.QUALITY_READ, "quality.docs")
def data_docs(page: str, deployment: Annotated[Deployment, Depends(deployment_of)]) -> Response:
    """Great Expectations' pages of the newest run: no script, no outside host, nothing unmasked."""
    page = page or "index.html"
    kind = _KINDS.get(page[page.rfind(".") :])
    if kind is None or not _PAGE.fullmatch(page):
        raise not_found()
    folder = _docs(deployment).resolve()
    target = (folder / page).resolve()
    if folder not in target.parents or not target.is_file():
        raise not_found()
    return Response(target.read_bytes(), media_type=kind)


def _docs(deployment: Deployment) -> Path:
    return deployment.settings.docs_folder or store_root(deployment.warehouse.path) / "data_docs"
