"""What kind of text stands in a number column: a valid number, a damaged one, a masked one, something else, or nothing.

Kinds describe; whether a number is used is for the linkage, which goes by keys, repairs and masks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from household.identity.masks import plain_mask
from household.identity.numbers import (
    check_holds,
    columns_of,
    normal_number,
    real_dates,
    with_century,
)

NUMBER_KINDS = (
    "missing",
    "valid18",
    "valid15",
    "permit",
    "masked",
    "check_failed",
    "bad_date",
    "tail_lost",
    "short",
    "long",
    "scientific",
    "placeholder",
    "text",
)
"""Nothing; a number that holds, of 18 or 15 characters; a permit or passport (also one of 18 characters that begins with 81, 82 or 83,
which has a key); a mask; a check character that fails; an impossible date; 18 digits ending in 000 that fail, as spreadsheets leave
them; digits of too small or too great a number; scientific notation; a filler (000..., 123456..., 无); any other text."""

_KIND = pl.Enum(NUMBER_KINDS)
_CODE = {kind: code for code, kind in enumerate(NUMBER_KINDS)}
_X = ord("X") - ord("0")
_NOTHING = (
    "无", "暂无", "不详", "未知", "不明", "没有", "缺", "空", "待补", "未提供", "无证", "未办理", "NULL", "NONE", "NAN", "N/A", "NA",
    "-", "--", "/", "\\", ".", "*", "?", "0", "X",
)  # fmt: skip
_SEQUENCE = r"^(?:0?123456|12345|987654|654321)[0-9]*$"
_PERMIT = (
    r"^[HM][0-9]{8}(?:[0-9]{2})?$"  # travel permit of residents of 香港 and 澳门
    r"|^[CW][A-Z0-9][0-9]{7}$"  # travel permits of the mainland
    r"|^[A-Z]{3}[0-9]{12}$"  # permanent residence of foreigners, before 2023
    r"|^[A-Z]{1,2}[0-9]{6,9}$"  # passports
)
_WIDTHS = (18, 15)


def _repeats(digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which columns hold one sign throughout, save the last, or begin 123456789."""
    same: npt.NDArray[np.bool_] = (digits[1:-1] == digits[0]).all(axis=0)
    counting = np.arange(1, 10, dtype=np.uint8)[:, None]
    counts: npt.NDArray[np.bool_] = (digits[:9] == counting).all(axis=0)
    return same | counts


def _kinds_of_digits(digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Kinds of 18 or 15 x rows of bytes less '0' that are digits (the 18th may be X)."""
    if len(digits) == 15:
        kinds = np.full(digits.shape[1], _CODE["valid15"], dtype=np.uint8)
        kinds[~real_dates(with_century(digits))] = _CODE["bad_date"]
    else:
        kinds = np.full(digits.shape[1], _CODE["valid18"], dtype=np.uint8)
        kinds[(digits[0] == 8) & (digits[1] >= 1) & (digits[1] <= 3)] = _CODE["permit"]
        fails = ~check_holds(digits)
        kinds[fails] = _CODE["check_failed"]
        kinds[~real_dates(digits)] = _CODE["bad_date"]
        kinds[fails & (digits[15] == 0) & (digits[16] == 0) & (digits[17] == 0)] = _CODE[
            "tail_lost"
        ]
    kinds[_repeats(digits)] = _CODE["placeholder"]
    return kinds


def _fill(kinds: npt.NDArray[np.uint8], texts: pl.Series, rows: npt.NDArray[np.integer]) -> None:
    """Write the kinds of texts of the two shapes at their `rows`; leaves the others."""
    length = texts.str.len_bytes()
    for width in _WIDTHS:
        here = (length == width).arg_true()
        if not len(here):
            continue
        digits = columns_of(texts.gather(here), width)
        plain = (digits[:-1] < 10).all(axis=0)
        plain &= (digits[-1] < 10) | ((width == 18) & (digits[-1] == _X))
        kinds[rows[here.to_numpy()[plain]]] = _kinds_of_digits(digits[:, plain])


def _other_kind(text: pl.Expr, masked: pl.Expr) -> pl.Expr:
    """Kind code of a text in normal form that has neither shape."""
    length = text.str.len_bytes()
    same = text.str.contains(r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|\*+|#+|-+|\?+)X?$")
    choices = [
        (text.is_null() | (text == ""), "missing"),
        (text.is_in(_NOTHING) | same | text.str.contains(_SEQUENCE), "placeholder"),
        (masked, "masked"),
        (text.str.contains(r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}$"), "scientific"),
        (text.str.contains(_PERMIT), "permit"),
        (text.str.contains("^[0-9]+X?$") & (length < 18), "short"),
        (text.str.contains("^[0-9]+X?$"), "long"),
    ]
    kind = pl.lit(_CODE["text"])
    for holds, name in reversed(choices):
        kind = pl.when(holds).then(pl.lit(_CODE[name])).otherwise(kind)
    return kind.cast(pl.UInt8)


def number_kinds(numbers: pl.Series) -> pl.Series:
    """Kind of each document number.

    Args:
        numbers: String series as sent or in normal form; nulls allowed.

    Returns:
        Series of NUMBER_KINDS (Enum) of the same length, without nulls. A filler that happens to hold (111111111111111) is a
        `placeholder` here although it has a key; do not join by such a key.
    """
    numbers = numbers.cast(pl.String)
    unknown = np.uint8(len(NUMBER_KINDS))
    kinds = np.full(len(numbers), unknown, dtype=np.uint8)
    _fill(kinds, numbers, np.arange(len(numbers)))
    rows = np.flatnonzero(kinds == unknown)
    if len(rows):
        rest = numbers.gather(rows)
        plain = pl.DataFrame({"text": rest}).select(normal_number(pl.col("text")))["text"]
        _fill(kinds, plain, rows)
        left = np.flatnonzero(kinds[rows] == unknown)
        frame = pl.DataFrame({"text": plain.gather(left)})
        masked = plain_mask(pl.col("text")).is_not_null()
        found = frame.select(_other_kind(pl.col("text"), masked).alias("kind"))["kind"]
        kinds[rows[left]] = found.to_numpy()
    names = pl.Series(NUMBER_KINDS, dtype=_KIND)
    return names.gather(pl.Series(kinds)).alias(numbers.name)
