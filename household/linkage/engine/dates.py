"""Comparing birth dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import coded

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.linkage.engine.slips import Rows

LEVELS = Comparison(
    (
        missing("birth_missing", "出生日期缺失"),
        Level("birth_equal", "出生日期相同", 0.97, 1 / 260, 2e-3, by_value="date", agrees=True),
        Level("birth_swapped", "出生日期月日颠倒", 5e-3, 4e-5, 4e-5),
        Level("birth_year_only", "出生年份相同，其一只记到年", 5e-3, 1e-3, 1e-3),
        Level("birth_one_digit", "出生日期差一位", 8e-3, 4e-3, 4e-3),
        Level("birth_year_equal", "出生年份相同，月日不同", 4e-3, 0.02, 0.02),
        Level("birth_differs", "出生日期不同", 8e-3, 0.97, 0.97),
    )
)
_MISSING, EQUAL, SWAPPED, YEAR_ONLY, ONE_DIGIT, YEAR_EQUAL, DIFFERS = range(7)

_PLACES = 10 ** np.arange(7, -1, -1, dtype=np.int64)


@dataclass(frozen=True)
class Days:
    """Dates of one side.

    Attributes:
        days: yyyymmdd, 0 where there is none. inside: whether the date was read in an identity number, not stated.
    """

    days: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


_WRITTEN = r"^\s*([0-9]{4})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})"
_RUN_ON = r"^\s*([0-9]{4})([0-9]{2})([0-9]{2})"


def encode_dates(dates: pl.Series) -> npt.NDArray[np.int64]:
    """Dates (Date, or text in the usual forms) as yyyymmdd; 0 where there is none."""
    if dates.dtype == pl.String:
        dates = _read(dates)
    dates = dates.cast(pl.Date)
    days = dates.dt.year().cast(pl.Int64) * 10_000 + dates.dt.month().cast(pl.Int64) * 100
    return coded(days + dates.dt.day())


def _read(texts: pl.Series) -> pl.Series:
    """Dates of texts: 1990-01-11 at once, whatever else was written place by place."""
    dates = texts.str.to_date("%Y-%m-%d", strict=False)
    others = (dates.is_null() & texts.is_not_null()).arg_true()
    if not len(others):
        return dates
    text = pl.col("text")
    plain = texts.gather(others).str.slice(0, 32).str.normalize("NFKC").alias("text").to_frame()
    parts = [
        pl.coalesce(text.str.extract(_WRITTEN, n), text.str.extract(_RUN_ON, n)).str.zfill(2)
        for n in (1, 2, 3)
    ]
    told = plain.select(pl.concat_str(parts).str.to_date("%Y%m%d", strict=False)).to_series()
    return dates.scatter(others, told)


def compare_dates(left: Days, li: Rows, right: Days, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    a, b = left.days[li], right.days[ri]
    codes = np.full(len(a), DIFFERS, dtype=np.uint8)
    year_a, year_b = a // 10_000, b // 10_000
    codes[year_a == year_b] = YEAR_EQUAL
    digits = (a[:, None] // _PLACES % 10) != (b[:, None] // _PLACES % 10)
    codes[digits.sum(axis=1) == 1] = ONE_DIGIT
    codes[(year_a == year_b) & ((a % 10_000 == 101) | (b % 10_000 == 101))] = YEAR_ONLY
    month_a, month_b = a // 100 % 100, b // 100 % 100
    codes[(year_a == year_b) & (month_a == b % 100) & (month_b == a % 100)] = SWAPPED
    codes[a == b] = EQUAL
    codes[(a == 0) | (b == 0)] = _MISSING
    return codes
