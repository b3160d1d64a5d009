"""Quarantined rows: the issues, one issue with what was done about it, and the list that goes back to the department."""

from __future__ import annotations

import datetime as dt
import io
from statistics import median_low
from typing import Annotated, Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # it ships none
from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from casework.accounts import all_accounts
from casework.quarantine_work import RESOLUTIONS, Step, add_step, steps_of
from household.schema.datasets import SOURCE_TITLES
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import GRANTS, Permission, Role
from service.api.problems import not_found
from service.deployment import Deployment
from service.pages.listings import Shown, listing
from service.pages.quality import charts
from service.pages.quality.drawing import answer, words_of
from service.pages.quality.narrowing import View, viewing
from service.pages.rendering import deployment_of
from service.reading.quality import quarantine
from service.reading.quality.areas import sees_all
from warehouse.record import RunRecord

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ON_PAGE = 200
"""Cells that the page of an issue shows; the list has all."""

ISSUES = (
    Shown("issue_id", "quality.issue_id", "link", href="/quality/quarantine/{}"),
    Shown("dataset", "quality.dataset", "dataset"),
    Shown("region_code", "quality.region_code"),
    Shown("column", "quality.column"),
    Shown("reason_zh", "quality.reason_zh"),
    Shown("cells", "quality.cells", "count"),
    Shown("lines", "quality.rows", "count"),
    Shown("since", "quality.since"),
    Shown("age_days", "quality.age_days_issue", "count"),
    Shown("state", "quality.state", "word", words="quality.issue"),
    Shown("owner", "quality.owner"),
    Shown("due_on", "quality.due_on"),
    Shown("late", "quality.overdue"),
    Shown("resolution", "quality.resolution", "word", words="quality.resolution"),
)
CELLS = (
    Shown("file", "quality.file"),
    Shown("line", "quality.line", "count"),
    Shown("column", "quality.column"),
    Shown("reason_zh", "quality.reason_zh"),
    Shown("value_masked", "quality.value_masked"),
)

router = APIRouter()


