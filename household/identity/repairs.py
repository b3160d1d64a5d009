"""Repairs of damaged identity numbers: what a number could have been. They are offered to the linkage and to clerks, never applied.

MOD 11-2 (ISO 7064, GB 11643-1999) can be solved: its weights are invertible modulo 11, so at each of the 17 places at most one
other digit makes the check hold. No list of numbers is scanned. A candidate must hold a real date of 1880 to 2100.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from household.identity.numbers import (
    WEIGHTS,
    columns_of,
    normal_number,
)

Ints = npt.NDArray[np.int64]

REPAIR_KINDS = ("digit", "transposition", "check", "dropped", "doubled", "extra")
"""What would have happened: one digit misread or mistyped, two neighbours changed about, the check character wrong, one
character left out, one typed twice, one foreign character too many."""

_KIND = pl.Enum(REPAIR_KINDS)
_EIGHTEEN = np.append(WEIGHTS, 1)
"""Weights of all 18 characters: a number holds when its weighted sum is 1 modulo 11."""
_INVERSE = np.array([0, 1, 6, 4, 3, 9, 2, 8, 7, 5, 10], dtype=np.int64)
_TENS = 10 ** np.arange(16, -1, -1, dtype=np.int64)
_DAYS = np.isin(
    np.arange(10_000),
    [
        month * 100 + day
        for month, last in enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1)
        for day in range(1, last + 1)
    ],
)
"""Which four digits are a month and a day of a leap year."""
_EARLIEST, _LATEST = 1880, 2100
_X = ord("X") - ord("0")
_SHAPES = {
    18: r"^[0-9A-Z]{17}[0-9X]$",
    17: r"^[0-9]{16}[0-9X]$",
    19: r"^[0-9]{18}[0-9X]$",
    15: r"^[0-9]{15}$",
}


def _values(texts: pl.Series, width: int) -> Ints:
    """Width x rows values: digits as they are, a final X 10, any other letter 11 and above."""
    values = columns_of(texts, width).astype(np.int64)
    values[-1] = np.where(values[-1] == _X, 10, values[-1])
    return values


def _written(digits: Ints) -> Ints:
    """The integers that columns of digits write; what is no digit counts as nought."""
    number = np.zeros(digits.shape[1], dtype=np.int64)
    for column in digits:
        number = number * 10 + np.where(column > 9, 0, column)
    return number


def _born(keys: Ints) -> npt.NDArray[np.bool_]:
    """Which keys hold a real date of the years _EARLIEST to _LATEST."""
    day = keys // 1000 % 100_000_000
    year, month_day = day // 10_000, day % 10_000
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    real: npt.NDArray[np.bool_] = (year >= _EARLIEST) & (year <= _LATEST)
    real &= _DAYS[month_day] & (leap | (month_day != 229))
    return real


class _Offers:
    """Collects candidates: which text, which key, what happened, at which place (1 to 18)."""

    def __init__(self) -> None:
        self.frames: list[pl.DataFrame] = []

    def add(self, rows: Ints, keys: Ints, kind: str, *, place: int) -> None:
        """Keep the candidates with a real date."""
        keep = _born(keys)
        if not keep.any():
            return
        self.frames.append(
            pl.DataFrame({"row": rows[keep].astype(np.uint32), "key": keys[keep]}).with_columns(
                pl.lit(kind, dtype=_KIND).alias("kind"),
                pl.lit(place, dtype=pl.UInt8).alias("place"),
            )
        )


def _repair_eighteen(rows: Ints, values: Ints, offers: _Offers) -> None:
    """One digit, one letter in the place of a digit, two neighbours, or the check character."""
    letters = (values[:17] > 9).sum(axis=0)
    some = letters < 2
    rows, values, letters = rows[some], values[:, some], letters[some]
    digits = np.where(values > 10, 0, values)
    digits[:17] = np.where(values[:17] > 9, 0, values[:17])
    # a letter holds no value: it counts as nought, and its digit is what is lacking
    lacking = (1 - _EIGHTEEN @ digits) % 11
    keys = _written(digits[:17])
    whole = (letters == 0) & (lacking > 0)
    for place in range(17):
        solved = (digits[place] + lacking * _INVERSE[WEIGHTS[place] % 11]) % 11
        may = (whole | (values[place] > 9)) & (solved < 10)
        changed = (solved - digits[place])[may] * _TENS[place]
        offers.add(rows[may], keys[may] + changed, "digit", place=place + 1)
    offers.add(rows[whole], keys[whole], "check", place=18)
    for place in range(17):
        apart = digits[place + 1] - digits[place]
        gained = apart * (_EIGHTEEN[place] - _EIGHTEEN[place + 1])
        may = whole & ((gained - lacking) % 11 == 0) & (digits[place + 1] < 10)
        changed = apart[may] * (_TENS[place] - (_TENS[place + 1] if place < 16 else 0))
        offers.add(rows[may], keys[may] + changed, "transposition", place=place + 1)
    # a check character X that stands one place too early
    total = _EIGHTEEN[:16] @ digits[:16] + WEIGHTS[16] * values[17] + 10
    early = (letters == 1) & (values[16] == _X) & (values[17] < 10) & (total % 11 == 1)
    early &= lacking * _INVERSE[WEIGHTS[16] % 11] % 11 != values[17]  # offered as a digit already
    changed = values[17, early]
    offers.add(rows[early], keys[early] + changed, "transposition", place=17)


def _repair_seventeen(rows: Ints, values: Ints, offers: _Offers) -> None:
    """One character was left out: every place where it may have stood, with the one digit that makes the check hold."""
    whole = (
        values[16] < 10
    )  # an X at the end is a check character: it is not the one that is missing
    offers.add(rows[whole], _written(values[:, whole]), "dropped", place=18)
    known = _written(values[:16])
    before = np.zeros(len(rows), dtype=np.int64)
    after = WEIGHTS[1:] @ values[:16]
    for place in range(17):
        lacking = (1 - before - after - values[16]) % 11
        solved = lacking * _INVERSE[WEIGHTS[place] % 11] % 11
        may = solved < 10
        unit = _TENS[place]
        head, tail = known[may] // unit, known[may] % unit
        offers.add(rows[may], (head * 10 + solved[may]) * unit + tail, "dropped", place=place + 1)
        if place < 16:
            before = before + WEIGHTS[place] * values[place]
            after = after - WEIGHTS[place + 1] * values[place]


def _repair_nineteen(rows: Ints, values: Ints, offers: _Offers) -> None:
    """One character too many: every place whose removal makes the check hold."""
    known = _written(values[:18])
    for place in range(19):
        left = np.delete(values, place, axis=0)
        holds = (left[:17] < 10).all(axis=0) & (_EIGHTEEN @ left % 11 == 1)
        if not holds.any():
            continue
        twice = holds & (place > 0) & (values[max(place - 1, 0)] == values[place])
        unit = 10 ** max(17 - place, 0)
        keys = known // (unit * 10) * unit + known % unit
        offers.add(rows[twice], keys[twice], "doubled", place=place + 1)
        offers.add(rows[holds & ~twice], keys[holds & ~twice], "extra", place=place + 1)


def _repair_fifteen(rows: Ints, values: Ints, offers: _Offers) -> None:
    """A first-generation number with an impossible date: one digit of the date, or two neighbours in it."""
    century = np.repeat(np.array([[1], [9]], dtype=np.int64), len(rows), axis=1)
    digits = np.concatenate([values[:6], century, values[6:]])
    keys = _written(digits)
    damaged = ~_born(keys)
    rows, digits, keys = rows[damaged], digits[:, damaged], keys[damaged]
    for place in range(8, 14):
        for digit in range(10):
            changed = (digit - digits[place]) * _TENS[place]
            offers.add(rows, keys + changed, "digit", place=place - 1)
    for place in range(8, 13):
        apart = digits[place + 1] - digits[place]
        changed = apart * (_TENS[place] - _TENS[place + 1])
        offers.add(rows, keys + changed, "transposition", place=place - 1)


def _each_once(found: pl.DataFrame) -> pl.DataFrame:
    """Candidates reached in several ways (one of equal neighbours dropped or doubled) once: the likelier kind, the left place."""
    return found.sort("kind", "place", "row", "key").unique(
        ["row", "key"], keep="first", maintain_order=True
    )


_ONE_WAY = (18, 15)
"""Lengths at which no candidate can be reached in two ways."""
_REPAIRERS = {
    18: _repair_eighteen,
    17: _repair_seventeen,
    19: _repair_nineteen,
    15: _repair_fifteen,
}


def repairs(numbers: pl.Series) -> pl.DataFrame:
    """Valid numbers from which damaged texts can have come by one slip.

    Args:
        numbers: String series as sent; nulls and texts of any other shape allowed, and without repairs.

    Returns:
        One line for each text and candidate, in an order of its own, always the same: `row` (UInt32, place in the series), `key`
        (Int64, identity key of the candidate), `kind` (Enum of REPAIR_KINDS), `place` (UInt8, from 1: the first character of the text
        as sent that is wrong; where one was dropped, the place at which it is missing). A valid number has none. A number
        whose check holds although its date cannot be has none either: it takes two slips. One line for a key reached in
        several ways: the first kind in the order of REPAIR_KINDS, the leftmost place.
    """
    frame = pl.DataFrame({"text": numbers.cast(pl.String)}).with_row_index("row").drop_nulls()
    frame = frame.with_columns(normal_number(pl.col("text")))
    schema = {"row": pl.UInt32(), "key": pl.Int64(), "kind": _KIND, "place": pl.UInt8()}
    parts = [pl.DataFrame(schema=schema)]
    for width, shape in _SHAPES.items():
        fits = (pl.col("text").str.len_bytes() == width) & pl.col("text").str.contains(shape)
        part = frame.filter(fits)
        if not len(part):
            continue
        offers = _Offers()
        _REPAIRERS[width](
            part["row"].to_numpy().astype(np.int64), _values(part["text"], width), offers
        )
        found = pl.concat([parts[0], *offers.frames])
        parts.append(found if width in _ONE_WAY else _each_once(found))
    return pl.concat(parts)
