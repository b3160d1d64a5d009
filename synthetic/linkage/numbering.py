"""How resident numbers come out of a register: damaged, masked, missing, in other forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic.linkage.channels import Channels, Column
from synthetic.linkage.population import relatives
from synthetic.misnumbering import FULL_WIDTH
from synthetic.mistyping import (
    doubled_digit,
    dropped_digit,
    masked,
    other_x,
    placeholders,
    spaced,
    swapped_digits,
    tail_lost,
    wrong_digit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from synthetic.draws import Array
    from synthetic.linkage.population import Population
    from synthetic.linkage.rates import Rates

CHANNELS = (
    "number_missing",
    "placeholder",
    "masked",
    "digit_wrong",
    "digits_swapped",
    "digit_dropped",
    "digit_doubled",
    "tail_lost",
    "other_persons_number",
    "fifteen_digits",
    "x_form",
    "full_width",
    "spaces_in_number",
)
HARD = CHANNELS[:9]
"""Channels after which the cleaned number is not the person's own."""
LAST_OF_OLD_GENERATION = 27
"""Who is younger than this never had a 15-digit number (issued until 1999)."""


def sent_numbers(
    rng: np.random.Generator, population: Population, person: Array, *, rates: Rates
) -> tuple[pl.Series, Channels]:
    """Numbers as the register holds them, for the true person of each row, and what hit them."""
    true = population.number.gather(person)
    channels = Channels(len(person), CHANNELS)
    channels.draw(rng, np.arange(len(person)), names=CHANNELS, rates=rates)
    old = channels.rows("fifteen_digits")
    channels.drop(old[population.age[person[old]] < LAST_OF_OLD_GENERATION])
    ends = channels.rows("x_form")
    channels.drop(ends[~true.gather(ends).str.ends_with("X").to_numpy()])
    column = Column(true)
    for channel in CHANNELS:
        rows = channels.rows(channel)
        if not len(rows):
            continue
        sent = true.gather(rows)
        if channel == "other_persons_number":
            sent = population.number.gather(_others(rng, population, person[rows]))
        else:
            sent = _damaged(rng, sent, channel=channel)
        column.put(rows, sent)
    return column.done(), channels


def _others(rng: np.random.Generator, population: Population, person: Array) -> Array:
    """Whose number stands there: half of the time a relative's, else anybody's."""
    anybody = (person + rng.integers(1, len(population), len(person))) % len(population)
    kin = relatives(rng, population, person)
    return np.where(rng.random(len(person)) < 0.5, kin, anybody)


def _damaged(rng: np.random.Generator, sent: pl.Series, *, channel: str) -> pl.Series:
    """What one channel makes of whole 18-character numbers."""
    match channel:
        case "number_missing":
            return sent.clear(len(sent))
        case "fifteen_digits":
            return sent.str.slice(0, 6) + sent.str.slice(8, 9)
        case "full_width":
            return sent.str.replace_many(FULL_WIDTH)
        case _:
            return _SLIPS[channel](rng, sent)


_SLIPS: dict[str, Callable[[np.random.Generator, pl.Series], pl.Series]] = {
    "placeholder": placeholders,
    "masked": masked,
    "digit_wrong": wrong_digit,
    "digits_swapped": swapped_digits,
    "digit_dropped": dropped_digit,
    "digit_doubled": doubled_digit,
    "tail_lost": tail_lost,
    "x_form": other_x,
    "spaces_in_number": spaced,
}
