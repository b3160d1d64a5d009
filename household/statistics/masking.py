"""What a page shows of a count: small ones are hidden, and with them the one that would give them away.

The warehouse keeps every count; only what is printed or handed on is masked.
"""

from __future__ import annotations

import polars as pl

from household.statistics.measures import SMALL

HIDDEN_ZH = f"<{SMALL}"
"""What stands for a small count."""

WITHHELD_ZH = "不显示"
"""What stands for a count that would give a small one away, and for what hangs on a hidden count."""

_ALIKE = ("measure", "programme", "cause", "month", "_county")


def masked(rows: pl.DataFrame) -> pl.DataFrame:
    """Statistic rows with `small` and `withheld`: whether the count is below SMALL, and whether it is hidden for another's sake.

    Where exactly one township of a county has a small count, it would follow from the county's and the others': the smallest of
    the others is withheld too. A count of nought is no person's.

    Args:
        rows: rows of `schema.published.statistics.STATISTIC`, all townships of a county.

    """
    count, of = pl.col("count"), pl.col("of_count")
    small = ((count > 0) & (count < SMALL)) | ((of > 0) & (of < SMALL)).fill_null(value=False)
    town = pl.col("region_level") == "township"
    rows = rows.with_columns(
        small.alias("small"), pl.col("region_code").str.slice(0, 6).alias("_county")
    ).with_row_index("_row")
    towns = rows.filter(town)
    alone = towns.filter(pl.col("small").sum().over(_ALIKE) == 1)
    others = (
        alone.filter(pl.col("small").not_(), count > 0)
        .sort("count", "region_code")
        .unique(_ALIKE, keep="first", maintain_order=True)
    )
    withheld = pl.col("_row").is_in(others["_row"].implode())
    return rows.with_columns(withheld.alias("withheld")).drop("_row", "_county")


def shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Statistic rows as texts for a page: count, of_count, share (percent, one place) and amount; what is hidden says so.

    Args:
        rows: what `masked` gives.

    """
    hidden = pl.col("small") | pl.col("withheld")
    text = pl.when("small").then(pl.lit(HIDDEN_ZH)).when("withheld").then(pl.lit(WITHHELD_ZH))
    # per mille, rounded half up, in whole numbers
    mille = (pl.col("count") * 2000 + pl.col("of_count")) // (pl.col("of_count") * 2)
    share = pl.when(pl.col("of_count") > 0).then(pl.format("{}.{}%", mille // 10, mille % 10))
    return rows.with_columns(
        text.otherwise(pl.col("count").cast(pl.String)).alias("count"),
        pl.when(hidden).then(None).otherwise(pl.col("of_count").cast(pl.String)).alias("of_count"),
        pl.when(hidden).then(None).otherwise(share).alias("share"),
        pl.when(hidden & pl.col("amount").is_not_null())
        .then(pl.lit(WITHHELD_ZH))
        .otherwise(pl.col("amount").cast(pl.String))
        .alias("amount"),
    )
