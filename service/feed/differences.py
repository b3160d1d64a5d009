"""What changed between what readers of the feed hold and what a run published: entries, in the order in which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from casework.feed import ENTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_IN_RUN = "not_in_run"
OUTSIDE_RUN = "outside_run_region"
NOT_ASSESSED = "programme_not_assessed"
AUTHORISATION_LOST = "authorisation_lost"
MOVED = "region_changed"
ASKED_OTHERWISE = "request_changed"
REASONS: Mapping[str, str] = {
    NOT_IN_RUN: "最新一次运行中已没有这件申请",
    OUTSIDE_RUN: "最新一次运行不包括该区划",
    NOT_ASSESSED: "最新一次运行未评估该救助类型",
    AUTHORISATION_LOST: "授权已失效，原建议收回",
    MOVED: "区划已变更，以新的区划重新发布",
    ASKED_OTHERWISE: "申请的救助类型已变更，按新的申请重新发布",
}
"""Why a verdict is recalled."""


def verdict_changes(
    held: pl.DataFrame, now: pl.DataFrame, *, run_region: str | None
) -> pl.DataFrame:
    """Entries (columns ENTRY) that lead from the verdicts held to those of a run.

    Args:
        held, now: application_id, programme, verdict_id, region_code, requested, authorised; one row a key of the first two.
        run_region: what the run was restricted to; it says nothing of others, whose verdicts are recalled with that reason.

    """
    both = now.join(
        held, on=["application_id", "programme"], how="full", coalesce=True, suffix="_held"
    )
    fresh, gone = pl.col("verdict_id_held").is_null(), pl.col("verdict_id").is_null()
    asked = pl.col("requested") != pl.col("requested_held")
    same = pl.col("verdict_id").eq_missing(pl.col("verdict_id_held"))
    other = both.filter(~same | asked.fill_null(value=False))
    lost = (pl.col("authorised") == 0) & (pl.col("authorised_held") == 1)
    moved = pl.col("region_code") != pl.col("region_code_held")
    # Who could see the old one may not see the new one: it is recalled first, in the area and for the purpose in which it stood.
    recalled = other.filter(~fresh & (gone | lost | moved | asked))
    replaced = other.filter(~fresh & ~gone & ~lost & ~moved & ~asked)
    published = other.filter(~gone & (fresh | lost | moved | asked))
    known = pl.col("application_id").is_in(now["application_id"].unique().implode())
    outside = pl.lit(value=False)
    if run_region is not None:
        outside = ~pl.col("region_code_held").str.starts_with(run_region)
    reason = (
        pl.when(gone & known).then(pl.lit(NOT_ASSESSED))
        .when(gone & outside).then(pl.lit(OUTSIDE_RUN))
        .when(gone).then(pl.lit(NOT_IN_RUN))
        .when(lost).then(pl.lit(AUTHORISATION_LOST))
        .when(moved).then(pl.lit(MOVED))
        .otherwise(pl.lit(ASKED_OTHERWISE))
    )  # fmt: skip
    held_values = {
        "region_code": pl.col("region_code_held"),
        "requested": pl.col("requested_held"),
        "authorised": pl.col("authorised_held"),
        "verdict_id": pl.lit(None),
        "previous_verdict_id": pl.col("verdict_id_held"),
    }
    told = pl.concat(
        [
            _entries(recalled, "withdrawn", reason=reason, **held_values),
            _entries(replaced, "superseded", previous_verdict_id=pl.col("verdict_id_held")),
            _entries(published, "published"),
        ]
    )
    order = pl.col("change") != "withdrawn"
    return told.sort("application_id", "programme", order, maintain_order=True)


def alert_changes(held: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Entries (columns ENTRY) that lead from the alerts held to those of a run; columns alert_id, alert_version, region_code."""
    both = now.join(held, on="alert_id", how="full", coalesce=True, suffix="_held")
    fresh, gone = pl.col("alert_version_held").is_null(), pl.col("alert_version").is_null()
    moved = pl.col("region_code").ne_missing(pl.col("region_code_held"))
    changed = pl.col("alert_version") != pl.col("alert_version_held")
    left = both.filter(~fresh & (gone | moved))
    told = pl.concat(
        [
            _entries(
                left,
                "alert_gone",
                reason=pl.when(gone).then(pl.lit(NOT_IN_RUN)).otherwise(pl.lit(MOVED)),
                region_code=pl.col("region_code_held"),
                alert_version=pl.lit(None),
            ),
            _entries(both.filter(~fresh & ~gone & ~moved & changed), "alert_changed"),
            _entries(both.filter(~gone & (fresh | moved)), "alert_raised"),
        ]
    )
    order = pl.col("change") != "alert_gone"
    return told.sort("alert_id", order, maintain_order=True)


def _entries(rows: pl.DataFrame, change: str, **values: pl.Expr) -> pl.DataFrame:
    """Rows as entries: `values` where given, the column of that name where the rows have one, nothing elsewhere."""
    chosen = {"change": pl.lit(change), **values}
    return rows.select(
        chosen.get(name, pl.col(name) if name in rows.columns else pl.lit(None))
        .cast(dtype)
        .alias(name)
        for name, dtype in ENTRY.items()
    )
