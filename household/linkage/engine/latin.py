"""Comparing words in Latin letters, and codes: names, streets and postcodes of public benchmark data (FEBRL)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import hashed, mixed
from household.linkage.engine.slips import Texts, count_slips, text_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from household.linkage.engine.slips import Rows

WORD = Comparison(
    (
        missing("word_missing", "缺失"),
        Level("word_equal", "相同", 0.75, 5e-3, 5e-3, by_value="word", agrees=True),
        Level("word_very_near", "极相近", 0.12, 5e-3, 5e-3),
        Level("word_near", "相近", 0.05, 0.02, 0.02),
        Level("word_differs", "不同", 0.08, 0.97, 0.97),
    )
)
CODE = Comparison(
    (
        missing("code_missing", "缺失"),
        Level("code_equal", "相同", 0.8, 2e-3, 2e-3, by_value="code", agrees=True),
        Level("code_one_slip", "差一处笔误", 0.1, 8e-3, 8e-3),
        Level("code_differs", "不同", 0.1, 0.99, 0.99),
    )
)
_WIDTH = 24
VERY_NEAR, NEAR = 0.92, 0.8


class LatinKind:
    """Words: compared by Jaro-Winkler similarity (Winkler 1990) where they are not equal."""

    comparison = WORD

    def encode(self, columns: list[pl.Series]) -> pl.Series:
        """Lower case, single spaces; empty is null."""
        plain = columns[0].cast(pl.String).str.normalize("NFKC").str.to_lowercase()
        plain = plain.str.replace_all(r"\s+", " ").str.strip_chars()
        return plain.replace("", None)

    def compare(
        self, left: pl.Series, li: Rows, right: pl.Series, ri: Rows
    ) -> tuple[npt.NDArray[np.uint8], None]:
        """Level of each pair."""
        a, b = left.gather(pl.Series(li)), right.gather(pl.Series(ri))
        told = (a.is_not_null() & b.is_not_null()).to_numpy()
        same = (a == b).fill_null(value=False).to_numpy()
        codes = np.full(len(li), 4, dtype=np.uint8)
        at = np.flatnonzero(told & ~same)
        if len(at):
            likeness = cpdist(
                a.gather(pl.Series(at)).to_list(),
                b.gather(pl.Series(at)).to_list(),
                scorer=JaroWinkler.similarity,
                dtype=np.float64,
                workers=1,
            )
            codes[at[likeness >= NEAR]] = 3
            codes[at[likeness >= VERY_NEAR]] = 2
        codes[same] = 1
        codes[~told] = 0
        return codes, None

    def value(self, coded: pl.Series, by_value: str, at: Rows) -> pl.Series:
        """The word."""
        del by_value
        return coded.gather(pl.Series(at))

    def forms(self, coded: pl.Series) -> Mapping[str, npt.NDArray[np.int64]]:
        """The word, and its first three letters."""
        return {"word": hashed(coded), "begin": hashed(coded.str.slice(0, 3))}


class CodeKind:
    """Codes: numbers and dates as text, compared by slips."""

    comparison = CODE

    def encode(self, columns: list[pl.Series]) -> Texts:
        """Letters and digits only, lower case."""
        plain = columns[0].cast(pl.String).str.normalize("NFKC").str.to_lowercase()
        return text_codes(plain.str.replace_all(r"[^0-9a-z]", ""), _WIDTH)

    def compare(
        self, left: Texts, li: Rows, right: Texts, ri: Rows
    ) -> tuple[npt.NDArray[np.uint8], None]:
        """Level of each pair."""
        slips = count_slips(left, li, right, ri)
        la, lb = left.length[li], right.length[ri]
        codes = np.full(len(li), 3, dtype=np.uint8)
        codes[slips.one] = 2
        codes[(slips.prefix == la) & (la == lb)] = 1
        codes[(la == 0) | (lb == 0)] = 0
        return codes, None

    def value(self, coded: Texts, by_value: str, at: Rows) -> pl.Series:
        """The code, by its characters."""
        del by_value
        return pl.Series(self.forms(coded)["code"][at]).cast(pl.String)

    def forms(self, coded: Texts) -> Mapping[str, npt.NDArray[np.int64]]:
        """The code."""
        return {"code": mixed(coded.front)}
