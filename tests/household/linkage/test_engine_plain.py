"""Levels of sex, region and telephone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from engine_cases import ENDS_IN_X, WHOLE, level, levels
from hypothesis import given, settings
from hypothesis import strategies as st

from household.linkage.engine.kinds import KINDS

PHONE = "13800010002"

CASES: dict[str, tuple[str, str | None, str | None, str]] = {
    "sex_as_sent": ("sex", "男", "男", "sex_equal"),
    "sex_in_two_characters": ("sex", "男性", "男", "sex_equal"),
    "sex_by_code": ("sex", "1", "男", "sex_equal"),
    "sex_by_letter": ("sex", " f ", "女", "sex_equal"),
    "sex_differs": ("sex", "男", "女", "sex_differs"),
    "sex_not_told": ("sex", "9", "男", "sex_missing"),
    "sex_unknown": ("sex", "未知的性别", "女", "sex_missing"),
    "sex_none": ("sex", None, "女", "sex_missing"),
    "region_as_sent": ("region", "990101", "990101", "region_equal"),
    "region_of_a_township": ("region", "990101001", "990101", "region_equal"),
    "region_of_the_same_city": ("region", "990101", "990102", "region_same_city"),
    "region_of_another_city": ("region", "990101", "990201", "region_differs"),
    "region_of_a_province": ("region", "99", "990101", "region_missing"),
    "region_by_name": ("region", "示范县", "990101", "region_missing"),
    "region_none": ("region", None, None, "region_missing"),
    "phone_as_sent": ("phone", PHONE, PHONE, "phone_equal"),
    "phone_with_signs": ("phone", "+86 138-0001-0002", PHONE, "phone_equal"),
    "phone_with_exit_code": ("phone", "0086" + PHONE, PHONE, "phone_equal"),
    "phone_in_full_width": ("phone", "１３８0001０００2", PHONE, "phone_equal"),
    "phone_of_a_house": ("phone", "0571-88880001", "057188880001", "phone_equal"),
    "phone_one_digit": ("phone", "13800010003", PHONE, "phone_one_digit"),
    "phone_changed_about": ("phone", "13800010020", PHONE, "phone_one_digit"),
    "phone_a_digit_short": ("phone", "1380001002", PHONE, "phone_differs"),
    "phone_of_another": ("phone", "13900010003", PHONE, "phone_differs"),
    "phone_too_short": ("phone", "110", "110", "phone_missing"),
    "phone_filler": ("phone", "0" * 11, "0" * 11, "phone_missing"),
    "phone_word": ("phone", "无", PHONE, "phone_missing"),
    "phone_none": ("phone", None, PHONE, "phone_missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_level(case: str) -> None:
    kind, one, other, wanted = CASES[case]
    assert level(kind, one, other) == wanted


def test_a_number_tells_the_sex_where_none_is_stated() -> None:
    assert level("sex", (None, WHOLE), ("男", None)) == "sex_equal"
    assert level("sex", (None, ENDS_IN_X), ("男", None)) == "sex_differs"
    assert level("sex", ("男", ENDS_IN_X), ("男", None)) == "sex_equal"
    coded = KINDS["sex"].encode([pl.Series([None, "女"]), pl.Series([WHOLE, WHOLE])])
    assert coded.sexes.tolist() == [1, 2]
    assert coded.inside.tolist() == [True, False]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(st.sampled_from("0123456789"), min_size=7, max_size=12), min_size=2, max_size=9
    )
)
def test_two_telephones_have_one_form_if_they_are_one_telephone(texts: list[str]) -> None:
    kind = KINDS["phone"]
    coded = kind.encode([pl.Series(texts, dtype=pl.String)])
    forms = kind.forms(coded)["phone"]
    values = kind.value(coded, "phone", np.arange(len(texts)))
    for text, form, value in zip(texts, forms, values, strict=True):
        filler = len(set(text)) == 1
        assert (form == 0) == filler
        assert (value == "0") == filler
    every = [(i, j) for i in range(len(texts)) for j in range(i) if forms[i] and forms[j]]
    if every:
        said = levels("phone", [(texts[i], texts[j]) for i, j in every])
        for (i, j), word in zip(every, said, strict=True):
            assert (forms[i] == forms[j]) == (word == "phone_equal") == (texts[i] == texts[j])


@pytest.mark.parametrize("kind", ["sex", "region", "number"])
def test_kinds_without_frequencies_say_so(kind: str) -> None:
    coded = KINDS[kind].encode([pl.Series(["1"])])
    with pytest.raises(NotImplementedError):
        KINDS[kind].value(coded, "anything", np.zeros(1, dtype=np.int64))
