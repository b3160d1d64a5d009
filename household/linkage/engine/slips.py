"""Slips of the pen on arrays of character codes: how much of two texts agrees from the front, from the back, and in place.

Texts stand as rows of code arrays padded with 0; read once from the front and once reversed, one slip (a substitution, an
insertion, a deletion, two neighbours changed about) is a question about two run lengths which needs no table of distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import polars as pl

Codes = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Texts:
    """Texts as codes.

    Attributes:
        front: n x width, padded with 0 behind. length: characters that stand in `front`.
    """

    front: Codes
    length: Counts

    def __len__(self) -> int:
        return len(self.length)


def text_codes(texts: pl.Series, width: int) -> Texts:
    """Code points of texts, cut at `width`; null and empty have length 0."""
    plain = texts.fill_null("").str.slice(0, width)
    padded = plain.str.pad_end(width, "\0")
    joined = padded.str.join("").item() or ""
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    return Texts(codes.reshape(-1, width), plain.str.len_chars().to_numpy().astype(np.int64))


def reversed_codes(front: Codes, length: Counts, width: int | None = None) -> Codes:
    """The same texts from their last character on, at most `width` of them."""
    places = length[:, None] - 1 - np.arange(front.shape[1] if width is None else width)
    return np.where(places >= 0, np.take_along_axis(front, np.maximum(places, 0), axis=1), 0)


def equal_places(one: Codes, other: Codes, wild: int | None = None) -> Flags:
    """Where two rows of codes agree; padding agrees with nothing, `wild` with everything that is there."""
    agree: Flags = (one == other) & (one != 0)
    if wild is not None:
        agree |= ((one == wild) & (other != 0)) | ((other == wild) & (one != 0))
    return agree


def run_length(agree: Flags) -> Counts:
    """How many places agree from the first on."""
    run: Counts = np.logical_and.accumulate(agree, axis=1).sum(axis=1)
    return run


@dataclass(frozen=True)
class Slips:
    """How two texts differ, pair by pair."""

    one: Flags
    two_in_place: Flags
    prefix: Counts
    in_place: Counts


def count_slips(left: Texts, li: Rows, right: Texts, ri: Rows) -> Slips:
    """Slips between the texts of each pair (equal texts have one = True as well: at most one)."""
    a, b = left.front[li], right.front[ri]
    agree = equal_places(a, b)
    prefix = run_length(agree)
    la, lb = left.length[li], right.length[ri]
    suffix = run_length(equal_places(reversed_codes(a, la), reversed_codes(b, lb)))
    shorter, longer = np.minimum(la, lb), np.maximum(la, lb)
    run = prefix + suffix
    same_length = la == lb
    one = (same_length & (run >= la - 1)) | ((longer - shorter == 1) & (run >= shorter))
    at = np.minimum(prefix, a.shape[1] - 2)
    rows = np.arange(len(at))
    swapped = (
        same_length
        & (run == la - 2)
        & (a[rows, at] == b[rows, at + 1])
        & (a[rows, at + 1] == b[rows, at])
    )
    in_place = agree.sum(axis=1)
    two = same_length & (in_place == la - 2)
    return Slips((one | swapped) & (shorter > 0), two & (shorter > 0), prefix, in_place)
