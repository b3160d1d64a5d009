"""Keeps the change feed: walks every run that the warehouse keeps after the last one walked, one transaction a run.

Safe to be killed at any moment and to run several times over: a walk is written whole or not at all, and only upon the walk that its
differences were found against.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import polars as pl

from casework.feed import Walk, newest_walk, record_walk, standing
from service.feed.differences import alert_changes, verdict_changes

if TYPE_CHECKING:
    from casework.store import CaseworkStore
    from service.outside import Outside
    from warehouse.current import CurrentTables
    from warehouse.live import LiveWarehouse

LOGGER = logging.getLogger("hedui.feed")


def keep_feed(warehouse: LiveWarehouse, store: CaseworkStore, outside: Outside) -> int:
    """Bring the feed up to the newest run. Returns how many runs were walked.

    Raises:
        WarehouseError: the warehouse cannot be read. CaseworkError: the store cannot be written; the next call goes on.

    """
    walked = 0
    with warehouse.borrowed() as tables:
        runs = tables.ask("runs_kept").select("run_id", "sequence", "region_code")
        while (step := _next(runs, last := newest_walk(store))) is not None:
            run, bridged = step
            walked += _walk(tables, store, outside, run=run, bridged=bridged, after=last)
    return walked


def _next(runs: pl.DataFrame, last: Walk | None) -> tuple[dict[str, object], bool] | None:
    """The run to walk now, and whether runs before it are missing; None where the newest was walked."""
    if last is None:
        return runs.row(0, named=True), bool(runs["sequence"][0] != 1)
    at = runs["run_id"].index_of(last.run_id)
    if at is not None:
        return None if at + 1 == runs.height else (runs.row(at + 1, named=True), False)
    later = runs.filter(pl.col("sequence") > last.sequence)
    if later.height:
        first = later.row(0, named=True)
        return first, bool(first["sequence"] != last.sequence + 1)
    # The warehouse was set back to before the run walked last: what it shows now is what stands.
    return runs.row(-1, named=True), True


def _walk(
    tables: CurrentTables,
    store: CaseworkStore,
    outside: Outside,
    *,
    run: dict[str, object],
    bridged: bool,
    after: Walk | None,
) -> int:
    # Read after `after` was: if another keeper wrote meanwhile, nothing of this is kept.
    verdicts, alerts = standing(store)
    run_id, region = str(run["run_id"]), run["region_code"]
    entries = pl.concat(
        [
            verdict_changes(
                verdicts,
                tables.ask("feed_verdicts", run=run_id),
                run_region=None if region is None else str(region),
            ),
            alert_changes(alerts, tables.ask("feed_alerts", run=run_id)),
        ]
    )
    numbered = (run_id, int(str(run["sequence"])))
    made = record_walk(store, entries, run=numbered, at=outside.stamp, bridged=bridged, after=after)
    if made is None:  # another keeper was faster
        return 0
    LOGGER.info("run %s walked: %d changes%s", run_id, entries.height, ", bridged" * bridged)
    return 1
