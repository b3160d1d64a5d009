"""Slips and habits that change a resident number's characters: shared by the county and the corpus.

On whole columns of whole 18-character numbers; who is hit, and how often, is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from synthetic.draws import Array

PLACEHOLDERS = (
    "000000000000000000",
    "111111111111111111",
    "999999999999999999",
    "无",
    "不详",
    "0",
    "-",
)
# visible characters at the head and at the tail, and the sign between them
MASKS = (
    (6, 4, "*"),
    (4, 4, "*"),
    (3, 4, "*"),
    (10, 4, "*"),
    (1, 1, "*"),
    (14, 0, "*"),
    (6, 4, "X"),
)
X_SIGNS = ("x", "Ｘ", "ｘ", "×", "*")


def one_of(rng: np.random.Generator, words: tuple[str, ...], *, count: int) -> pl.Series:
    """`count` draws of the words."""
    return pl.Series(words, dtype=pl.String).gather(rng.integers(0, len(words), count))


def placeholders(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """What is written where a number must stand and none is known."""
    return one_of(rng, PLACEHOLDERS, count=len(sent))


def masked(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """The middle hidden, in one of several styles."""
    style = rng.integers(0, len(MASKS), len(sent))
    result = sent.clone()
    for at, (head, tail, sign) in enumerate(MASKS):
        rows = np.flatnonzero(style == at)
        text = sent.gather(rows)
        hidden = text.str.slice(0, head) + sign * (18 - head - tail) + text.str.slice(18 - tail)
        result = result.scatter(rows, hidden)
    return result


def tail_lost(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """What a spreadsheet leaves of 18 digits, zeros or an exponent; or what a short field does."""
    style = rng.integers(0, 3, len(sent))
    exponent = sent.str.slice(0, 1) + "." + sent.str.slice(1, 5) + "E+17"
    zeros = sent.str.slice(0, 15) + "000"
    rest = exponent.zip_with(pl.Series(style == 1), tail_cut(sent))
    return zeros.zip_with(pl.Series(style == 0), rest)


def tail_cut(sent: pl.Series) -> pl.Series:
    """The last four characters did not fit."""
    return sent.str.slice(0, 14)


def other_x(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """Another sign for the check character X (or for whatever stands there)."""
    return sent.str.slice(0, 17) + one_of(rng, X_SIGNS, count=len(sent))


def spaced(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """Spaces between the parts, or a quote in front that keeps a spreadsheet from counting."""
    parts = sent.str.slice(0, 6) + " " + sent.str.slice(6, 8) + " " + sent.str.slice(14)
    return ("'" + sent).zip_with(pl.Series(rng.random(len(sent)) < 0.4), parts)


def wrong_digit(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """One of the first 17 digits is another: the check digit always notices."""
    digits = characters(sent)
    rows = np.arange(len(digits))
    at = rng.integers(0, 17, len(digits))
    digits[rows, at] = (digits[rows, at] - 48 + rng.integers(1, 10, len(digits))) % 10 + 48
    return texts(digits)


def swapped_digits(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """Two differing neighbours of the first 17 changed places."""
    digits = characters(sent)
    rows = np.arange(len(digits))
    differs = digits[:, :16] != digits[:, 1:17]
    at = (differs * (1 + rng.random((len(digits), 16)))).argmax(axis=1)
    digits[rows, at], digits[rows, at + 1] = digits[rows, at + 1].copy(), digits[rows, at].copy()
    return texts(digits)


def dropped_digit(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """One of the first 17 digits left out: 17 characters."""
    digits, at = characters(sent), rng.integers(0, 17, len(sent))
    place = np.arange(17)
    return texts(digits[np.arange(len(digits))[:, None], place + (place >= at[:, None])])


def doubled_digit(rng: np.random.Generator, sent: pl.Series) -> pl.Series:
    """One of the first 17 digits typed twice: 19 characters."""
    digits, at = characters(sent), rng.integers(0, 17, len(sent))
    place = np.arange(19)
    return texts(digits[np.arange(len(digits))[:, None], place - (place > at[:, None])])


def characters(sent: pl.Series) -> Array:
    """Rows x 18 of character codes."""
    joined = sent.str.join("").item() or ""
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, 18).copy()


def texts(digits: Array) -> pl.Series:
    """Texts of rows of character codes."""
    width = digits.shape[1]
    words = np.ascontiguousarray(digits).view(f"S{width}").ravel().astype(f"U{width}")
    return pl.Series(words, dtype=pl.String)
