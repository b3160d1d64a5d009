"""How names sound: homophones, surnames with readings of their own, pinyin and signs in the place of characters."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from household.identity.names import normal_names
from household.identity.sounds import LONGEST, character_sounds, sounds
from household.identity.tables.reading import read_table

ANYTHING = "张王单尉迟买提abZÜ?□*·１2\n\x00\ue81e𠮷(:）۞ж"


def heard(*names: str | None) -> list[str | None]:
    return sounds(pl.Series(names, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("王喆", "wang zhe"),
        ("王哲", "wang zhe"),
        ("单田芳", "shan tian fang"),
        ("解晓东", "xie xiao dong"),
        ("区志强", "ou zhi qiang"),
        ("仇英", "qiu ying"),
        ("查良镛", "zha liang yong"),
        ("曾国藩", "zeng guo fan"),
        ("朴树", "piao shu"),
        ("尉迟恭", "yu chi gong"),
        ("长孙无忌", "zhang sun wu ji"),
        ("万俟卨", "mo qi xie"),
        ("令狐冲", "ling hu chong"),
        ("王单", "wang dan"),  # a surname's reading is the first character's alone
        ("王长江", "wang chang jiang"),
        ("吕布", "lv bu"),
        ("单", "shan"),
        ("阿卜杜", "a bu du"),
    ],
)
def test_readings(name: str, sound: str) -> None:
    assert heard(name) == [sound]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("王ZHE", "王喆"),
        ("王zhe", "王喆"),
        ("王ｚｈｅ", "王喆"),
        ("ZHANG SAN", "张三"),
        ("ZHANGSAN", "张三"),
        ("LYUBU", "吕布"),  # as passports have it
        ("LÜ BU", "吕布"),
        ("LVBU", "吕布"),
        ("张wei", "张玮"),
        ("阿布都", "阿不都"),
        ("张伟", "章威"),
    ],
)
def test_what_stands_for_a_character_sounds_like_it(written: str, meant: str) -> None:
    assert sounds(normal_names(pl.Series([written, meant]))).n_unique() == 1


@pytest.mark.parametrize("sign", ["?", "？", "□", "*", "×", "■", "�", "\ue000", "\U00030500"])
def test_a_character_that_could_not_be_written_is_any_character(sign: str) -> None:
    assert heard("李" + sign) == ["li ?"]
    assert sounds(normal_names(pl.Series(["李" + sign]))).to_list() == ["li ?"]


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("张XX", "zhang ? ?"),
        ("张三(已故)", "zhang san yi gu"),
        ("张三2", "zhang san 2"),
        ("SMITH", "smith"),
        ("张\x00三", "zhang san"),
        ("张\n三", "zhang san"),
        ("", None),
        ("·", None),
        (":", None),
        (None, None),
    ],
)
def test_other_signs(name: str | None, sound: str | None) -> None:
    assert heard(name) == [sound]


def test_readings_are_those_of_the_library() -> None:
    changed = set(read_table("surname_readings")["inside"])
    table = character_sounds()
    for character in "丽买伊克努古合喀图姆娜孜尔帕拉提曼木沙热玉苏艾萨赛迪阿国建军伟秀英":
        library = pinyin(character, style=Style.NORMAL)[0][0]
        assert table[ord(character)] == library or character in changed


def test_every_listed_surname_needs_its_entry() -> None:
    table = character_sounds()
    for surname, reading in read_table("surname_readings")["single"].items():
        assert table[ord(surname)] != reading, surname


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(ANYTHING, max_size=8)), max_size=8))
def test_rows_keep_their_places(names: list[str | None]) -> None:
    together = heard(*names)
    assert together == [heard(name)[0] for name in names]
    assert all(sound is None or sound.split() == sound.split(" ") for sound in together)


def test_a_name_without_end_is_heard_to_a_limit() -> None:
    (han,) = heard("张" * 1_000_000)
    (latin,) = heard("a" * 1_000_000)
    assert han == " ".join(["zhang"] * LONGEST)
    assert latin is not None
    assert len(latin) < 3 * LONGEST
