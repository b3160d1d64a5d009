"""Reviews overdue: A04 (assessment §10; 民发〔2021〕57号 第三十一条: 12 months where income is stable, else 6)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, by_region
from household.periods import months_later

STABLE = ("stable", "收入稳定")


def reviews_due(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Running benefits with the review that is next: `since` (what it is reckoned from), `months` (its cycle; null: no pack gives it) and `due`.

    An empty kind is unstable. Due is max(last_reviewed_on, first day of from_month) + the cycle; null where the cycle is.
    """
    stable = pl.col("household_kind").str.strip_chars().is_in(STABLE).fill_null(value=False)
    running = ledger.benefits.filter("running").with_columns(
        pl.when(stable).then(pl.lit("stable")).otherwise(pl.lit("unstable")).alias("cycle")
    )
    for kind in ("stable", "unstable"):
        key = f"review.months_{kind}"
        cycle = by_region(watch, running["of_region"], key=key, convert=int, dtype=pl.Int64())
        running = running.join(
            cycle.rename({"value_of_region": kind}),
            on="of_region",
            how="left",
            maintain_order="left",
        )
    since = pl.max_horizontal("last_reviewed_on", "from_month")
    months = pl.when(pl.col("cycle") == "stable").then("stable").otherwise("unstable")
    return running.with_columns(since.alias("since"), months.alias("months")).with_columns(
        months_later(pl.col("since"), pl.col("months")).alias("due")
    )


def review_overdue(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """A04: a running benefit whose next review was due before as_of."""
    rows = (
        reviews_due(watch, ledger)
        .filter(pl.col("due") < pl.lit(watch.as_of))
        .with_columns(pl.col("since").cast(pl.String))
    )
    fact = pl.format("{}+{}", "since", "months")
    detail = pl.when(pl.col("last_reviewed_on").is_null()).then(pl.lit("起始以来未复核"))
    return fold("A04", hits_of(rows, subject="benefit_id", fact=fact, detail=detail))
