"""Linkage as a whole on small sides: what is settled, what is scored, and what makes no difference."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from engine_cases import ENDS_IN_X, WHOLE, people, plan, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.numbers import number_of_key
from household.linkage.engine.linking import CERTAIN, link, train
from household.linkage.engine.model import COMMON_FROM, model_text, rounded, shipped_model

HOW = plan("name", "number", "birth", "sex", "phone")
REGISTER = plan("name", "number", "birth", "sex", "phone", once=True)
MODEL = shipped_model(HOW, population=1000)
ZHANG = {
    "name": "张晓伟",
    "number": WHOLE,
    "birth": "1990-03-07",
    "sex": "男",
    "phone": "13800010002",
}
LI = {
    "name": "李小芳",
    "number": ENDS_IN_X,
    "birth": "1990-03-07",
    "sex": "女",
    "phone": "13800010003",
}


def best(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[tuple[int, int, float]]:
    return link(rows(*left), people(*right), HOW, MODEL).best().sort("row", "person").rows()


def test_number_and_name_are_certain() -> None:
    assert best([ZHANG, LI], [LI, ZHANG]) == [(0, 101, CERTAIN), (1, 100, CERTAIN)]


@pytest.mark.parametrize(
    "change",
    [
        {"number": None},
        {"number": WHOLE[:4] + "7" + WHOLE[5:]},
        {"number": WHOLE[:6] + "*" * 8 + WHOLE[14:]},
        {"number": None, "name": "张小伟"},
        {"number": None, "sex": None},
        {"number": WHOLE[:15] + "000", "birth": None, "phone": None},
    ],
)
def test_what_is_damaged_finds_its_person_and_no_other(change: dict[str, Any]) -> None:
    ((row, person, probability),) = best([ZHANG | change], [LI, ZHANG])
    assert (row, person) == (0, 101)
    assert 0.9 < probability < 1


def test_a_number_with_another_name_is_scored_not_settled() -> None:
    links = link(rows(ZHANG | {"name": "赵敏"}), people(ZHANG), HOW, MODEL)
    assert len(links.settled) == 0
    assert links.scored.select("row", "person").rows() == [(0, 100)]


def test_a_stranger_of_the_same_name_is_not_linked() -> None:
    stranger = {"name": "张晓伟", "birth": "1971-12-19", "phone": "13911110001"}
    assert best([stranger], [ZHANG]) == []


def test_a_row_has_one_best_candidate() -> None:
    """The number is on the roster twice; the row's name says whose it is."""
    found = best([ZHANG], [ZHANG, LI | {"number": WHOLE}])
    assert [(row, person) for row, person, _ in found] == [(0, 100)]


def test_a_person_of_a_register_who_has_a_row_is_not_given_another() -> None:
    again = ZHANG | {"number": None, "phone": None}
    many = link(rows(ZHANG, again), people(ZHANG), HOW, MODEL).best()
    once = link(rows(ZHANG, again), people(ZHANG), REGISTER, MODEL).best()
    assert many.filter(row=1)["probability"].to_list() > [0.5]
    assert (
        once.filter(row=1, person=100)["probability"].sum()
        < many.filter(row=1)["probability"].sum()
    )


def test_a_row_of_two_names_is_found_by_either() -> None:
    left = rows(
        {"row": 4, "name": "旧名", "birth": "1990-03-07"},
        {"row": 4, "name": "张晓伟", "birth": "1990-03-07"},
    )
    found = link(left, people(ZHANG | {"number": None}), HOW, MODEL).best()
    assert found.select("row", "person").rows() == [(4, 100)]


def test_a_plan_without_a_number_leaves_everything_to_the_model() -> None:
    how = plan("name", "birth", "phone")
    links = link(rows(ZHANG), people(ZHANG, LI), how, shipped_model(how, population=1000))
    assert len(links.settled) == 0
    assert links.best()["person"].to_list() == [100]


_LINE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            ["张晓伟", "张小伟", "李小芳", "阿依古丽·买买提", "买买提·阿依古丽", None]
        ),
        "number": st.sampled_from(
            [None, WHOLE, ENDS_IN_X, WHOLE[:6] + "*" * 8 + WHOLE[14:], WHOLE[:4] + "7" + WHOLE[5:]]
        ),
        "birth": st.sampled_from([None, "1990-03-07", "1990-07-03", "1971-12-19"]),
        "sex": st.sampled_from([None, "男", "女"]),
        "phone": st.sampled_from([None, "13800010002", "13800010003"]),
    }
)


