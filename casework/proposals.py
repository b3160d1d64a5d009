"""Two people for what is grave: one proposes, another one agrees or refuses, and what was agreed to is carried out once.

Adverse decisions and bulk exports go this way. What a proposal does when it is agreed to is the business of whoever proposed it; here it is
made sure that it was agreed to, by somebody else, in time, and never twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.proposals import (
    PROPOSAL,
    PROPOSAL_DECISION,
    PROPOSAL_FAILURE,
    PROPOSAL_USE,
)
from household.alerts.life.decisions import plain_text
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.store import CaseworkStore

AGREED, REFUSED, WITHDRAWN = "agreed", "refused", "withdrawn"
LIFE_DAYS = 14
"""How long a proposal waits for its second person."""
_ID = PROPOSAL.c.proposal_id
_DIGITS = re.compile(r"[0-9]{11,}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal with what became of it.

    Attributes:
        kind: what is proposed, like `alert.decide`. subject_kind, subject_id: about what.
        region_code, programme: in whose area it lies. payload: ids and choices, texts only.
        decision: agreed, refused, withdrawn; None while it waits. used_at: when it was taken to be carried out.
        failure: why it could not be carried out after all; None where it could, or was not tried.

    """

    proposal_id: str
    kind: str
    subject_kind: str
    subject_id: str
    region_code: str | None
    programme: str | None
    payload: dict[str, object]
    reason: str
    proposed_by: str
    proposed_at: str
    expires_at: str
    decision: str | None = None
    decision_reason: str | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    used_at: str | None = None
    failure: str | None = None

    def left_over(self, now: str) -> bool:
        """Whether it came to nothing though nobody said no: refused by the facts, or expired. It can be put forward again."""
        if self.decision is None or (self.decision == AGREED and self.used_at is None):
            return now >= self.expires_at
        return self.failure is not None


def propose(
    store: CaseworkStore,
    *,
    kind: str,
    subject: tuple[str, str],
    payload: Mapping[str, object],
    reason: str,
    by: str,
    at: str,
    expires_at: str,
    region_code: str | None = None,
    programme: str | None = None,
) -> str:
    """Propose, and return the proposal's id. The same person's same proposal that still waits is not entered again.

    Raises:
        InputError: the reason is empty or holds a number.

    """
    told = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    text = "\0".join((kind, *subject, told, by, at))
    proposal_id = f"T{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    kept = plain_text(reason, "理由")
    with store.writing() as connection:
        waiting = connection.execute(
            _whole()
            .where(
                PROPOSAL.c.kind == kind,
                PROPOSAL.c.subject_id == subject[1],
                PROPOSAL.c.payload == told,
                PROPOSAL.c.proposed_by == by,
                PROPOSAL_DECISION.c.decision.is_(None),
                PROPOSAL.c.expires_at > at,
            )
            .limit(1)
        ).first()
        if waiting is not None:
            return str(waiting.proposal_id)
        connection.execute(
            PROPOSAL.insert().values(
                proposal_id=proposal_id,
                kind=kind,
                subject_kind=subject[0],
                subject_id=subject[1],
                region_code=region_code,
                programme=programme,
                payload=told,
                reason=kept,
                proposed_by=by,
                proposed_at=at,
                expires_at=expires_at,
            )
        )
    return proposal_id


def proposals(store: CaseworkStore, *, kinds: Sequence[str] | None = None) -> tuple[Proposal, ...]:
    """All proposals, the newest first."""
    query = _whole().order_by(PROPOSAL.c.entry_id.desc())
    if kinds is not None:
        query = query.where(PROPOSAL.c.kind.in_(kinds))
    with store.reading() as connection:
        return tuple(_proposal(row) for row in connection.execute(query))


def find_proposal(store: CaseworkStore, proposal_id: str) -> Proposal | None:
    """One proposal; None where there is none of that id."""
    with store.reading() as connection:
        row = connection.execute(_whole().where(PROPOSAL.c.proposal_id == proposal_id)).first()
    return None if row is None else _proposal(row)


