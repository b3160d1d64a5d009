"""Which noise channel hits which row: at most one of a field's channels a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.linkage.rates import CEILING, Rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthetic.draws import Array


class Channels:
    """One field's channel per row: 0 for none, else one more than the position in `names`."""

    def __init__(self, count: int, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.hit = np.zeros(count, dtype=np.int8)

    def draw(
        self, rng: np.random.Generator, rows: Array, *, names: Sequence[str], rates: Rates
    ) -> None:
        """Let some of the rows be hit by one of these channels, each by its chance."""
        chances = np.array([getattr(rates, name) for name in names])
        steps = np.cumsum(chances * min(1.0, CEILING / max(chances.sum(), CEILING)))
        found = np.searchsorted(steps, rng.random(len(rows)), side="right")
        codes = np.array([*(self.names.index(name) + 1 for name in names), 0], dtype=np.int8)
        self.hit[rows] = codes[found]

    def rows(self, name: str) -> Array:
        """The rows that a channel hits, in order."""
        return np.flatnonzero(self.hit == self.names.index(name) + 1)

    def drop(self, rows: Array) -> None:
        """These rows carry no noise after all: the channel does not apply or changes nothing."""
        self.hit[rows] = 0

    def texts(self) -> pl.Series:
        """The channel's name per row, "" for none."""
        return pl.Series(["", *self.names]).gather(self.hit.astype(np.uint32))


class Column:
    """A text column whose rows are replaced piece by piece and put together once."""

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self._rows: list[Array] = []
        self._pieces: list[pl.Series] = []

    def put(self, rows: Array, texts: pl.Series) -> None:
        """Other texts at these rows."""
        if len(rows):
            self._rows.append(rows)
            self._pieces.append(texts.rename("text"))

    def done(self) -> pl.Series:
        """The column with all its replacements."""
        if not self._rows:
            return self.texts
        at = np.arange(len(self.texts))
        rows = np.concatenate(self._rows)
        at[rows] = len(at) + np.arange(len(rows))
        return pl.concat([self.texts.rename("text"), *self._pieces]).gather(at)
