"""Slips on arrays of codes: one slip is what rapidfuzz calls a distance of one, counted by other means."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from household.linkage.engine.slips import Slips, count_slips, text_codes

WIDTH = 12


def slips(pairs: list[tuple[str, str]]) -> Slips:
    left, right = (text_codes(pl.Series(side), WIDTH) for side in zip(*pairs, strict=True))
    at = np.arange(len(pairs), dtype=np.int64)
    return count_slips(left, at, right, at)


_TEXT = st.text(st.sampled_from("ab甲c"), min_size=1, max_size=7)
_FULL = st.text(st.sampled_from("ab甲"), min_size=WIDTH - 2, max_size=WIDTH)


@st.composite
def _near(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> tuple[str, str]:
    """A text, and what up to two slips make of it."""
    one = draw(texts)
    other = one
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, max(len(other) - 1, 0)))
        kind = draw(st.integers(0, 3))
        sign = draw(st.sampled_from("ab甲"))
        rest = other[place + 1 :]
        swapped = other[:place] + other[place : place + 2][::-1] + other[place + 2 :]
        other = [other[:place] + sign + rest, other[:place] + rest, other[:place] + sign + other[place:], swapped][kind]  # fmt: skip
    return one, (other or one)[:WIDTH]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.one_of(st.tuples(_TEXT, _TEXT), _near(_TEXT), _near(_FULL)), min_size=1, max_size=20
    )
)
def test_one_slip_is_a_distance_of_at_most_one(pairs: list[tuple[str, str]]) -> None:
    wanted = [OSA.distance(one, other) <= 1 for one, other in pairs]
    assert slips(pairs).one.tolist() == wanted


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=20))
def test_slips_are_the_same_from_either_side(pairs: list[tuple[str, str]]) -> None:
    one, other = slips(pairs), slips([(b, a) for a, b in pairs])
    for name in ("one", "two_in_place", "prefix", "in_place"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [("abcd", "abcd", False), ("abcd", "xbcy", True), ("abcd", "xbcd", False), ("abcd", "badc", False), ("ab", "xy", True)],
)  # fmt: skip
def test_two_places(one: str, other: str, wanted: bool) -> None:
    assert slips([(one, other)]).two_in_place.tolist() == [wanted]


@settings(deadline=None, max_examples=60)
@given(_TEXT, _TEXT)
def test_runs_are_counted_in_characters(one: str, other: str) -> None:
    found = slips([(one, other)])
    prefix = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    assert found.prefix.item() == (min(len(one), len(other)) if prefix is None else prefix)
    assert found.in_place.item() == sum(a == b for a, b in zip(one, other, strict=False))


def test_nothing_is_no_slip_away_from_anything() -> None:
    assert slips([("", "a"), ("", "")]).one.tolist() == [False, False]


def test_texts_are_cut_at_the_width_and_null_is_empty() -> None:
    codes = text_codes(pl.Series(["a" * 20, None, "", "甲"]), 4)
    assert codes.length.tolist() == [4, 0, 0, 1]
    assert codes.front[0].tolist() == [ord("a")] * 4
    assert codes.front[3].tolist() == [ord("甲"), 0, 0, 0]
    assert len(codes) == 4


def test_no_texts_at_all() -> None:
    codes = text_codes(pl.Series([], dtype=pl.String), 4)
    none = np.zeros(0, dtype=np.int64)
    assert len(codes) == 0
    assert count_slips(codes, none, codes, none).one.tolist() == []
