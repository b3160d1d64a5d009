"""Amounts, counts and lists as they stand in a sentence. Every expression gives a text, or null where there is nothing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.money import FEN, RATE, yuan

if TYPE_CHECKING:
    from household.rules.parameters import Parameter


def yuan_text(amount: pl.Expr) -> pl.Expr:
    """Units as yuan with two places, rounded half up."""
    return yuan(amount).cast(pl.String)


def near_yuan(amount: pl.Expr) -> pl.Expr:
    """As `yuan_text`; what is more than nought is not told as 0.00."""
    return (
        pl.when((amount > 0) & (amount < FEN)).then(pl.lit("不足0.01")).otherwise(yuan_text(amount))
    )


def at_least(amount: pl.Expr) -> pl.Expr:
    """The least amount of whole fen that reaches the given units."""
    return yuan_text(0 - (0 - amount) // FEN * FEN)


def beyond(amount: pl.Expr) -> pl.Expr:
    """The greatest amount of whole fen that does not go beyond the given units: more than it is more than they."""
    return yuan_text(amount // FEN * FEN)


def square_metres(micro: pl.Expr) -> pl.Expr:
    """Millionths of a square metre with two places, the rest dropped."""
    hundredths = (micro // 10_000).cast(pl.Int64)
    return _trimmed((hundredths.cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)))


def rate_text(rate: pl.Expr) -> pl.Expr:
    """Ten-thousandths as a plain number."""
    return _trimmed((rate.cast(pl.Decimal(18, 4)) / RATE).cast(pl.Decimal(18, 4)))


def percent(rate: pl.Expr) -> pl.Expr:
    """Ten-thousandths as a percentage."""
    return pl.format("{}%", _trimmed((rate.cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))))


def _trimmed(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.replace(r"\.?0+$", "")


def told(*parts: pl.Expr | str, between: str = "；") -> pl.Expr:
    """The parts that have something to say, joined; null when none has."""
    joined = pl.concat_str(
        [pl.col(p) if isinstance(p, str) else p for p in parts],
        separator=between,
        ignore_nulls=True,
    )
    return pl.when(joined != "").then(joined)


def only(condition: pl.Expr, text: pl.Expr | str) -> pl.Expr:
    """The text where a condition holds, else nothing."""
    return pl.when(condition.fill_null(value=False)).then(
        pl.lit(text) if isinstance(text, str) else text
    )


def places(member_no: pl.Expr) -> pl.Expr:
    """Places on the roster as one aggregate: 第1、3位."""
    return pl.format("第{}位", member_no.unique().sort().cast(pl.String).str.join("、"))


def named(parameter: Parameter) -> str:
    """A parameter by its title and key."""
    return f"{parameter.title_zh}（{parameter.key}）"
