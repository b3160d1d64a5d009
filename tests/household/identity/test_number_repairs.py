"""Repairs offered for damaged numbers: the true number is among them, and every one of them is valid."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from household.identity.numbers import check_digit, number_keys, number_of_key
from household.identity.repairs import REPAIR_KINDS, repairs

KEY = 99010119900307001
WHOLE = number_of_key(KEY)

keys = st.builds(
    lambda born, serial: int(f"990101{born:%Y%m%d}{serial:03d}"),
    st.dates(
        min_value=date(1900, 1, 1),
        max_value=date(2030, 12, 31),
    ),
    st.integers(min_value=1, max_value=999),
)


def offered(text: str | None) -> dict[int, tuple[str, int]]:
    found = repairs(pl.Series([text], dtype=pl.String))
    return {key: (kind, place) for key, kind, place in found.select("key", "kind", "place").rows()}


@settings(deadline=None, max_examples=40)
@given(keys, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(key: int, place: int, more: int) -> None:
    whole = number_of_key(key)
    wrong = whole[:place] + str((int(whole[place]) + more) % 10) + whole[place + 1 :]
    assert offered(wrong)[key] == ("digit", place + 1)


@settings(deadline=None, max_examples=40)
@given(keys, st.sampled_from("0123456789X"))
def test_a_wrong_check_character_is_found(key: int, sign: str) -> None:
    whole = number_of_key(key)
    found = offered(whole[:17] + sign)
    assert found == {} if sign == whole[17] else found[key] == ("check", 18)


@settings(deadline=None, max_examples=40)
@given(keys, st.integers(0, 16))
def test_neighbours_changed_about_are_found(key: int, place: int) -> None:
    whole = number_of_key(key)
    wrong = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    if wrong == whole:
        assert offered(wrong) == {}
    else:
        assert offered(wrong)[key] == ("transposition", place + 1)


@settings(deadline=None, max_examples=40)
@given(keys, st.integers(0, 17))
def test_a_dropped_character_is_found(key: int, place: int) -> None:
    whole = number_of_key(key)
    kind, at = offered(whole[:place] + whole[place + 1 :])[key]
    assert kind == "dropped"
    assert whole[at - 1 : place + 1] == whole[place] * (place + 2 - at)  # the first of equal signs


@settings(deadline=None, max_examples=40)
@given(keys, st.integers(0, 17), st.sampled_from("0123456789"))
def test_a_character_too_many_is_found(key: int, place: int, sign: str) -> None:
    whole = number_of_key(key)
    kind, _ = offered(whole[:place] + sign + whole[place:])[key]
    assert kind in {"doubled", "extra"}
    twice = whole[: place + 1] + whole[place] + whole[place + 1 :]
    if whole[place] != "X":
        assert offered(twice)[key][0] == "doubled"


@settings(deadline=None, max_examples=40)
@given(keys, st.integers(0, 16), st.sampled_from("OIlBSZ"))
def test_a_letter_for_a_digit_has_one_answer_at_most(key: int, place: int, letter: str) -> None:
    whole = number_of_key(key)
    found = offered(whole[:place] + letter + whole[place + 1 :])
    assert found == {key: ("digit", place + 1)}


@settings(deadline=None, max_examples=40)
@given(st.text("0123456789X", min_size=15, max_size=19))
def test_every_repair_is_a_valid_number_one_slip_away(text: str) -> None:
    for key, (kind, place) in offered(text).items():
        whole = number_of_key(key)
        assert kind in REPAIR_KINDS
        assert 1 <= place <= 19
        assert ric.calc_check_digit(whole) == whole[17]
        assert number_keys(pl.Series([whole])).to_list() == [key]
        assert 1880 <= int(whole[6:10]) <= 2100
        assert whole != text


def test_a_check_character_x_one_place_too_early() -> None:
    key = next(k for k in range(KEY, KEY + 999) if number_of_key(k).endswith("X"))
    whole = number_of_key(key)
    assert offered(whole[:16] + "X" + whole[16])[key] == ("transposition", 17)


def test_what_holds_needs_no_repair() -> None:
    assert offered(WHOLE) == {}
    assert offered(WHOLE[:6] + WHOLE[8:17]) == {}
    assert offered(f" {WHOLE.lower()}\t") == {}


def test_two_slips_are_not_guessed() -> None:
    first = "99010119900230001"
    assert offered(first + check_digit(first)) == {}


@pytest.mark.parametrize(
    ("year", "valid"), [("1879", False), ("1880", True), ("2100", True), ("2101", False)]
)
def test_only_years_in_which_people_live(year: str, *, valid: bool) -> None:
    first = f"990101{year}0307001"
    check = check_digit(first)
    wrong = "1" if check != "1" else "2"
    assert (int(first) in offered(first + wrong)) is valid


def test_days_are_days_of_their_year() -> None:
    for day, real in (
        ("20000229", True),
        ("19000229", False),
        ("20230229", False),
        ("20240229", True),
    ):
        first = f"990101{day}001"
        wrong = "1" if check_digit(first) != "1" else "2"
        assert (int(first) in offered(first + wrong)) is real, day


def test_a_first_generation_number_with_an_impossible_date() -> None:
    found = offered("990101901307001")  # the thirteenth month
    assert found[99010119901207001] == ("digit", 10)
    assert found[99010119900307001] == ("digit", 9)
    assert all(number_keys(pl.Series([number_of_key(key)])).item() == key for key in found)
    assert offered("990101900307001") == {}


def test_answers_name_their_rows() -> None:
    wrong = WHOLE[:17] + ("1" if WHOLE[17] != "1" else "2")
    found = repairs(pl.Series([None, wrong, "", "无", WHOLE, wrong]))
    assert set(found["row"]) == {1, 5}
    assert (
        found.filter(pl.col("row") == 1)
        .drop("row")
        .equals(found.filter(pl.col("row") == 5).drop("row"))
    )
    assert found.select("row", "key").is_duplicated().sum() == 0
    assert found.schema == {
        "row": pl.UInt32,
        "key": pl.Int64,
        "kind": pl.Enum(REPAIR_KINDS),
        "place": pl.UInt8,
    }


@pytest.mark.parametrize(
    "text", [None, "", "X" * 18, "张" * 6, "9" * 1_000_000, "\x00" * 18, "-" * 17]
)
def test_other_texts_have_no_repairs(text: str | None) -> None:
    assert offered(text) == {}


def test_full_width_damage_is_damage() -> None:
    wrong = WHOLE[:5] + str((int(WHOLE[5]) + 1) % 10) + WHOLE[6:]
    assert offered("".join(chr(ord(c) + 0xFEE0) for c in wrong)) == offered(wrong) != {}
