"""From lines and declarations to the household's income (assessment §5).

Adopted per person and kind is the greater of declared and verified; the work cost comes off the adopted wage; the window's income is their sum.
Nothing is divided here: a month or a head is reached by multiplying the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.income.wage import settle_wages
from household.money import times_rate

if TYPE_CHECKING:
    from household.lines import Lines

KINDS = ("wage", "business", "property", "transfer")
VARIANTS = {
    "": "value",
    "_uncertain_out": "value_uncertain_out",
    "_central_out": "value_central_out",
}
"""Column suffix of a way to treat the central basic pension -> the receipt's value under it."""


def verified_income(lines: Lines) -> pl.DataFrame:
    """Per seat and kind: app, person, kind, verified, verified_uncertain_out, verified_central_out (units)."""
    wages = (
        settle_wages(lines["wage"])
        .group_by("app", "person")
        .agg(pl.col("counted_amount").sum().alias("verified"))
        .with_columns(
            pl.lit("wage").alias("kind"),
            *(pl.col("verified").alias("verified" + s) for s in VARIANTS if s),
        )
    )
    receipts = (
        lines["receipt"]
        .filter(pl.col("why_not").is_null())
        .group_by("app", "person", pl.col("quantity").alias("kind"))
        .agg(pl.col(value).sum().alias("verified" + suffix) for suffix, value in VARIANTS.items())
    )
    columns = ["app", "person", "kind", *("verified" + s for s in VARIANTS)]
    return pl.concat([wages.select(columns), receipts.select(columns)])


def income_lines(
    counted: pl.DataFrame, verified: pl.DataFrame, support: pl.DataFrame
) -> pl.DataFrame:
    """Declared, verified and adopted of every counted seat and kind.

    Args:
        counted: seats that count, with member_no and declared_<kind> (units, null where not declared).
        verified: see `verified_income`.
        support: app, person, support: imputed support over the window on the line of the person who bears it.

    Returns:
        app, person, member_no, kind, declared, and verified/adopted under each variant (units). A line of nothing is absent.
    """
    declared = pl.concat(
        [
            counted.select(
                "app",
                "person",
                "member_no",
                pl.lit(kind).alias("kind"),
                pl.col(f"declared_{kind}").alias("declared"),
            )
            for kind in KINDS
        ]
    )
    helped = support.with_columns(pl.lit("transfer").alias("kind"))
    lines = declared.join(verified, on=["app", "person", "kind"], how="left").join(
        helped, on=["app", "person", "kind"], how="left"
    )
    received = pl.col("support")
    lines = lines.with_columns(
        pl.when(pl.col(f"verified{s}").is_null() & received.is_null())
        .then(pl.lit(None, dtype=pl.Int128))
        .otherwise(
            pl.coalesce(f"verified{s}", pl.lit(0, dtype=pl.Int128))
            + pl.coalesce("support", pl.lit(0, dtype=pl.Int128))
        )
        .alias(f"verified{s}")
        for s in VARIANTS
    )
    return lines.with_columns(
        pl.max_horizontal("declared", f"verified{s}").alias(f"adopted{s}") for s in VARIANTS
    ).filter(pl.col("adopted").is_not_null())


def household_income(lines: pl.DataFrame, work_cost: pl.DataFrame) -> pl.DataFrame:
    """Income of the window less work cost: app, income, income_uncertain_out, income_central_out (units).

    `work_cost`: app, work_cost_rate (ten-thousandths; null = off).
    """
    rate = pl.col("income_work_cost_rate")
    is_wage = pl.col("kind") == "wage"
    return (
        lines.join(work_cost, on="app")
        .with_columns(
            (
                pl.col(f"adopted{s}")
                - pl.when(is_wage & rate.is_not_null())
                .then(times_rate(pl.col(f"adopted{s}"), rate))
                .otherwise(0)
            ).alias(f"net{s}")
            for s in VARIANTS
        )
        .group_by("app")
        .agg(pl.col(f"net{s}").sum().alias(f"income{s}") for s in VARIANTS)
    )
