"""Which rows the model has to look at: those that no valid number gives to anybody, and those that could be somebody without one."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from core_town import AS_OF, core_frame
from engine_cases import ENDS_IN_X, WHOLE

from household.extracts import Extracts
from household.identity.numbers import number_of_key
from household.linkage.plans import ROW_COLUMNS
from household.linkage.sifting import sift_rows
from household.linkage.subjects import SUBJECTS

POPULATION, PENSION, MARRIAGE = (
    "public_security.population",
    "human_resources.benefit",
    "civil_affairs.marriage",
)
KEY = int(WHOLE[:17])
FAR = number_of_key(99020219851231777)
"""A number of another day."""


def sifted(
    given: list[dict[str, Any]],
    people: list[dict[str, Any]],
    *,
    dataset: str = PENSION,
    taken: tuple[int, ...] = (),
    number: str = "id_no",
) -> pl.DataFrame:
    """Rows of a dataset sifted for some people."""
    frame = core_frame(dataset, given)
    extracts = Extracts(rows=lambda _: frame.lazy(), delivered=pl.DataFrame(), as_of=AS_OF)
    subject = next(s for s in SUBJECTS if (s.dataset, s.number) == (dataset, number))
    schema = {"number": pl.String, "key": pl.Int64, "birth": pl.Date}
    known = pl.DataFrame([{c: p.get(c) for c in schema} for p in people], schema=schema)
    return sift_rows(extracts, subject, known, pl.Series(taken, dtype=pl.Int64))


NUMBERED = {"number": FAR, "key": int(FAR[:17]), "birth": date(1985, 12, 31)}
ROW = {"name": "张伟", "id_no": WHOLE}

UNUSABLE = (None, "", "无", WHOLE[:17] + "X", WHOLE[:6] + "*" * 8 + WHOLE[14:], WHOLE[:15] + "000")


@pytest.mark.parametrize("number", UNUSABLE)
def test_a_row_without_a_valid_number_is_looked_at(number: str | None) -> None:
    found = sifted([ROW | {"id_no": number}], [NUMBERED])
    assert found["name"].to_list() == ["张伟"]
    assert found["key"].to_list() == [None]


def test_a_row_with_a_valid_number_is_not_as_long_as_everybody_has_one() -> None:
    assert len(sifted([ROW], [NUMBERED])) == 0
    assert len(sifted([ROW], [])) == 0


KEYLESS: dict[str, tuple[dict[str, Any], bool]] = {
    "number_is_a_repair": ({"number": WHOLE[:4] + "7" + WHOLE[5:]}, True),
    "number_with_a_digit_missing": ({"number": WHOLE[:4] + WHOLE[5:]}, True),
    "number_of_somebody_else_damaged": ({"number": FAR[:4] + "7" + FAR[5:]}, False),
    "born_that_day": ({"birth": date(1990, 3, 7)}, True),
    "born_the_day_after": ({"birth": date(1990, 3, 8)}, False),
    "visible_digits_fit": ({"number": WHOLE[:4] + "*" * 10 + WHOLE[14:]}, True),
    "visible_digits_fit_a_short_mask": ({"number": WHOLE[:4] + "**" + WHOLE[14:]}, True),
    "visible_head_fits": ({"number": WHOLE[:8] + "*" * 10}, True),
    "visible_digits_are_too_few": ({"number": WHOLE[:4] + "*" * 11 + WHOLE[15:]}, False),
    "visible_digits_contradict": ({"number": WHOLE[:4] + "*" * 10 + "7771"}, False),
    "nothing_is_known": ({}, False),
}


@pytest.mark.parametrize("case", KEYLESS)
def test_a_valid_number_that_could_be_somebodys_whose_own_is_unusable(case: str) -> None:
    person, looked_at = KEYLESS[case]
    assert len(sifted([ROW], [person, NUMBERED])) == looked_at


@pytest.mark.parametrize(
    "mask",
    [
        WHOLE[:6] + "X" * 8 + WHOLE[14:],
        WHOLE[:6] + "＊" * 8 + WHOLE[14:],
        WHOLE[:6] + "#" * 8 + WHOLE[14:],
    ],
)
def test_masks_of_every_style_are_masks(mask: str) -> None:
    assert len(sifted([ROW], [{"number": mask}])) == 1


def test_a_number_that_is_taken_is_nobody_elses() -> None:
    born = {"birth": date(1990, 3, 7)}
    assert len(sifted([ROW], [born], taken=(KEY,))) == 0
    assert len(sifted([ROW], [born], taken=(KEY + 1,))) == 1
    # a row without a number has none that could be taken
    assert len(sifted([ROW | {"id_no": None}], [born], taken=(KEY,))) == 1


@pytest.mark.parametrize("name", [None, "", "···", " \u3000"])
def test_a_row_without_a_name_is_not_looked_at(name: str | None) -> None:
    assert len(sifted([{"name": name, "id_no": None}], [NUMBERED])) == 0


def test_rows_have_what_a_plan_asks_for() -> None:
    found = sifted(
        [
            ROW | {"id_no": None, "name": "張 偉"},
            ROW | {"id_no": ENDS_IN_X, "birth_date": date(1990, 3, 8), "sex": "男"},
            ROW | {"id_no": ENDS_IN_X.lower()},
        ],
        [{"birth": date(1990, 3, 7)}],
        dataset=POPULATION,
    )
    assert set(ROW_COLUMNS) <= set(found.columns)
    assert found["row"].to_list() == [0, 1, 2]
    assert found["row"].dtype == pl.Int64
    assert found["normal"].to_list() == ["张伟"] * 3
    assert found["name"].to_list() == ["張 偉", "张伟", "张伟"]
    assert found["number"].to_list() == [None, ENDS_IN_X, ENDS_IN_X]
    assert not found["former"].any()
    # stated goes before what stands inside the number; `birth` and `sex` are what is stated alone
    assert found["birth"].to_list() == [None, date(1990, 3, 8), None]
    assert found["row_birth"].to_list() == [None, date(1990, 3, 8), date(1990, 3, 7)]
    assert found["sex"].to_list() == [None, "男", None]
    assert found["row_sex"].to_list() == [None, "男", "女"]


def test_the_second_person_of_a_row_is_sifted_by_the_second_name_and_number() -> None:
    row = {"id_no_a": WHOLE, "name_a": "张伟", "id_no_b": None, "name_b": "李四", "kind": "结婚"}
    row |= {"registered_on": date(2000, 1, 1)}
    assert len(sifted([row], [NUMBERED], dataset=MARRIAGE, number="id_no_a")) == 0
    found = sifted([row], [NUMBERED], dataset=MARRIAGE, number="id_no_b")
    assert found["name"].to_list() == ["李四"]


def test_an_empty_dataset_has_nothing_to_look_at() -> None:
    found = sifted([], [{"birth": date(1990, 3, 7)}, NUMBERED])
    assert len(found) == 0
    assert set(ROW_COLUMNS) <= set(found.columns)
