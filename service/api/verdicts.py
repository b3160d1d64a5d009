"""Verdicts by list and one by one. Whatever is out of the key's area answers like what is not there."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from casework.feed import last_of_verdict
from casework.submissions import REFUSED, batch_rows
from household.schema.codes import PROGRAMME
from household.schema.published.verdicts import SUGGESTIONS
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.answers import answer, problems
from service.api.cursors import digest_of, read_cursor, write_cursor
from service.api.problems import Problem, not_found
from service.api.shapes import Model, Word, model_of, told, told_rows
from service.deployment import Deployment
from service.pages.rendering import deployment_of
from service.reading.index import Indexes, VerdictIndex, Wanted, indexes_of
from service.reading.verdicts import VerdictDetail, read_verdict

router = APIRouter(tags=["verdicts"])

MOST = 500


class PageQuery(Model):
    """What every list is asked: from where, how many, which region. A parameter that is not known is refused, not passed over."""

    region: str = Field(
        "", pattern="^([0-9]{2,12})?$", description="code; with all below it", examples=["990101"]
    )
    limit: int = Field(100, ge=1, le=MOST, description="most rows of a page")
    after: str = Field(
        "",
        max_length=2000,
        pattern="^[A-Za-z0-9_-]*$",
        description="`next` of the page before; empty: from the start",
    )


class VerdictQuery(PageQuery):
    """Which verdicts; every condition that is given must hold."""

    programme: list[Word(PROGRAMME.titles)] = Field([], max_length=20, description="any of these")  # type: ignore[valid-type]
    suggestion: list[Word(SUGGESTIONS)] = Field([], max_length=10, description="any of these")  # type: ignore[valid-type]
    requested: bool | None = Field(None, description="of the programme asked for")
    certain: bool | None = Field(None, description="no missing data could change it")
    application: list[str] = Field([], max_length=MOST, description="only these applications")
    batch: str = Field("", max_length=64, description="only applications taken from this batch")

    def wanted(self, batch: frozenset[str] | None) -> Wanted:
        """The conditions as the index takes them. `batch`: the applications of the batch, where one was named."""
        named = frozenset(self.application) if self.application else None
        if batch is not None:
            named = batch if named is None else named & batch
        return Wanted(
            region=self.region,
            programmes=tuple(sorted(set(self.programme))),
            suggestions=tuple(sorted(set(self.suggestion))),
            requested=self.requested,
            certain=self.certain,
            applications=None if named is None else tuple(sorted(named)),
        )


Verdict = model_of("household_verdict", title="Verdict")
Reason = model_of("verdict_reason", title="Reason")
FlipFact = model_of("flip_fact")


class VerdictPage(Model):
    """A page of verdicts, by application and programme."""

    run_id: str = Field(title="运行编号", examples=["R000000007"])
    total: int = Field(title="总数", description="of all pages, as this key may see them")
    items: list[Verdict]  # type: ignore[valid-type]
    next: str | None = Field(title="下一页游标", description="null: this was the last page")


class WholeVerdict(Verdict):  # type: ignore[misc,valid-type]
    """A verdict with every rule that was asked and every piece of evidence that decides it alone."""

    reasons: list[Reason]  # type: ignore[valid-type]
    flip_facts: list[FlipFact]  # type: ignore[valid-type]


class VerdictAnswer(Model):
    """One verdict of the newest run."""

    run_id: str = Field(title="运行编号", examples=["R000000007"])
    verdict: WholeVerdict


@router.get(
    "/verdicts", summary="核对建议列表", response_model=VerdictPage, responses=problems(400, 404)
)
@permits(Permission.SERVICE_READ, "verdict.list")
def list_verdicts(
    request: Request,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
    query: Annotated[VerdictQuery, Query()],
) -> Response:
    """Verdicts of the newest run in the key's area.

    A list that is read on while another run is published goes on in the new run, behind the row last read.
    """
    batch = _of_batch(deployment, query.batch, actor) if query.batch else None
    wanted, limit, after = query.wanted(batch), query.limit, query.after
    kind = f"verdicts {digest_of(wanted)}"
    with indexes.reading() as (tables, index):
        found = index.positions(wanted, actor.scope, tables=tables)
        start = 0
        if after:
            behind = row_behind(index, read_cursor(kind, after, length=3))
            start = int(found.search_sorted(behind, side="left"))
        page = found[start : start + limit]
        rows = index.verdicts(tables, page)
        run_id = tables.run.run_id
    write_entry(
        deployment,
        request,
        "verdict.page",
        details={"applications": sorted(set(rows["application_id"])), "verdicts": rows.height},
    )
    more = start + limit < found.len()
    last = (
        [rows[name][-1] for name in ("application_id", "programme", "verdict_id")] if more else []
    )
    body = {
        "run_id": run_id,
        "total": found.len(),
        "items": told("household_verdict", rows),
        "next": write_cursor(kind, last) if more else None,
    }
    return answer(request, body, run_id=run_id)


@router.get(
    "/verdicts/{verdict_id}",
    summary="一项核对建议",
    response_model=VerdictAnswer,
    responses=problems(404, 410),
)
@permits(Permission.SERVICE_READ, "verdict.read", subject=("verdict", "verdict_id"))
def one_verdict(
    request: Request,
    verdict_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """One verdict of the newest run, with its reasons. One that was published before answers 410 with what stands now."""
    with indexes.reading() as (tables, index):
        detail = read_verdict(tables, index, verdict_id, scope=actor.scope)
        run_id = tables.run.run_id
    if detail is None:
        raise _gone(deployment, verdict_id, actor)
    return answer(request, {"run_id": run_id, "verdict": whole_verdicts(detail)[0]}, run_id=run_id)


def whole_verdicts(detail: VerdictDetail) -> list[dict[str, Any]]:
    """Verdicts as WholeVerdict has them."""

    def of(rows: list[dict[str, Any]], name: str, verdict_id: str) -> list[dict[str, Any]]:
        return told_rows(name, (row for row in rows if row["verdict_id"] == verdict_id))

    return [
        row
        | {
            "reasons": of(detail.reasons, "verdict_reason", row["verdict_id"]),
            "flip_facts": of(detail.flips, "flip_fact", row["verdict_id"]),
        }
        for row in told_rows("household_verdict", detail.verdicts)
    ]


def _of_batch(deployment: Deployment, batch_id: str, actor: Actor) -> frozenset[str]:
    """The applications that were taken from a batch. Raises Problem: 404, no such batch, or none of it is of the area."""
    found = frozenset(
        row.application_id
        for row in batch_rows(deployment.casework, batch_id)
        if row.dataset == "approval.application"
        and row.state != REFUSED
        and actor.scope.covers(row.region_code, row.programme)
    )
    if not found:
        raise not_found()
    return found


def _gone(deployment: Deployment, verdict_id: str, actor: Actor) -> Problem:
    """Not there; or, where the caller may know of it, replaced or recalled."""
    entry = last_of_verdict(deployment.casework, verdict_id)
    if entry is None or not actor.scope.covers(entry["region_code"], entry["programme"]):
        return not_found()
    now = entry["now"]
    seen = actor.scope.covers(now["region_code"], now["programme"])
    standing = now["verdict_id"] if seen else None
    if standing == verdict_id:  # published by a run that is not read yet
        return not_found()
    return Problem(
        410,
        "superseded" if standing else "withdrawn",
        "已被新的建议替代" if standing else "建议已收回",
        more={"application_id": entry["application_id"], "verdict_id": standing},
    )


def row_behind(index: VerdictIndex, place: list[str]) -> int:
    """The position of the first row behind a place; the row of the place itself may be gone by now."""
    ids = index.frame["application_id"]
    first = int(ids.search_sorted(place[0], side="left"))
    behind = int(ids.search_sorted(place[0], side="right"))
    own = index.frame[first:behind].select(pl.col("programme").cast(pl.String), "verdict_id")
    return first + sum(row <= (place[1], place[2]) for row in own.iter_rows())
