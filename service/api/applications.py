"""One application with all that the approval system needs of it, its evidence, and who was asked about its people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.alerts import Alert
from service.api.answers import answer, problems
from service.api.problems import not_found
from service.api.shapes import Model, model_of, told, told_rows
from service.api.verdicts import WholeVerdict, whole_verdicts
from service.deployment import Deployment
from service.pages.rendering import deployment_of
from service.reading.index import Indexes, indexes_of
from service.reading.verdicts import read_application, read_evidence

router = APIRouter(tags=["applications"])

Member = model_of("roster_person", title="Member")
IncomeLine = model_of("income_line")
IncomeMonth = model_of("income_month")
Coverage = model_of("coverage")
Deadline = model_of("deadline")
EvidenceSource = model_of("evidence_source", only=("file", "line", "sha256"))
Evidence = model_of(
    "evidence",
    further={"sources": (list[EvidenceSource], Field(title="来源文件与行"))},  # type: ignore[valid-type]
)
RunId = Annotated[str, Field(title="运行编号", examples=["R000000007"])]
ApplicationId = Annotated[str, Field(title="申请编号", examples=["SQ990101-000123"])]


class ApplicationAnswer(Model):
    """An application as the newest run sees it. Verdicts and clocks: of the programmes that the key may see."""

    run_id: RunId
    application_id: ApplicationId
    verdicts: list[WholeVerdict]
    members: list[Member]  # type: ignore[valid-type]
    income_lines: list[IncomeLine]  # type: ignore[valid-type]
    income_months: list[IncomeMonth]  # type: ignore[valid-type]
    coverage: list[Coverage]  # type: ignore[valid-type]
    deadlines: list[Deadline]  # type: ignore[valid-type]
    alerts: list[Alert]  # type: ignore[valid-type]


class EvidenceAnswer(Model):
    """Every source row that bears on an application, whether it counted or not, and the line that it was read from."""

    run_id: RunId
    application_id: ApplicationId
    items: list[Evidence]  # type: ignore[valid-type]


class CoverageAnswer(Model):
    """Who was asked about an application's people and who answered."""

    run_id: RunId
    application_id: ApplicationId
    items: list[Coverage]  # type: ignore[valid-type]


@router.get(
    "/applications/{application_id}",
    summary="一件申请的全部核对结果",
    response_model=ApplicationAnswer,
    responses=problems(404),
)
@permits(Permission.SERVICE_READ, "household.read", subject=("application", "application_id"))
def one_application(
    request: Request,
    application_id: str,
    actor: Annotated[Actor, Depends(acting)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """Verdicts with reasons, income, coverage, clocks and alerts of one application."""
    with indexes.reading() as (tables, index):
        detail = read_application(tables, index, application_id, scope=actor.scope)
        run_id = tables.run.run_id
    if detail is None:
        raise not_found()
    body = {
        "run_id": run_id,
        "application_id": application_id,
        "verdicts": whole_verdicts(detail.verdicts),
        "members": told_rows("roster_person", detail.members),
        "income_lines": told_rows("income_line", detail.income_lines),
        "income_months": told_rows("income_month", detail.income_months),
        "coverage": told_rows("coverage", detail.coverage),
        "deadlines": told_rows("deadline", detail.deadlines),
        "alerts": told_rows("alert", detail.alerts),
    }
    return answer(request, body, run_id=run_id)


@router.get(
    "/applications/{application_id}/evidence",
    summary="一件申请的证据",
    response_model=EvidenceAnswer,
    responses=problems(404),
)
@permits(Permission.SERVICE_READ, "evidence.read", subject=("application", "application_id"))
def evidence_of(
    request: Request,
    application_id: str,
    actor: Annotated[Actor, Depends(acting)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """Evidence with its amounts, whether and why not it counted, how it was matched, and file and line of its source row."""
    with indexes.reading() as (tables, index):
        detail = read_evidence(tables, index, application_id, scope=actor.scope)
        run_id = tables.run.run_id
    if detail is None:
        raise not_found()
    lines: dict[str, list[object]] = {}
    for row in detail.sources:
        shown = {name: row[name] for name in ("file", "line", "sha256")}
        lines.setdefault(row["evidence_id"], []).append(shown)
    items = [
        row | {"sources": lines.get(row["evidence_id"], [])}
        for row in told_rows("evidence", detail.evidence)
    ]
    body = {"run_id": run_id, "application_id": application_id, "items": items}
    return answer(request, body, run_id=run_id)


@router.get(
    "/coverage",
    summary="一件申请的查询覆盖",
    response_model=CoverageAnswer,
    responses=problems(404),
)
@permits(Permission.SERVICE_READ, "coverage.read")
def coverage_of(
    request: Request,
    application: Annotated[str, Query(min_length=1, max_length=200, description="application id")],
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """One row a person, source and institution: found, none, mismatch, no answer, stale, not delivered."""
    with indexes.reading() as (tables, index):
        mine = index.of_application(application, actor.scope)
        rows = tables.frame("coverage", application_id=application)
        run_id = tables.run.run_id
    if mine.is_empty():
        raise not_found()
    write_entry(deployment, request, "coverage.list", subject=("application", application))
    body = {"run_id": run_id, "application_id": application, "items": told("coverage", rows)}
    return answer(request, body, run_id=run_id)
