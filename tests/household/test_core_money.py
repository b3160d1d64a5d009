"""Money against exact fractions, and months against the calendar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.money import FEN, YUAN, rate_of, times_rate, units, units_of, yuan, yuan_six
from household.periods import add_months, first_day, in_force, month_index, month_of, months_later

fen = st.integers(min_value=-(10**15), max_value=10**15)
days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def one(expr: pl.Expr, value: object, dtype: pl.DataType) -> Any:
    return pl.DataFrame({"v": pl.Series([value], dtype=dtype)}).select(expr).item()


@given(fen)
def test_units_are_exact(amount: int) -> None:
    value = Decimal(amount) / 100
    assert one(units(pl.col("v")), value, pl.Decimal(18, 2)) == amount * FEN


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_fen_are_rounded_half_up(amount: int) -> None:
    told = one(yuan(pl.col("v")), amount, pl.Int128())
    exact = (Fraction(amount, FEN) + Fraction(1, 2)).__floor__()
    assert Fraction(told) == Fraction(exact, 100)


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_six_places_are_rounded_half_up(amount: int) -> None:
    told = one(yuan_six(pl.col("v")), amount, pl.Int128())
    exact = (Fraction(amount, 100) + Fraction(1, 2)).__floor__()
    assert Fraction(told) == Fraction(exact, 10**6)


@given(fen, st.integers(min_value=0, max_value=10**7))
def test_a_rate_of_an_amount_is_exact(amount: int, rate: int) -> None:
    frame = pl.DataFrame(
        {
            "a": pl.Series([amount * FEN], dtype=pl.Int128),
            "r": pl.Series([rate], dtype=pl.Int64),
        }
    )
    told = frame.select(times_rate(pl.col("a"), pl.col("r"))).item()
    assert Fraction(told, YUAN) == Fraction(amount, 100) * Fraction(rate, 10**4)


@pytest.mark.parametrize(
    ("value", "wanted"), [("700", 700 * YUAN), ("0.00000001", 1), ("555.55", 55555 * FEN)]
)
def test_parameters_in_yuan(value: str, wanted: int) -> None:
    assert units_of(Decimal(value)) == wanted


def test_what_cannot_be_exact_is_refused() -> None:
    with pytest.raises(ValueError, match="eight decimals"):
        units_of(Decimal("0.000000001"))
    with pytest.raises(ValueError, match="four decimals"):
        rate_of(Decimal("0.00001"))
    assert rate_of(Decimal("1.5")) == 15000


@given(days, st.integers(min_value=-400, max_value=400))
def test_months_on_as_on_a_column(day: date, months: int) -> None:
    later = add_months(day, months)
    assert month_of(later) == month_of(day) + months
    assert later.day == day.day or later == add_months(first_day(month_of(later) + 1), 0).replace(
        day=1
    ).fromordinal(first_day(month_of(later) + 1).toordinal() - 1)
    assert one(months_later(pl.col("v"), months), day, pl.Date()) == later
    column = pl.DataFrame({"v": [day], "m": [months]}).select(
        months_later(pl.col("v"), pl.col("m"))
    )
    assert column.item() == later


@given(days)
def test_a_month_index_names_its_month(day: date) -> None:
    index = month_of(day)
    assert first_day(index) == day.replace(day=1)
    assert one(month_index(pl.col("v")), day, pl.Date()) == index


def test_a_window_crosses_the_year() -> None:
    assert [first_day(month_of(date(2026, 1, 31)) - k) for k in (2, 1, 0)] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    ]


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (date(2026, 5, 20), None, True),
        (date(2026, 5, 21), None, False),
        (date(2026, 1, 1), date(2026, 5, 20), False),
        (date(2026, 1, 1), date(2026, 5, 21), True),
    ],
)
def test_what_ends_on_a_day_no_longer_holds(start: date, end: date | None, holds: bool) -> None:
    frame = pl.DataFrame({"s": [start], "e": [end]}, schema={"s": pl.Date, "e": pl.Date})
    assert frame.select(in_force(pl.col("s"), pl.col("e"), date(2026, 5, 20))).item() is holds
