"""Seeded draws over whole columns: choices, chances, amounts, days and repeated ranges.

Only ways of drawing live here; what is drawn and why belongs to the subjects. Amounts are integers
in fen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[Any]


def choose(
    rng: np.random.Generator, options: Sequence[str], *, count: int, weights: Sequence[float] = ()
) -> pl.Series:
    """`count` draws of the options, even or weighted (weights are scaled to 1)."""
    return pl.Series(list(options), dtype=pl.String).gather(
        choose_index(rng, len(options), count=count, weights=weights)
    )


def choose_index(
    rng: np.random.Generator, options: int, *, count: int, weights: Sequence[float] = ()
) -> Array:
    """`count` positions below `options`, even or weighted."""
    if not weights:
        return rng.integers(0, options, count)
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Array = np.searchsorted(steps / steps[-1], rng.random(count), side="right")
    return found.clip(0, options - 1)


def happens(rng: np.random.Generator, count: int, *, chance: float | Array) -> Array:
    """Boolean per row: a draw below its chance."""
    drawn: Array = rng.random(count) < chance
    return drawn


def sample(rng: np.random.Generator, pool: Array, *, count: int) -> Array:
    """Up to `count` distinct members of the pool, in ascending order."""
    taken: Array = np.sort(rng.permutation(pool)[: max(0, count)])
    return taken


def amounts(rng: np.random.Generator, median: float | Array, *, spread: float, count: int) -> Array:
    """Lognormal amounts in fen around a median in yuan."""
    fen = np.exp(rng.normal(0.0, spread, count)) * np.asarray(median, dtype=np.float64) * 100
    whole: Array = np.rint(fen).astype(np.int64)
    return whole


def whole_yuan(fen: Array) -> Array:
    """Fen rounded down to whole yuan."""
    return fen // 100 * 100


def days_before(
    rng: np.random.Generator, day: np.datetime64, *, least: int, most: int, count: int
) -> Array:
    """Days between `most` and `least` days before `day`."""
    days: Array = day - rng.integers(least, most + 1, count)
    return days


def spread_ranges(starts: Array, lengths: Array) -> tuple[Array, Array]:
    """For ranges given by start and length: the owner and the member of every element."""
    owner = np.repeat(np.arange(len(starts)), lengths)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return owner, starts[owner] + offset


def blank_where(mask: Array, days: Array) -> Array:
    """The same days with NaT where the mask holds."""
    return np.where(mask, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))


def codes(prefix: str, values: Array, *, width: int) -> pl.Series:
    """Identifiers: prefix and the zero-filled value."""
    return prefix + pl.Series(values.astype(np.int64)).cast(pl.String).str.zfill(width)
