"""How long the stages of a run took, beside the same stages of earlier runs. Only runs started from the console are timed.

A run of the command line, or of Dagster's own server, tells nobody how long its stages took: that is unknown here, never nought.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import polars as pl

from casework.runs import published_orders, steps_of
from service.runs.watching import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.runs import RunOrder
    from casework.store import CaseworkStore
    from warehouse.record import RunRecord

SHOWN = 12
"""Timed runs that are compared, the newest."""

TIMES = {
    "run_id": pl.String(),
    "as_of": pl.Date(),
    "stage": pl.String(),
    "steps": pl.Int64(),
    "seconds": pl.Float64(),
}
STEPS = {"stage": pl.String(), "about": pl.String(), "seconds": pl.Float64()}


def order_of(store: CaseworkStore, run_id: str) -> RunOrder | None:
    """The order from the console that published a run; None where it was started otherwise."""
    return published_orders(store).get(run_id)


def stage_times(store: CaseworkStore, runs: Sequence[RunRecord]) -> pl.DataFrame:
    """One row a timed run and stage (TIMES): steps that told, and the seconds they took. In the order of the runs and of the work.

    Args:
        store: where the orders stand. runs: those to be told of, the oldest first; the newest SHOWN timed ones are.

    """
    orders = published_orders(store)
    timed: list[dict[str, object]] = []
    known = [run for run in runs if run.run_id in orders][-SHOWN:]
    for run in known:
        steps = steps_of(store, orders[run.run_id].order_id)
        for stage in STAGES:
            mine = [step.milliseconds for step in steps if step.step == stage]
            if mine:
                timed.append(
                    {
                        "run_id": run.run_id,
                        "as_of": run.as_of,
                        "stage": stage,
                        "steps": len(mine),
                        "seconds": sum(mine) / 1000,
                    }
                )
    return pl.DataFrame(timed, schema=TIMES)


def compared(times: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """One row a stage of the run: stage, steps, seconds, before (the timed run before), usual (median of the earlier ones), change.

    change: seconds against the usual. before, usual, change: null without an earlier timed run.
    """
    order = times["run_id"].unique(maintain_order=True).to_list()
    earlier = order[: order.index(run_id)] if run_id in order else []
    told = []
    for row in times.filter(run_id=run_id).iter_rows(named=True):
        same = times.filter(pl.col("run_id").is_in(earlier), stage=row["stage"])
        past = dict(same.select("run_id", "seconds").iter_rows())
        usual = median(past.values()) if past else None
        told.append(
            {
                "stage": row["stage"],
                "steps": row["steps"],
                "seconds": row["seconds"],
                "before": past.get(earlier[-1]) if earlier else None,
                "usual": usual,
                "change": None if usual is None else row["seconds"] - usual,
            }
        )
    seconds = dict.fromkeys(("seconds", "before", "usual", "change"), pl.Float64())
    return pl.DataFrame(told, schema={"stage": pl.String(), "steps": pl.Int64(), **seconds})


def slowest(store: CaseworkStore, run_id: str) -> pl.DataFrame:
    """Every step of a timed run (STEPS), the slowest first: what was done to which dataset or part, and its seconds."""
    order = order_of(store, run_id)
    steps = [] if order is None else steps_of(store, order.order_id)
    rows = [
        {"stage": s.step, "about": s.about or None, "seconds": s.milliseconds / 1000} for s in steps
    ]
    return pl.DataFrame(rows, schema=STEPS).sort(
        "seconds", "stage", "about", descending=[True, False, False]
    )
