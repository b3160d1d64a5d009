"""What was drawn while in custody, month by month and by day where a month is not whole: the amount of D03 (民发〔2021〕57号 第七条)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.money import AMOUNT
from household.periods import month_index, month_of

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch


def drawn_in_custody(
    watch: Watch, ledger: Ledger, held: pl.DataFrame, programmes: tuple[str, ...]
) -> pl.DataFrame:
    """subject_id and `raised.MONTH`: monthly amount × days held ÷ days of the month, of the benefits that run on as_of, up to as_of.

    Days are counted from the day of custody, or the first of the benefit's from_month where that is later, to as_of, both with. A share
    of a month is rounded to 10⁻⁸ yuan. A benefit without an amount leaves its months unknown.

    Args:
        watch: the run.
        ledger: its ledgers.
        held: person, subject, from_date: rows of custody in force on as_of.
        programmes: whose benefits are meant.

    """
    since = held.group_by("person", "subject").agg(pl.col("from_date").min())
    running = (
        ledger.benefits.filter("running", pl.col("programme").is_in(programmes))
        .unique("benefit_id", keep="first", maintain_order=True)
        .join(since, on="person", how="inner")
        .with_columns(pl.max_horizontal("from_date", "from_month").alias("start"))
        .with_columns(
            pl.int_ranges(
                month_index(pl.col("start")), month_of(watch.as_of) + 1, dtype=pl.Int32
            ).alias("month_no")
        )
        .explode("month_no")
        .drop_nulls("month_no")
    )
    first = pl.date(pl.col("month_no") // 12, pl.col("month_no") % 12 + 1, 1)
    last = first.dt.month_end()
    begin = pl.max_horizontal("start", first)
    end = pl.min_horizontal(pl.lit(watch.as_of), last)
    by_benefit = running.with_columns(
        ((end - begin).dt.total_days() + 1).cast(pl.Int32).alias("days"),
        last.dt.day().cast(pl.Int32).alias("of_days"),
    ).with_columns(_share().alias("amount"))
    known = pl.col("amount").is_null().any().not_()
    months = by_benefit.group_by(pl.col("subject").alias("subject_id"), "month_no").agg(
        pl.when(known).then(pl.col("amount").sum()).cast(AMOUNT).alias("amount"),
        pl.col("days").max(),
        pl.col("of_days").first(),
    )
    part = pl.col("days") < pl.col("of_days")
    return months.with_columns(
        pl.when(part).then("days").alias("days"), pl.when(part).then("of_days").alias("of_days")
    )


def _share() -> pl.Expr:
    """Of a monthly amount: × days ÷ of_days, half up in units; exact where the month is whole."""
    days, of_days = pl.col("days").cast(AMOUNT), pl.col("of_days").cast(AMOUNT)
    return (pl.col("monthly") * days * 2 + of_days) // (of_days * 2)
