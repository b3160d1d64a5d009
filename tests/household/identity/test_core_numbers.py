"""Identity numbers: validity, keys, and what is inside them; python-stdnum is the oracle for valid ones."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from household.identity.numbers import (
    age_on,
    check_digit,
    key_birth,
    key_sex,
    number_keys,
    number_of_key,
)

births = st.dates(min_value=date(1900, 1, 1), max_value=date(2030, 12, 31))
firsts = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["110101", "990101", "653130", "500112"]),
    births,
    st.integers(min_value=1, max_value=999),
)


def keys(*numbers: str | None) -> list[int | None]:
    return number_keys(pl.Series(numbers, dtype=pl.String)).to_list()


@given(firsts)
def test_a_valid_number_is_its_first_seventeen_digits(first: str) -> None:
    number = first + check_digit(first)
    assert keys(number) == [int(first)]
    assert number_of_key(int(first)) == number
    assert ric.calc_check_digit(number) == number[17]
    assert ric.is_valid(number) or number[:6] != "110101"  # a place that it knows


@given(firsts, st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_invalid(first: str, place: int, more: int) -> None:
    number = first + check_digit(first)
    changed = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert keys(changed) == [None]


@given(firsts)
def test_a_wrong_check_digit_is_invalid(first: str) -> None:
    wrong = [first + c for c in "0123456789X" if c != check_digit(first)]
    assert keys(*wrong) == [None] * 10


@given(firsts, st.integers(min_value=0, max_value=15))
def test_neighbours_changed_about_are_invalid(first: str, place: int) -> None:
    number = first + check_digit(first)
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert keys(changed) == ([int(first)] if changed == number else [None])


@given(firsts.filter(lambda f: f[6:8] == "19"))
def test_fifteen_digits_are_upgraded(first: str) -> None:
    assert keys(first[:6] + first[8:]) == [int(first)]


@pytest.mark.parametrize(
    "number",
    [
        "99010119900230001",
        "990101199002300012",
        "990101199013010012",
        "990101190002290011",
        "99010100000101001",
        "1.10101E+17",
        "110101********0012",
        "",
        "abc",
        "990101900230001",
        "990101901301001",
    ],
)
def test_what_is_no_number(number: str) -> None:
    assert keys(number) == [None]


def test_impossible_days_are_invalid_whatever_the_check_digit() -> None:
    for day in ("19900230", "19901301", "19900001", "19900100", "19000229", "20230229"):
        first = f"990101{day}001"
        assert keys(first + check_digit(first)) == [None], day
    leap = "99010120000229001"
    assert keys(leap + check_digit(leap)) == [int(leap)]


@pytest.mark.parametrize("dress", ["{} ", " {}", "'{}", "`{}", "{}\t", "{}\u3000", "\u00a0{}"])
def test_signs_around_a_number_are_no_part_of_it(dress: str) -> None:
    number = _ends_in_x()
    assert keys(dress.format(number)) == [int(number[:17])]


def _ends_in_x() -> str:
    numbers = (number_of_key(99010119900307000 + i) for i in range(1, 999))
    return next(n for n in numbers if n.endswith("X"))


@pytest.mark.parametrize("x", ["X", "x", "Ｘ", "ｘ"])
def test_every_x_is_an_x(x: str) -> None:
    number = _ends_in_x()
    assert keys(number[:17] + x) == [int(number[:17])]


def test_full_width_digits_are_digits() -> None:
    number = number_of_key(99010119900307001)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    assert keys(wide) == [int(number[:17])]


def test_full_width_digits_beside_others() -> None:
    number = _ends_in_x()
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number[:6])
    assert keys(wide + number[6:17] + "x") == [int(number[:17])]


def test_rows_keep_their_places() -> None:
    number = number_of_key(99010119900307001)
    assert keys(None, number, "x", None, number) == [
        None,
        int(number[:17]),
        None,
        None,
        int(number[:17]),
    ]
    assert number_keys(pl.Series([], dtype=pl.String)).to_list() == []


@given(firsts)
def test_birth_and_sex_are_inside(first: str) -> None:
    frame = pl.DataFrame({"key": [int(first)]}).select(
        key_birth(pl.col("key")).alias("birth"), key_sex(pl.col("key")).alias("sex")
    )
    born, sex = frame.row(0)
    assert f"{born:%Y%m%d}" == first[6:14]
    assert ric.get_birth_date(first + check_digit(first)) == born
    assert sex == ("男" if int(first[16]) % 2 else "女")


@settings(max_examples=50)
@given(births, st.integers(min_value=0, max_value=40_000))
def test_ages_count_birthdays(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    (age,) = pl.DataFrame({"b": [born]}).select(age_on(pl.col("b"), day)).row(0)
    anniversaries = sum(
        1
        for year in range(born.year + 1, day.year + 1)
        if (year, born.month, born.day) <= (day.year, day.month, day.day)
    )
    assert age == anniversaries


def test_an_age_is_reached_on_the_day() -> None:
    frame = pl.DataFrame({"b": [date(2008, 5, 20), date(2008, 5, 21), date(2008, 2, 29), None]})
    assert frame.select(age_on(pl.col("b"), date(2026, 5, 20))).to_series().to_list() == [
        18,
        17,
        18,
        None,
    ]
