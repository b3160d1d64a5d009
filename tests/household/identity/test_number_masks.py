"""Masked numbers: every style of hiding comes to one form, and nothing else does."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.masks import plain_mask
from household.identity.numbers import number_of_key

KEY = 99010119900307001
WHOLE = number_of_key(KEY)
ENDS_IN_X = next(k for k in range(KEY, KEY + 999) if number_of_key(k).endswith("X"))


def seen(text: str | None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    plain = frame.select(plain_mask(pl.col("text"))).item()
    assert plain is None or isinstance(plain, str)
    return plain


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


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 17), min_size=1, max_size=17), st.sampled_from([KEY, ENDS_IN_X]))
def test_eighteen_places_stay_where_they_are(hidden: set[int], key: int) -> None:
    mask = "".join("*" if i in hidden else sign for i, sign in enumerate(number_of_key(key)))
    only_the_check_is_seen = hidden == set(range(17)) and mask.endswith("X")
    assert seen(mask) == (None if only_the_check_is_seen else mask)
