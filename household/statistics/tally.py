"""From counted rows to counts by township and county. Adding only; what a row is counted as is told by the measures' modules."""

from __future__ import annotations

import polars as pl

from household.money import AMOUNT
from household.periods import month_index

TALLIED: dict[str, pl.DataType] = {
    "measure": pl.String(),
    "region_level": pl.String(),
    "region_code": pl.String(),
    "programme": pl.String(),
    "cause": pl.String(),
    "month_no": pl.Int32(),
    "count": pl.Int64(),
    "of_count": pl.Int64(),
    "amount": AMOUNT,
}
"""One row a count; `of_count` is null where it is no share, `amount` (units) where no money follows or a part is not known."""

LEVELS = {"county": 6, "township": 9}
"""Digits of GB/T 2260 and its extension."""

_BY = ("region_code", "programme", "cause", "month_no")
_NONE = pl.lit(None)


def tally(
    rows: pl.DataFrame,
    measure: str,
    *,
    region: str = "region_code",
    programme: pl.Expr = _NONE,
    cause: pl.Expr = _NONE,
    month: pl.Expr | int | None = None,
    counts: pl.Expr | None = None,
    of: pl.Expr | None = None,
    amount: pl.Expr | None = None,
) -> pl.DataFrame:
    """Rows counted by region, programme, cause and month (TALLIED), without groups in which nothing was counted.

    Args:
        rows: what is counted. measure: a key of MEASURES. region: the column with the region's code.
        programme, cause: of a row. month: a date of the row, a month index, or None.
        counts: whether a row counts; by default it does. of: whether it is among those of which a share is told; None: no share.
        amount: units of a row; a row that counts and whose amount is not known leaves the sum unknown.

    """
    counted = pl.lit(value=True) if counts is None else counts
    month_no = pl.lit(month, dtype=pl.Int32) if isinstance(month, int) else _month_no(month)
    flat = rows.select(
        pl.col(region).cast(pl.String).alias("region_code"),
        programme.cast(pl.String).alias("programme"),
        cause.cast(pl.String).alias("cause"),
        month_no.alias("month_no"),
        counted.fill_null(value=False).alias("counts"),
        (pl.lit(value=False) if of is None else of.fill_null(value=False)).alias("of"),
        (pl.lit(None) if amount is None else amount).cast(AMOUNT).alias("amount"),
    )
    # first by the codes on record, of which there are few, and then by level
    money = pl.col("amount").filter("counts")
    small = flat.group_by(_BY).agg(
        pl.col("counts").sum().cast(pl.Int64).alias("count"),
        pl.col("of").sum().cast(pl.Int64).alias("of_count"),
        money.sum().alias("amount"),
        money.is_null().any().alias("unknown"),
    )
    return pl.concat([_at_level(small, name) for name in LEVELS]).select(
        pl.lit(measure).alias("measure"),
        "region_level",
        *_BY,
        "count",
        (pl.lit(None, dtype=pl.Int64) if of is None else pl.col("of_count")).alias("of_count"),
        (pl.lit(None, dtype=AMOUNT) if amount is None else pl.col("amount")).alias("amount"),
    )


def _month_no(day: pl.Expr | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Int32) if day is None else month_index(day)


def _at_level(small: pl.DataFrame, level: str) -> pl.DataFrame:
    """Sums of a level; a code too short for it is told at the level above only, one that is not on record at the county's."""
    digits = LEVELS[level]
    code = pl.col("region_code")
    whole = code.str.len_chars() >= digits
    rows = small.filter(whole | code.is_null() if level == "county" else whole)
    return (
        rows.with_columns(code.str.slice(0, digits))
        .group_by(_BY)
        .agg(
            pl.col("count", "of_count").sum(),
            pl.when(pl.col("unknown").any().not_()).then(pl.col("amount").sum()).alias("amount"),
        )
        .filter((pl.col("count") > 0) | (pl.col("of_count") > 0))
        .with_columns(pl.lit(level).alias("region_level"))
    )
