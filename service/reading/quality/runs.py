"""Runs: what each was made from, whether its rows add up, and what differs from the run before."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from service.access.actor import EVERYTHING
from service.reading.quality.areas import area, asked_in, hide, sees_all, serves, told_rows

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

PARTS = ("rows_accepted", "rows_quarantined", "rows_superseded")
ROWS = ("rows_in", *PARTS)
ONLY_WHOLE = ("persons", "verdicts", "evidence_rows")
"""Counts of a run that are told of the whole only."""


def run_list(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """The runs that are kept, the newest first, with the columns of `run`; counts are those of the area.

    A count that is known of the whole only (ONLY_WHOLE; of who sees some programmes, open alerts too) is null for the rest.
    """
    kept = pl.DataFrame([asdict(run) for run in reversed(tables.runs)], infer_schema_length=None)
    if sees_all(tables, scope):
        return kept
    found = kept.select("run_id")
    for part, asked in (
        ("quality_run_counts", asked_in(scope)),
        ("quality_run_files", area(scope)),
        ("quality_run_alerts", area(scope)),
    ):
        rows = tables.ask(part, **asked)
        found = found.join(rows, on="run_id", how="left", maintain_order="left")
    # What was counted and is not there is none of the area; the sum of rows that nobody could count stays unknown.
    counted = [c for c in found.columns if c not in ("run_id", *ROWS)]
    found = found.with_columns(
        *(pl.col(c).fill_null(0) for c in counted),
        *(pl.when(pl.col("files").fill_null(0) == 0).then(0).otherwise(c).alias(c) for c in ROWS),
    )
    if EVERYTHING not in scope.programmes:
        found = hide(found, "alerts_open")
    own = kept.drop([c for c in found.columns if c != "run_id"])
    told = hide(own, *ONLY_WHOLE).join(found, on="run_id", maintain_order="left")
    return told.select(kept.columns)


def find_run(tables: CurrentTables, run_id: str) -> tuple[RunRecord, RunRecord | None] | None:
    """A run and the one before it, as far as they are kept; None where it is not kept."""
    runs = tables.runs
    for at, run in enumerate(runs):
        if run.run_id == run_id:
            return run, runs[at - 1] if at else None
    return None


def ledger(tables: CurrentTables, scope: Scope, run_id: str) -> pl.DataFrame:
    """The files of a run, with `adds_up`: rows in = accepted + quarantined + superseded; null where they could not be counted.

    Of a file that holds more than the area stands that it came, not how many rows it has.
    """
    rows = tables.history("intake_ledger", run_id=run_id)
    regions = [r for r in rows["region_code"].unique() if serves(scope, r)]
    total = pl.sum_horizontal(PARTS, ignore_nulls=False)
    rows = rows.filter(pl.col("region_code").is_in(regions) | pl.col("region_code").is_null())
    told = told_rows(scope, whole=sees_all(tables, scope))
    return (
        rows.with_columns((pl.col("rows_in") == total).alias("adds_up"))
        .with_columns(pl.when(told).then(pl.col(c)).alias(c) for c in ROWS)
        .drop("run_id")
    )


def differences(runs: pl.DataFrame, run: RunRecord, before: RunRecord | None) -> pl.DataFrame:
    """measure, before, now, change: the counts of two runs beside each other; before and change null without a run before.

    Args:
        runs: of `run_list`; what it does not tell is left out. run, before: as `find_run` has them.

    """
    told = {row["run_id"]: row for row in runs.iter_rows(named=True)}
    counts = {
        k: v
        for k, v in told[run.run_id].items()
        if isinstance(v, int) and not isinstance(v, bool) and k != "sequence"
    }
    earlier = {} if before is None else told[before.run_id]
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
