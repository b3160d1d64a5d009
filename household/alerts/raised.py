"""What an alert is made of, whatever its code: hits (one row a source row) are folded to one row a subject."""

from __future__ import annotations

import polars as pl

from household.alerts.codes import CODES
from household.money import AMOUNT

ROW = pl.Struct({"dataset": pl.String(), "record_key": pl.String()})
"""A source row that an alert rests on."""

MONTH: dict[str, pl.DataType] = {
    "month_no": pl.Int32(),
    "amount": AMOUNT,
    "days": pl.Int32(),
    "of_days": pl.Int32(),
}
"""What is at stake in one month: month index, units (null: not known), and, where only some of its days are concerned, how many of how many."""

RAISED: dict[str, pl.DataType] = {
    "code": pl.String(),
    "subject_kind": pl.String(),
    "subject_id": pl.String(),
    "persons": pl.List(pl.UInt32()),
    "region_code": pl.String(),
    "amount": AMOUNT,
    "months": pl.List(pl.Struct(MONTH)),
    "facts": pl.String(),
    "rests_on": pl.List(ROW),
    "text_zh": pl.String(),
    "settles_it": pl.String(),
}
"""Raised alerts: persons are row numbers of the run, amount is in units (null where none follows),
`months` is how it comes about, in order (null where it is no sum of months).

`facts` is the canonical text of what matters; it may hold personal values and is only ever published as a digest.
"""

HIT: dict[str, pl.DataType] = {
    "subject_id": pl.String(),
    "person": pl.UInt32(),
    "region_code": pl.String(),
    "fact": pl.String(),
    "detail": pl.String(),
    "dataset": pl.String(),
    "record_key": pl.String(),
}
"""One source row of one alert. `fact` is null for a row that only supports it; `detail` is a phrase for the reader."""


def hits_of(
    rows: pl.DataFrame,
    *,
    subject: str,
    fact: pl.Expr | None,
    detail: pl.Expr | None = None,
    region: str = "of_region",
) -> pl.DataFrame:
    """Source rows (with person, dataset, record_key) as hits. `subject` and `region` are columns of `rows`."""
    nothing = pl.lit(None, dtype=pl.String)
    return rows.select(
        pl.col(subject).cast(pl.String).alias("subject_id"),
        pl.col("person").cast(pl.UInt32),
        pl.col(region).cast(pl.String).alias("region_code"),
        (nothing if fact is None else fact).alias("fact"),
        (nothing if detail is None else detail).alias("detail"),
        pl.col("dataset").cast(pl.String),
        pl.col("record_key").cast(pl.String),
    )


def fold(
    code: str,
    *hits: pl.DataFrame,
    amounts: pl.DataFrame | None = None,
    months: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One alert a subject from its hits.

    Args:
        code: a key of CODES.
        hits: frames in HIT; a hit without a subject (a person who is not known) is left out.
        amounts: subject_id, amount (units); None or a missing subject: no amount follows.
        months: subject_id and MONTH, a row a month. Then the amount is their sum, and not known as soon as one of them is not.

    Returns:
        A frame in RAISED, sorted by subject.

    """
    kind = CODES[code]
    rows = pl.concat(hits).filter(pl.col("subject_id").is_not_null()).unique()
    sources = rows.select("subject_id", "dataset", "record_key").drop_nulls().unique()
    rests_on = (
        sources.sort("subject_id", "dataset", "record_key")
        .group_by("subject_id", maintain_order=True)
        .agg(pl.struct("dataset", "record_key").alias("rests_on"))
    )
    details = pl.col("detail").drop_nulls().unique().sort().str.join("，")
    told = rows.group_by("subject_id").agg(
        pl.col("person").drop_nulls().unique().sort().alias("persons"),
        pl.col("region_code").min(),
        pl.col("fact").drop_nulls().unique().sort().str.join(";").alias("facts"),
        details.alias("details"),
    )
    by_month = pl.DataFrame(schema={"subject_id": pl.String(), "months": RAISED["months"]})
    if months is not None:
        amounts = total_of(months)
        by_month = (
            months.sort("subject_id", "month_no")
            .group_by("subject_id", maintain_order=True)
            .agg(pl.struct(pl.col(n).cast(t) for n, t in MONTH.items()).alias("months"))
        )
    if amounts is None:
        amounts = pl.DataFrame(schema={"subject_id": pl.String(), "amount": AMOUNT})
    said = pl.lit(kind.text_zh)
    detailed = pl.concat_str(said, pl.lit("（"), "details", pl.lit("）"))
    return (
        told.join(rests_on, on="subject_id", how="left")
        .join(amounts.select("subject_id", "amount"), on="subject_id", how="left")
        .join(by_month, on="subject_id", how="left")
        .with_columns(
            pl.lit(code).alias("code"),
            pl.lit(kind.subject_kind).alias("subject_kind"),
            pl.when(pl.col("details") != "").then(detailed).otherwise(said).alias("text_zh"),
            pl.lit(kind.settles_it).alias("settles_it"),
            pl.coalesce("rests_on", pl.lit([], dtype=pl.List(ROW))).alias("rests_on"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in RAISED.items())
        .sort("subject_id")
    )


def total_of(months: pl.DataFrame) -> pl.DataFrame:
    """subject_id, amount: the sum of a subject's months; null as soon as one of them is not known."""
    known = pl.col("amount").is_null().any().not_()
    return months.group_by("subject_id").agg(
        pl.when(known).then(pl.col("amount").sum()).cast(AMOUNT).alias("amount")
    )


def no_alerts() -> pl.DataFrame:
    """An empty frame in RAISED."""
    return pl.DataFrame(schema=RAISED)
