"""Levels of names: which spellings are one name, which nearly, which not."""

from __future__ import annotations

import pytest
from engine_cases import level
from hypothesis import given, settings
from hypothesis import strategies as st

CASES: dict[str, tuple[str | None, str | None, str]] = {
    "as_sent": ("张伟", "张伟", "name_equal"),
    "traditional": ("張偉", "张伟", "name_equal"),
    "spaces": ("张 　伟", "张伟", "name_equal"),
    "zero_width": ("张\u200b伟", "张伟", "name_equal"),
    "interpunct_lost": ("阿依古丽·买买提", "阿依古丽买买提", "name_equal"),
    "interpunct_of_another_kind": ("阿依古丽•买买提", "阿依古丽．买买提", "name_equal"),
    "note_of_a_death": ("张伟(已故)", "张伟", "name_equal"),
    "note_in_wide_brackets": ("张伟（曾用名）", "张伟", "name_equal"),
    "note_in_lenticular_brackets": ("张伟【户主】", "张伟", "name_equal"),
    "note_never_closed": ("张伟(已", "张伟", "name_equal"),
    "running_number": ("张伟2", "张伟", "name_equal"),
    "running_number_in_wide_digits": ("张伟１", "张伟", "name_equal"),
    "transliterated": ("阿依古丽·买买提", "阿衣古丽·麦麦提", "name_folded"),
    "transliterated_at_length": (
        "阿卜杜热合曼·阿卜力孜",
        "阿不都热合曼·阿布里孜",
        "name_folded",
    ),
    "father_first": ("买买提·吐尔逊", "吐尔逊·买买提", "name_order"),
    "father_first_and_transliterated": ("买买提·吐尔逊", "吐尔荪·麦麦提", "name_order"),
    "homophone_given": ("张伟", "张韦", "name_homophone"),
    "homophone_surname": ("张伟", "章伟", "name_homophone"),
    "pinyin": ("张伟", "ZHANGWEI", "name_homophone"),
    "pinyin_apart": ("张伟", "Zhang Wei", "name_homophone"),
    "pinyin_of_a_rare_character": ("王喆", "王ZHE", "name_homophone"),
    "surname_reading": ("单雄信", "山雄信", "name_homophone"),
    "unknown_character_asked": ("张?伟", "张晓伟", "name_homophone"),
    "unknown_character_boxed": ("张□伟", "张晓伟", "name_homophone"),
    "unknown_character_private": ("张\ue000伟", "张晓伟", "name_homophone"),
    "father_left_out": ("阿依古丽·买买提", "阿依古丽", "name_cut"),
    "cut_at_the_fields_end": ("阿依古丽·买买提", "阿依古丽买", "name_cut"),
    "double_surname_alone": ("欧阳修文", "欧阳", "name_cut"),
    "one_character_wrong": ("张晓伟", "张晓东", "name_one_off"),
    "one_character_left_out": ("张晓伟", "张伟", "name_one_off"),
    "characters_changed_about": ("张晓伟", "张伟晓", "name_one_off"),
    "another_surname": ("张晓伟", "李晓伟", "name_one_off"),
    "two_characters_one_wrong": ("卓玛", "卓嘎", "name_one_off"),
    "most_syllables": ("阿依古丽·买买提艾力", "阿依努尔·买买提艾力", "name_near"),
    "one_more_by_sound": ("张晓伟", "章小卫东", "name_near"),
    "surname_alone": ("巴特尔", "巴图", "name_surname"),
    "surname_by_sound": ("张伟", "章芳", "name_surname"),
    "one_character_by_sound": ("张", "章", "name_surname"),
    "nothing_in_common": ("张伟", "王芳", "name_unlike"),
    "none": (None, "张伟", "name_missing"),
    "empty": ("", "张伟", "name_missing"),
    "only_signs": ("···", "张伟", "name_missing"),
    "only_a_number": ("12", "张伟", "name_missing"),
    "neither": (None, None, "name_missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_level_of_two_names(case: str) -> None:
    one, other, wanted = CASES[case]
    assert level("name", one, other) == wanted


def test_a_known_former_name_is_told_apart() -> None:
    present, former = ("张伟", False), ("张伟", True)
    assert level("name", present, former) == "name_former"
    assert level("name", present, present) == "name_equal"
    assert level("name", ("张韦", False), former) == "name_homophone"


def test_a_normal_form_that_is_given_is_the_one_compared() -> None:
    assert level("name", ("张伟", False, "李四"), ("李四", False, "李四")) == "name_equal"


def test_names_longer_than_what_is_compared_are_equal_only_as_a_whole() -> None:
    long = "阿卜杜热合曼·阿卜力孜·买买提艾力·吐尔逊江"
    assert level("name", long, long) == "name_equal"
    assert level("name", long + "甲", long + "乙") != "name_equal"


@pytest.mark.parametrize(("one", "other"), [("??", "张伟"), ("???", "张晓伟"), ("□□", "□□□")])
def test_a_name_of_which_nothing_can_be_read_says_nothing(one: str, other: str) -> None:
    assert level("name", one, other) in {"name_missing", "name_unlike"}


def test_a_running_number_before_a_note() -> None:
    assert level("name", "张伟2(已故)", "张伟") == "name_equal"


_SIGNS = st.sampled_from("张章伟韦晓阿依古丽买麦提·?□王Z喆")


@settings(deadline=None, max_examples=60)
@given(st.text(_SIGNS, max_size=8), st.text(_SIGNS, max_size=8))
def test_it_makes_no_difference_which_side_a_name_stands_on(one: str, other: str) -> None:
    level("name", one, other)  # asserts it


@settings(deadline=None, max_examples=30)
@given(st.text(st.sampled_from("张章伟韦晓阿依古丽买麦提王喆"), min_size=1, max_size=20))
def test_a_name_equals_itself(name: str) -> None:
    assert level("name", name, name) == "name_equal"
