"""Names as codes of syllables, one code a syllable, padded with 0 behind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import polars as pl

from household.identity.sounds import WILDCARD, sounds

if TYPE_CHECKING:
    import numpy.typing as npt


WILD = 1
"""Code of a syllable that nobody could write: it agrees with every other."""


def syllable_codes(
    normal: pl.Series, width: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Codes of the syllables of names, and how many there are (at most `width`).

    Equal syllables have equal codes, in every process: a code is a checksum of the letters.
    """
    heard = sounds(normal).fill_null("").str.split(" ").list.head(width)
    lengths = heard.list.len().cast(pl.Int64).to_numpy().copy()
    flat = heard.explode()
    distinct = flat.unique()
    codes = {
        s: WILD if s == WILDCARD else 2 + crc32(s.encode()) % 0xFFFFFFF0 for s in distinct if s
    }
    codes[""] = 0
    numbers = flat.replace_strict(codes, return_dtype=pl.UInt32).to_numpy()
    rows = np.repeat(np.arange(len(normal)), lengths)
    places = np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    matrix = np.zeros((len(normal), width), dtype=np.uint32)
    matrix[rows, places] = numbers
    return matrix, (matrix != 0).sum(axis=1)
