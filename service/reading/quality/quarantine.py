"""Quarantined rows as issues: a reason at a column of a dataset in a region, how many, since when, and who looks after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from casework.quarantine_work import Standing, issue_id, standings
from household.schema.datasets import DATASETS
from service.reading.quality.areas import serves

if TYPE_CHECKING:
    from casework.store import CaseworkStore
    from service.access.actor import Scope
    from warehouse.current import CurrentTables

LIST_COLUMNS = ("file", "line", "column", "reason_code", "reason_zh", "value_masked")


def issues(tables: CurrentTables, scope: Scope, store: CaseworkStore) -> pl.DataFrame:
    """One row an issue of the newest run, those with most cells first.

    Columns: issue_id, source, dataset, region_code, column, reason_code, reason_zh, cells, lines, files, since (as_of of the first run
    kept that has it), state, owner, due_on, resolution, late.
    """
    rows = tables.ask("quality_quarantine")
    keep = [serves(scope, r) for r in rows["region_code"]]
    rows = rows.filter(pl.Series(keep, dtype=pl.Boolean))
    days = {run.run_id: run.as_of for run in tables.runs}
    known, today = standings(store), tables.run.as_of.isoformat()
    told = []
    for row in rows.iter_rows(named=True):
        made = issue_id(
            row["dataset"], row["region_code"], column=row["column"], reason_code=row["reason_code"]
        )
        now = known.get(made, Standing())
        dataset = DATASETS.get(row["dataset"] or "")
        told.append(
            {
                "issue_id": made,
                "source": None if dataset is None else dataset.source,
                **{k: v for k, v in row.items() if k != "first_run"},
                "since": days.get(row["first_run"]),
                "state": now.state,
                "owner": now.owner,
                "due_on": now.due_on,
                "resolution": now.resolution,
                "late": now.due_on is not None and now.due_on < today,
            }
        )
    return pl.DataFrame(told, infer_schema_length=None)


def rows_of(tables: CurrentTables, issue: dict[str, object]) -> pl.DataFrame:
    """The cells of an issue as they are published, masked: LIST_COLUMNS."""
    ledger = tables.frame("intake_ledger", columns=["file", "dataset", "region_code"])
    files = ledger.filter(
        pl.col("dataset").eq_missing(pl.lit(issue["dataset"], dtype=pl.String)),
        pl.col("region_code").eq_missing(pl.lit(issue["region_code"], dtype=pl.String)),
    )
    return (
        tables.frame("quarantine")
        .filter(
            pl.col("file").is_in(files["file"].implode()),
            pl.col("reason_code") == issue["reason_code"],
            pl.col("column").eq_missing(pl.lit(issue["column"], dtype=pl.String)),
        )
        .select(LIST_COLUMNS)
    )
