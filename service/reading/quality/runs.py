"""Runs: what each was made from, whether its rows add up, and what differs from the run before."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from service.reading.quality.areas import area, serves

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

_PARTS = ("rows_accepted", "rows_quarantined", "rows_superseded")


def run_list(tables: CurrentTables) -> pl.DataFrame:
    """The runs that are kept, the newest first, with the columns of `run`."""
    return pl.DataFrame([asdict(run) for run in reversed(tables.runs)], infer_schema_length=None)


def find_run(tables: CurrentTables, run_id: str) -> tuple[RunRecord, RunRecord | None] | None:
    """A run and the one before it, as far as they are kept; None where it is not kept."""
    runs = tables.runs
    for at, run in enumerate(runs):
        if run.run_id == run_id:
            return run, runs[at - 1] if at else None
    return None


def ledger(tables: CurrentTables, scope: Scope, run_id: str) -> pl.DataFrame:
    """The files of a run, with `adds_up`: rows in = accepted + quarantined + superseded; null where they could not be counted."""
    rows = tables.history("intake_ledger", run_id=run_id)
    regions = [r for r in rows["region_code"].unique() if serves(scope, r)]
    total = pl.sum_horizontal(_PARTS, ignore_nulls=False)
    return (
        rows.filter(pl.col("region_code").is_in(regions) | pl.col("region_code").is_null())
        .with_columns((pl.col("rows_in") == total).alias("adds_up"))
        .drop("run_id")
    )


def differences(run: RunRecord, before: RunRecord | None) -> pl.DataFrame:
    """measure, before, now, change: the counts of two runs beside each other; before and change null without a run before."""
    counts = {
        k: v for k, v in asdict(run).items() if isinstance(v, int) and not isinstance(v, bool)
    }
    counts.pop("sequence")
    earlier = {} if before is None else asdict(before)
    return pl.DataFrame(
        {
            "measure": list(counts),
            "before": [earlier.get(name) for name in counts],
            "now": list(counts.values()),
        },
        schema={"measure": pl.String, "before": pl.Int64, "now": pl.Int64},
    ).with_columns((pl.col("now") - pl.col("before")).alias("change"))


def flips(
    tables: CurrentTables, scope: Scope, run: RunRecord, before: RunRecord | None
) -> pl.DataFrame:
    """Applications of the area whose suggestion for what they asked for differs from the run before; null: not in that run."""
    found = tables.ask(
        "quality_flips",
        newest=run.run_id,
        previous="" if before is None else before.run_id,
        **area(scope),
    )
    return found.filter(scope.rows(programme="programme"))
