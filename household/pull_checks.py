"""Whether sources answer, in time and truthfully, as rows of `quality_result`: warnings, for what did arrive passes gates of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.exchange import Exchange, overdue, standing_trouble

if TYPE_CHECKING:
    from datetime import date

SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "check_id": pl.String(),
    "dimension": pl.String(),
    "severity": pl.String(),
    "passed": pl.Boolean(),
    "failed_rows": pl.Int64(),
    "total_rows": pl.Int64(),
    "observed": pl.String(),
}
CHECKS = {
    "pull_succeeded": "completeness",
    "pull_on_time": "timeliness",
    "pull_honest": "consistency",
}
"""pull_succeeded: the source answered and gave what it has. pull_on_time: it came within the agreed hours. pull_honest: what came is what
the source says of it."""


def trouble_rows(exchange: Exchange, on: date) -> pl.DataFrame:
    """Three rows for each dataset that is pulled: one a check, over all its sources.

    `failed_rows` and `total_rows` count sources, not rows. Datasets that only the log of a configured source names (answers of
    institutions) have them too.
    """
    pairs = _pairs(exchange)
    trouble = standing_trouble(exchange)
    lied = pl.col("outcome") == "lied"
    never = pairs.join(exchange.pulls.select("source").unique(), on="source", how="anti")
    late = overdue(exchange, on)
    found = {
        "pull_succeeded": pl.concat(
            [
                _of_pairs(trouble.filter(~lied), pairs),
                never.with_columns(pl.lit("尚未取过数").alias("message")),
            ]
        ),
        "pull_on_time": late.select(
            "source",
            "dataset",
            pl.format(
                "应于 {} 前送达，尚未送达", pl.col("overdue_at").dt.strftime("%Y-%m-%d %H:%M")
            ).alias("message"),
        ),
        "pull_honest": _of_pairs(trouble.filter(lied), pairs),
    }
    rows = [_check(pairs, check, failed) for check, failed in found.items()]
    return pl.concat(rows).sort("dataset", "check_id")


def _pairs(exchange: Exchange) -> pl.DataFrame:
    """source, dataset: what is configured, and what the logs of configured sources name besides."""
    said = (
        exchange.sources.select("source", pl.col("datasets").alias("dataset"))
        .explode("dataset", empty_as_null=False)
        .drop_nulls()
    )
    told = exchange.pulls.select("source", "dataset").filter(pl.col("dataset") != "")
    known = told.join(exchange.sources.select("source"), on="source", how="semi")
    return pl.concat([said, known]).unique().sort("dataset", "source")


def _of_pairs(trouble: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """source, dataset, message; trouble of a whole source is that of each of its datasets."""
    whole = trouble.filter(pl.col("dataset") == "").drop("dataset").join(pairs, on="source")
    parts = trouble.filter(pl.col("dataset") != "")
    return (
        pl.concat([part.select("source", "dataset", "message", "seq") for part in (whole, parts)])
        .sort("source", "seq")
        .select("source", "dataset", "message")
    )


def _check(pairs: pl.DataFrame, check: str, failed: pl.DataFrame) -> pl.DataFrame:
    one_each = failed.unique(["source", "dataset"], keep="last", maintain_order=True)
    return (
        pairs.join(one_each, on=["source", "dataset"], how="left", maintain_order="left")
        .group_by("dataset", maintain_order=True)
        .agg(
            pl.col("message").is_not_null().sum().cast(pl.Int64).alias("failed_rows"),
            pl.len().cast(pl.Int64).alias("total_rows"),
            pl.format("{}：{}", "source", "message").drop_nulls().str.join("；").alias("observed"),
        )
        .with_columns(
            pl.lit(check).alias("check_id"),
            pl.lit(CHECKS[check]).alias("dimension"),
            pl.lit("warning").alias("severity"),
            (pl.col("failed_rows") == 0).alias("passed"),
            pl.when(pl.col("failed_rows") > 0)
            .then("observed")
            .otherwise(pl.lit("正常"))
            .alias("observed"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
