"""Quarantined rows as issues: a reason at a column of a dataset in a region, how many, since when, and who looks after it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from casework.quarantine_work import RESOLVED, RETURNED, Standing, issue_id, standings
from household.schema.datasets import DATASETS
from service.outside import SHANGHAI
from service.reading.quality.areas import sees_all, told_rows

if TYPE_CHECKING:
    from datetime import date

    from casework.store import CaseworkStore
    from service.access.actor import Scope
    from warehouse.current import CurrentTables

LIST_COLUMNS = ("file", "line", "column", "reason_code", "reason_zh", "value_masked")


def issues(
    tables: CurrentTables, scope: Scope, store: CaseworkStore, *, today: date
) -> pl.DataFrame:
    """One row an issue of the newest run, those with most cells first.

    Columns: issue_id, source, dataset, region_code, column, reason_code, reason_zh, cells, lines, files, since (as_of of the first run
    kept that has it), age_days (from then to the run's day), state, owner, due_on, resolution, late (returned and not answered by
    `today`), resolved_days (from then to the day on which it was resolved; null where it is not).
    """
    rows = tables.ask("quality_quarantine")
    rows = rows.filter(told_rows(scope, whole=sees_all(tables, scope)))
    days = {run.run_id: run.as_of for run in tables.runs}
    known = standings(store)
    told = []
    for row in rows.iter_rows(named=True):
        made = issue_id(
            row["dataset"], row["region_code"], column=row["column"], reason_code=row["reason_code"]
        )
        now = known.get(made, Standing())
        dataset = DATASETS.get(row["dataset"] or "")
        since = days.get(row["first_run"])
        told.append(
            {
                "issue_id": made,
                "source": None if dataset is None else dataset.source,
                **{k: v for k, v in row.items() if k != "first_run"},
                "since": since,
                "age_days": None if since is None else (tables.run.as_of - since).days,
                "state": now.state,
                "owner": now.owner,
                "due_on": now.due_on,
                "resolution": now.resolution,
                "late": now.state == RETURNED
                and now.due_on is not None
                and now.due_on < today.isoformat(),
                "resolved_days": _days_to(now, since),
            }
        )
    return pl.DataFrame(told, infer_schema_length=None)


def _days_to(now: Standing, since: date | None) -> int | None:
    """Days from when an issue was first seen until it was resolved; not below nought, for a run may be of a later day."""
    if now.state != RESOLVED or now.at is None or since is None:
        return None
    return max(0, (datetime.fromisoformat(now.at).astimezone(SHANGHAI).date() - since).days)


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
