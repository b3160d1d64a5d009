"""Objections as they are worked: raised, taken by somebody else, rechecked, answered. The state follows from the steps.

    raised -> taken -> rechecked -> upheld | rejected        and withdrawn from each of the first three

Rejecting goes against the family and takes two people; who entered an objection does not answer it (民发〔2021〕57号 第十八条).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.objections import OBJECTION_STEP
from household.alerts.life.decisions import plain_text
from household.errors import InputError

if TYPE_CHECKING:
    from casework.store import CaseworkStore

RAISED, TAKEN, RECHECKED, UPHELD, REJECTED, WITHDRAWN = (
    "raised",
    "taken",
    "rechecked",
    "upheld",
    "rejected",
    "withdrawn",
)
STATES = (RAISED, TAKEN, RECHECKED, UPHELD, REJECTED, WITHDRAWN)
OPEN = (RAISED, TAKEN, RECHECKED)
MAKES = {
    "enter": RAISED,
    "take": TAKEN,
    "recheck": RECHECKED,
    "uphold": UPHELD,
    "reject": REJECTED,
    "withdraw": WITHDRAWN,
}
FROM: dict[str, tuple[str, ...]] = {
    "take": (RAISED,),
    "recheck": (TAKEN, RECHECKED),
    "uphold": (RECHECKED,),
    "reject": (RECHECKED,),
    "withdraw": OPEN,
}
"""Action -> the states in which it may be taken; `enter` begins."""

GROUNDS = ("not_mine", "sold", "wrong_amount", "closed", "other")


@dataclass(frozen=True, slots=True)
class ObjectionStep:
    """One step. `second_account`: who agreed, where the step takes two."""

    objection_id: str
    application_id: str
    action: str
    by_account: str
    note: str
    at: str
    evidence_id: str | None = None
    ground: str | None = None
    raised_on: str | None = None
    second_account: str | None = None


def add_step(store: CaseworkStore, step: ObjectionStep) -> None:
    """Add a step, if the objection stands so that it may be taken, by whoever may take it.

    Raises:
        InputError: not from this state, the reviewer entered it, another one has taken it, a rejection without a second person, or a note
            that is empty or holds a number.

    """
    row = asdict(step) | {"note": plain_text(step.note, "说明")}
    with store.writing() as connection:
        steps = _steps(connection, step.objection_id)
        check_step(steps, step)
        connection.execute(OBJECTION_STEP.insert().values(**row))


def check_step(steps: tuple[ObjectionStep, ...], step: ObjectionStep) -> None:
    """Refuse a step that may not be taken after these. Raises InputError."""
    if step.action == "enter":
        if steps:
            raise InputError("该异议已经登记", "请打开原异议继续办理")
        if step.ground not in GROUNDS:
            raise InputError("没有写明异议理由", "请选择一项理由")
        return
    state = state_of(steps)
    if step.action not in FROM or state not in FROM[step.action]:
        raise InputError("该异议的状态已变，不能这样办理", "请刷新页面")
    if step.action == "withdraw":
        return
    entered = [one.by_account for one in steps if one.action == "enter"]
    if step.by_account in entered:
        raise InputError("登记异议的人不能复核这一异议", "请由另一名工作人员复核")
    taken = [one.by_account for one in steps if one.action == "take"]
    if taken and taken[-1] != step.by_account:
        raise InputError("该异议由另一名工作人员复核", "请由该人员办理，或由其撤回后重新登记")
    if step.action == "reject" and step.second_account is None:
        raise InputError("维持原结果须由两人作出", "请提交双人复核")


def state_of(steps: tuple[ObjectionStep, ...]) -> str:
    """The state that steps lead to; raised where there is none yet, because the objection came by file."""
    return MAKES[steps[-1].action] if steps else RAISED


def steps_of(store: CaseworkStore, objection_id: str) -> tuple[ObjectionStep, ...]:
    """The steps of an objection, in order."""
    with store.reading() as connection:
        return _steps(connection, objection_id)


def all_steps(store: CaseworkStore) -> dict[str, tuple[ObjectionStep, ...]]:
    """The steps of every objection that anybody ever touched, in order."""
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(OBJECTION_STEP).order_by(OBJECTION_STEP.c.step_id)
        ).all()
    found: dict[str, tuple[ObjectionStep, ...]] = {}
    for row in rows:
        step = _step(row)
        found[step.objection_id] = (*found.get(step.objection_id, ()), step)
    return found


def _steps(connection: sa.Connection, objection_id: str) -> tuple[ObjectionStep, ...]:
    query = (
        sa.select(OBJECTION_STEP)
        .where(OBJECTION_STEP.c.objection_id == objection_id)
        .order_by(OBJECTION_STEP.c.step_id)
    )
    return tuple(_step(row) for row in connection.execute(query))


def _step(row: sa.Row[tuple[object, ...]]) -> ObjectionStep:
    told = dict(row._mapping)
    told.pop("step_id")
    return ObjectionStep(**told)
