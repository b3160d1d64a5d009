"""Medical, education and declared spending (assessment §7; 刚性支出困难家庭认定办法).

The window is by date: applied_on less 12 months <= date < applied_on. Declared medical and education vouchers are shown, not added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.lines import as_lines, first_reason, seat_rows
from household.money import units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.extracts import Extracts

STAGES = ("幼儿园", "小学", "初中", "高中", "中职", "专科", "本科")
ADDED_VOUCHERS = ("living", "disability", "disaster", "other")
OUTSIDE = "不在支出核算期内"


def _in_window(day: pl.Expr) -> pl.Expr:
    return (day >= pl.col("spending_from")) & (day < pl.col("applied_on"))


def medical_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    """Lines of quantity `medical`; `value` is what stayed with the person, refunds negative (units). A part not stated is none paid.

    `windows`: app, spending_from, applied_on.
    """
    rows = seat_rows(linked, seats, "medical_insurance.settlement").join(windows, on="app")
    paid = ("basic_paid", "critical_paid", "assistance_paid", "other_paid")
    rest = units(pl.col("total"))
    for part in paid:
        rest = rest - pl.coalesce(units(pl.col(part)), pl.lit(0, dtype=pl.Int128))
    rows = rows.with_columns(rest.alias("value"))
    why_not = first_reason((_in_window(pl.col("settled_on")).not_(), OUTSIDE))
    return as_lines(
        rows,
        "medical",
        amount=pl.col("value"),
        why_not=why_not,
        keep=("value",),
        as_of="settled_on",
    )


def education_lines(linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame) -> pl.DataFrame:
    """Lines of quantity `education`: the public fee of one school year (units; null when the authority gave none)."""
    rows = seat_rows(linked, seats, "education.enrolment").with_columns(
        units(pl.col("public_fee")).alias("value")
    )
    why_not = first_reason(
        (pl.col("status") != "在读", "不在读"),
        (pl.col("stage").is_in(STAGES).not_(), "学段不计入(至本科)"),
    )
    return as_lines(
        rows, "education", amount=pl.col("value"), why_not=why_not, keep=("value", "enrolled_on")
    )


def voucher_lines(
    extracts: Extracts, seats: pl.DataFrame, applications: pl.DataFrame, members: pl.DataFrame
) -> pl.DataFrame:
    """Declared vouchers as lines of quantity `voucher`, on the person they name, else on the applicant.

    `value` is amount less reimbursement (units); `household_wide` says that the voucher names nobody of the roster.
    """
    rows = (
        extracts.rows("approval.expenditure")
        .collect()
        .join(
            applications.select("app", "application_id", "applied_on", "spending_from"),
            on="application_id",
            how="inner",
        )
    )
    named = members.filter(pl.col("stands")).select(
        "app",
        pl.coalesce(pl.col("key").cast(pl.String), "number").alias("who"),
        pl.col("person").alias("named"),
    )
    who = pl.coalesce(pl.col("id_no__key").cast(pl.String), "id_no").alias("who")
    rows = rows.with_columns(who).join(
        named.unique(["app", "who"], keep="first"), on=["app", "who"], how="left"
    )
    first = pl.col("relation") != "self"
    bearer = seats.sort("app", first, "member_no").unique("app", keep="first", maintain_order=True)
    rows = rows.join(
        bearer.select("app", pl.col("person").alias("bearer")), on="app", how="inner"
    ).with_columns(
        pl.coalesce("named", "bearer").alias("person"),
        pl.col("named").is_null().alias("household_wide"),
    )
    rows = rows.join(
        seats.select("app", "person", "member_no", "role"), on=["app", "person"], how="inner"
    ).with_columns(
        pl.lit("approval.expenditure").alias("dataset"),
        pl.col("_record_key").alias("record_key"),
        pl.col("_extract_as_of").alias("extract_as_of"),
        pl.lit("A").alias("tier"),
        pl.lit(1.0).alias("score"),
        pl.lit("申报").alias("note"),
        (
            units(pl.col("amount"))
            - pl.coalesce(units(pl.col("reimbursed")), pl.lit(0, dtype=pl.Int128))
        ).alias("value"),
    )
    why_not = first_reason(
        (pl.col("kind").is_in(ADDED_VOUCHERS).not_(), "医疗、教育票据只列示，以结算和学籍数据为准"),
        (_in_window(pl.col("spent_on")).not_(), OUTSIDE),
    )
    return as_lines(
        rows,
        "voucher",
        amount=pl.col("value"),
        why_not=why_not,
        keep=("value", "household_wide"),
        as_of="spent_on",
    )


def settle_education(lines: pl.DataFrame) -> pl.DataFrame:
    """One school year per person, of the row with the latest enrolment; two of one day: the dearer (it widens the spending).

    Returns:
        line, app, person, value (null when the fee is not given).
    """
    return (
        lines.filter(pl.col("why_not").is_null())
        .sort(
            "app",
            "person",
            "enrolled_on",
            "value",
            "line",
            descending=[False, False, True, True, False],
            nulls_last=True,
        )
        .unique(["app", "person"], keep="first", maintain_order=True)
        .select("line", "app", "person", "value")
    )


def rigid_spending(
    medical: pl.DataFrame, education: pl.DataFrame, vouchers: pl.DataFrame
) -> pl.DataFrame:
    """Per application: app, spending (units), fee_unknown (some pupil's fee is not given)."""
    own = (
        medical.filter(pl.col("why_not").is_null())
        .group_by("app", "person")
        .agg(pl.col("value").sum())
        .with_columns(pl.max_horizontal("value", pl.lit(0, dtype=pl.Int128)).alias("value"))
        .select("app", "value")
    )
    school = settle_education(education)
    declared = vouchers.filter(pl.col("why_not").is_null()).select("app", "value")
    unknown = school.group_by("app").agg(pl.col("value").is_null().any().alias("fee_unknown"))
    return (
        pl.concat([own, school.select("app", "value"), declared])
        .group_by("app")
        .agg(pl.col("value").sum().alias("spending"))
        .join(unknown, on="app", how="left")
    )
