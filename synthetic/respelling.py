"""Names spelt otherwise: other glyphs, rare characters lost, and what happens to names of parts.

The channels of linkage in a county. On columns of the names that are hit; who is hit is decided
in `misspelling`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from synthetic.glyphs import RARE_AS_HOMOPHONE, RARE_AS_PUA, VARIANTS
from synthetic.mistyping import one_of
from synthetic.transliteration import spellings

if TYPE_CHECKING:
    import numpy as np

    from synthetic.draws import Array
    from synthetic.rates import NoiseRates

INTERPUNCT = "·"
FIELD_LIMITS = (4, 5, 6, 8)
"""Characters that a field keeps, the interpunct among them."""
MARKS = ("?", "？", "□")
SPACES = (" ", "  ", "\u00a0")
_REPLACED = {
    "variant_character": VARIANTS,
    "rare_as_pua": RARE_AS_PUA,
    "rare_as_homophone": RARE_AS_HOMOPHONE,
}


def later_plan(
    rates: NoiseRates, *, dotted: Array, rare: Array
) -> tuple[tuple[str, float, Array], ...]:
    """Channel, chance, and the rows to which it applies.

    `dotted` and `rare` say which names hold an interpunct and a rare character.
    """
    return (
        ("rare_as_pua", rates.rare_as_pua, rare),
        ("rare_as_mark", rates.rare_as_mark, rare),
        ("rare_as_homophone", rates.rare_as_homophone, rare),
        ("transliterated", rates.transliterated, dotted),
        ("parts_swapped", rates.parts_swapped, dotted),
        ("truncated", rates.truncated, dotted),
        ("variant_character", rates.variant_character, ~dotted),
        ("other_spaces", rates.other_spaces, ~dotted),
    )


def respelt(rng: np.random.Generator, sent: pl.Series, *, channel: str) -> pl.Series:
    """What one channel of `later_plan` makes of the names; some may come out as they were."""
    if channel in _REPLACED:
        return sent.str.replace_many(_REPLACED[channel])
    if channel == "rare_as_mark":
        tables = [dict.fromkeys(RARE_AS_PUA, mark) for mark in MARKS]
        which = rng.integers(0, len(MARKS), len(sent))
        words = [
            name.translate(str.maketrans(tables[w])) for name, w in zip(sent, which, strict=True)
        ]
        return pl.Series(words, dtype=pl.String)
    if channel == "other_spaces":
        return sent.str.slice(0, 1) + one_of(rng, SPACES, count=len(sent)) + sent.str.slice(1)
    if channel == "truncated":
        limit = pl.Series(FIELD_LIMITS).gather(rng.integers(0, len(FIELD_LIMITS), len(sent)))
        cut = pl.DataFrame({"name": sent, "limit": limit})
        return cut.select(pl.col("name").str.slice(0, pl.col("limit")))["name"]
    parts = [name.split(INTERPUNCT) for name in sent]
    if channel == "parts_swapped":
        return pl.Series([INTERPUNCT.join(reversed(p)) for p in parts], dtype=pl.String)
    draws = rng.random((len(parts), 2))
    return pl.Series(
        [_transliterated(p, d) for p, d in zip(parts, draws, strict=True)], dtype=pl.String
    )


def _transliterated(parts: list[str], draws: Array) -> str:
    """One of the parts in another of its spellings; as it was when none is known."""
    at = int(draws[0] * len(parts))
    others = spellings(parts[at])
    if others:
        parts[at] = others[int(draws[1] * len(others))]
    return INTERPUNCT.join(parts)
