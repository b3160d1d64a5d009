"""Runs that somebody started: the order, each step as it was told, and how it ended. Steps are only added."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.runs import RUN_ORDER, RUN_STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.store import CaseworkStore

PROCESS, DAGSTER = "process", "dagster"
PUBLISHED, NOTHING_NEW, FAILED, INTERRUPTED, DIED = (
    "published",
    "nothing_new",
    "failed",
    "interrupted",
    "died",
)
SHOWN = 50
RUNS_MEASURED = 9
"""How many earlier runs tell how long a step takes."""


@dataclass(frozen=True, slots=True)
class RunOrder:
    """A run that was started. `outcome` is None while it goes on; `run_before`: the newest run then; `outside_id`: of Dagster's run. Instants in UTC, `as_of` an ISO date."""

    order_id: str
    how: str
    as_of: str
    started_by: str
    started_at: str
    run_before: str | None = None
    outside_id: str | None = None
    ended_at: str | None = None
    outcome: str | None = None
    run_id: str | None = None
    error_what: str | None = None
    error_todo: str | None = None
    order_no: int = 0


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step that is done. `about`: a dataset or a part of the step; `milliseconds` since the step before."""

    step: str
    about: str
    counts: Mapping[str, int]
    milliseconds: int
    told_at: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; the rest as in `RunOrder`."""

    outcome: str
    ended_at: str
    run_id: str | None = None
    error_what: str | None = field(default=None)
    error_todo: str | None = field(default=None)


def add_order(
    store: CaseworkStore, order: RunOrder, *, goes_on: Callable[[RunOrder], bool]
) -> RunOrder | None:
    """Note an order, unless another run goes on. `goes_on` tells that of one without an outcome; if it does not, it died.

    Returns:
        The run that goes on, and nothing is noted; None where the order was.

    """
    with store.writing() as connection:
        query = sa.select(RUN_ORDER).where(RUN_ORDER.c.outcome.is_(None))
        for row in connection.execute(query).all():
            other = RunOrder(**row._asdict())
            if goes_on(other):
                return other
            _end(connection, other.order_id, Ending(DIED, order.started_at))
        told = {k: v for k, v in asdict(order).items() if k != "order_no"}
        connection.execute(sa.insert(RUN_ORDER), told)
    return None


def name_outside(store: CaseworkStore, order_id: str, outside_id: str) -> None:
    """Note by what name another program knows the run."""
    with store.writing() as connection:
        connection.execute(
            sa.update(RUN_ORDER)
            .where(RUN_ORDER.c.order_id == order_id)
            .values(outside_id=outside_id)
        )


def end_order(store: CaseworkStore, order_id: str, ending: Ending) -> None:
    """Note how a run ended. What was noted first stays."""
    with store.writing() as connection:
        _end(connection, order_id, ending)


def add_step(store: CaseworkStore, order_id: str, step: RunStep) -> None:
    """Note a step that is done."""
    told = asdict(step) | {"order_id": order_id, "counts": json.dumps(dict(step.counts))}
    with store.writing() as connection:
        connection.execute(sa.insert(RUN_STEP), told)


def read_order(store: CaseworkStore, order_id: str) -> RunOrder | None:
    """One order; None where there is none of that name."""
    with store.reading() as connection:
        found = connection.execute(
            sa.select(RUN_ORDER).where(RUN_ORDER.c.order_id == order_id)
        ).one_or_none()
    return None if found is None else RunOrder(**found._asdict())


def newest_orders(store: CaseworkStore) -> list[RunOrder]:
    """The newest orders, at most SHOWN."""
    query = sa.select(RUN_ORDER).order_by(RUN_ORDER.c.order_no.desc()).limit(SHOWN)
    with store.reading() as connection:
        return [RunOrder(**row._asdict()) for row in connection.execute(query)]


def steps_of(store: CaseworkStore, order_id: str) -> list[RunStep]:
    """The steps of a run in the order in which they were done."""
    query = sa.select(*_TOLD).where(RUN_STEP.c.order_id == order_id)
    with store.reading() as connection:
        return [_step(row) for row in connection.execute(query.order_by(RUN_STEP.c.step_no))]


def published_orders(store: CaseworkStore) -> dict[str, RunOrder]:
    """The order of each published run that was started from the console, by the run's id."""
    query = sa.select(RUN_ORDER).where(RUN_ORDER.c.outcome == PUBLISHED)
    with store.reading() as connection:
        orders = [RunOrder(**row._asdict()) for row in connection.execute(query)]
    return {order.run_id: order for order in orders if order.run_id is not None}


def usual_times(store: CaseworkStore) -> dict[tuple[str, str], int]:
    """(step, about) to the median of its milliseconds in the newest runs that published; nothing where none did."""
    newest = (
        sa.select(RUN_ORDER.c.order_id)
        .where(RUN_ORDER.c.outcome == PUBLISHED)
        .order_by(RUN_ORDER.c.order_no.desc())
        .limit(RUNS_MEASURED)
    )
    found: dict[tuple[str, str], list[int]] = {}
    with store.reading() as connection:
        query = sa.select(*_TOLD).where(RUN_STEP.c.order_id.in_(newest))
        for row in connection.execute(query):
            step = _step(row)
            found.setdefault((step.step, step.about), []).append(step.milliseconds)
    return {key: round(median(times)) for key, times in found.items()}


_TOLD = [c for c in RUN_STEP.c if c.name not in ("step_no", "order_id")]


def _step(row: sa.Row[tuple[object, ...]]) -> RunStep:
    told = row._asdict()
    return RunStep(**{**told, "counts": json.loads(told["counts"])})


def _end(connection: sa.Connection, order_id: str, ending: Ending) -> None:
    connection.execute(
        sa.update(RUN_ORDER)
        .where(RUN_ORDER.c.order_id == order_id, RUN_ORDER.c.outcome.is_(None))
        .values(**asdict(ending))
    )
