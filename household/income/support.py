"""Support imputed from obligors outside the household (assessment §6; 民法典 第一千零六十七条), where `support.method` is `excess_rate`."""

from __future__ import annotations

import polars as pl

from household.money import times_rate


def imputed_support(
    obligors: pl.DataFrame, terms: pl.DataFrame, bearers: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Support of the living obligors over the whole window.

    Args:
        obligors: living obligors: app, person, obligor_income, obligor_size (null = not given).
        terms: app, support_method, support_line_multiple, support_rate, standard, income_window_months.
        bearers: app, person: the line on which it stands (the applicant's).

    Returns:
        (app, person, support in units), (app, support_unknown, support_unruled): whether some obligor's figures are missing, and
        whether a parameter is.
    """
    imputed = obligors.join(terms, on="app").filter(pl.col("support_method").is_not_null())
    line = times_rate(pl.col("standard"), pl.col("support_line_multiple")) * pl.col("obligor_size")
    monthly = times_rate(
        pl.max_horizontal(pl.col("obligor_income") - line, pl.lit(0, dtype=pl.Int128)),
        pl.col("support_rate"),
    )
    unruled = pl.any_horizontal(
        pl.col(
            "standard", "support_line_multiple", "support_rate", "income_window_months"
        ).is_null()
    )
    unknown = pl.any_horizontal(pl.col("obligor_income", "obligor_size").is_null())
    imputed = imputed.with_columns(
        (monthly * pl.col("income_window_months")).alias("support"),
        unruled.alias("unruled"),
        (unknown & unruled.not_()).alias("unknown"),
    )
    doubts = imputed.group_by("app").agg(
        pl.col("unknown").any().alias("support_unknown"),
        pl.col("unruled").any().alias("support_unruled"),
    )
    sums = imputed.group_by("app").agg(pl.col("support").sum().alias("support"))
    return sums.join(bearers, on="app").select("app", "person", "support"), doubts
