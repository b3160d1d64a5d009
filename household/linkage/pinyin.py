"""How a name sounds: toneless pinyin, for names written with another character of the same sound."""

from __future__ import annotations

from functools import cache

import polars as pl
from pypinyin import Style, pinyin


@cache
def _sound(character: str) -> str:
    return pinyin(character, style=Style.NORMAL, errors="default")[0][0]


def sounds(normal: pl.Series) -> pl.Series:
    """Toneless pinyin of names in normal form, syllables joined; null stays null."""
    distinct = normal.drop_nulls().unique()
    spoken = {name: " ".join(_sound(c) for c in name) for name in distinct}
    return normal.replace_strict(spoken, return_dtype=pl.String, default=None)
