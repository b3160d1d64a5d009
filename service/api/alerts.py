"""Alerts by list and one by one, in the key's area."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from household.schema.published.alerts import ALERT_STATES, SEVERITIES, SUBJECT_KINDS
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.answers import answer, problems
from service.api.cursors import digest_of, read_cursor, write_cursor
from service.api.problems import not_found
from service.api.shapes import Model, Word, model_of, told
from service.api.verdicts import PageQuery
from service.deployment import Deployment
from service.pages.rendering import deployment_of
from service.reading.alerts import WantedAlerts, list_alerts, read_alert
from service.reading.index import Indexes, indexes_of

router = APIRouter(tags=["alerts"])

Alert = model_of("alert")
AlertEvidence = model_of("alert_evidence")
AlertMonth = model_of("alert_month")


class AlertQuery(PageQuery):
    """Which alerts; every condition that is given must hold."""

    code: str = Field("", max_length=20, examples=["B01"])
    severity: Word(("", *SEVERITIES)) = Field("", description="B blocks, R review, I information")  # type: ignore[valid-type]
    state: Word(("", *ALERT_STATES)) = ""  # type: ignore[valid-type]
    subject_kind: Word(("", *SUBJECT_KINDS)) = ""  # type: ignore[valid-type]
    subject_id: str = Field("", max_length=200)

    @property
    def wanted(self) -> WantedAlerts:
        """The conditions as the list takes them."""
        told = self.model_dump(exclude={"limit", "after"})
        return WantedAlerts(**told)


class AlertPage(Model):
    """A page of alerts, by their ids."""

    run_id: str = Field(title="运行编号", examples=["R000000007"])
    total: int = Field(title="总数", description="of all pages, as this key may see them")
    items: list[Alert]  # type: ignore[valid-type]
    next: str | None = Field(title="下一页游标", description="null: this was the last page")


class WholeAlert(Alert):  # type: ignore[misc,valid-type]
    """An alert with the source rows that it stands on and its amount month by month."""

    evidence: list[AlertEvidence]  # type: ignore[valid-type]
    months: list[AlertMonth]  # type: ignore[valid-type]


class AlertAnswer(Model):
    """One alert of the newest run."""

    run_id: str = Field(title="运行编号", examples=["R000000007"])
    alert: WholeAlert


@router.get("/alerts", summary="预警列表", response_model=AlertPage, responses=problems(400))
@permits(Permission.SERVICE_READ, "alert.list")
def list_of_alerts(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
    query: Annotated[AlertQuery, Query()],
) -> Response:
    """Alerts of the newest run. An alert is a question to be looked into, never a finding."""
    wanted, limit, after = query.wanted, query.limit, query.after
    kind = f"alerts {digest_of(wanted)}"
    behind = read_cursor(kind, after, length=1)[0] if after else ""
    with indexes.reading() as (tables, index):
        rows, total = list_alerts(
            tables, index, wanted, scope=actor.scope, after=behind, most=limit
        )
        run_id = tables.run.run_id
    shown = rows[:limit]
    people = sorted(set(shown["person_refs"].explode().drop_nulls()))
    write_entry(
        deployment,
        request,
        "alert.page",
        details={"alerts": shown.height, "persons": people},
    )
    body = {
        "run_id": run_id,
        "total": total,
        "items": told("alert", shown),
        "next": write_cursor(kind, [shown["alert_id"][-1]]) if rows.height > limit else None,
    }
    return answer(request, body, run_id=run_id)


@router.get(
    "/alerts/{alert_id}", summary="一项预警", response_model=AlertAnswer, responses=problems(404)
)
@permits(Permission.SERVICE_READ, "alert.read", subject=("alert", "alert_id"))
def one_alert(
    request: Request,
    alert_id: str,
    actor: Annotated[Actor, Depends(acting)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """One alert with what it stands on."""
    with indexes.reading() as (tables, _):
        detail = read_alert(tables, alert_id, scope=actor.scope)
        run_id = tables.run.run_id
    if detail is None:
        raise not_found()
    alert = told("alert", detail.alert)[0] | {
        "evidence": told("alert_evidence", detail.evidence),
        "months": told("alert_month", detail.months),
    }
    return answer(request, {"run_id": run_id, "alert": alert}, run_id=run_id)
