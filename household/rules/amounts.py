"""Amounts (assessment §9): exact until the end, then rounded once by `amount.rounding`. No parameter, no amount."""

from __future__ import annotations

import polars as pl

from household.money import FEN, RATE, YUAN, times_rate

_HEADS = pl.col("persons").cast(pl.Int128)
_MONTHS = pl.col("income_window_months").cast(pl.Int128)
_STANDARD = pl.col("standard")
_URBAN = pl.col("standard_urban")


def _rounded(numerator: pl.Expr, divisor: pl.Expr) -> pl.Expr:
    """Numerator ÷ divisor units, rounded as the pack says; null when the pack does not say."""
    up = 0 - (0 - numerator) // (divisor * YUAN)
    half = (numerator * 2 + divisor * FEN) // (divisor * FEN * 2)
    rule = pl.col("amount_rounding")
    return pl.when(rule == "ceil_yuan").then(up * YUAN).when(rule == "half_up_fen").then(half * FEN)


_ONE = pl.lit(1, dtype=pl.Int128)


def _dibao() -> pl.Expr:
    """Standard x n less the month's income, plus extras, each person once."""
    extra = times_rate(_STANDARD, pl.col("extra_rate")) * pl.col("extra_persons").cast(pl.Int128)
    gap = (_STANDARD * _HEADS + pl.coalesce(extra, pl.lit(0, dtype=pl.Int128))) * _MONTHS - pl.col(
        "income"
    )
    return _rounded(gap, _MONTHS)


def _rigid() -> pl.Expr:
    """The gap that is left after deducting the spending; the ratio rule pays nothing by itself."""
    gap = _STANDARD * _HEADS * _MONTHS * 12 - pl.col("income") * 12 + pl.col("spending") * _MONTHS
    return pl.when(pl.col("rigid_method") == "deduction").then(_rounded(gap, _MONTHS * 12))


def _ceiling(programme: str) -> pl.Expr:
    return times_rate(_URBAN, pl.col(f"temp_ceiling_multiple_{programme}"))


def _temp_expenditure() -> pl.Expr:
    over = (pl.col("spending") - pl.col("class_threshold")) * pl.col("class_rate").cast(pl.Int128)
    most = pl.min_horizontal("class_cap", _ceiling("temp_expenditure"))
    return pl.when(over.is_not_null()).then(
        _rounded(pl.min_horizontal(over, most * RATE), _ONE * RATE)
    )


def _temp_emergency() -> pl.Expr:
    heads = times_rate(_URBAN, pl.col("temp_emergency_amount_multiple")) * _HEADS
    return pl.when(heads.is_not_null()).then(
        _rounded(pl.min_horizontal(heads, _ceiling("temp_emergency")), _ONE)
    )


AMOUNTS: dict[str, pl.Expr] = {
    "dibao": _dibao(),
    "rigid": _rigid(),
    "temp_expenditure": _temp_expenditure(),
    "temp_emergency": _temp_emergency(),
}
"""Amount of each programme that pays one, in units, for an application that is eligible."""


def amount_of(programme: str) -> pl.Expr:
    """The programme's amount, null for programmes whose suggestion carries none."""
    return AMOUNTS.get(programme, pl.lit(None, dtype=pl.Int128))
