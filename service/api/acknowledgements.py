"""Acknowledgement (送达): the approval system says which verdicts it has; what it has not said can be listed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, Field
from starlette.responses import JSONResponse, Response

from casework.acknowledgements import acknowledge, acknowledged, all_acknowledged
from casework.feed import last_of_verdict
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.answers import answer, problems
from service.api.cursors import digest_of, read_cursor, write_cursor
from service.api.problems import not_found
from service.api.shapes import Model
from service.api.verdicts import PageQuery, row_behind
from service.deployment import Deployment
from service.pages.rendering import deployment_of
from service.reading.index import Indexes, Wanted, indexes_of

router = APIRouter(tags=["changes"])


class Receipt(Model):
    """A verdict that was received."""

    verdict_id: str = Field(min_length=1, max_length=64, examples=["V2f1c0a9be77d41c05a13"])
    received_at: AwareDatetime | None = Field(
        None, description="with a time zone; now, where it is left out"
    )


class ReceiptKept(Model):
    """The receipt as it is kept; said again, the first one stands."""

    verdict_id: str
    received_at: str = Field(title="收到时间")
    recorded_at: str = Field(title="登记时间")


class Missing(Model):
    """A verdict that this account has not acknowledged."""

    verdict_id: str
    application_id: str
    programme: str
    region_code: str


class MissingPage(Model):
    """A page of them, by application and programme."""

    run_id: str
    total: int
    items: list[Missing]
    next: str | None


class MissingQuery(PageQuery):
    """Which ones."""

    requested: bool = Field(True, description="false: those evaluated for information")


@router.post(
    "/acknowledgements",
    summary="登记送达",
    response_model=ReceiptKept,
    status_code=201,
    responses={**problems(404), 200: {"model": ReceiptKept, "description": "早已登记"}},
)
@permits(Permission.SERVICE_ACKNOWLEDGE, "verdict.acknowledge")
def receive(
    request: Request,
    receipt: Receipt,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """Say that a verdict has arrived, superseded meanwhile or not. Saying it again changes nothing."""
    if not _known(receipt.verdict_id, actor, deployment, indexes):
        raise not_found()
    now = deployment.outside.now()
    received = (receipt.received_at or now).astimezone(dt.UTC)
    write_entry(
        deployment, request, "verdict.acknowledged", subject=("verdict", receipt.verdict_id)
    )
    kept = acknowledge(
        deployment.casework,
        receipt.verdict_id,
        account_id=actor.account_id,
        received_at=received.isoformat(timespec="microseconds"),
        now=now.isoformat(timespec="microseconds"),
    )
    body = ReceiptKept(
        verdict_id=kept.verdict_id, received_at=kept.received_at, recorded_at=kept.recorded_at
    )
    return JSONResponse(body.model_dump(), status_code=201 if kept.fresh else 200)


@router.get(
    "/acknowledgements/{verdict_id}",
    summary="一项建议的送达",
    response_model=ReceiptKept,
    responses=problems(404),
)
@permits(Permission.SERVICE_READ, "acknowledgement.read", subject=("verdict", "verdict_id"))
def one_receipt(
    request: Request,
    verdict_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
) -> Response:
    """What this account has said of a verdict; 404 where it has said nothing."""
    kept = acknowledged(deployment.casework, verdict_id, account_id=actor.account_id)
    if kept is None:
        raise not_found()
    body = {
        "verdict_id": kept.verdict_id,
        "received_at": kept.received_at,
        "recorded_at": kept.recorded_at,
    }
    return answer(request, body, run_id=deployment.warehouse.run.run_id)


@router.get(
    "/unacknowledged",
    summary="尚未登记送达的建议",
    response_model=MissingPage,
    responses=problems(400),
)
@permits(Permission.SERVICE_READ, "acknowledgement.list")
def missing(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
    query: Annotated[MissingQuery, Query()],
) -> Response:
    """Verdicts of the newest run in the key's area that this account has not acknowledged."""
    wanted = Wanted(region=query.region, requested=query.requested)
    kind = f"unacknowledged {digest_of(wanted)}"
    said = pl.Series(all_acknowledged(deployment.casework, actor.account_id), dtype=pl.String)
    with indexes.reading() as (tables, index):
        positions = index.positions(wanted, actor.scope, tables=tables)
        ids = index.frame["verdict_id"].gather(positions)
        left = positions.filter(~ids.is_in(said.implode()))
        start = 0
        if query.after:
            behind = row_behind(index, read_cursor(kind, query.after, length=3))
            start = left.search_sorted(behind, side="left")
        page = index.rows(left[start : start + query.limit])
        run_id = tables.run.run_id
    write_entry(
        deployment,
        request,
        "acknowledgement.page",
        details={"applications": sorted(set(page["application_id"]))},
    )
    rows = page.select(
        "verdict_id", "application_id", pl.col("programme").cast(pl.String), "region_code"
    ).to_dicts()
    more = start + query.limit < left.len()
    last = [rows[-1][n] for n in ("application_id", "programme", "verdict_id")] if more else []
    body = {
        "run_id": run_id,
        "total": left.len(),
        "items": rows,
        "next": write_cursor(kind, last) if more else None,
    }
    return answer(request, body, run_id=run_id)


def _known(verdict_id: str, actor: Actor, deployment: Deployment, indexes: Indexes) -> bool:
    """Whether the verdict stands, or stood once, in the area: one that was replaced on the way can still be acknowledged."""
    entry = last_of_verdict(deployment.casework, verdict_id)
    if entry is not None:
        return actor.scope.covers(entry["region_code"], entry["programme"])
    with indexes.reading() as (_, index):
        position = index.position_of(verdict_id)
        if position is None:
            return False
        row = index.frame.row(position, named=True)
    return actor.scope.covers(row["region_code"], row["programme"])
