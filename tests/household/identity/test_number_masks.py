"""Masked numbers: which places are seen, and whether they agree."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.masks import (
    HIDDEN,
    PLACE_BITS,
    parse_masks,
    places_of_keys,
    visible_agree,
    visible_bits,
)
from household.identity.numbers import number_of_key

KEY = 99010119900307001
WHOLE = number_of_key(KEY)
ENDS_IN_X = next(k for k in range(KEY, KEY + 999) if number_of_key(k).endswith("X"))


def seen(text: str | None, *, lost_tails: bool = False) -> str | None:
    masks = parse_masks(pl.Series([text], dtype=pl.String), lost_tails=lost_tails)
    if not masks.masked[0]:
        assert (masks.places == HIDDEN).all()
        return None
    signs = {HIDDEN: "*", 10: "X"}
    return "".join(signs.get(int(place), str(place)) for place in masks.places[0])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("990101********1234", "990101********1234"),
        ("9901***********234X", "9901**********234X"),
        ("9901***********234x", "9901**********234X"),
        ("990101198*******12", "990101198*******12"),
        ("9901****1234", "9901**********1234"),
        ("990101XXXXXXXX1234", "990101********1234"),
        ("990101xxxxxxxx123X", "990101********123X"),
        ("990101＊＊＊＊＊＊＊＊1234", "990101********1234"),
        ("990101××××××××1234", "990101********1234"),
        ("990101????????1234", "990101********1234"),
        (" 990101 ******** 1234", "990101********1234"),
        ("99****19900307**15", "99****19900307**15"),
        ("**************1234", "**************1234"),
        ("990101************", "990101************"),
        ("******************", None),
        ("****", None),
        ("*", None),
        (WHOLE, None),
        (WHOLE[:17] + "X", None),
        ("990101张三", None),
        ("", None),
        (None, None),
        ("*" * 1_000_000 + "1", None),
    ],
)
def test_what_is_seen(text: str | None, places: str | None) -> None:
    assert seen(text) == places


def test_a_tail_lost_in_a_spreadsheet_is_hidden_when_asked() -> None:
    assert seen(WHOLE[:15] + "000") is None
    assert seen(WHOLE[:15] + "000", lost_tails=True) == WHOLE[:15] + "***"
    holding = next(
        number_of_key(k * 100)
        for k in range(KEY // 100, KEY // 100 + 99)
        if number_of_key(k * 100)[17] == "0"
    )
    assert seen(holding, lost_tails=True) is None  # 000 and the check holds: a number like another


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 17), min_size=1, max_size=17), st.sampled_from([KEY, ENDS_IN_X]))
def test_a_mask_agrees_with_its_number_and_with_no_other(hidden: set[int], key: int) -> None:
    whole = number_of_key(key)
    mask = "".join("*" if i in hidden else sign for i, sign in enumerate(whole))
    places = parse_masks(pl.Series([mask])).places
    assert visible_agree(places, places_of_keys(pl.Series([key]))).all()
    for i in set(range(18)) - hidden:
        other = places_of_keys(pl.Series([key]))
        other[0, i] = (other[0, i] + 1) % 10
        assert not visible_agree(places, other).any()
    bits = float(sum(PLACE_BITS[i] for i in range(18) if i not in hidden))
    assert visible_bits(places)[0] == pytest.approx(bits)


def test_nothing_seen_agrees_with_nothing() -> None:
    masks = parse_masks(pl.Series(["****", None, "990101********1234"]))
    whole = places_of_keys(pl.Series([KEY, KEY, None]))
    assert visible_agree(masks.places, whole).tolist() == [False, False, False]
    assert visible_bits(masks.places)[:2].tolist() == [0.0, 0.0]


def test_whole_numbers_have_their_places() -> None:
    places = places_of_keys(pl.Series([None, ENDS_IN_X], dtype=pl.Int64))
    assert (places[0] == HIDDEN).all()
    assert places[1].tolist() == [*map(int, number_of_key(ENDS_IN_X)[:17]), 10]
