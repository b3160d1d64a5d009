"""Exact money. Inside a computation an amount is an Int128 count of units of 10⁻⁸ yuan; in tables it is a Decimal.

Rates and multiples are read with at most four decimals, so that money x multiple x rate stays an exact count. Nothing divides
before it compares; rounding happens once, on what is published or paid.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

AMOUNT = pl.Int128()
YUAN = 10**8
FEN = 10**6
RATE = 10**4


def units(expr: pl.Expr) -> pl.Expr:
    """Decimal(18,2) yuan -> units."""
    return (expr * 100).cast(AMOUNT) * FEN


def units_of(value: Decimal | int) -> int:
    """A parameter in yuan -> units. At most eight decimals, else ValueError."""
    scaled = Decimal(value) * YUAN
    if scaled != scaled.to_integral_value():
        raise ValueError("more than eight decimals")
    return int(scaled)


def rate_of(value: Decimal | int) -> int:
    """A rate, share or multiple -> ten-thousandths. At most four decimals, else ValueError."""
    scaled = Decimal(value) * RATE
    if scaled != scaled.to_integral_value():
        raise ValueError("more than four decimals")
    return int(scaled)


def times_rate(amount: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Amount x rate in ten-thousandths; exact for amounts that are whole multiples of 10⁻⁴ yuan."""
    return amount.cast(AMOUNT) * rate.cast(AMOUNT) // RATE


def yuan(amount: pl.Expr) -> pl.Expr:
    """Units -> Decimal(18,2) yuan, rounded half up to the fen."""
    fen = (amount + FEN // 2) // FEN
    return (fen.cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(18, 2))


def yuan_six(amount: pl.Expr) -> pl.Expr:
    """Units -> Decimal(18,6) yuan, rounded half up to the sixth place."""
    micro = (amount + 50) // 100
    return (micro.cast(pl.Decimal(38, 6)) / 1_000_000).cast(pl.Decimal(18, 6))
