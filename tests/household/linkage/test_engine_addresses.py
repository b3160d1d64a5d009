"""Levels of addresses: one place written as departments write it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from engine_cases import level
from hypothesis import given, settings
from hypothesis import strategies as st

from household.linkage.engine.kinds import KINDS

FULL = "示范省示范市示范区东湖街道文明路12号3单元201室"

CASES: dict[str, tuple[str | None, str | None, str]] = {
    "as_sent": (FULL, FULL, "address_equal"),
    "from_the_city": (FULL, "示范市示范区文明路12号3单元201室", "address_equal"),
    "from_the_road": (FULL, "文明路12号3单元201室", "address_equal"),
    "dashes": (FULL, "示范区文明路12-3-201", "address_equal"),
    "full_width": (FULL, "文明路１２号３单元２０１室", "address_equal"),
    "spaces": (FULL, " 文明路 12号 3单元 201室", "address_equal"),
    "village": ("示范县河东镇柳树村5组12号", "柳树村5组12号", "address_equal"),
    "autonomous": (
        "示范自治区示范地区示范县喀镇博斯坦村12号", "示范县博斯坦村12号", "address_equal",
    ),
    "estate": ("示范市幸福小区3栋2单元", "幸福小区3-2", "address_equal"),
    "another_flat": (FULL, "文明路12号3单元202室", "address_same_door"),
    "house_alone": (FULL, "文明路12号", "address_same_door"),
    "another_house": (FULL, "文明路14号5单元502室", "address_same_place"),
    "road_alone": (FULL, "文明路", "address_same_place"),
    "another_road": (FULL, "胜利路12号3单元201室", "address_differs"),
    "another_village": ("柳树村5组12号", "桃树村5组12号", "address_differs"),
    "none": (None, FULL, "address_missing"),
    "empty": ("", FULL, "address_missing"),
    "a_sign": ("-", FULL, "address_missing"),
    "neither": (None, None, "address_missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_level_of_two_addresses(case: str) -> None:
    one, other, wanted = CASES[case]
    assert level("address", one, other) == wanted


@pytest.mark.parametrize(("one", "other"), [("3-201", "4-101"), ("3-201", "3-202")])
def test_two_addresses_without_a_place_share_none(one: str, other: str) -> None:
    assert level("address", one, other) == "address_differs"


def test_equal_addresses_share_their_blocks_and_their_frequency() -> None:
    kind = KINDS["address"]
    coded = kind.encode([pl.Series([FULL, "文明路12-3-201", "文明路14号", None])])
    forms = kind.forms(coded)
    assert forms["address"][0] == forms["address"][1] != 0
    assert forms["address"][2] != forms["address"][0]
    assert forms["place"][0] == forms["place"][1] == forms["place"][2] != 0
    assert forms["address"][3] == forms["place"][3] == 0
    values = kind.value(coded, "address", np.arange(4)).to_list()
    assert values[0] == values[1] != values[2]
    assert values[3] is None


_PARTS = st.lists(
    st.sampled_from(["示范省", "示范市", "示范县", "河东镇", "柳树村", "文明路", "12号", "3-2", "组", " ", "(", "201室", "市", "区"]),
    max_size=7,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_PARTS, _PARTS)
def test_it_makes_no_difference_which_side_an_address_stands_on(one: str, other: str) -> None:
    level("address", one, other)  # asserts it
    assert level("address", one, one) in {"address_equal", "address_missing"}
