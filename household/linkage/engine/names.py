"""Comparing names: equal, former, folded, of one sound, cut short, one character off, of one surname.

A name stands in the forms that the comparison asks for, each computed once: characters, syllables (`identity.sounds`), and
the folded form (`identity.folding`), in which transliteration variants of one name are one text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from household.identity.folding import folded_names
from household.identity.names import normal_names
from household.identity.sounds import WILD, syllable_codes
from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import hashed, mixed
from household.linkage.engine.slips import (
    Flags,
    Rows,
    Texts,
    count_slips,
    equal_places,
    reversed_codes,
    run_length,
    text_codes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import polars as pl

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

_NOTE = r"(?:[(（\[【〔].*|[0-9０-９]+)+$"
"""What clerks write behind a name: (已故), (曾用名), a running number."""


@dataclass(frozen=True)
class Names:
    """Names of one side in the forms that are compared.

    Attributes:
        texts: normal, folded, ordered (null where there is none). numbers: the same and sound, a whole number a form, 0 for none.
        characters, syllables: codes. told: whether anything of it can be read. former: whether the name is one that the person had before.
    """

    texts: Mapping[str, pl.Series]
    numbers: Mapping[str, npt.NDArray[np.int64]]
    characters: Texts
    syllables: Texts
    told: Flags
    former: Flags

    def __len__(self) -> int:
        return len(self.former)


def encode_names(
    sent: pl.Series, former: Flags | None = None, normal: pl.Series | None = None
) -> Names:
    """Names as sent; `normal` where the normal form is known already."""
    plain = sent.str.replace_all(_NOTE, "") if normal is None else sent
    usual = normal_names(plain) if normal is None else normal
    folded = folded_names(plain, normal=usual)
    codes, lengths = syllable_codes(usual, WIDTH)
    texts = {"normal": usual, "folded": folded["folded"], "ordered": folded["ordered"]}
    # a sound with a syllable that nobody could write is no sound to look for
    sound = np.where((codes == WILD).any(axis=1), 0, mixed(codes))
    return Names(
        texts,
        {**{form: hashed(told) for form, told in texts.items()}, "sound": sound},
        text_codes(usual, WIDTH),
        Texts(codes, lengths),
        np.asarray((codes > WILD).any(axis=1)),
        np.zeros(len(sent), dtype=bool) if former is None else former,
    )


def compare_names(left: Names, li: Rows, right: Names, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    same = {form: _same(left, li, right, ri, form) for form in ("normal", "folded", "ordered")}
    codes = np.full(len(li), UNLIKE, dtype=np.uint8)
    rest = np.flatnonzero(~(same["normal"] | same["folded"]))
    codes[rest] = _compare_spellings(left, li[rest], right, ri[rest])
    codes[same["ordered"]] = ORDER
    codes[same["folded"]] = FOLDED
    was = left.former[li] | right.former[ri]
    codes[same["normal"]] = np.where(was[same["normal"]], FORMER, EQUAL)
    codes[~(left.told[li] & right.told[ri])] = _MISSING
    return codes


def _same(left: Names, li: Rows, right: Names, ri: Rows, form: str) -> Flags:
    a = left.numbers[form][li]
    same: Flags = (a == right.numbers[form][ri]) & (a != 0)
    return same


def _compare_spellings(left: Names, li: Rows, right: Names, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of pairs of names that no form makes equal."""
    codes = np.full(len(li), UNLIKE, dtype=np.uint8)
    slips = count_slips(left.characters, li, right.characters, ri)
    la, lb = left.characters.length[li], right.characters.length[ri]
    shorter, longer = np.minimum(la, lb), np.maximum(la, lb)
    sa, sb = left.syllables.front[li], right.syllables.front[ri]
    spoken_a, spoken_b = left.syllables.length[li], right.syllables.length[ri]
    spoken = run_length(equal_places(sa, sb, WILD))
    heard = equal_places(reversed_codes(sa, spoken_a), reversed_codes(sb, spoken_b), WILD)
    both, longest = spoken + run_length(heard), np.maximum(spoken_a, spoken_b)
    codes[(slips.prefix >= 1) | (spoken >= 1)] = SURNAME
    codes[(longest >= 4) & (both >= 0.7 * longest)] = NEAR
    codes[(np.abs(spoken_a - spoken_b) <= 1) & (both >= longest - 1) & (longest >= 3)] = NEAR
    codes[slips.one & (shorter >= 2)] = ONE_OFF
    begun = (slips.prefix == shorter) & (shorter >= 2)
    codes[begun & (longer >= _CUT_FROM) & (longer > shorter)] = CUT
    same_sound = (spoken_a == spoken_b) & (spoken == spoken_a) & (spoken_a > 0)
    codes[same_sound & (np.minimum(_known(sa), _known(sb)) >= 2)] = HOMOPHONE
    return codes


def _known(syllables: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """How many syllables are known."""
    known: npt.NDArray[np.int64] = ((syllables != 0) & (syllables != WILD)).sum(axis=1)
    return known
