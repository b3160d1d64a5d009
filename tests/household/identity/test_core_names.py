"""Normal forms of names, and how they sound."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.identity.names import (
    INTERPUNCTS,
    VARIANTS,
    name_parts,
    normal_employer,
    normal_names,
)

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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张喆", "张哲"),
        ("李堃", "李坤"),
        ("王淼", "王水"),
        ("陈犇", "陈奔"),
        ("买买提", "麦麦提"),
        ("张伟", "张ＷＥＩ"),
        ("凃山", "涂山"),
    ],
)
def test_names_that_two_people_bear_stay_different(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_a_standard_form_is_nobody_s_variant() -> None:
    assert not set(VARIANTS) & set(VARIANTS.values())


@pytest.mark.parametrize(
    "sign",
    [
        "\n",
        "\r\n",
        "\x00",
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\u200e",
        "\u2028",
        "\x85",
        "\x1f",
        "\ufe00",
        "\U000e0100",
    ],
)
def test_what_cannot_be_seen_is_ignored_and_shifts_no_row(sign: str) -> None:
    assert normal("李四", f"張{sign}三", "王五", sign, None, "赵六") == [
        "李四",
        "张三",
        "王五",
        None,
        None,
        "赵六",
    ]


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ("李\ue816", "李\U00020087"),  # GBK, row FE50
        ("⻢云", "马云"),  # copied out of a PDF file
        ("⾼山", "高山"),  # the same, Kangxi radicals: NFKC
        ("髙橋", "高桥"),
        ("於伦", "于伦"),  # OpenCC alone keeps it
        ("张囯栄", "张国荣"),
        ("錢鍾書", "钱钟书"),
        ("乾坤", "乾坤"),
        ("阿依 ˙ 古丽", "阿依古丽"),
        ("阿依—古丽", "阿依古丽"),
        ("Ａli．ｋ", "ALIK"),
    ],
)
def test_rare_and_variant_characters(sent: str, wanted: str) -> None:
    assert normal(sent) == [wanted]


def test_a_name_without_end_keeps_its_whole_form() -> None:
    (form,) = normal("張·" * 250_000)
    assert form == "张" * 250_000


@pytest.mark.parametrize(
    ("sent", "parts"),
    [
        ("阿依·古麗", ["阿依", "古丽"]),
        ("买买提 • 艾力．阿卜拉", ["买买提", "艾力", "阿卜拉"]),
        ("张三", ["张三"]),
        ("张\n三", ["张三"]),
        ("·张·", ["张"]),
        ("··", []),
        ("", []),
        (None, None),
    ],
)
def test_parts(sent: str | None, parts: list[str] | None) -> None:
    assert name_parts(pl.Series([None, sent, "阿·依"], dtype=pl.String)).to_list() == [
        None,
        parts,
        ["阿", "依"],
    ]


def test_employers() -> None:
    frame = pl.DataFrame({"e": [" 甲 厂 a", "甲厂Ａ", "", None]})
    assert frame.select(normal_employer(pl.col("e"))).to_series().to_list() == [
        "甲厂A",
        "甲厂A",
        None,
        None,
    ]
