"""Numbers of which some characters are hidden: which places can be seen, whether they agree with a whole number, how much that says.

`990101********1234`, `9901***********234X` and `990101198*******12` have 18 places. A mask of any other length (`9901****1234`)
says how the number begins and ends, not where: it is set against the left and the right edge. A number whose last three digits
a spreadsheet lost (`...000`) can be read as a mask of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from household.identity.numbers import check_holds, columns_of, normal_number, number_text

PLACES = 18
HIDDEN = np.uint8(255)
"""The value of a place that cannot be seen."""

PLACE_BITS = np.array(
    # region: provinces, prefectures and counties of one delivery are few; year: a span of some eighty; month, day: nearly even;
    # serial: even, its last digit by sex; check: even over eleven
    [0.3, 0.3, 0.7, 0.7, 1.5, 1.5, 0.5, 0.5, 2.8, 3.3, 0.8, 2.8, 1.9, 3.0, 3.0, 3.2, 3.3, 3.46]
)
"""Information in bits that each visible place carries among the people of one delivery, roughly. A prior for the linkage model."""

_MASKED = r"^([0-9]{0,17})([*#_?]{2,18}|[X]{3,18})([0-9]{0,17}[0-9X]?)$"
_HIDING = r"[*＊×✱●•#_?？]|[XxＸｘ]{3}"
_BETWEEN = r"^[0-9*]{17}[0-9X*]$"
_X = np.uint8(ord("X") - ord("0"))
_STAR = np.uint8((ord("*") - ord("0")) % 256)


class Masks(NamedTuple):
    """Masked numbers, row by row.

    Attributes:
        places: rows x 18 values 0 to 9, 10 for X, HIDDEN where nothing can be seen.
        masked: which rows are masked numbers; the places of all others are hidden.

    """

    places: npt.NDArray[np.uint8]
    masked: npt.NDArray[np.bool_]


def plain_mask(expr: pl.Expr) -> pl.Expr:
    """Normal form of masked numbers: each sign of hiding a `*`, 18 places where head and tail fit into them; null for others.

    A tail of X's only (`9901XXXXXXXXXXXXXX`) is hidden, one X after digits is a check character.
    """
    text = normal_number(expr).str.replace_all(r"[×✱●•]", "*")
    shaped = text.str.contains(_MASKED)
    head = text.str.extract(_MASKED, 1)
    tail = text.str.extract(_MASKED, 3)
    hidden = pl.lit(PLACES) - head.str.len_bytes() - tail.str.len_bytes()
    filled = pl.concat_str(head, pl.lit("*").repeat_by(hidden.clip(0, PLACES)).list.join(""), tail)
    whole = text.str.contains(_BETWEEN) & text.str.contains("*", literal=True)
    return (
        pl.when(whole)
        .then(text)
        .when(shaped & (hidden >= 2) & ((head != "") | (tail != "")))
        .then(filled)
    )


def _lost_tail(texts: pl.Series) -> pl.Series:
    """Eighteen digits ending in 000 whose check fails, their last three hidden; null for others."""
    frame = texts.to_frame("text").select(normal_number(pl.col("text")))
    shaped = frame["text"].str.contains("^[0-9]{15}000$").fill_null(value=False).arg_true()
    lost = pl.Series("text", [None], dtype=pl.String).extend_constant(None, len(texts))[:-1]
    if not len(shaped):
        return lost
    some = frame["text"].gather(shaped)
    fails = pl.Series(~check_holds(columns_of(some, PLACES)))
    return lost.scatter(shaped.filter(fails), some.filter(fails).str.slice(0, 15) + "***")


def parse_masks(numbers: pl.Series, *, lost_tails: bool = False) -> Masks:
    """Visible places of masked numbers.

    Args:
        numbers: String series as sent; nulls and whole numbers allowed.
        lost_tails: also read 18 digits that end in 000 and fail their check as a number whose last three digits were lost.
    """
    numbers = numbers.cast(pl.String)
    places = np.full((len(numbers), PLACES), HIDDEN, dtype=np.uint8)
    masked = np.zeros(len(numbers), dtype=np.bool_)
    _read_places(numbers, np.arange(len(numbers)), places, masked)
    # most masks stand as they are; a text of another shape is brought into it, if it is a mask at all
    rest = (numbers.str.contains(_HIDING).fill_null(value=False) & pl.Series(~masked)).arg_true()
    plain = numbers.gather(rest).to_frame("number").select(plain_mask(pl.col("number")))["number"]
    _read_places(plain, rest.to_numpy(), places, masked)
    if lost_tails:
        _read_places(_lost_tail(numbers), np.arange(len(numbers)), places, masked)
    return Masks(places, masked)


def _read_places(
    texts: pl.Series,
    rows: npt.NDArray[np.integer],
    places: npt.NDArray[np.uint8],
    masked: npt.NDArray[np.bool_],
) -> None:
    """Write what can be seen of texts of 18 digits and stars into `places` and `masked` at their `rows`."""
    long = (texts.str.len_bytes() == PLACES).arg_true()
    if not len(long):
        return
    seen = columns_of(texts.gather(long), PLACES)
    star = seen == _STAR
    digit = seen < 10
    digit[17] |= seen[17] == _X
    good = (star | digit).all(axis=0) & star.any(axis=0) & digit.any(axis=0)
    here = rows[long.to_numpy()[good]]
    seen = seen[:, good]
    places[here] = np.where(seen == _STAR, HIDDEN, np.where(seen == _X, 10, seen)).T
    masked[here] = True


def places_of_keys(keys: pl.Series) -> npt.NDArray[np.uint8]:
    """Rows x 18 values of whole numbers given by their identity keys; HIDDEN in rows without a key."""
    texts = keys.to_frame("key").select(number_text(pl.col("key")))["key"]
    places = np.full((len(keys), PLACES), HIDDEN, dtype=np.uint8)
    rows = keys.is_not_null().arg_true().to_numpy()
    if len(rows):
        seen = columns_of(texts.drop_nulls(), PLACES).T
        places[rows] = np.where(seen == _X, 10, seen)
    return places


def visible_agree(
    masked: npt.NDArray[np.uint8], whole: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    """Whether all places that can be seen on both sides are equal, and there is one; arrays of rows x 18, row by row."""
    both = (masked != HIDDEN) & (whole != HIDDEN)
    agree: npt.NDArray[np.bool_] = both.any(axis=1) & ~(both & (masked != whole)).any(axis=1)
    return agree


def visible_bits(masked: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Information in bits that the visible places of each row carry (PLACE_BITS)."""
    bits: npt.NDArray[np.float64] = (masked != HIDDEN) @ PLACE_BITS
    return bits
