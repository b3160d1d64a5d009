"""Levels of identity numbers: slips anywhere, masks of every style, lost tails, two valid numbers."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from engine_cases import ENDS_IN_X, WHOLE, chance, level, levels
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.numbers import number_keys, number_of_key
from household.linkage.engine.numbers import inside

OTHER = number_of_key(99010119900307002)
SAME_PERSON = {"number_equal", "number_one_slip"}

CASES: dict[str, tuple[str | None, str | None, str]] = {
    "as_sent": (WHOLE, WHOLE, "number_equal"),
    "spaces": (f" {WHOLE[:6]} {WHOLE[6:]}", WHOLE, "number_equal"),
    "small_x": (ENDS_IN_X.lower(), ENDS_IN_X, "number_equal"),
    "full_width": (WHOLE.replace("9", "９"), WHOLE, "number_equal"),
    "apostrophe": ("'" + WHOLE, WHOLE, "number_equal"),
    "first_generation": (WHOLE[:6] + WHOLE[8:17], WHOLE, "number_equal"),
    "check_digit_wrong": (WHOLE[:17] + "X", WHOLE, "number_one_slip"),
    "two_slips_apart": (
        WHOLE[:2] + "7" + WHOLE[3:16] + "7" + WHOLE[17:],
        WHOLE,
        "number_two_slips",
    ),
    "tail_lost": (WHOLE[:15] + "000", WHOLE, "number_tail_lost"),
    "serial_part_wrong": (WHOLE[:14] + "9999", WHOLE, "number_head_equal"),
    "two_valid_numbers": (WHOLE, OTHER, "numbers_differ"),
    "two_valid_numbers_one_slip_apart": (
        number_of_key(99010119900307000 + 10),
        number_of_key(99010119900307000 + 110),
        "numbers_differ",
    ),
    "another_document": ("E12345678", WHOLE, "number_unlike"),
    "another_document_twice": ("E12345678", "e1234 5678", "number_equal"),
    "nothing_alike": ("990202" + "7" * 12, WHOLE, "number_unlike"),
    "none": (None, WHOLE, "number_missing"),
    "empty": ("", WHOLE, "number_missing"),
    "a_word": ("无", WHOLE, "number_missing"),
    "three_digits": ("990", WHOLE, "number_missing"),
    "one_digit_over_and_over": ("9" * 18, "9" * 18, "number_missing"),
    "counted_up_in_short": ("12345678", WHOLE, "number_missing"),
    "counted_up": ("123456789012345678", "123456789012345678", "number_missing"),
    "neither": (None, None, "number_missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_level_of_two_numbers(case: str) -> None:
    one, other, wanted = CASES[case]
    assert level("number", one, other) == wanted


MASKS = {
    "stars": WHOLE[:6] + "*" * 8 + WHOLE[14:],
    "too_few_stars": WHOLE[:6] + "****" + WHOLE[14:],
    "wide_stars": WHOLE[:6] + "＊" * 8 + WHOLE[14:],
    "hashes": WHOLE[:6] + "#" * 8 + WHOLE[14:],
    "crosses": WHOLE[:6] + "×" * 8 + WHOLE[14:],
    "discs": WHOLE[:6] + "●" * 8 + WHOLE[14:],
    "boxes": WHOLE[:6] + "■" * 8 + WHOLE[14:],
    "letters": WHOLE[:6] + "X" * 8 + WHOLE[14:],
    "small_letters": WHOLE[:6] + "x" * 8 + WHOLE[14:],
    "letters_at_the_end": WHOLE[:14] + "XXXX",
    "tail_alone": "*" * 14 + WHOLE[14:],
    "head_alone": WHOLE[:14] + "****",
    "fourteen_digits": WHOLE[:14],
    "eight_digits": WHOLE[:8],
    "spreadsheet": f"{WHOLE[0]}.{WHOLE[1:15]}E+17",
    "spreadsheet_in_short": f"{WHOLE[0]}.{WHOLE[1:5]}e+17",
}


@pytest.mark.parametrize("mask", MASKS)
def test_what_is_visible_agrees_or_contradicts(mask: str) -> None:
    hidden = MASKS[mask]
    assert level("number", hidden, WHOLE) == "visible_digits_agree"
    assert level("number", hidden, _contradicting(hidden)) == "visible_digits_contradict"


def _contradicting(hidden: str) -> str:
    """Another valid number, which differs in the first digits and in the last ones."""
    del hidden
    return number_of_key(99020219851231777)


def test_a_mask_longer_than_any_number_tells_what_its_ends_tell() -> None:
    assert level("number", WHOLE[:6] + "*" * 12 + WHOLE[14:], WHOLE) == "visible_digits_agree"


def test_a_check_character_behind_a_mask_of_letters_is_no_mask() -> None:
    hidden = ENDS_IN_X[:6] + "X" * 8 + ENDS_IN_X[14:]
    assert level("number", hidden, ENDS_IN_X) == "visible_digits_agree"
    wrong = number_of_key(99010119850101004 + 3)
    assert level("number", hidden, wrong) == "visible_digits_contradict"


def test_more_that_is_visible_is_rarer_among_strangers() -> None:
    shown = [WHOLE[:n] + "*" * (18 - n) for n in (6, 8, 10, 14, 16)]
    chances = [chance(hidden, WHOLE) for hidden in shown]
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == len(chances)
    assert all(0 < c < 1 for c in chances)


def test_a_mask_of_another_length_tells_what_its_ends_tell() -> None:
    assert chance(WHOLE[:6] + "***" + WHOLE[14:], WHOLE) == pytest.approx(
        chance(WHOLE[:6] + "*" * 8 + WHOLE[14:], WHOLE)
    )


@pytest.mark.parametrize("whole", [WHOLE, ENDS_IN_X])
def test_one_wrong_digit_anywhere(whole: str) -> None:
    for place in range(17):
        digit = str((int(whole[place]) + 1) % 10)
        assert level("number", whole[:place] + digit + whole[place + 1 :], whole) in SAME_PERSON


@pytest.mark.parametrize("whole", [WHOLE, ENDS_IN_X[:16] + "5" + "2"])
def test_a_digit_too_few_or_too_many_anywhere(whole: str) -> None:
    sent = [whole[:place] + whole[place + 1 :] for place in range(18)]
    sent += [whole[: place + 1] + whole[place:] for place in range(18)]
    assert set(levels("number", [(text, whole) for text in sent])) == {"number_one_slip"}


def test_neighbours_changed_about_anywhere() -> None:
    for place in range(17):
        wrong = WHOLE[:place] + WHOLE[place + 1] + WHOLE[place] + WHOLE[place + 2 :]
        wanted = "number_equal" if wrong == WHOLE else "number_one_slip"
        assert level("number", wrong, WHOLE) == wanted


@pytest.mark.parametrize(
    "sent",
    [
        ENDS_IN_X[:3] + ENDS_IN_X[4:],
        ENDS_IN_X[:16] + ENDS_IN_X[17],
        ENDS_IN_X[:16] + ENDS_IN_X[17] + ENDS_IN_X[16],
    ],
)
def test_a_slip_that_moves_the_check_character_x_is_a_slip(sent: str) -> None:
    assert level("number", sent, ENDS_IN_X) == "number_one_slip"


def test_a_spreadsheet_rounds_the_last_digit_that_it_shows() -> None:
    whole = number_of_key(99010919900307001)
    assert level("number", "9.9011E+17", whole) == "visible_digits_agree"


def test_two_masked_numbers_agree_in_what_both_show() -> None:
    region = WHOLE[:6] + "*" * 12
    assert level("number", region, region) in {"visible_digits_agree", "number_missing"}
    born = WHOLE[:14] + "****"
    assert level("number", born, "9901" + "*" * 10 + WHOLE[14:]) == "visible_digits_agree"


@pytest.mark.parametrize(
    ("one", "other"),
    [(WHOLE[:6] + "***" + WHOLE[14:], WHOLE[:10] + "****" + WHOLE[14:]), ("*9901*9*", "990101990*307001")],
)  # fmt: skip
def test_two_masks_of_unlike_length_say_the_same_from_either_side(one: str, other: str) -> None:
    level("number", one, other)  # asserts it


def test_two_masked_numbers_that_contradict_are_not_one() -> None:
    one, other = WHOLE[:6] + "*" * 8 + WHOLE[14:], "990202" + "*" * 8 + "7774"
    assert level("number", one, other) not in SAME_PERSON | {"visible_digits_agree"}


@pytest.mark.parametrize("filler", ["0" * 8, "1" * 10, "9" * 14])
def test_a_short_filler_is_no_number(filler: str) -> None:
    assert level("number", filler, WHOLE) == "number_missing"
    assert level("number", filler, filler) == "number_missing"


def test_a_filler_that_happens_to_hold_is_no_number() -> None:
    assert level("number", "1" * 15, "1" * 15) == "number_missing"


@pytest.mark.parametrize("sign", ["•", "✱"])
def test_signs_of_hiding_are_those_of_the_masks(sign: str) -> None:
    assert level("number", WHOLE[:6] + sign * 8 + WHOLE[14:], WHOLE) == "visible_digits_agree"


def test_a_key_that_is_known_stands_for_the_number() -> None:
    key = int(WHOLE[:17])
    assert level("number", ("whatever", key), (None, key)) == "number_equal"
    assert level("number", ("whatever", key), (OTHER, int(OTHER[:17]))) == "numbers_differ"


def test_birth_and_sex_are_read_in_valid_numbers_only() -> None:
    found = inside(pl.Series([WHOLE, ENDS_IN_X, WHOLE[:17] + "X", None]))
    assert found["birth"].cast(pl.String).to_list() == ["1990-03-07", "1990-03-07", None, None]
    assert found["sex"].to_list() == ["男", "女", None, None]


_KEYS = st.builds(
    lambda day, month, year, serial: int(f"990101{year}{month:02d}{day:02d}{serial:03d}"),
    st.integers(1, 28), st.integers(1, 12), st.integers(1930, 2020), st.integers(1, 999),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_KEYS, st.integers(0, 13), st.integers(4, 14))
def test_a_mask_of_a_number_agrees_with_it(key: int, start: int, stars: int) -> None:
    whole = number_of_key(key)
    end = min(start + stars, 18)
    hidden = whole[:start] + "*" * (end - start) + whole[end:]
    digits = sum(c.isdigit() for c in hidden)
    assert level("number", hidden, whole) == (
        "visible_digits_agree" if digits >= 4 else "number_missing"
    )


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from("0123459X*#. E+"), max_size=21), _KEYS)
def test_it_makes_no_difference_which_side_a_number_stands_on(text: str, key: int) -> None:
    level("number", text, number_of_key(key))  # asserts it
    assert np.isnan(chance(text, "")) or level("number", text, "") == "number_missing"


@settings(deadline=None, max_examples=60)
@given(_KEYS, _KEYS)
def test_two_valid_numbers_are_equal_or_differ(one: int, other: int) -> None:
    wanted = "number_equal" if one == other else "numbers_differ"
    assert level("number", number_of_key(one), number_of_key(other)) == wanted
    assert number_keys(pl.Series([number_of_key(one)])).item() == one
