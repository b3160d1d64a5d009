"""Objections of an area: those entered here and those that came by file, what is due when, and what else hangs on the row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import rulepacks
from casework.objections import OPEN, ObjectionStep, all_steps, state_of
from household.deadlines.calendar import working_calendar
from household.rules.packs import read_packs

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

LIMIT = "deadline.recheck_wd"
SHIPPED = Path(rulepacks.__file__).parent


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection as it stands.

    Attributes:
        evidence_id: the line objected to; None: the whole result, or it is not on the published tables.
        raised_on: None where only the deadline of a later run will say. due_on: in working days; None where no pack sets a limit.
        known: whether a published run has it already, so that its line counts as contested.

    """

    objection_id: str
    application_id: str
    region_code: str
    programme: str | None
    state: str
    evidence_id: str | None
    ground: str | None
    raised_on: str | None
    due_on: str | None
    overdue: bool
    known: bool
    steps: tuple[ObjectionStep, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Reach:
    """What else rests on a source row: applications of the area by id, and how many outside it."""

    inside: tuple[dict[str, Any], ...]
    outside: int


def objections(tables: CurrentTables, deployment: Deployment, scope: Scope) -> list[Objection]:
    """All objections of the area: the open ones first, the soonest due first."""
    steps = all_steps(deployment.casework)
    clocks = tables.frame("deadline").filter(pl.col("step") == "recheck")
    told = {row["refers_to"]: row for row in clocks.iter_rows(named=True)}
    applications = {row["application_id"] for row in told.values()}
    applications |= {one[0].application_id for one in steps.values() if one}
    places = _places(tables, applications)
    found = []
    for objection_id in sorted({*steps, *told}):
        own, clock = steps.get(objection_id, ()), told.get(objection_id)
        application = own[0].application_id if own else str(told[objection_id]["application_id"])
        region, programme = places.get(application, (None, None))
        if region is None or not scope.covers(region, programme):
            continue
        found.append(
            _objection(
                objection_id,
                application,
                (region, programme),
                steps=own,
                clock=clock,
                deployment=deployment,
            )
        )
    return sorted(
        found, key=lambda one: (one.state not in OPEN, one.due_on or "9999", one.objection_id)
    )


def find_objection(
    tables: CurrentTables, deployment: Deployment, scope: Scope, objection_id: str
) -> Objection | None:
    """One objection of the area; None where there is none."""
    return next(
        (one for one in objections(tables, deployment, scope) if one.objection_id == objection_id),
        None,
    )


def due_on(deployment: Deployment, region: str, raised_on: date) -> date | None:
    """The last working day for the recheck, by the nearest pack that sets a limit; None where none does or the calendar is not known."""
    own = (deployment.settings.packs,) if deployment.settings.packs is not None else ()
    packs = read_packs(SHIPPED, *own)
    found = packs.find(LIMIT, region, raised_on)
    if found is None:
        return None
    days = working_calendar().add_working_days(
        pl.Series([raised_on], dtype=pl.Date), pl.Series([int(found.value)], dtype=pl.Int64)
    )
    day: date | None = days[0]
    return day


def reach(tables: CurrentTables, scope: Scope, evidence_id: str, application_id: str) -> Reach:
    """Which other applications rest on the same source row."""
    rows = tables.ask("evidence_of_record", evidence_id=evidence_id)
    others = rows.filter(pl.col("application_id") != application_id)
    inside = [
        row
        for row in others.iter_rows(named=True)
        if scope.covers(row["region_code"], row["programme"])
    ]
    outside = others["application_id"].n_unique() - len({r["application_id"] for r in inside})
    return Reach(tuple(inside), outside)


def contested(
    tables: CurrentTables, application_id: str, evidence_id: str | None
) -> dict[str, Any]:
    """The line objected to, without its key; what would be suggested without it; and the suggestion that was asked for."""
    verdicts = tables.frame("household_verdict", application_id=application_id)
    asked = verdicts.filter("requested")
    line = tables.frame("evidence", application_id=application_id).drop("record_key")
    line = line.filter(pl.col("evidence_id") == evidence_id) if evidence_id else line.clear()
    flips = [
        fact | {"programme": verdict["programme"]}
        for verdict in verdicts.iter_rows(named=True)
        for fact in tables.frame("flip_fact", verdict_id=verdict["verdict_id"]).iter_rows(
            named=True
        )
        if fact["evidence_id"] == evidence_id
    ]
    return {
        "line": line.row(0, named=True) if len(line) else None,
        "flips": flips,
        "verdict": asked.row(0, named=True) if len(asked) else None,
    }


def _objection(
    objection_id: str,
    application_id: str,
    place: tuple[str, str | None],
    *,
    steps: tuple[ObjectionStep, ...],
    clock: dict[str, Any] | None,
    deployment: Deployment,
) -> Objection:
    region, programme = place
    entered = next((one for one in steps if one.action == "enter"), None)
    raised = entered.raised_on if entered else None
    if raised is None and clock is not None and clock["started_on"] is not None:
        raised = clock["started_on"].isoformat()
    due = clock["due_on"].isoformat() if clock is not None and clock["due_on"] else None
    if due is None and raised is not None:
        day = due_on(deployment, region, date.fromisoformat(raised))
        due = None if day is None else day.isoformat()
    state = state_of(steps)
    today = deployment.outside.today.isoformat()
    return Objection(
        objection_id,
        application_id,
        region,
        programme,
        state,
        entered.evidence_id if entered else None,
        entered.ground if entered else None,
        raised,
        due,
        state in OPEN and due is not None and due < today,
        clock is not None,
        steps,
    )


def _places(tables: CurrentTables, applications: set[str]) -> dict[str, tuple[str, str | None]]:
    rows = tables.ask("regions_of_applications", applications=sorted(applications))
    return {
        row["application_id"]: (row["region_code"], (row["programmes"] or [None])[0])
        for row in rows.iter_rows(named=True)
    }
