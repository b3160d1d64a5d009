"""Comparing values that are equal, nearly equal or different: sex, region, telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import coded
from household.linkage.engine.slips import Texts, count_slips, text_codes

if TYPE_CHECKING:
    import numpy.typing as npt

from household.linkage.engine.slips import Rows

SEX = Comparison(
    (
        missing("sex_missing", "性别缺失"),
        Level("sex_equal", "性别相同", 0.99, 0.5, 0.5, agrees=True),
        Level("sex_differs", "性别不同", 0.01, 0.5, 0.5),
    )
)
REGION = Comparison(
    (
        missing("region_missing", "地区缺失"),
        Level("region_equal", "县区相同", 0.9, 0.2, 0.95, agrees=True),
        Level("region_same_city", "同市不同县", 0.06, 0.4, 0.03),
        Level("region_differs", "地区不同", 0.04, 0.4, 0.02),
    )
)
PHONE = Comparison(
    (
        missing("phone_missing", "电话缺失"),
        Level("phone_equal", "电话相同", 0.65, 1e-4, 0.25, by_value="phone", agrees=True),
        Level("phone_one_digit", "电话差一位", 0.02, 1e-4, 1e-3),
        Level("phone_differs", "电话不同", 0.33, 0.9998, 0.75),
    )
)
_MISSING, EQUAL, NEAR, DIFFERS = range(4)


_SEXES = {"男": 1, "女": 2, "男性": 1, "女性": 2, "M": 1, "F": 2, "1": 1, "2": 2}
"""GB/T 2261.1 names and codes, and what exports write for them."""


def encode_sexes(texts: pl.Series) -> npt.NDArray[np.int64]:
    """Sexes as 1 (male) and 2 (female), 0 where it is not said."""
    told = texts.cast(pl.String).str.strip_chars().str.to_uppercase()
    return coded(told.replace_strict(_SEXES, default=None, return_dtype=pl.Int64))


@dataclass(frozen=True)
class Sexes:
    """Sexes of one side: 1 male, 2 female, 0 not said; and whether it was read in an identity number, not stated."""

    sexes: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


def compare_sexes(left: Sexes, li: Rows, right: Sexes, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    a, b = left.sexes[li], right.sexes[ri]
    codes = np.where(a == b, 1, 2).astype(np.uint8)
    codes[(a == 0) | (b == 0)] = _MISSING
    return codes


def encode_regions(texts: pl.Series) -> npt.NDArray[np.int64]:
    """Six-digit region codes as numbers, 0 where there is none."""
    digits = texts.cast(pl.String).str.extract(r"^\s*([0-9]{6})").cast(pl.Int64)
    return coded(digits)


def compare_regions(
    left: npt.NDArray[np.int64], li: Rows, right: npt.NDArray[np.int64], ri: Rows
) -> npt.NDArray[np.uint8]:
    """Level of each pair of region codes."""
    a, b = left[li], right[ri]
    codes = np.full(len(a), DIFFERS, dtype=np.uint8)
    codes[a // 100 == b // 100] = NEAR
    codes[a == b] = EQUAL
    codes[(a == 0) | (b == 0)] = _MISSING
    return codes


def encode_phones(texts: pl.Series) -> Texts:
    """Telephone numbers: digits only, the country's prefix dropped; fewer than 7 digits is none."""
    digits = texts.cast(pl.String).str.normalize("NFKC").str.replace_all(r"[^0-9]", "")
    digits = digits.str.replace(r"^(0?086|86)(1[0-9]{10})$", "$2")
    few = digits.str.len_chars() < 7
    same = digits.str.contains(r"^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$")
    return text_codes(pl.select(pl.when(few | same).then(None).otherwise(digits)).to_series(), 12)


def compare_phones(left: Texts, li: Rows, right: Texts, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of each pair of telephone numbers."""
    slips = count_slips(left, li, right, ri)
    la, lb = left.length[li], right.length[ri]
    codes = np.full(len(li), DIFFERS, dtype=np.uint8)
    codes[slips.one & (la == lb)] = NEAR
    codes[(slips.prefix == la) & (la == lb)] = EQUAL
    codes[(la == 0) | (lb == 0)] = _MISSING
    return codes
