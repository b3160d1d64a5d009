"""Comparing names: equal, former, folded, of one sound, cut short, one character off, of one surname.

A name stands in the forms that the comparison asks for, each computed once: characters, syllables (`identity.sounds`), and
the folded form (`identity.folding`), in which transliteration variants of one name are one text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.folding import folded_names
from household.identity.names import normal_names
from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import mixed
from household.linkage.engine.slips import (
    Flags,
    Rows,
    Texts,
    count_slips,
    equal_places,
    from_codes,
    run_length,
    text_codes,
)
from household.linkage.engine.spoken import WILD, syllable_codes

if TYPE_CHECKING:
    import numpy.typing as npt

WIDTH = 16
"""Characters of a name that are compared; longer names are compared by their beginning."""

LEVELS = Comparison(
    (
        missing("name_missing", "姓名缺失"),
        Level("name_equal", "姓名相同", 0.93, 1 / 500, 1e-4, by_value="name", agrees=True),
        Level("name_former", "与曾用名相同", 0.01, 4e-5, 1e-6, by_value="name", agrees=True),
        Level(
            "name_folded",
            "音译写法不同，姓名相同",
            0.015,
            1e-4,
            1e-5,
            by_value="folded",
            less="name",
            agrees=True,
        ),
        Level(
            "name_order",
            "各段次序不同，姓名相同",
            2e-3,
            2e-5,
            1e-4,
            by_value="ordered",
            less="folded",
            agrees=True,
        ),
        Level(
            "name_homophone",
            "同音字，姓名读音相同",
            0.015,
            2.4e-4,
            1e-4,
            by_value="sound",
            less="name",
            agrees=True,
        ),
        Level("name_cut", "姓名被截短", 4e-3, 5e-5, 2e-4, agrees=True),
        Level("name_one_off", "姓名差一字", 0.01, 5e-4, 1e-3),
        Level("name_near", "姓名相近", 4e-3, 1e-3, 5e-3),
        Level("name_surname", "仅姓氏相同", 8e-3, 0.03, 0.6),
        Level("name_unlike", "姓名不同", 8e-3, 0.96, 0.39),
    )
)
(
    _MISSING,
    EQUAL,
    FORMER,
    FOLDED,
    ORDER,
    HOMOPHONE,
    CUT,
    ONE_OFF,
    NEAR,
    SURNAME,
    UNLIKE,
) = range(11)

_CUT_FROM = 4
"""Characters of a whole name whose beginning may stand for it: cut at a field's end, or without the father's name."""

_NOTE = r"[(（\[【〔].*$|[0-9０-９]+$"
"""What clerks write behind a name: (已故), (曾用名), a running number."""


@dataclass(frozen=True)
class Names:
    """Names of one side in the forms that are compared.

    Attributes:
        normal, folded, ordered: texts (null where there is none). sound: a whole number a sound, 0 where there is none.
        characters, syllables: codes. former: whether the name is one that the person had before.
    """

    normal: pl.Series
    folded: pl.Series
    ordered: pl.Series
    sound: npt.NDArray[np.int64]
    characters: Texts
    syllables: Texts
    former: Flags

    def __len__(self) -> int:
        return len(self.normal)


def encode_names(
    sent: pl.Series, former: Flags | None = None, normal: pl.Series | None = None
) -> Names:
    """Names as sent; `normal` where the normal form is known already."""
    plain = sent.str.replace_all(_NOTE, "") if normal is None else sent
    table = pl.DataFrame(
        {"sent": plain, "normal": normal_names(plain) if normal is None else normal}
    )
    distinct = table.drop_nulls("normal").unique(["sent", "normal"], maintain_order=True)
    distinct = distinct.with_columns(
        *folded_names(distinct["sent"], normal=distinct["normal"]).get_columns(),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("at"),
    )
    held = table.join(distinct, on=["sent", "normal"], how="left", maintain_order="left")
    none = len(distinct)
    at = held["at"].fill_null(none).to_numpy()
    characters = text_codes(_padded(distinct["normal"]), WIDTH)
    codes, lengths = syllable_codes(_padded(distinct["normal"]), WIDTH)
    syllables = from_codes(codes, lengths)
    return Names(
        held["normal"],
        held["folded"],
        held["ordered"],
        _sound_numbers(syllables)[at],
        _pick(characters, at),
        _pick(syllables, at),
        np.zeros(len(sent), dtype=bool) if former is None else former,
    )


def _padded(names: pl.Series) -> pl.Series:
    """The names and one empty name behind them, for records without a name."""
    return pl.concat([names, pl.Series([""], dtype=pl.String)])


def _pick(texts: Texts, at: Rows) -> Texts:
    return Texts(texts.front[at], texts.back[at], texts.length[at])


def _sound_numbers(syllables: Texts) -> npt.NDArray[np.int64]:
    """One number for each sequence of syllables; sequences with an unknown syllable, and empty ones, have 0."""
    return np.where((syllables.front == WILD).any(axis=1), 0, mixed(syllables.front))


def compare_names(left: Names, li: Rows, right: Names, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    codes = np.full(len(li), UNLIKE, dtype=np.uint8)
    slips = count_slips(left.characters, li, right.characters, ri)
    la, lb = left.characters.length[li], right.characters.length[ri]
    shorter, longer = np.minimum(la, lb), np.maximum(la, lb)
    sa, sb = left.syllables.front[li], right.syllables.front[ri]
    agree = equal_places(sa, sb, WILD)
    spoken_a, spoken_b = left.syllables.length[li], right.syllables.length[ri]
    spoken = run_length(agree)
    codes[(slips.prefix >= 1) | (spoken >= 1)] = SURNAME
    heard = equal_places(left.syllables.back[li], right.syllables.back[ri], WILD)
    ends = run_length(heard)
    longest = np.maximum(spoken_a, spoken_b)
    codes[(longest >= 4) & (spoken + ends >= 0.7 * longest)] = NEAR
    codes[(np.abs(spoken_a - spoken_b) <= 1) & (spoken + ends >= longest - 1) & (longest >= 3)] = (
        NEAR
    )
    codes[slips.one & (shorter >= 2)] = ONE_OFF
    codes[
        (slips.prefix == shorter) & (shorter >= 2) & (longer >= _CUT_FROM) & (longer > shorter)
    ] = CUT
    same_sound = (spoken_a == spoken_b) & (spoken == spoken_a) & (spoken_a > 0)
    codes[same_sound & (np.minimum(_known(sa), _known(sb)) >= 2)] = HOMOPHONE
    for form, level in (("ordered", ORDER), ("folded", FOLDED)):
        codes[_equal(getattr(left, form), li, getattr(right, form), ri)] = level
    equal = (la == lb) & (slips.prefix == la)
    long = equal & (la == WIDTH)
    if long.any():
        at = np.flatnonzero(long)
        equal[at] = _equal(left.normal, li[at], right.normal, ri[at])
    was = left.former[li] | right.former[ri]
    codes[equal] = np.where(was[equal], FORMER, EQUAL)
    codes[(la == 0) | (lb == 0)] = _MISSING
    return codes


def _known(syllables: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """How many syllables are known."""
    known: npt.NDArray[np.int64] = ((syllables != 0) & (syllables != WILD)).sum(axis=1)
    return known


def _equal(left: pl.Series, li: Rows, right: pl.Series, ri: Rows) -> Flags:
    same = left.gather(pl.Series(li)) == right.gather(pl.Series(ri))
    equal: Flags = same.fill_null(value=False).to_numpy()
    return equal
