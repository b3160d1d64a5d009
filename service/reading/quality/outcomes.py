"""What came of it: suggestions by area, why so many are open, alerts and how right they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from service.access.actor import EVERYTHING
from service.reading.quality.areas import area, asked_in, hide, sees_all
from service.reading.seen import alerts_within

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables


def verdict_mix(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """region_code (county), programme, suggestion, certain, applications: of the programmes asked for."""
    return _own_programmes(tables.ask("quality_verdict_mix", **area(scope)), scope)


def causes(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """suggestion, rule_id, applications: which questions could not be answered, the most frequent first."""
    return tables.ask("quality_causes", **asked_in(scope))


def silences(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """source, institution, state, lines: who did not answer or too long ago, the most lines first."""
    rows = tables.ask("quality_coverage", **asked_in(scope))
    open_ = ("no_answer", "stale", "not_delivered", "identity_mismatch")
    return (
        rows.filter(pl.col("state").is_in(open_))
        .drop("newest_as_of")
        .sort(
            "lines",
            "source",
            "institution",
            "state",
            descending=[True, False, False, False],
            nulls_last=True,
        )
    )


def mix_by_run(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """run_id, as_of, suggestion, applications: what was suggested in every run that is kept, the oldest first."""
    rows = tables.ask("quality_run_counts", **asked_in(scope)).drop("applications")
    days = pl.DataFrame([{"run_id": run.run_id, "as_of": run.as_of} for run in tables.runs])
    told = rows.unpivot(index="run_id", variable_name="suggestion", value_name="applications")
    order = {run.run_id: at for at, run in enumerate(tables.runs)}
    return (
        days.join(told, on="run_id", how="left", maintain_order="left")
        .filter(pl.col("suggestion").is_not_null())
        .sort(pl.col("run_id").replace_strict(order), "suggestion")
    )


def alerts(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """code, severity, state, alerts, amount (yuan at stake; null where none follows)."""
    if EVERYTHING in scope.programmes:
        return tables.ask("quality_alerts", **area(scope))
    by = [pl.col(c).cast(pl.String) for c in ("code", "severity", "state")]
    amount = pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum())
    return (
        alerts_within(tables, tables.frame("alert"), scope)
        .group_by(by)
        .agg(pl.len().alias("alerts"), amount.alias("amount"))
        .sort("code", "severity", "state")
    )


def precisions(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """How often each rule was right, with its interval, as published: of the area, and everywhere.

    Of everywhere, who does not see all is told the share, not of how many alerts and not the amounts.
    """
    if not tables.holds("alert_precision"):
        return pl.DataFrame()
    rows = tables.frame("alert_precision")
    rows = rows.filter(scope.rows() | pl.col("region_code").is_null()).drop("run_id")
    if sees_all(tables, scope):
        return rows
    counted = ("decided", "right", "wrong", "amount_over", "amount_under")
    own = pl.when(pl.col("region_code").is_not_null())
    return rows.with_columns(own.then(pl.col(c)).alias(c) for c in counted)


def misses(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """How much the alerts miss, by sample and stratum, as published; who does not see all is told the shares of whole samples."""
    if not tables.holds("miss_rate"):
        return pl.DataFrame()
    rows = tables.frame("miss_rate").drop("run_id")
    if sees_all(tables, scope):
        return rows
    return hide(rows.filter(pl.col("stratum").is_null()), "people", "drawn", "answered", "missed")


def _own_programmes(rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Rows of the programmes that the actor sees; the statement has filtered by area."""
    if EVERYTHING in scope.programmes:
        return rows
    return rows.filter(pl.col("programme").is_in(list(scope.programmes)))
