"""Income month by month: what each source said of a month, which one counted, and from which rows (assessment §5).

The same wage seen by tax, payroll, the employment register and the insurance counts once; here its sources stand side by side. Nothing is
decided here: the months are those that `settle_wages` and the receipts summed, so that they add up to what was verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.income.wage import LABOUR, PLACE, wage_months
from household.money import AMOUNT

if TYPE_CHECKING:
    from household.lines import Lines

SPEAKERS: dict[str, tuple[int, ...]] = {
    "tax": (LABOUR, 1),
    "payroll": (2,),
    "employment": (3,),
    "contribution": (4,),
}
"""Column of what a source said -> the ranks of its lines (see `wage.wage_lines`)."""

ROSTER = "approval.member"
"""Where support imputed from obligors comes from: the figures of the roster."""

COLUMNS = (
    "app",
    "person",
    "kind",
    "period",
    "labour",
    "employer_no",
    *SPEAKERS,
    "adopted_source",
    "adopted",
    "evidence_ids",
)


def income_months(
    lines: Lines, names: pl.DataFrame, income: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    """What was verified, by app, person, kind and period (`COLUMNS`; amounts in units).

    A period is a month (2026-03), of the farm the year (2025), of imputed support the whole window (2025-05/2026-04).

    Args:
        lines: the lines that stand, of persons who are counted.
        names: line, evidence_id.
        income: see `totals.income_lines`; windows: app, window_from, window_to, season.
    """
    return pl.concat(
        [
            _wages(lines["wage"], names),
            _receipts(lines["receipt"], names, windows),
            _support(income, windows),
        ]
    )


def _wages(lines: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    months = wage_months(lines).join(names, on="line", how="left", maintain_order="left")
    months = _with_employers(months)
    place = ["app", "person", "labour", "employer_no", "month"]
    # Rows stand in order of place, rank and precedence: the first of a rank is what that source is taken to say.
    told = pl.any_horizontal(pl.col(c).ne_missing(pl.col(c).shift()) for c in (*PLACE, "rank"))
    said = [
        pl.when(told & pl.col("rank").is_in(ranks)).then("value").alias(name)
        for name, ranks in SPEAKERS.items()
    ]
    return (
        months.with_columns(said)
        .group_by(place, maintain_order=True)
        .agg(
            *(pl.col(name).max() for name in SPEAKERS),
            pl.col("dataset").first().alias("adopted_source"),
            pl.col("value").first().alias("adopted"),
            pl.col("evidence_id").alias("evidence_ids"),
        )
        .select(
            "app",
            "person",
            pl.lit("wage").alias("kind"),
            _month_text(pl.col("month")).alias("period"),
            *COLUMNS[4:],
        )
    )


def _with_employers(months: pl.DataFrame) -> pl.DataFrame:
    """With `employer_no`: 1, 2, … within the person in order of first appearance; the employer itself is told nowhere."""
    numbers = (
        months.group_by("app", "person", "employer")
        .agg(pl.col("month").min(), pl.col("line").min())
        .sort("app", "person", "month", "line")
        .select(
            "app",
            "person",
            "employer",
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
            .over("app", "person")
            .alias("employer_no"),
        )
    )
    return months.join(numbers, on=["app", "person", "employer"], how="left", maintain_order="left")


def _receipts(lines: pl.DataFrame, names: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    month = pl.col("received")
    return (
        lines.filter(pl.col("why_not").is_null())
        .join(names, on="line", how="left", maintain_order="left")
        .group_by("app", "person", "quantity", "received", "dataset", maintain_order=True)
        .agg(pl.col("value").sum(), pl.col("evidence_id").alias("evidence_ids"))
        .join(windows.select("app", "season"), on="app", how="left", maintain_order="left")
        .select(
            "app",
            "person",
            pl.col("quantity").alias("kind"),
            pl.coalesce(_month_text(month), pl.col("season").cast(pl.String)).alias("period"),
            *_of_no_employer(),
            pl.col("dataset").alias("adopted_source"),
            pl.col("value").alias("adopted"),
            "evidence_ids",
        )
    )


def _support(income: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    return (
        income.filter(pl.col("support").is_not_null())
        .join(windows.select("app", "window_from", "window_to"), on="app", how="left")
        .select(
            "app",
            "person",
            "kind",
            pl.concat_str(
                _month_text(pl.col("window_from")),
                _month_text(pl.col("window_to")),
                separator="/",
            ).alias("period"),
            *_of_no_employer(),
            pl.lit(ROSTER).alias("adopted_source"),
            pl.col("support").alias("adopted"),
            pl.lit([], dtype=pl.List(pl.String)).alias("evidence_ids"),
        )
    )


def _of_no_employer() -> list[pl.Expr]:
    """The columns that only wages have."""
    return [
        pl.lit(None, dtype=pl.Boolean).alias("labour"),
        pl.lit(None, dtype=pl.Int64).alias("employer_no"),
        *(pl.lit(None, dtype=AMOUNT).alias(name) for name in SPEAKERS),
    ]


def _month_text(month: pl.Expr) -> pl.Expr:
    number = (month % 12 + 1).cast(pl.String).str.zfill(2)
    return pl.concat_str((month // 12).cast(pl.String), number, separator="-")
