"""Normal forms of names, and how they sound."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.identity.names import INTERPUNCTS, VARIANTS, normal_employer, normal_names
from household.linkage.pinyin import sounds

CHARACTERS = "张王李赵阿依古丽买买提國華張髙於·• 　AaＢ\ue81e"


def normal(*names: str | None) -> list[str | None]:
    return normal_names(pl.Series(names, dtype=pl.String)).to_list()


@pytest.mark.parametrize("sign", list(INTERPUNCTS))
def test_every_interpunct_is_ignored(sign: str) -> None:
    assert normal(f"阿依{sign}古丽") == ["阿依古丽"]


@pytest.mark.parametrize("space", [" ", "\u3000", "\u00a0", "\t", "\u2003"])
def test_spaces_are_ignored(space: str) -> None:
    assert normal(f"张{space}三") == ["张三"]


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("張國榮", "张国荣"),
        ("髙於恵", "高于惠"),
        ("ＡＬＩ", "ALI"),
        ("Ali", "ALI"),
        ("\ue81e", "\u9fb4"),
        ("", None),
        ("·", None),
        (None, None),
    ],
)
def test_normal_form(sent: str | None, wanted: str | None) -> None:
    assert normal(sent) == [wanted]


@pytest.mark.parametrize(("variant", "standard"), VARIANTS.items())
def test_variants_become_standard(variant: str, standard: str) -> None:
    assert normal("李" + variant) == ["李" + standard]


@given(st.lists(st.one_of(st.none(), st.text(CHARACTERS, max_size=6)), max_size=8))
def test_rows_keep_their_places_and_a_normal_form_is_its_own(names: list[str | None]) -> None:
    once = normal(*names)
    assert len(once) == len(names)
    assert once == [normal(name)[0] for name in names]
    assert normal(*once) == once


def test_different_names_stay_different() -> None:
    assert normal("张伟") != normal("张玮")


def test_homophones_sound_alike() -> None:
    heard = sounds(pl.Series(["张伟", "章威", "张芳", None])).to_list()
    assert heard[0] == heard[1] != heard[2]
    assert heard[3] is None


def test_employers() -> None:
    frame = pl.DataFrame({"e": [" 甲 厂 a", "甲厂Ａ", "", None]})
    assert frame.select(normal_employer(pl.col("e"))).to_series().to_list() == [
        "甲厂A",
        "甲厂A",
        None,
        None,
    ]
