"""Levels of words in Latin letters, and of codes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from engine_cases import level
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from household.linkage.engine.kinds import KINDS
from household.linkage.engine.latin import NEAR, VERY_NEAR

CASES: dict[str, tuple[str, str | None, str | None, str]] = {
    "case": ("latin", "smith", "SMITH", "word_equal"),
    "spaces": ("latin", " mary  ann ", "mary ann", "word_equal"),
    "very_near": ("latin", "johnson", "johnston", "word_very_near"),
    "near": ("latin", "smith", "smyth", "word_near"),
    "other": ("latin", "smith", "zhou", "word_differs"),
    "none": ("latin", None, "smith", "word_missing"),
    "empty": ("latin", "  ", "smith", "word_missing"),
    "code": ("code", "2000", "2000", "code_equal"),
    "code_with_signs": ("code", "20-00", "2000", "code_equal"),
    "code_one_slip": ("code", "2000", "2010", "code_one_slip"),
    "code_changed_about": ("code", "2000", "0200", "code_one_slip"),
    "code_short": ("code", "2000", "200", "code_one_slip"),
    "code_other": ("code", "2000", "2113", "code_differs"),
    "code_none": ("code", None, "2000", "code_missing"),
    "code_of_signs": ("code", "--", "2000", "code_missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_level(case: str) -> None:
    kind, one, other, wanted = CASES[case]
    assert level(kind, one, other) == wanted


_WORD = st.text(st.sampled_from("abcdest"), min_size=1, max_size=9)


@settings(deadline=None, max_examples=80)
@given(_WORD, _WORD)
def test_words_are_graded_by_jaro_winkler(one: str, other: str) -> None:
    likeness = JaroWinkler.similarity(one, other)
    wanted = (
        "word_equal" if one == other
        else "word_very_near" if likeness >= VERY_NEAR
        else "word_near" if likeness >= NEAR
        else "word_differs"
    )  # fmt: skip
    assert level("latin", one, other) == wanted


@settings(deadline=None, max_examples=80)
@given(
    st.text(st.sampled_from("0129a"), min_size=1, max_size=8),
    st.text(st.sampled_from("0129a"), min_size=1, max_size=8),
)
def test_codes_are_graded_by_slips(one: str, other: str) -> None:
    steps = OSA.distance(one, other)
    wanted = ["code_equal", "code_one_slip"][steps] if steps < 2 else "code_differs"
    assert level("code", one, other) == wanted


def test_equal_words_and_codes_share_their_blocks_and_their_frequency() -> None:
    for kind, form in (("latin", "word"), ("code", "code")):
        handling = KINDS[kind]
        coded = handling.encode([pl.Series(["ab1", " AB1", "ab2", None])])
        forms = handling.forms(coded)[form]
        assert forms[0] == forms[1] != forms[2]
        assert forms[3] == 0
        values = handling.value(coded, form, np.arange(3)).to_list()
        assert values[0] == values[1] != values[2]