@settings(deadline=None, max_examples=25)
@given(st.lists(_LINE, max_size=6), st.lists(_LINE, max_size=6), st.booleans(), st.integers(0, 99))
def test_the_order_of_the_lines_makes_no_difference(
    left: list[dict[str, Any]], right: list[dict[str, Any]], once: bool, seed: int
) -> None:
    how = REGISTER if once else HOW
    one, other = rows(*left), people(*right)
    shuffled = random.Random(seed)
    turned, back = list(range(len(one))), list(range(len(other)))
    shuffled.shuffle(turned)
    shuffled.shuffle(back)
    straight = link(one, other, how, MODEL)
    crooked = link(one[turned], other[back], how, MODEL)
    assert sorted(straight.settled.rows()) == sorted(crooked.settled.rows())
    told = [
        {
            (row, person): (pytest.approx(odds), pytest.approx(probability))
            for row, person, odds, probability in links.scored.select(
                "row", "person", "odds", "probability"
            ).rows()
        }
        for links in (straight, crooked)
    ]
    assert told[0].keys() == told[1].keys()
    for pair, (odds, probability) in told[0].items():
        assert (odds.expected, probability.expected) == told[1][pair]
    assert straight.crowded == crooked.crowded
    sums = straight.scored.group_by("row").agg(pl.col("probability").sum())["probability"]
    assert (sums <= 1 + 1e-12).all()


@settings(deadline=None, max_examples=15)
@given(st.lists(_LINE, min_size=1, max_size=4), st.lists(_LINE, min_size=1, max_size=4))
def test_what_one_side_calls_the_other_makes_no_difference(
    left: list[dict[str, Any]], right: list[dict[str, Any]]
) -> None:
    """Rows and people changed about: the same pairs have the same odds."""
    turned = [
        frame.rename({old: new})
        for frame, old, new in ((people(*right), "person", "row"), (rows(*left), "row", "person"))
    ]
    straight = link(rows(*left), people(*right), HOW, MODEL)
    crooked = link(turned[0], turned[1], HOW, MODEL)
    assert set(straight.settled.rows()) == {(b, a) for a, b in crooked.settled.rows()}


TOWN = 60


def _town() -> tuple[pl.DataFrame, pl.DataFrame]:
    """People of invented names; one has a telephone and a name that nobody else has, and six rows."""
    alone = ZHANG | {"name": "欧阳惟一", "phone": "13712345678"}
    others = [
        {
            "name": "张王李赵"[i % 4] + "伟芳娜"[i % 3],
            "number": number_of_key(99010119600101001 + i * 10_000 * 5),
            "birth": f"{1960 + i % 40}-0{1 + i % 9}-11",
            "sex": "男女"[i % 2],
            "phone": f"1390000{i % 5:04d}",
        }
        for i in range(TOWN)
    ]
    return rows(*others, *[alone] * (COMMON_FROM + 1)), people(*others, alone)


def test_common_values_are_in_the_model() -> None:
    left, right = _town()
    text = model_text(train(left, right, HOW, household=None, origin="town"))
    assert "张伟" in text


def test_a_value_of_one_person_with_many_rows_is_not_in_the_model() -> None:
    left, right = _town()
    model = train(left, right, HOW, household=None, origin="town")
    assert "欧阳惟一" not in model_text(model)
    kept = {value for shares in model.frequencies.values() for value in shares}
    coded = HOW["phone"].handling.encode([pl.Series(["13712345678"])])
    phone = HOW["phone"].handling.value(coded, "phone", np.zeros(1, dtype=np.int64)).item()
    assert phone not in kept


def test_a_trained_model_is_its_own_text_and_always_the_same() -> None:
    left, right = _town()
    one, other = (train(left, right, HOW, household=None, origin="town") for _ in range(2))
    assert model_text(one) == model_text(other)
    assert rounded(one).digest == one.digest
    assert one.origin == "town"


def test_a_number_that_nobody_has_is_looked_at_by_a_strict_set() -> None:
    """Born that day and called alike at the beginning: the interpunct may be written otherwise, the number is somebody else's."""
    person = {"name": "阿依古丽·买买提", "number": WHOLE, "birth": "1990-03-07", "sex": "女"}
    row = person | {"name": "阿依古丽•买买提", "number": number_of_key(99010119850101002)}
    how = replace(plan("name", "number", "birth", "sex"), strict=(("name", "birth"),))
    found = link(rows(row), people(person), how, shipped_model(how)).scored
    assert found["person"].to_list() == [100]
    other = link(rows(row | {"birth": "1985-01-01"}), people(person), how, shipped_model(how))
    assert not len(other.pairs)
