"""What became of alerts since the run that was published before: differences only."""

from __future__ import annotations

import polars as pl

from household.alerts.life.states import CLOSED, CONFIRMED, OPEN
from household.schema.published.alert_life import ALERT_CHANGE
from household.schema.published.alerts import ALERT

CHANGE_WORDS: dict[str, str] = {
    "raised": "新出现",
    "reopened": "再次待处理",
    "facts_changed": "事实有变",
    "decided": "已有处理结果",
    "closed": "已关闭",
    "amount_changed": "涉及金额有变",
}
"""What `alert_change.change` is called."""

_ACTIVE = (OPEN, CONFIRMED)


def change_rows(
    published: pl.DataFrame, previous: pl.DataFrame | None, events: pl.DataFrame
) -> pl.DataFrame:
    """Differences between two runs, one row an alert that differs.

    Args:
        published: this run's `alert` rows. previous: those of the run before; None: there was none.
        events: the log of decisions (`casework.EVENT_SCHEMA`): an alert somebody decided on is not new when it comes back.

    Returns:
        Rows of `schema.published.alert_life.ALERT_CHANGE`, sorted. An alert that comes back as it was decided, quiet or closed, is no change;
        neither is one that was closed before and is not shown any more.

    """
    before = (ALERT.empty() if previous is None else previous).select(
        "alert_id",
        pl.col("state").cast(pl.String).alias("state_before"),
        pl.col("amount").alias("amount_before"),
        pl.col("facts_digest").alias("digest_before"),
    )
    decided = events.select("alert_id").unique().with_columns(pl.lit(value=True).alias("known"))
    rows = (
        published.join(before, on="alert_id", how="left")
        .join(decided, on="alert_id", how="left")
        .with_columns(_change().alias("change"))
        .filter(pl.col("change").is_not_null())
    )
    said = pl.col("change").replace_strict(CHANGE_WORDS, return_dtype=pl.String)
    rows = rows.with_columns(
        pl.col("state").alias("state_now"),
        pl.col("amount").alias("amount_now"),
        pl.concat_str(said, pl.lit("："), "text_zh").alias("text_zh"),
    )
    schema = ALERT_CHANGE.polars_schema()
    return rows.select(pl.col(n).cast(t) for n, t in schema.items()).sort(ALERT_CHANGE.sort_by)


def _change() -> pl.Expr:
    """The kind of change; null where there is none."""
    before, now = pl.col("state_before"), pl.col("state")
    new, active = before.is_null(), now.is_in(_ACTIVE)
    back = pl.when("known").then(pl.lit("reopened")).otherwise(pl.lit("raised"))
    same_facts = pl.col("digest_before") == pl.col("facts_digest")
    same_amount = pl.col("amount_before").eq_missing(pl.col("amount"))
    return (
        pl.when(new & active)
        .then(back)
        .when(new)
        .then(pl.lit(None, dtype=pl.String))
        .when((now == CLOSED) & (before != CLOSED))
        .then(pl.lit("closed"))
        .when((now == OPEN) & (before != OPEN))
        .then(pl.lit("reopened"))
        .when(active & (before == CLOSED))
        .then(pl.lit("reopened"))
        .when(now != before)
        .then(pl.lit("decided"))
        .when(same_facts.not_())
        .then(pl.lit("facts_changed"))
        .when(same_amount.not_())
        .then(pl.lit("amount_changed"))
        .otherwise(pl.lit(None, dtype=pl.String))
    )
