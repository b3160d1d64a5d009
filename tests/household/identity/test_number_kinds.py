"""What stands in number columns, from exports of real systems."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.kinds import NUMBER_KINDS, number_kinds
from household.identity.numbers import check_digit, number_keys, number_of_key

WHOLE = number_of_key(99010119900307001)


def kinds(*texts: str | None) -> list[str]:
    return number_kinds(pl.Series(texts, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (WHOLE, "valid18"),
        (f"'{WHOLE} ", "valid18"),
        ("".join(chr(ord(c) + 0xFEE0) for c in WHOLE), "valid18"),
        (WHOLE[:6] + WHOLE[8:17], "valid15"),
        (WHOLE[:17] + str((int(WHOLE[17]) + 1) % 10), "check_failed"),
        (WHOLE[:10] + "1301" + WHOLE[14:], "bad_date"),
        ("990101901301001", "bad_date"),
        (WHOLE[:15] + "000", "tail_lost"),
        ("990101********1234", "masked"),
        ("9901****1234", "masked"),
        (WHOLE[:17], "short"),
        (WHOLE[:14], "short"),
        ("1", "placeholder"),
        ("12", "short"),
        (WHOLE + "5", "long"),
        ("9.90101E+17", "scientific"),
        ("9E17", "scientific"),
        (None, "missing"),
        ("", "missing"),
        (" \u3000", "missing"),
        ("无", "placeholder"),
        ("不详", "placeholder"),
        ("null", "placeholder"),
        ("-", "placeholder"),
        ("000000000000000000", "placeholder"),
        ("111111111111111", "placeholder"),
        ("111111111111111111", "placeholder"),
        ("99999999999999999X", "placeholder"),
        ("123456789012345678", "placeholder"),
        ("123456", "placeholder"),
        ("******************", "placeholder"),
        ("H01234567", "permit"),
        ("M0123456701", "permit"),
        ("C12345678", "permit"),
        ("CA1234567", "permit"),
        ("E12345678", "permit"),
        ("USA990101199003", "permit"),
        ("张三", "text"),
        ("ABC", "text"),
        ("13800000000转1", "text"),
        ("9" * 1_000_000 + "1", "long"),
    ],
)
def test_kinds_from_practice(text: str | None, kind: str) -> None:
    assert kinds(text) == [kind]


def test_residence_permits_have_a_key_and_a_kind_of_their_own() -> None:
    for head in ("810000", "820000", "830000"):
        first = f"{head}19900307001"
        number = first + check_digit(first)
        assert kinds(number) == ["permit"]
        assert number_keys(pl.Series([number])).to_list() == [int(first)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text("0123456789Xx* 无１", max_size=19)), max_size=8))
def test_every_row_has_a_kind_and_valid_ones_have_keys(texts: list[str | None]) -> None:
    found = kinds(*texts)
    assert found == [kinds(text)[0] for text in texts]
    assert set(found) <= set(NUMBER_KINDS)
    keys = number_keys(pl.Series(texts, dtype=pl.String)).to_list()
    for kind, key in zip(found, keys, strict=True):
        if kind in {"valid18", "valid15"}:
            assert key is not None
        elif kind not in {"permit", "placeholder"}:
            assert key is None


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 999), st.sampled_from("0123456789X"))
def test_the_check_decides(serial: int, sign: str) -> None:
    first = f"99010119900307{serial:03d}"
    valid = sign == check_digit(first)
    lost = serial % 100 == 0 and sign == "0"
    assert kinds(first + sign) == ["valid18" if valid else "tail_lost" if lost else "check_failed"]
