"""Citizen identity numbers (GB 11643-1999): normal form, check digit, and the identity key.

The identity key is the first 17 digits of a valid 18-digit number as an integer; the check digit follows from them, so the
key names the number exactly, joins as an Int64, and is null for whatever is not a valid number. A 15-digit number of the
first generation is upgraded by the century 19 and its check digit (ISO 7064 MOD 11-2). Nothing is repaired.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.int64]
Columns = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CHECK_DIGITS = "10X98765432"
_X = ord("X") - ord("0")
_DRESSED = r"[^0-9X*]"
"""Signs that the normal form changes or leaves out; a text without them is in normal form."""
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int16)


def check_digit(first17: str) -> str:
    """The 18th character that GB 11643 gives to 17 digits."""
    total = sum(int(c) * int(w) for c, w in zip(first17, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def normal_number(expr: pl.Expr) -> pl.Expr:
    """Comparable text of a document number: NFKC, upper case, no white space, quotes or apostrophes."""
    return expr.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s'`]+", "")


def columns_of(texts: pl.Series, width: int) -> Columns:
    """Width x rows array of bytes less '0'; every text must be `width` bytes long. A byte below '0' wraps to a high value."""
    joined = (texts.str.join("").item() or "").encode()
    codes = np.frombuffer(joined, dtype=np.uint8).reshape(-1, width)
    return np.ascontiguousarray(codes.T) - np.uint8(48)


def real_dates(digits: npt.NDArray[np.integer]) -> Flags:
    """Which rows of digits (14 or more x rows) hold an existing calendar date at positions 6 to 13."""
    wide = digits[6:14].astype(np.int16)
    year = wide[0] * 1000 + wide[1] * 100 + wide[2] * 10 + wide[3]
    month = wide[4] * 10 + wide[5]
    day = wide[6] * 10 + wide[7]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    month_ok = (month >= 1) & (month <= 12)
    last = _MONTH_DAYS[np.where(month_ok, month, 0)] - ((month == 2) & ~leap)
    real: Flags = month_ok & (year > 0) & (day >= 1) & (day <= last)
    return real


def keys_of_digits(digits: npt.NDArray[np.integer]) -> Codes:
    """The integers that 17 x rows of digits write."""
    key = np.zeros(digits.shape[1], dtype=np.int64)
    for column in digits[:17]:
        key *= 10
        key += column
    return key


def check_holds(digits: Columns) -> Flags:
    """Which of 18 x rows of bytes less '0' hold by MOD 11-2; the last may be X."""
    total = np.where(digits[17] == _X, 10, digits[17]).astype(np.int32)
    for column, weight in zip(digits[:17], WEIGHTS, strict=True):
        total += column * np.int32(weight)
    holds: Flags = total % 11 == 1
    return holds


def with_century(digits: Columns) -> Columns:
    """18-character places for 15 x rows: the century 19 before the year; 17 rows come back."""
    rows = digits.shape[1]
    century = np.repeat(np.array([[1], [9]], dtype=np.uint8), rows, axis=1)
    return np.concatenate([digits[:6], century, digits[6:]])


def _keys_of(texts: pl.Series, width: int) -> Codes:
    """Keys (0 where invalid) of texts of 18 or 15 bytes."""
    digits = columns_of(texts, width)
    if width == 15:
        plain = (digits < 10).all(axis=0)
        digits = with_century(digits)
        valid = plain & real_dates(digits)
    else:
        plain = (digits[:17] < 10).all(axis=0) & ((digits[17] < 10) | (digits[17] == _X))
        valid = plain & check_holds(digits) & real_dates(digits)
    return np.where(valid, keys_of_digits(digits), 0)


def _fill_keys(keys: Codes, texts: pl.Series, rows: Codes) -> None:
    """Write the keys of valid texts into `keys` at their `rows`; null texts have none."""
    length = texts.str.len_bytes()
    for width in (18, 15):
        here = (length == width).arg_true()
        if len(here):
            keys[rows[here.to_numpy()]] = _keys_of(texts.gather(here), width)


def number_keys(numbers: pl.Series) -> pl.Series:
    """Identity keys of document numbers.

    Args:
        numbers: String series as sent or in normal form; nulls allowed.

    Returns:
        Int64 series of the same length: the first 17 digits of the valid 18-digit number, else null.
    """
    keys = np.zeros(len(numbers), dtype=np.int64)
    numbers = numbers.cast(pl.String)
    _fill_keys(keys, numbers, np.arange(len(numbers)))
    # what has no key as it stands may have one in its normal form; few do, and only they pay for it
    rows = np.flatnonzero(keys == 0)
    dressed = numbers.gather(rows).str.contains(_DRESSED).fill_null(value=False)
    rows = rows[dressed.to_numpy()]
    if len(rows):
        plain = pl.DataFrame({"text": numbers.gather(rows)}).select(normal_number(pl.col("text")))
        _fill_keys(keys, plain["text"], rows)
    return pl.Series(numbers.name, keys, dtype=pl.Int64).replace(0, None)


def key_birth(key: pl.Expr) -> pl.Expr:
    """Date of birth inside an identity key."""
    ymd = (key // 1000) % 100_000_000
    return pl.date(ymd // 10_000, (ymd // 100) % 100, ymd % 100)


def key_sex(key: pl.Expr) -> pl.Expr:
    """Sex inside an identity key: odd 17th digit 男, even 女."""
    return pl.when(key % 2 == 1).then(pl.lit("男")).when(key % 2 == 0).then(pl.lit("女"))


def number_of_key(key: int) -> str:
    """The 18-character number that a key stands for."""
    first17 = f"{key:017d}"
    return first17 + check_digit(first17)


def number_text(key: pl.Expr) -> pl.Expr:
    """The 18-character numbers that keys stand for."""
    total = (
        pl.sum_horizontal((key // 10 ** (16 - i)) % 10 * int(w) for i, w in enumerate(WEIGHTS)) % 11
    )
    check = total.replace_strict(
        dict(enumerate(CHECK_DIGITS)), return_dtype=pl.String, default=None
    )
    return pl.concat_str(key.cast(pl.String).str.zfill(17), check)


def age_on(birth: pl.Expr, day: date | pl.Expr) -> pl.Expr:
    """Completed years of life on a day."""
    on = pl.lit(day) if isinstance(day, date) else day
    before = (on.dt.month() < birth.dt.month()) | (
        (on.dt.month() == birth.dt.month()) & (on.dt.day() < birth.dt.day())
    )
    return (on.dt.year() - birth.dt.year() - before.cast(pl.Int32)).cast(pl.Int32)
