"""Who looks after quarantined rows: assigned, returned to the department with a due day, resolved with a reason, opened again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.quarantine_work import QUARANTINE_STEP
from household.alerts.life.decisions import plain_text
from household.errors import InputError

if TYPE_CHECKING:
    from casework.store import CaseworkStore

OPEN, ASSIGNED, RETURNED, RESOLVED = "open", "assigned", "returned", "resolved"
RESOLUTIONS = ("false_positive", "source_mended", "our_mistake", "not_mended")
_MAKES = {"assign": ASSIGNED, "return": RETURNED, "resolve": RESOLVED, "reopen": OPEN}
_FROM = {
    "assign": (OPEN, ASSIGNED),
    "return": (OPEN, ASSIGNED, RETURNED),
    "resolve": (OPEN, ASSIGNED, RETURNED),
    "reopen": (RESOLVED,),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done. `owner` is an account; `due_on` the day by which the department is to answer."""

    issue_id: str
    action: str
    note: str
    by_account: str
    at: str
    owner: str | None = None
    due_on: str | None = None
    resolution: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issue stands: the state, who looks after it, until when, how it ended."""

    state: str = OPEN
    owner: str | None = None
    due_on: str | None = None
    resolution: str | None = None
    at: str | None = None


def issue_id(
    dataset: str | None, region_code: str | None, *, column: str | None, reason_code: str
) -> str:
    """The id of an issue: the same reason at the same column of the same dataset and region, from run to run."""
    text = "\0".join((dataset or "", region_code or "", column or "", reason_code))
    return f"Q{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def add_step(store: CaseworkStore, step: Step) -> None:
    """Add a step, if the issue stands so that it may be taken.

    Raises:
        InputError: not from this state, no owner, no due day, no resolution, or a note that is empty or holds a number.

    """
    note = plain_text(step.note, "说明")
    if step.action not in _MAKES:
        raise InputError("办理方式无法识别", "请刷新页面")
    if step.action == "assign" and not step.owner:
        raise InputError("没有写明负责人", "请选择负责人")
    if step.action == "return" and not step.due_on:
        raise InputError("没有写明答复期限", "请写明退回部门后应答复的日期")
    if step.action == "resolve" and step.resolution not in RESOLUTIONS:
        raise InputError("没有写明处理结果", "请选择处理结果")
    with store.writing() as connection:
        now = _standing(connection, step.issue_id)
        if now.state not in _FROM[step.action]:
            raise InputError("该问题的状态已变，不能这样办理", "请刷新页面")
        connection.execute(
            QUARANTINE_STEP.insert().values(
                issue_id=step.issue_id,
                action=step.action,
                owner=step.owner if step.action == "assign" else now.owner,
                due_on=step.due_on if step.action == "return" else None,
                resolution=step.resolution if step.action == "resolve" else None,
                note=note,
                by_account=step.by_account,
                at=step.at,
            )
        )


def standings(store: CaseworkStore) -> dict[str, Standing]:
    """How every issue stands that anything was ever done about."""
    newest = (
        sa.select(sa.func.max(QUARANTINE_STEP.c.step_id))
        .group_by(QUARANTINE_STEP.c.issue_id)
        .scalar_subquery()
    )
    query = sa.select(QUARANTINE_STEP).where(QUARANTINE_STEP.c.step_id.in_(newest))
    with store.reading() as connection:
        return {row.issue_id: _of(row) for row in connection.execute(query)}


def steps_of(store: CaseworkStore, issue: str) -> tuple[Step, ...]:
    """Everything that was done about an issue, in order."""
    query = (
        sa.select(QUARANTINE_STEP)
        .where(QUARANTINE_STEP.c.issue_id == issue)
        .order_by(QUARANTINE_STEP.c.step_id)
    )
    with store.reading() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    return tuple(Step(**{k: v for k, v in row.items() if k != "step_id"}) for row in rows)


def _standing(connection: sa.Connection, issue: str) -> Standing:
    row = connection.execute(
        sa.select(QUARANTINE_STEP)
        .where(QUARANTINE_STEP.c.issue_id == issue)
        .order_by(QUARANTINE_STEP.c.step_id.desc())
        .limit(1)
    ).first()
    return Standing() if row is None else _of(row)


def _of(row: sa.Row[tuple[object, ...]]) -> Standing:
    return Standing(_MAKES[row.action], row.owner, row.due_on, row.resolution, row.at)
