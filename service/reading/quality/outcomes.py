"""What came of it: suggestions by area, why so many are open, links by tier, alerts and how right they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from service.reading.quality.areas import area

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables


def verdict_mix(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """region_code (county), programme, suggestion, certain, applications: of the programmes asked for."""
    return _own_programmes(tables.ask("quality_verdict_mix", **area(scope)), scope)


def causes(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """suggestion, rule_id, applications: which questions could not be answered, the most frequent first."""
    return tables.ask("quality_causes", **area(scope))


def silences(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """source, institution, state, lines: who did not answer or too long ago, the most lines first."""
    rows = tables.ask("quality_coverage", **area(scope))
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


def links(tables: CurrentTables) -> pl.DataFrame:
    """dataset, tier, decided_by, links, people."""
    return tables.ask("quality_links")


def scores(tables: CurrentTables) -> pl.DataFrame:
    """tier, score_from, links: scores that a model gave, in steps of a twentieth."""
    return tables.ask("quality_scores")


def clusters(tables: CurrentTables) -> pl.DataFrame:
    """dataset, rows_linked (10 stands for ten and more), people: how many rows one person has."""
    return tables.ask("quality_clusters")


def alerts(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """code, severity, state, alerts, amount (yuan at stake; null where none follows)."""
    return tables.ask("quality_alerts", **area(scope))


def precisions(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """How often each rule was right, with its interval, as published; of the area, and of no region in particular."""
    if not tables.holds("alert_precision"):
        return pl.DataFrame()
    rows = tables.frame("alert_precision")
    return rows.filter(scope.rows() | pl.col("region_code").is_null()).drop("run_id")


def misses(tables: CurrentTables) -> pl.DataFrame:
    """How much the alerts miss, by sample and stratum, as published."""
    return tables.frame("miss_rate").drop("run_id") if tables.holds("miss_rate") else pl.DataFrame()


def _own_programmes(rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    return rows.filter(
        [scope.covers(r, p) for r, p in rows.select("region_code", "programme").iter_rows()]
    )
