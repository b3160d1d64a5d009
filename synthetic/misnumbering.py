"""How resident numbers get damaged between a register and an extract, a channel each.

On whole columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, happens
from synthetic.mistyping import (
    doubled_digit,
    dropped_digit,
    masked,
    other_x,
    placeholders,
    tail_cut,
)

if TYPE_CHECKING:
    from synthetic.people import People
    from synthetic.rates import NoiseRates

FULL_WIDTH = {str(d): chr(0xFF10 + d) for d in range(10)} | {"X": "Ｘ"}
Spoiled = list[tuple[str, Array]]


def damage_numbers(
    rng: np.random.Generator,
    people: People,
    *,
    numbers: pl.Series,
    person: Array,
    rates: NoiseRates,
) -> tuple[pl.Series, Spoiled]:
    """Numbers with noise, and the rows that each channel touched (a row at most once).

    `person` is the true person per row, -1 where the row's identity must stay clean. Only whole
    18-character numbers change.
    """
    whole = (numbers.str.len_chars() == 18) & ~numbers.str.contains("*", literal=True)
    free = whole.fill_null(value=False).to_numpy() & (person >= 0)
    result = numbers.clone()
    touched: Spoiled = []
    # a stream of its own for the later channels: the draws of the older ones stay what they were
    later = rng.spawn(1)[0]
    steps = [(rng, step) for step in _channels(rng, people, rates=rates)]
    steps += [(later, step) for step in _later_channels(later, rates=rates)]
    for stream, (channel, chance, applies, change) in steps:
        rows = np.flatnonzero(free & happens(stream, len(numbers), chance=chance))
        if not len(rows):
            continue
        sent = numbers.gather(rows)
        fits = _fits(people, applies, sent=sent, person=person[rows])
        rows, sent = rows[fits], sent.filter(pl.Series(fits))
        if not len(rows):
            continue
        result = result.scatter(rows, change(sent, person[rows]))
        free[rows] = False
        touched.append((channel, rows))
    return result, touched


Change = Callable[[pl.Series, Array], pl.Series]


def _channels(
    rng: np.random.Generator, people: People, *, rates: NoiseRates
) -> tuple[tuple[str, float, str, Change], ...]:
    """Channel, chance, to which numbers it applies (see `_fits`).

    And what it does to number and person.
    """

    def anybody(sent: pl.Series, _: Array) -> pl.Series:
        return people.number.gather(rng.integers(0, len(people), len(sent)))

    def parts(sent: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
        return sent.str.slice(0, 6), sent.str.slice(6, 8), sent.str.slice(14)

    def spaced(sent: pl.Series, _: Array) -> pl.Series:
        area, birth, rest = parts(sent)
        return area + " " + birth + " " + rest

    def unseen(sent: pl.Series, _: Array) -> pl.Series:
        area, _birth, rest = parts(sent)
        return area + "********" + rest

    def former(_: pl.Series, person: Array) -> pl.Series:
        return people.former_number.gather(person)

    def fifteen(sent: pl.Series, _: Array) -> pl.Series:
        return sent.str.slice(0, 6) + sent.str.slice(8, 9)

    def scientific(sent: pl.Series, _: Array) -> pl.Series:
        return sent.str.slice(0, 1) + "." + sent.str.slice(1, 5) + "E+17"

    return (
        ("former_number", rates.former_number, "renumbered", former),
        ("digit_wrong", rates.digit_wrong, "all", lambda s, _: wrong_digit(rng, s)),
        ("digits_swapped", rates.digits_swapped, "all", lambda s, _: swapped_digits(rng, s)),
        ("fifteen_digits", rates.fifteen_digits, "old", fifteen),
        ("lower_x", rates.lower_x, "x", lambda s, _: s.str.to_lowercase()),
        ("full_width", rates.full_width, "all", lambda s, _: s.str.replace_many(FULL_WIDTH)),
        ("spaces_in_number", rates.spaces_in_number, "all", spaced),
        ("number_masked", rates.number_masked, "all", unseen),
        ("scientific", rates.scientific, "all", scientific),
        ("trailing_zeros", rates.trailing_zeros, "all", lambda s, _: s.str.slice(0, 15) + "000"),
        ("other_persons_number", rates.other_persons_number, "all", anybody),
    )  # fmt: skip


def _later_channels(
    rng: np.random.Generator, *, rates: NoiseRates
) -> tuple[tuple[str, float, str, Change], ...]:
    """The same for the slips and habits that the corpus of linkage has too."""
    return (
        ("digit_dropped", rates.digit_dropped, "all", lambda s, _: dropped_digit(rng, s)),
        ("digit_doubled", rates.digit_doubled, "all", lambda s, _: doubled_digit(rng, s)),
        ("tail_cut", rates.tail_cut, "all", lambda s, _: tail_cut(s)),
        ("other_x", rates.other_x, "x", lambda s, _: other_x(rng, s)),
        ("masked_otherwise", rates.masked_otherwise, "all", lambda s, _: masked(rng, s)),
        ("placeholder", rates.placeholder, "all", lambda s, _: placeholders(rng, s)),
    )


def _fits(people: People, kind: str, *, sent: pl.Series, person: Array) -> Array:
    """Which numbers a channel can touch.

    All, those that end in X, the old generation's, those of people with a former one.
    """
    if kind == "x":
        fits = sent.str.ends_with("X")
    elif kind == "renumbered":
        fits = people.former_number.gather(person).is_not_null()
    elif kind == "old":
        fits = (sent.str.slice(6, 2) == "19") & (sent == people.number.gather(person))
    else:
        return np.ones(len(sent), dtype=bool)
    return fits.to_numpy()


def drop_numbers(
    rng: np.random.Generator, numbers: pl.Series, *, person: Array, rates: NoiseRates
) -> tuple[pl.Series, Spoiled]:
    """Numbers of a column that may be empty, some of them left out."""
    gone = numbers.is_not_null().to_numpy() & (person >= 0)
    gone &= happens(rng, len(numbers), chance=rates.number_missing)
    kept = pl.select(pl.when(pl.Series(~gone)).then(numbers).alias("kept"))["kept"]
    return kept, [("number_missing", np.flatnonzero(gone))] if gone.any() else []


def wrong_digit(rng: np.random.Generator, numbers: pl.Series) -> pl.Series:
    """One of the first 17 digits replaced by another: the check digit always notices."""
    digits = _characters(numbers)
    rows = np.arange(len(digits))
    at = rng.integers(6, 17, len(digits))
    digits[rows, at] = (digits[rows, at] - 48 + rng.integers(1, 10, len(digits))) % 10 + 48
    return _texts(digits)


def swapped_digits(rng: np.random.Generator, numbers: pl.Series) -> pl.Series:
    """The first differing neighbours from a drawn place on changed places.

    All equal: one digit is wrong instead.
    """
    digits = _characters(numbers)
    rows = np.arange(len(digits))
    differs = digits[:, 6:16] != digits[:, 7:17]
    differs &= np.arange(10) >= rng.integers(0, 6, len(digits))[:, None]
    at = 6 + differs.argmax(axis=1)
    digits[rows, at], digits[rows, at + 1] = digits[rows, at + 1].copy(), digits[rows, at].copy()
    same = ~differs.any(axis=1)
    digits[rows[same], 16] = (digits[rows[same], 16] - 47) % 10 + 48
    return _texts(digits)


def _characters(numbers: pl.Series) -> Array:
    joined = "".join(numbers.to_list())
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, 18).copy()


def _texts(digits: Array) -> pl.Series:
    return pl.Series(digits.view("S18").ravel().astype("U18"), dtype=pl.String)
