"""The alert queue and one alert: what it stands on, how often its rule was right, and what a named person decides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.accounts import all_accounts
from household.alerts.codes import CODES
from household.alerts.life.decisions import ACTIONS, OUTCOMES, OUTCOMES_OF, Said, check_event
from household.alerts.life.states import FROM
from pipelines.deciding import Desk
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of, pages_of
from service.proposing import is_adverse, put_alert_forward
from service.proposing_again import left_over, with_second
from service.reading import alert_desk

ON_PAGE = 50

router = APIRouter()


@router.get("/alerts")
@permits(Permission.ALERT_READ, "alert.list")
def alert_queue(
    request: Request,
    *,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    life: Annotated[
        str, Query(pattern="^(open|explained|confirmed|dismissed|closed|all)$")
    ] = "open",
    severity: Annotated[str, Query(pattern="^[BRI]?$")] = "",
    code: Annotated[str, Query(pattern="^([A-Z][0-9]{2})?$")] = "",
    region: Annotated[str, Query(pattern="^[0-9]{0,12}$")] = "",
    application: Annotated[str, Query(max_length=64)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Alerts of the area, the most urgent first."""
    wanted = alert_desk.AlertFilter(
        None if life == "all" else life,
        severity or None,
        code or None,
        region or None,
        application or None,
    )
    with deployment.warehouse.borrowed() as tables:
        alerts = alert_desk.desk(tables, deployment, actor.scope)
        found = alert_desk.chosen(alerts, wanted, tables)
        shown = found.slice((page - 1) * ON_PAGE, ON_PAGE)
        codes = sorted(alerts["code"].unique())
        right = {c: alert_desk.precision_of(tables, c, None) for c in shown["code"].unique()}
        run = tables.run
    query = {
        "life": life,
        "severity": severity,
        "code": code,
        "region": region,
        "application": application,
    }
    return pages_of(request).draw(
        request,
        "alerts/list.html.j2",
        rows=list(shown.iter_rows(named=True)),
        total=found.height,
        known=found["amount"].drop_nulls().sum() if found["amount"].drop_nulls().len() else None,
        page=page,
        pages=max(1, -(-found.height // ON_PAGE)),
        query=query,
        codes=[(c, CODES[c].title_zh) for c in codes if c in CODES],
        right={c: rows.row(0, named=True) for c, rows in right.items() if len(rows)},
        titles={c: row.title_zh for c, row in CODES.items()},
        run=run,
    )


@router.get("/alerts/{alert_id}")
@permits(Permission.ALERT_READ, "alert.read", subject=("alert", "alert_id"))
def alert_page(
    request: Request,
    alert_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    proposed: Annotated[str, Query(pattern="^(T[0-9a-f]{20})?$")] = "",
) -> Response:
    """One alert with everything it stands on."""
    with deployment.warehouse.borrowed() as tables:
        seen = alert_desk.see(tables, deployment, actor.scope, alert_id)
    if seen is None:
        raise not_found()
    life = seen.alert["life"]
    return pages_of(request).draw(
        request,
        "alerts/alert.html.j2",
        seen=seen,
        alert=seen.alert,
        rows=list(seen.rows.iter_rows(named=True)),
        months=list(seen.months.iter_rows(named=True)),
        events=list(seen.events.iter_rows(named=True)),
        precision=list(seen.precision.iter_rows(named=True)),
        title=CODES[seen.alert["code"]].title_zh
        if seen.alert["code"] in CODES
        else seen.alert["code"],
        actions=[name for name, states in FROM.items() if life in states],
        outcomes=OUTCOMES_OF,
        names={account.account_id: account.name for account in all_accounts(deployment.casework)},
        may_decide=actor.may(Permission.ALERT_DECIDE),
        proposed=proposed,
        left=left_over(deployment, actor, ("alert", alert_id)),
        words={"actions": ACTIONS, "outcomes": OUTCOMES},
    )


@router.post("/alerts/{alert_id}")
@permits(Permission.ALERT_DECIDE, "alert.decide", subject=("alert", "alert_id"))
def decide_alert(
    *,
    alert_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    action: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=500)],
    facts: Annotated[str, Form(max_length=128)],
    outcome: Annotated[str, Form(max_length=20)] = "",
    amount: Annotated[str, Form(max_length=20)] = "",
    direction: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Decide on one alert. What goes against the family waits for a second person."""
    with deployment.warehouse.borrowed() as tables:
        seen = alert_desk.see(tables, deployment, actor.scope, alert_id)
    if seen is None:
        raise not_found()
    said = Said(
        alert_id,
        action,
        actor.account_id,
        reason,
        deployment.outside.now().isoformat(timespec="seconds"),
        outcome=outcome or None,
        amount=amount or None,
        direction=direction or None,
        facts_digest=facts,
    )
    if is_adverse(said):
        # What could never be entered is refused now, not when somebody has taken the trouble to agree.
        check_event(with_second(said), seen.alert)
        proposal_id = put_alert_forward(deployment, actor, said, seen.alert["region_code"])
        return RedirectResponse(f"/alerts/{alert_id}?proposed={proposal_id}", status_code=303)
    Desk(deployment.warehouse.path, casework=deployment.casework).decide([said])
    return RedirectResponse(f"/alerts/{alert_id}", status_code=303)
