"""What the approval system sends: applications and objections, and what became of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from casework.submissions import Key, Repeated, batch_faults, batch_rows, read_batch
from service.access.actor import Actor, acting
from service.access.policy import permits
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.large_bodies import LargeBodyRoute
from service.api.problems import Problem, not_found
from service.deployment import Deployment
from service.pages.rendering import deployment_of
from service.reading.index import Indexes, indexes_of
from service.submissions.bodies import application_sheets, body_digest, objection_sheets
from service.submissions.content import APPLICATION
from service.submissions.handing_in import Sent, hand_in
from service.submissions.models import (
    Applications,
    BatchAnswer,
    BatchState,
    FaultAnswer,
    Objections,
    RowAnswer,
)
from service.submissions.telling import tell_batch, tell_rows, verdicts_of

if TYPE_CHECKING:
    from casework.submissions import Batch
    from service.submissions.content import Sheet
    from service.submissions.telling import TellFault, TellRow

router = APIRouter(tags=["submissions"], route_class=LargeBodyRoute)

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="每次委托自取的唯一键，保留 30 日：同键同文得到同一答复，同键异文 409",
    ),
]
_ANSWERS: dict[int | str, dict[str, Any]] = {
    207: {"model": BatchAnswer, "description": "有行被退回；其余已受理"},
    409: {"description": "Idempotency-Key 已用于另一份内容"},
}


@router.post(
    "/applications", summary="委托核对申请", response_model=BatchAnswer, responses=_ANSWERS
)
@permits(Permission.SERVICE_SUBMIT, "application.submit")
def submit_applications(
    *,
    request: Request,
    body: Applications,
    idempotency_key: IdempotencyKey,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """Applications with their people, papers and declared spending. 200: every row was taken; 207: some were refused, each with its reason.

    What was taken lies in the inbox and is honoured by the next run.
    """
    key = _key(actor, "applications", idempotency_key, body_digest(body))
    sheets = application_sheets(body)
    named = [one for one in sheets[APPLICATION].frame["application_id"] if one]
    write_entry(
        deployment, request, "batch.submit", details={"applications": named, "route": "api"}
    )
    sent = Sent(sheets, "applications", "api", key.body_digest)
    return _answer(deployment, indexes, actor, sent=sent, key=key)


@router.post("/objections", summary="异议复核申请", response_model=BatchAnswer, responses=_ANSWERS)
@permits(Permission.SERVICE_SUBMIT, "objection.submit")
def submit_objections(
    *,
    request: Request,
    body: Objections,
    idempotency_key: IdempotencyKey,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """Objections to one line of evidence, or to a whole result. Answers as for applications."""
    key = _key(actor, "objections", idempotency_key, body_digest(body))
    sheets: dict[str, Sheet] = objection_sheets(body)
    named = [one for sheet in sheets.values() for one in sheet.frame["application_id"] if one]
    write_entry(
        deployment, request, "batch.submit", details={"applications": named, "route": "api"}
    )
    sent = Sent(sheets, "objections", "api", key.body_digest)
    return _answer(deployment, indexes, actor, sent=sent, key=key)


@router.get("/batches/{batch_id}", summary="一批委托的状态", response_model=BatchState)
@permits(Permission.SERVICE_SUBMIT, "batch.read", subject=("batch", "batch_id"))
def read_one(
    batch_id: str,
    actor: Annotated[Actor, Depends(acting)],
    deployment: Annotated[Deployment, Depends(deployment_of)],
    indexes: Annotated[Indexes, Depends(indexes_of)],
) -> Response:
    """One batch: the state of every row, and whether a run has taken it in. The sender's own, or within its area."""
    told = tell_batch(deployment, actor, batch_id)
    if told is None:
        raise not_found()
    known = verdicts_of(indexes, actor, told)
    state = BatchState(
        **dict(_told(told.batch, told.rows)),
        progress=told.progress,  # type: ignore[arg-type]  # one of the four words
        run_id=told.run_id,
        applications=[one for one, verdict in known.items() if verdict is not None],
    )
    return _written(state)


def _key(actor: Actor, route: str, key: str, body: str) -> Key:
    return Key(actor.account_id, route, hashlib.sha256(key.encode()).hexdigest(), body)


def _answer(
    deployment: Deployment,
    indexes: Indexes,
    actor: Actor,
    *,
    sent: Sent,
    key: Key,
) -> Response:
    headers = {}
    found = hand_in(deployment, indexes, actor, sent, key=key)
    if isinstance(found, Repeated):
        if not found.same:
            raise Problem(
                409,
                "idempotency-key-reused",
                "Idempotency-Key 已用于另一份内容",
                detail="请为新的内容取新的键；未作任何改动",
            )
        before = read_batch(deployment.casework, found.batch_id)
        assert before is not None
        found = before
        headers["Idempotent-Replay"] = "true"
    rows = batch_rows(deployment.casework, found.batch_id)
    answer = _told(found, tell_rows(rows, batch_faults(deployment.casework, found.batch_id)))
    return _written(answer, status=207 if answer.refused else 200, headers=headers)


def _written(
    answer: BatchAnswer, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The answer as it is sent, written here, in the endpoint's thread: by the framework thousands of rows would hold up everybody."""
    return Response(answer.model_dump_json(), status, headers, "application/json")


def _told(batch: Batch, rows: tuple[TellRow, ...]) -> BatchAnswer:
    return BatchAnswer(
        batch_id=batch.batch_id,
        kind=batch.kind,  # type: ignore[arg-type]  # one of the two words
        received_at=batch.received_at,
        total=batch.rows,
        accepted=batch.accepted + batch.unchanged,
        refused=batch.refused,
        unchanged=batch.unchanged,
        rows=[_row(row) for row in rows],
    )


def _row(row: TellRow) -> RowAnswer:
    number = row.row.line - 1

    def told(fault: TellFault) -> FaultAnswer:
        return FaultAnswer(
            row=number, column=fault.column, reason_code=fault.code, reason=fault.sentence
        )

    return RowAnswer(
        place=row.row.place,
        dataset=row.row.dataset,
        row=number,
        state="accepted" if row.accepted else "refused",
        unchanged=row.unchanged,
        errors=[told(f) for f in row.faults if f.refuses],
        notices=[told(f) for f in row.faults if not f.refuses],
    )
