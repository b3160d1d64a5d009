"""What a person holds or draws: disability certificates, benefits running, grants received (assessment §7 and §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.lines import as_lines, first_reason, seat_rows
from household.linkage.links import STANDS
from household.money import units
from household.periods import month_index, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

GRANTS = ("temp_emergency", "temp_expenditure")
_NO_AMOUNT = pl.lit(None, dtype=pl.Int128)


def certificate_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Lines of quantity `disability`: type and grade; in play while the certificate is valid on the day."""
    rows = seat_rows(linked, seats, "disabled_federation.certificate")
    why_not = first_reason(
        (pl.col("status") != "有效", "证件已注销"),
        (pl.col("valid_to") < pl.lit(as_of), "证件已过期"),
    )
    return as_lines(rows, "disability", amount=_NO_AMOUNT, why_not=why_not, keep=("type", "grade"))


def runs_on(as_of: date) -> pl.Expr:
    """A benefit row that runs in the month of a day: from_month ... to_month, both whole; an empty end runs on."""
    month = month_of(as_of)
    ended = pl.col("to_month").is_not_null() & (month_index(pl.col("to_month")) < month)
    return (month_index(pl.col("from_month")) <= month) & ended.not_()


def drawing_persons(linked: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """person: who has a benefit running on a day, by tier A or B."""
    rows = linked["civil_affairs.benefit"].filter(STANDS, runs_on(as_of))
    return rows.select("person").unique().sort("person")


def drawing_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Benefit-ledger rows as lines of quantity `drawing`: programme; in play while the benefit runs. Never income."""
    rows = seat_rows(linked, seats, "civil_affairs.benefit")
    why_not = first_reason((runs_on(as_of).not_(), "待遇不在享"))
    amount = units(pl.col("monthly_amount"))
    return as_lines(rows, "drawing", amount=amount, why_not=why_not, keep=("programme",))


def grant_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, applications: pl.DataFrame
) -> pl.DataFrame:
    """Payments as lines of quantity `grant`; in play where the cause is the application's own, within `temp.repeat_months` before it.

    `applications`: app, temp_cause, applied_on, repeat_from (date; null = parameter missing, then every earlier grant is in play).
    """
    rows = seat_rows(linked, seats, "civil_affairs.payment").join(applications, on="app")
    paid = pl.col("paid_on")
    why_not = first_reason(
        (pl.col("programme").is_in(GRANTS).not_(), "社会救助资金不计收入"),
        (pl.col("cause").is_null() | pl.col("temp_cause").is_null(), "未载明事由"),
        (pl.col("cause") != pl.col("temp_cause"), "事由不同"),
        ((paid >= pl.col("applied_on")) | (paid < pl.col("repeat_from")), "不在间隔期内"),
    )
    return as_lines(rows, "grant", amount=units(pl.col("amount")), why_not=why_not, as_of="paid_on")
