"""The page of one source."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from household.schema.datasets import DATASETS, SOURCE_TITLES
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
from service.reading.quality import answers, sources
from service.reading.quality.areas import sees_all

router = APIRouter()

FAILING = (
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("title", "quality.check_title"),
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
    Shown("issue_id", "quality.issue_id", "link", href="/quality/quarantine/{}"),
    Shown("file", "quality.file"),
    Shown("line", "quality.line", "count"),
    Shown("column", "quality.column"),
    Shown("reason_zh", "quality.reason_zh"),
    Shown("value_masked", "quality.value_masked"),
)
INSTITUTIONS = (
    Shown("institution", "quality.institution"),
    Shown("answered_share", "quality.answered_share", "share"),
    *(Shown(state, f"quality.state_{state}", "count") for state in answers.STATES),
    Shown("newest_as_of", "quality.newest_as_of"),
)
QUESTIONS = ("found", "none", "identity_mismatch", "waiting", "late", "no_answer", "failed")
RESPONSES = (
    Shown("institution_code", "quality.institution"),
    Shown("institution", "quality.title"),
    Shown("asked", "quality.asked", "count"),
    Shown("answered_share", "quality.answered_share", "share"),
    *(Shown(state, f"quality.question_{state}", "count") for state in QUESTIONS),
    Shown("asked_newest", "quality.asked_newest"),
    Shown("replied_newest", "quality.replied_newest"),
    Shown("open_oldest", "quality.open_oldest"),
    Shown("reminded", "quality.reminded", "count"),
    Shown("escalated", "quality.escalated", "count"),
    Shown("median_working_days", "quality.median_answer", "count"),
    Shown("p95_working_days", "quality.p95_working_days", "count"),
)
STATUS = (
    Shown("source", "quality.source"),
    Shown("title", "quality.title"),
    Shown("region_code", "quality.region_code"),
    Shown("transport", "quality.transport"),
    Shown("cron", "quality.cron"),
    Shown("last_tried_on", "quality.last_tried_on"),
    Shown("last_good_on", "quality.last_good_on"),
    Shown("newest_as_of", "quality.newest_as_of"),
    Shown("overdue_since", "quality.overdue_since"),
    Shown("failures", "quality.failures", "count"),
    Shown("breaker", "quality.breaker", "word", words="quality.breaker"),
    Shown("agreement_no", "quality.agreement_no"),
    Shown("agreement_to", "quality.agreement_to"),
    Shown("agreement_in_force", "quality.agreement_in_force"),
    Shown("message", "quality.message"),
)
DIMENSIONS = (
    Shown("run_id", "quality.run_id"),
    Shown("dimension", "quality.dimension", "word", words="quality.dimension"),
    Shown("checks", "quality.checks", "count"),
    Shown("passed", "quality.passed", "count"),
    Shown("share", "quality.share", "share"),
)


@router.get("/quality/sources/{source}")
@permits(Permission.QUALITY_READ, "quality.source", subject=("source", "source"))
def source_page(
    request: Request,
    source: str,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """One source: its six dimensions over time, what fails, what was put aside, who answered."""
    if source not in SOURCE_TITLES:
        raise not_found()
    with deployment.warehouse.borrowed() as tables:
        shares = sources.dimensions(tables, source)
        arrived = sources.extracts(tables, view.scope).filter(pl.col("source") == source)
        lines = answers.institutions(tables, view.scope).filter(pl.col("source") == source)
        asked = answers.responses(tables, view.scope, source)
        parts = {
            "failing": (sources.failing(tables, view.scope, source), FAILING),
            "status": (sources.status(tables, view.scope, source), STATUS),
            "extracts": (arrived, EXTRACTS),
            "samples": (sources.masked_samples(tables, view.scope, source), SAMPLES),
            "institutions": (lines, INSTITUTIONS),
            "responses": (asked, RESPONSES),
            "dimensions": (shares, DIMENSIONS),
        }
        wrong, decided, limits = sources.overturned(tables, view.scope, source)
        run, whole = tables.run, sees_all(tables, view.scope)
    rows = (
        arrived.filter(pl.col("as_of").is_not_null())
        .group_by("as_of", "dataset")
        # a sum of which a part is not known, or not told, is not known
        .agg(pl.when(pl.col("rows_in").is_not_null().all()).then(pl.col("rows_in").sum()))
        .sort("as_of", "dataset")
        .with_columns(pl.col("as_of").cast(pl.String), pl.col("dataset").replace(DATASET_TITLES))
    )
    return answer(
        request,
        "source",
        [listing(name, f"quality.{name}", *part) for name, part in parts.items()],
        csv=csv,
        view=view,
        source=source,
        source_title=SOURCE_TITLES[source],
        datasets=[d for d in DATASETS if DATASETS[d].source == source] if whole else [],
        whole=whole,
        response_chart=charts.states_of(
            asked if len(asked) else lines,
            x="institution_code" if len(asked) else "institution",
            states=QUESTIONS if len(asked) else answers.STATES,
            say=words_of(request, "question" if len(asked) else "state"),
        ),
        share_chart=charts.lines(
            shares.with_columns(pl.col("run_id").str.split("-").list.first()),
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