def decide(
    store: CaseworkStore, proposal_id: str, decision: str, *, reason: str, by: str, at: str
) -> Proposal:
    """Agree, refuse or withdraw, once and for ever.

    Raises:
        InputError: no such proposal, decided already, expired, agreed to by whoever proposed it, withdrawn by somebody else.

    """
    kept = plain_text(reason, "理由")
    with store.writing() as connection:
        row = connection.execute(_whole().where(PROPOSAL.c.proposal_id == proposal_id)).first()
        if row is None:
            raise InputError("没有这一项待复核事项", "请刷新列表")
        found = _proposal(row)
        _check(found, decision, by=by, at=at)
        connection.execute(
            PROPOSAL_DECISION.insert().values(
                proposal_id=proposal_id,
                decision=decision,
                reason=kept,
                decided_by=by,
                decided_at=at,
            )
        )
        row = connection.execute(_whole().where(PROPOSAL.c.proposal_id == proposal_id)).one()
    return _proposal(row)


def use(
    store: CaseworkStore, proposal_id: str, *, kind: str, by: str, at: str, rows: int | None = None
) -> Proposal:
    """Take what was agreed to, to carry it out: given once.

    Raises:
        InputError: it is of another kind, was not agreed to, was carried out already, or has expired.

    """
    with store.writing() as connection:
        row = connection.execute(_whole().where(PROPOSAL.c.proposal_id == proposal_id)).first()
        found = None if row is None else _proposal(row)
        if found is None or found.kind != kind or found.decision != AGREED:
            raise InputError("该事项未经另一人同意", "请先由另一名有权人员复核同意")
        if found.used_at is not None:
            raise InputError("该事项已经办理", "如需再次办理，请重新提出")
        if at >= found.expires_at:
            raise InputError("该事项已过期", "请重新提出")
        connection.execute(
            PROPOSAL_USE.insert().values(proposal_id=proposal_id, used_by=by, used_at=at, rows=rows)
        )
    return found


def note_failure(store: CaseworkStore, proposal_id: str, reason: str, *, at: str) -> None:
    """Keep that what was taken to be carried out was refused, and why, in our own words. Raises as `CaseworkStore.writing`."""
    told = {"reason": _DIGITS.sub("…", reason), "failed_at": at}
    with store.writing() as connection:
        connection.execute(PROPOSAL_FAILURE.insert().values(proposal_id=proposal_id, **told))


def _check(found: Proposal, decision: str, *, by: str, at: str) -> None:
    if found.decision is not None:
        raise InputError("该事项已有结论", "请刷新列表")
    if at >= found.expires_at:
        raise InputError("该事项已过期", "请重新提出")
    if decision == WITHDRAWN:
        if by != found.proposed_by:
            raise InputError("只有提出人可以撤回", "其他人请选择同意或不同意")
    elif decision not in (AGREED, REFUSED):
        raise InputError("结论无法识别", "请选择同意、不同意或撤回")
    elif by == found.proposed_by:
        raise InputError("提出人不能复核自己提出的事项", "请由另一名有权人员复核")


def _whole() -> sa.Select[tuple[object, ...]]:
    return sa.select(
        PROPOSAL,
        PROPOSAL_DECISION.c.decision,
        PROPOSAL_DECISION.c.reason.label("decision_reason"),
        PROPOSAL_DECISION.c.decided_by,
        PROPOSAL_DECISION.c.decided_at,
        PROPOSAL_USE.c.used_at,
        PROPOSAL_FAILURE.c.reason.label("failure"),
    ).select_from(
        PROPOSAL.outerjoin(PROPOSAL_DECISION, PROPOSAL_DECISION.c.proposal_id == _ID)
        .outerjoin(PROPOSAL_USE, PROPOSAL_USE.c.proposal_id == _ID)
        .outerjoin(PROPOSAL_FAILURE, PROPOSAL_FAILURE.c.proposal_id == _ID)
    )


def _proposal(row: sa.Row[tuple[object, ...]]) -> Proposal:
    told = dict(row._mapping)
    told.pop("entry_id")
    return Proposal(**told | {"payload": json.loads(str(told["payload"]))})
