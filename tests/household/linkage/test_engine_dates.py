"""Levels of birth dates, stated or read in a number."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from engine_cases import ENDS_IN_X, WHOLE, level

from household.linkage.engine.dates import encode_dates
from household.linkage.engine.kinds import KINDS

BORN = "1990-03-07"

CASES: dict[str, tuple[str | None, str | None, str]] = {
    "as_sent": (BORN, BORN, "birth_equal"),
    "without_signs": ("19900307", BORN, "birth_equal"),
    "dots": ("1990.03.07", BORN, "birth_equal"),
    "words": ("1990年03月07日", BORN, "birth_equal"),
    "with_a_time": ("1990/03/07 00:00:00", BORN, "birth_equal"),
    "month_and_day_changed_about": (BORN, "1990-07-03", "birth_swapped"),
    "only_the_year_is_known": (BORN, "1990-01-01", "birth_year_only"),
    "one_digit_of_the_day": (BORN, "1990-03-08", "birth_one_digit"),
    "one_digit_of_the_year": (BORN, "1980-03-07", "birth_one_digit"),
    "one_digit_of_the_decade_and_day": (BORN, "1980-03-08", "birth_differs"),
    "the_year_alone": (BORN, "1990-12-19", "birth_year_equal"),
    "another_day": (BORN, "1962-09-19", "birth_differs"),
    "no_such_day": ("1990-02-30", "1990-02-28", "birth_missing"),
    "none": (None, BORN, "birth_missing"),
    "empty": ("", BORN, "birth_missing"),
    "a_word": ("不详", BORN, "birth_missing"),
    "neither": (None, None, "birth_missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_level_of_two_dates(case: str) -> None:
    one, other, wanted = CASES[case]
    assert level("birth", one, other) == wanted


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("1990-1-11", "1990-01-11"), ("1990-3-7", BORN), ("1990年3月7日", BORN), ("1990/3/17", "1990-03-17")],
)  # fmt: skip
def test_a_month_or_day_of_one_digit(sent: str, meant: str) -> None:
    assert level("birth", sent, meant) == "birth_equal"


def test_a_date_in_full_width_digits() -> None:
    assert level("birth", "１９９０-０３-０７", BORN) == "birth_equal"


def test_a_number_tells_the_date_where_none_is_stated() -> None:
    assert level("birth", (None, WHOLE), ("1990-03-07", None)) == "birth_equal"
    assert level("birth", ("1990-12-19", WHOLE), ("1990-03-07", None)) == "birth_year_equal"
    assert level("birth", (None, WHOLE[:17] + "X"), ("1990-03-07", None)) == "birth_missing"


def test_where_a_date_was_read_is_told() -> None:
    coded = KINDS["birth"].encode(
        [pl.Series([None, BORN, None], dtype=pl.String), pl.Series([WHOLE, ENDS_IN_X, None])]
    )
    assert coded.days.tolist() == [19900307, 19900307, 0]
    assert coded.inside.tolist() == [True, False, False]


def test_dates_and_times_as_polars_holds_them() -> None:
    assert encode_dates(pl.Series([date(1990, 3, 7), None])).tolist() == [19900307, 0]
    assert encode_dates(pl.Series([datetime(1990, 3, 7, 23, 59, tzinfo=UTC)])).tolist() == [
        19900307
    ]


def test_the_frequency_of_a_date_is_asked_for_by_its_text() -> None:
    kind = KINDS["birth"]
    coded = kind.encode([pl.Series([BORN, None])])
    assert kind.value(coded, "date", np.array([0, 1])).to_list() == ["19900307", "0"]