@router.get("/quality/quarantine")
@permits(Permission.QUALITY_READ, "quality.quarantine")
def issues_page(
    request: Request,
    *,
    view: Annotated[View, Depends(viewing)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
    state: Annotated[str | None, Query(pattern="^(open|assigned|returned|resolved)?$")] = None,
    source: Annotated[str | None, Query(pattern="^[a-z_]{0,40}$")] = None,
) -> Response:
    """What was put aside, by reason and column."""
    today = deployment.outside.today
    with deployment.warehouse.borrowed() as tables:
        found = quarantine.issues(tables, view.scope, deployment.casework, today=today)
        run, whole = tables.run, sees_all(tables, view.scope)
    summary = _summary(found)
    if found.width:
        if state:
            found = found.filter(pl.col("state") == state)
        if source:
            found = found.filter(pl.col("source") == source)
        found = _with_names(found, deployment)
    return answer(
        request,
        "quarantine",
        [listing("issues", "quality.issues", found, ISSUES)],
        csv=csv,
        view=view,
        chosen=state or "",
        source=source or "",
        sources=SOURCE_TITLES,
        summary=summary,
        whole=whole,
        chart_option=charts.bars(
            _by_source(found),
            x="source",
            y="cells",
            series="state",
            say=words_of(request, "issue"),
            across=True,
        ),
        run=run,
    )


@router.get("/quality/quarantine/{issue_id}")
@permits(Permission.QUALITY_READ, "quality.issue", subject=("issue", "issue_id"))
def issue_page(
    request: Request,
    issue_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    csv: str | None = None,
) -> Response:
    """One issue: its cells, masked, and what was done about it."""
    issue, cells, run = _find(issue_id, actor, deployment)
    names = _names(deployment)
    return answer(
        request,
        "issue",
        [listing("cells", "quality.cells_of", cells if csv else cells.head(ON_PAGE), CELLS)],
        csv=csv,
        issue=issue,
        owner=names.get(issue["owner"], issue["owner"]),
        total=cells.height,
        steps=[
            (s, names.get(s.by_account, s.by_account))
            for s in steps_of(deployment.casework, issue_id)
        ],
        owners=_owners(deployment),
        resolutions=RESOLUTIONS,
        may_work=actor.may(Permission.QUARANTINE_WORK),
        run=run,
    )


@router.post("/quality/quarantine/{issue_id}")
@permits(Permission.QUARANTINE_WORK, "quality.issue_step", subject=("issue", "issue_id"))
def take_step(
    *,
    issue_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    action: Annotated[str, Form(max_length=20)],
    note: Annotated[str, Form(max_length=500)],
    owner: Annotated[str, Form(max_length=64)] = "",
    due_on: Annotated[str, Form(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = "",
    resolution: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Assign, return to the department, resolve, or open again."""
    _find(issue_id, actor, deployment)
    if owner and owner not in dict(_owners(deployment)):
        raise not_found()
    step = Step(
        issue_id,
        action,
        note,
        actor.account_id,
        deployment.outside.stamp,
        owner or None,
        due_on or None,
        resolution or None,
    )
    add_step(deployment.casework, step)
    return RedirectResponse(f"/quality/quarantine/{issue_id}", status_code=303)


@router.get("/quality/quarantine/{issue_id}/return-list")
@permits(Permission.QUARANTINE_WORK, "quality.return_list", subject=("issue", "issue_id"))
def return_list(
    issue_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> Response:
    """The workbook that goes back to the department: file, line, column, reason, masked value. It finds the rows in its own file."""
    issue, cells, run = _find(issue_id, actor, deployment)
    told = io.BytesIO()
    book = xlsxwriter.Workbook(told, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": f"退回清单 {issue['dataset']}", "created": _midnight(run.as_of)})
    sheet = book.add_worksheet("退回清单")
    bold = book.add_format({"bold": True})
    for at, title in enumerate(("文件", "行号", "列", "原因代码", "原因", "原值(脱敏)")):
        sheet.write_string(0, at, title, bold)
    for line, row in enumerate(cells.iter_rows(), start=1):
        for at, value in enumerate(row):
            if value is not None:
                sheet.write_string(line, at, str(value))
    sheet.set_column(0, 5, 22)
    sheet.freeze_panes(1, 0)
    book.close()
    name = f"return-{issue_id}.xlsx"
    return Response(
        told.getvalue(),
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _summary(found: pl.DataFrame) -> dict[str, int | None]:
    """Issues by state, how many are late, and the median of the days to resolve one; null where none was."""
    if not found.width:
        return {"open": 0, "assigned": 0, "returned": 0, "resolved": 0, "late": 0, "days": None}
    told = {s: found.filter(state=s).height for s in ("open", "assigned", "returned", "resolved")}
    days = found["resolved_days"].cast(pl.Int64).drop_nulls().sort().to_list()
    middle = median_low(days) if days else None
    return {**told, "late": found.filter("late").height, "days": middle}


def _by_source(found: pl.DataFrame) -> pl.DataFrame:
    if not found.width:
        return pl.DataFrame({"source": [], "state": [], "cells": []})
    named = found.with_columns(pl.col("source").replace(SOURCE_TITLES).fill_null("—"))
    return (
        named.group_by("source", "state", maintain_order=True)
        .agg(pl.col("cells").sum())
        .sort(pl.col("cells").sum().over("source"), "source", descending=[True, False])
    )


def _find(
    issue_id: str, actor: Actor, deployment: Deployment
) -> tuple[dict[str, Any], pl.DataFrame, RunRecord]:
    with deployment.warehouse.borrowed() as tables:
        today = deployment.outside.today
        found = quarantine.issues(tables, actor.scope, deployment.casework, today=today)
        rows = found.filter(pl.col("issue_id") == issue_id) if found.width else found
        if not len(rows):
            raise not_found()
        issue = rows.row(0, named=True)
        return issue, quarantine.rows_of(tables, issue), tables.run


def _names(deployment: Deployment) -> dict[str, str]:
    return {account.account_id: account.name for account in all_accounts(deployment.casework)}


def _with_names(found: pl.DataFrame, deployment: Deployment) -> pl.DataFrame:
    return found.with_columns(
        pl.col("owner").cast(pl.String).replace(_names(deployment)),
        pl.col("resolution").cast(pl.String),
        pl.col("due_on").cast(pl.String),
    )


def _owners(deployment: Deployment) -> list[tuple[str, str]]:
    """Accounts that may look after an issue: id and name."""
    return [
        (account.account_id, account.name)
        for account in all_accounts(deployment.casework)
        if account.disabled_at is None and Permission.QUARANTINE_WORK in GRANTS[Role(account.role)]
    ]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).replace(tzinfo=None)
