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
Flags = npt.NDArray[np.bool_]

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
CHECK_DIGITS = "10X98765432"
_POWERS = 10 ** np.arange(16, -1, -1, dtype=np.int64)
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)


def check_digit(first17: str) -> str:
    """The 18th character that GB 11643 gives to 17 digits."""
    total = sum(int(c) * int(w) for c, w in zip(first17, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def normal_number(expr: pl.Expr) -> pl.Expr:
    """Comparable text of a document number: NFKC, upper case, no white space, quotes or apostrophes."""
    return expr.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s'`]+", "")


def _digits(texts: pl.Series, width: int) -> Codes:
    """Rows x width array of character codes less '0'; every text must be `width` ASCII bytes long."""
    joined = texts.str.join("").item() or ""
    codes = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).astype(np.int64)
    return codes.reshape(-1, width) - 48


def _real_dates(digits: Codes) -> Flags:
    """Which rows hold an existing calendar date at positions 6 to 13."""
    year = digits[:, 6] * 1000 + digits[:, 7] * 100 + digits[:, 8] * 10 + digits[:, 9]
    month = digits[:, 10] * 10 + digits[:, 11]
    day = digits[:, 12] * 10 + digits[:, 13]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    month_ok = (month >= 1) & (month <= 12)
    last = _MONTH_DAYS[np.where(month_ok, month, 0)] - ((month == 2) & ~leap)
    real: Flags = month_ok & (year > 0) & (day >= 1) & (day <= last)
    return real


def _keys_of(texts: pl.Series, width: int) -> Codes:
    """Keys (0 where invalid) of normal texts of 18 or 15 characters, shape already checked by pattern."""
    digits = _digits(texts, width)
    if width == 15:
        century = np.tile(np.array([1, 9], dtype=np.int64), (len(digits), 1))
        digits = np.concatenate([digits[:, :6], century, digits[:, 6:]], axis=1)
        valid = _real_dates(digits)
    else:
        expected = (digits[:, :17] @ WEIGHTS) % 11
        given = np.where(digits[:, 17] == ord("X") - 48, 10, digits[:, 17])
        valid = ((12 - expected) % 11 == given) & _real_dates(digits)
    return np.where(valid, digits[:, :17] @ _POWERS, 0)


def number_keys(numbers: pl.Series) -> pl.Series:
    """Identity keys of document numbers.

    Args:
        numbers: String series as sent or in normal form; nulls allowed.

    Returns:
        Int64 series of the same length: the first 17 digits of the valid 18-digit number, else null.
    """
    frame = pl.DataFrame({"text": numbers}).with_row_index("row")
    plain = pl.col("text").str.contains(r"^[0-9]{17}[0-9X]$|^[0-9]{15}$")
    frame = frame.with_columns(
        pl.when(plain.not_()).then(normal_number(pl.col("text"))).otherwise("text").alias("text")
    )
    keys = np.zeros(len(frame), dtype=np.int64)
    for width, pattern in ((18, r"^[0-9]{17}[0-9X]$"), (15, r"^[0-9]{15}$")):
        part = frame.filter(pl.col("text").str.contains(pattern))
        if len(part):
            keys[part["row"].to_numpy()] = _keys_of(part["text"], width)
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
