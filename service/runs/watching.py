"""A run as it is watched: stages and sources with what is done, who sends nothing, and how long it may still take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from casework.runs import newest_orders, read_order, steps_of, usual_times
from household.schema.datasets import DATASETS, SOURCE_TITLES
from pipelines.defs.naming import LEDGER, RESULTS, STRAYS, VERDICTS
from service.reading.quality.answers import responses
from service.runs.starting import settled_order

if TYPE_CHECKING:
    from casework.runs import RunOrder, RunStep
    from service.access.actor import Scope
    from service.deployment import Deployment

PLAN: tuple[tuple[str, str], ...] = (
    *(("raw", name) for name in (*DATASETS, STRAYS)),
    *(("core", name) for name in DATASETS),
    ("link", ""),
    *(("mart", about) for about in (VERDICTS, LEDGER, RESULTS)),
    ("publish", ""),
)
"""Every step of a run that finds something new."""
STAGES = ("raw", "core", "link", "mart", "publish")
PENDING, READ, SILENT, SHUT = "pending", "read", "silent", "shut"
_SUMMED = {
    "raw": ("files", "new", "rows", "quarantined", "refused"),
    "core": ("shut",),
    "link": ("applications", "persons", "linked_rows"),
    "mart": ("reassessed", "verdicts", "alerts", "failed"),
    "publish": ("published",),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: steps done of all, its seconds so far, its counts summed."""

    name: str
    done: int
    of: int
    seconds: float
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class SourceTick:
    """One department: PENDING, READ, SILENT (no file of it lies in the inbox) or SHUT (a gate of it is shut); its files and rows."""

    source: str
    title: str
    state: str
    files: int
    new: int
    rows: int


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution that was asked and has not answered in time. `late`: past due; `silent`: given up, or it said so."""

    source: str
    name: str
    late: int
    silent: int


@dataclass(frozen=True)
class Watched:
    """A run to be shown. `seconds_left` is None where nothing is known; `elapsed` counts from the start to now or the end."""

    order: RunOrder
    stages: tuple[Stage, ...]
    sources: tuple[SourceTick, ...]
    done: int
    seconds_left: int | None
    elapsed: int

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended."""
        return self.order.outcome is None

    @property
    def of(self) -> int:
        """All steps of a run that finds something new."""
        return len(PLAN)


def watch(deployment: Deployment, order_id: str) -> Watched | None:
    """One run as it stands; None where there is none of that name."""
    order = read_order(deployment.casework, order_id)
    if order is None:
        return None
    order = settled_order(deployment, order)
    steps = steps_of(deployment.casework, order_id)
    return Watched(
        order,
        tuple(_stage(name, steps) for name in STAGES),
        _ticks(steps),
        len(steps),
        _left(deployment, order, steps),
        _elapsed(deployment, order),
    )


def orders(deployment: Deployment) -> list[RunOrder]:
    """The newest runs that were started from the console."""
    return [settled_order(deployment, order) for order in newest_orders(deployment.casework)]


def silent_institutions(deployment: Deployment, scope: Scope) -> list[Institution]:
    """Institutions that owe an answer about people of the area, as the newest run has it."""
    with deployment.warehouse.borrowed() as tables:
        found = [(one, responses(tables, scope, one)) for one in SOURCE_TITLES]
    return [
        Institution(
            SOURCE_TITLES[source],
            row["institution"] or row["institution_code"],
            row["late"],
            row["no_answer"],
        )
        for source, rows in found
        for row in rows.iter_rows(named=True)
        if row["late"] or row["no_answer"]
    ]


def _stage(name: str, steps: list[RunStep]) -> Stage:
    mine = [step for step in steps if step.step == name]
    counts = {key: sum(step.counts.get(key, 0) for step in mine) for key in _SUMMED[name]}
    of = sum(step == name for step, _ in PLAN)
    return Stage(name, len(mine), of, sum(s.milliseconds for s in mine) / 1000, counts)


def _ticks(steps: list[RunStep]) -> tuple[SourceTick, ...]:
    told = {step.about: step.counts for step in steps if step.step == "raw"}
    shut = {s.about for s in steps if s.step == "core" and s.counts.get("shut")}
    found = []
    for source, title in SOURCE_TITLES.items():
        mine = [name for name, one in DATASETS.items() if one.source == source and not one.beyond]
        if not mine:
            continue
        counts = [told[name] for name in mine if name in told]
        files = sum(c.get("files", 0) for c in counts)
        if len(counts) < len(mine):
            state = PENDING
        elif any(name in shut for name in mine):
            state = SHUT
        else:
            state = READ if files else SILENT
        new, rows = (sum(c.get(key, 0) for c in counts) for key in ("new", "rows"))
        found.append(SourceTick(source, title, state, files, new, rows))
    return tuple(found)


def _left(deployment: Deployment, order: RunOrder, steps: list[RunStep]) -> int | None:
    """Seconds that the steps not done took as a rule; None where one of them was never measured, or nothing is left."""
    if order.outcome is not None:
        return None
    usual = usual_times(deployment.casework)
    done = {(step.step, step.about) for step in steps}
    left = [usual.get(step) for step in PLAN if step not in done]
    if not left or any(one is None for one in left):
        return None
    return round(sum(one for one in left if one is not None) / 1000)


def _elapsed(deployment: Deployment, order: RunOrder) -> int:
    end = order.ended_at and datetime.fromisoformat(order.ended_at)
    passed = (end or deployment.outside.now()) - datetime.fromisoformat(order.started_at)
    return max(0, round(passed.total_seconds()))
