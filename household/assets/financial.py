"""Financial assets: balances, securities, surrender values and, where the pack counts it, the provident fund (assessment §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.lines import as_lines, first_reason, seat_rows
from household.money import units

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_VALUE = "来源未提供现金价值"
_SAVING_POLICIES = ("投资型", "储蓄型")
_KEEP = ("value", "account", "stated_as_of", "extract_as_of", "is_fund")


def financial_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, counts_fund: pl.DataFrame
) -> pl.DataFrame:
    """Lines of quantity `financial`; `value` is the person's share in units.

    `counts_fund`: app, counts_fund (bool): whether the pack counts the provident-fund balance.
    """
    return pl.concat(
        [
            _deposits(linked, seats),
            _securities(linked, seats),
            _policies(linked, seats),
            _fund(linked, seats, counts_fund),
        ]
    )


def _deposits(linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "banking.account")
    holders = pl.max_horizontal(
        pl.col("joint_holders").fill_null(1), pl.lit(1)
    )  # the catalogue: empty = 1
    # Units are 10⁻⁸ yuan: the part lost by flooring is below any difference that balances in fen can make for ten holders.
    rows = rows.with_columns(
        (units(pl.col("balance")) // holders.cast(pl.Int128)).alias("value"),
        pl.concat_str("institution_code", pl.lit("|"), "account_no").alias("account"),
        pl.col("as_of").alias("stated_as_of"),
        pl.lit(False).alias("is_fund"),
    )
    return as_lines(
        rows,
        "financial",
        amount=units(pl.col("balance")),
        why_not=first_reason(),
        keep=_KEEP,
        as_of="stated_as_of",
        institution="institution_code",
    )


def _held(
    rows: pl.DataFrame, value: pl.Expr, as_of: pl.Expr, *, is_fund: bool = False
) -> pl.DataFrame:
    return rows.with_columns(
        value.alias("value"),
        pl.lit(None, dtype=pl.String).alias("account"),
        as_of.alias("stated_as_of"),
        pl.lit(value=is_fund).alias("is_fund"),
    )


def _securities(linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame) -> pl.DataFrame:
    rows = _held(
        seat_rows(linked, seats, "securities.holding"),
        units(pl.col("market_value")),
        pl.col("as_of"),
    )
    return as_lines(
        rows,
        "financial",
        amount=pl.col("value"),
        why_not=first_reason(),
        keep=_KEEP,
        as_of="stated_as_of",
    )


def _policies(linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame) -> pl.DataFrame:
    rows = _held(
        seat_rows(linked, seats, "insurance.policy"),
        units(pl.col("surrender_value")),
        pl.col("as_of"),
    )
    why_not = first_reason(
        (pl.col("kind").is_in(_SAVING_POLICIES).not_(), "消费型保单不计入"),
        (pl.col("value").is_null(), NO_VALUE),
    )
    return as_lines(
        rows, "financial", amount=pl.col("value"), why_not=why_not, keep=_KEEP, as_of="stated_as_of"
    )


def _fund(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, counts_fund: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "housing.provident_fund").join(counts_fund, on="app")
    rows = _held(rows, units(pl.col("balance")), pl.col("extract_as_of"), is_fund=True)
    why_not = first_reason(
        (pl.col("counts_fund").fill_null(value=False).not_(), "本地未规定公积金余额计入")
    )
    return as_lines(rows, "financial", amount=pl.col("value"), why_not=why_not, keep=_KEEP)


def unvalued_policies(lines: pl.DataFrame) -> pl.DataFrame:
    """app, policy_unvalued: some policy that counts has no stated surrender value; what is not stated is not nought."""
    return (
        lines.filter(pl.col("why_not") == NO_VALUE)
        .select("app")
        .unique()
        .with_columns(pl.lit(value=True).alias("policy_unvalued"))
    )


def settle_financial(lines: pl.DataFrame) -> pl.DataFrame:
    """Of one person's account the latest statement counts: line, app, person, is_fund, counted_amount (units).

    Provident-fund balances are among them, marked; whether they are counted is the pack's to say.

    Two statements of one day: the later extract, then the smaller balance.
    """
    in_play = lines.filter(
        pl.col("value").is_not_null(), pl.col("why_not").is_null() | pl.col("is_fund")
    )
    accounts = (
        in_play.filter(pl.col("account").is_not_null())
        .sort(
            "app",
            "person",
            "account",
            "stated_as_of",
            "extract_as_of",
            "value",
            "line",
            descending=[False, False, False, True, True, False, False],
        )
        .unique(["app", "person", "account"], keep="first", maintain_order=True)
    )
    others = in_play.filter(pl.col("account").is_null())
    return pl.concat([accounts, others]).select(
        "line", "app", "person", "is_fund", pl.col("value").alias("counted_amount")
    )
