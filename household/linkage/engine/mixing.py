"""One whole number for a text or for a row of codes, so that blocks are joins of integers. 0 means: nothing there.

Values are comparable within one process only: nothing that is kept holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import polars as pl

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_PLACES = np.array(
    [(0xD1342543DE82EF95 ** (i + 1)) % 2**64 | 1 for i in range(64)], dtype=np.uint64
)


def coded(values: pl.Series) -> npt.NDArray[Any]:
    """Whole numbers as codes: null is 0, nothing there."""
    return values.fill_null(0).to_numpy()


def mixed(columns: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """A number for each row of codes; rows whose first code is 0 have 0."""
    total = columns.astype(np.uint64) @ _PLACES[: columns.shape[1]]
    total ^= total >> _SHIFT
    total *= _FACTOR
    total ^= total >> _SHIFT
    return np.where(columns[:, 0] != 0, total.view(np.int64), 0)


def joined(parts: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """A number for each combination of forms; 0 where one of them is 0."""
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    there = np.ones(len(parts[0]), dtype=bool)
    for part in parts:
        total = (total ^ part.view(np.uint64)) * _FACTOR
        total ^= total >> _SHIFT
        there &= part != 0
    return np.where(there, total.view(np.int64), 0)


def hashed(texts: pl.Series) -> npt.NDArray[np.int64]:
    """A number for each text, 0 for null."""
    told = texts.is_not_null().to_numpy()
    return np.where(told, texts.hash(seed=3).to_numpy().view(np.int64), 0)
