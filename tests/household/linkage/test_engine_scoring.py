"""Weights: every sum is redone by hand from the model."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from engine_cases import ENDS_IN_X, WHOLE, people, plan, rows

from household.linkage.engine import scoring
from household.linkage.engine.blocking import Pairs
from household.linkage.engine.kinds import KINDS
from household.linkage.engine.model import Levels, Model, shipped_model
from household.linkage.engine.records import encode
from household.linkage.engine.scoring import Compared, Weights, compare, weigh

if TYPE_CHECKING:
    from household.linkage.engine.plan import Plan

ZHANG = {"name": "张伟", "number": WHOLE, "birth": "1990-03-07", "sex": "男"}


def scored(
    row: dict[str, Any], person: dict[str, Any], how: Plan, model: Model
) -> tuple[Compared, Weights]:
    """One row beside one person."""
    left = encode(rows(row), how, "rows", "row")
    right = encode(people(person), how, "people", "person")
    one = np.zeros(1, dtype=np.int64)
    compared = compare(left, right, Pairs(one, one, {}), how, model)
    return compared, weigh(compared, model)


def words(compared: Compared, how: Plan) -> dict[str, str]:
    return {f.name: f.handling.comparison.words[compared.levels[f.name].item()] for f in how.fields}


def bits(model: Model, field: str, word: str) -> tuple[float, float]:
    """log2(m / u) and log2(m / r) of a level."""
    held: Levels = model.levels[field]
    at = held.words.index(word)
    return math.log2(held.m[at] / held.u[at]), math.log2(held.m[at] / held.r[at])


def by_hand(model: Model, said: dict[str, str]) -> float:
    """Odds from levels, without frequencies."""
    strangers = math.log2(model.matched / model.population)
    relatives = strangers - math.log2(model.related / model.population)
    for field, word in said.items():
        against, kin = bits(model, field, word)
        strangers, relatives = strangers + against, relatives + kin
    return -math.log2(2.0**-strangers + 2.0**-relatives)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all_equal": (ZHANG, ZHANG),
    "nothing": ({}, ZHANG),
    "name_and_birth": (ZHANG | {"number": None}, ZHANG | {"number": None}),
    "another": ({"name": "李四", "birth": "1960-01-02", "sex": "女"}, ZHANG),
    "telephone": ({"name": "张晓东", "phone": "13800010002"}, {"name": "张伟", "phone": "13800010002"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_odds_are_the_sum_of_what_each_field_says(case: str) -> None:
    how = plan()
    model = shipped_model(how, population=5000, matched=0.8)
    compared, weights = scored(*CASES[case], how, model)
    said = words(compared, how)
    assert weights.odds.item() == pytest.approx(by_hand(model, said))
    for field, word in said.items():
        against, kin = bits(model, field, word)
        assert weights.strangers[field].item() == pytest.approx(against)
        assert weights.relatives[field].item() == pytest.approx(kin)


def test_what_is_missing_weighs_nothing() -> None:
    how = plan()
    _, weights = scored({}, ZHANG, how, shipped_model(how))
    assert {w.item() for w in weights.strangers.values()} == {0.0}
    assert {w.item() for w in weights.relatives.values()} == {0.0}


def test_relatives_hold_back_what_only_a_family_shares() -> None:
    how = plan("name", "phone")
    model = shipped_model(how)
    row, person = CASES["telephone"]
    _, weights = scored(row, person, how, model)
    against = model.prior + sum(w.item() for w in weights.strangers.values())
    assert weights.odds.item() < against
    stranger = replace(model, related=1e-9)
    _, alone = scored(row, person, how, stranger)
    assert alone.odds.item() == pytest.approx(against, abs=1e-3)


def test_a_common_value_weighs_less_than_a_rare_one() -> None:
    how = plan("name", "birth")
    model = replace(
        shipped_model(how),
        frequencies={("name", "name"): {"张伟": 0.01}},
        rare={("name", "name"): 1e-5},
    )
    m = model.levels["name"].m[1]
    _, common = scored({"name": "张伟"}, {"name": "张伟"}, how, model)
    _, rare = scored({"name": "张韦阳"}, {"name": "张韦阳"}, how, model)
    assert common.strangers["name"].item() == pytest.approx(math.log2(m / 0.01))
    assert rare.strangers["name"].item() == pytest.approx(math.log2(m / 1e-5))
    # relatives have no frequencies
    assert common.relatives["name"].item() == rare.relatives["name"].item()


def test_the_share_of_an_equal_name_is_taken_off_its_sound() -> None:
    how = plan("name", "birth")
    coded = encode(people({"name": "张伟"}), how, "people", "person").coded["name"]
    sound = KINDS["name"].value(coded, "sound", np.zeros(1, dtype=np.int64)).item()
    model = replace(
        shipped_model(how),
        frequencies={("name", "name"): {"张伟": 0.004}, ("name", "sound"): {sound: 0.01}},
        rare={("name", "name"): 1e-5, ("name", "sound"): 1e-4},
    )
    compared, weights = scored({"name": "章韦"}, {"name": "张伟"}, how, model)
    assert words(compared, how)["name"] == "name_homophone"
    m = model.levels["name"].m[model.levels["name"].words.index("name_homophone")]
    assert weights.strangers["name"].item() == pytest.approx(math.log2(m / 0.006))
    # never below half of what a rare sound has
    common = replace(
        model, frequencies={**model.frequencies, ("name", "name"): {"张伟": 0.0099999}}
    )
    _, least = scored({"name": "章韦"}, {"name": "张伟"}, how, common)
    assert least.strangers["name"].item() == pytest.approx(math.log2(m / 5e-5))


NUMBERS_SAY_IT = {
    "equal_read_in_it": ({"number": WHOLE}, {"number": WHOLE}),
    "damaged": (ZHANG | {"number": WHOLE[:4] + "7" + WHOLE[5:]}, ZHANG),
    "tail_lost": (ZHANG | {"number": WHOLE[:15] + "000"}, ZHANG),
}


@pytest.mark.parametrize("case", NUMBERS_SAY_IT)
def test_birth_and_sex_do_not_count_beside_a_number_that_says_them(case: str) -> None:
    how = plan("name", "number", "birth", "sex")
    compared, weights = scored(*NUMBERS_SAY_IT[case], how, shipped_model(how))
    assert words(compared, how)["birth"] == "birth_missing"
    assert words(compared, how)["sex"] == "sex_missing"
    assert weights.strangers["birth"].item() == weights.strangers["sex"].item() == 0.0


HARDLY_MORE = {
    "head_equal": WHOLE[:14] + "9999",
    "two_slips": WHOLE[:8] + "7" + WHOLE[9:12] + "9" + WHOLE[13:],
}


@pytest.mark.parametrize("number", HARDLY_MORE.values(), ids=HARDLY_MORE)
def test_a_damaged_number_is_no_worse_than_none_beside_a_stated_date(number: str) -> None:
    """The digits say hardly more than the date inside them: the stated one counts in their place."""
    how = plan("name", "number", "birth", "sex")
    compared, damaged = scored(ZHANG | {"number": number}, ZHANG, how, shipped_model(how))
    said = words(compared, how)
    assert (said["number"], said["birth"]) == ("number_missing", "birth_equal")
    _, none = scored(ZHANG | {"number": None}, ZHANG, how, shipped_model(how))
    assert damaged.odds.item() == none.odds.item()


@pytest.mark.parametrize("number", HARDLY_MORE.values(), ids=HARDLY_MORE)
def test_without_a_stated_date_the_digits_count(number: str) -> None:
    how = plan("name", "number", "birth", "sex")
    row = ZHANG | {"number": number, "birth": None, "sex": None}
    compared, weights = scored(row, ZHANG, how, shipped_model(how))
    assert words(compared, how)["number"] in {"number_head_equal", "number_two_slips"}
    assert weights.strangers["number"].item() > 0


def test_birth_read_in_a_number_counts_where_the_other_side_has_no_number() -> None:
    how = plan("name", "number", "birth", "sex")
    row, person = {"name": "张伟", "number": WHOLE}, ZHANG | {"number": None}
    compared, _ = scored(row, person, how, shipped_model(how))
    said = words(compared, how)
    assert (said["birth"], said["sex"]) == ("birth_equal", "sex_equal")


def test_birth_stated_counts_beside_two_valid_numbers_that_differ() -> None:
    how = plan("name", "number", "birth", "sex")
    compared, _ = scored(ZHANG, ZHANG | {"number": ENDS_IN_X}, how, shipped_model(how))
    said = words(compared, how)
    assert (said["number"], said["birth"]) == ("numbers_differ", "birth_equal")


def test_visible_digits_do_not_say_the_birth_date_again() -> None:
    """Beside a stated birth date, what a mask shows of it is worth nothing; without one it is."""
    how = plan("name", "number", "birth", "sex")
    model = shipped_model(how)
    level = model.levels["number"]
    at = level.words.index("visible_digits_agree")
    agree_or_not = level.u[at] + level.u[level.words.index("visible_digits_contradict")]
    shown, hidden = WHOLE[:14] + "****", WHOLE[:6] + "*" * 12

    def weight(mask: str, *, born: bool) -> float:
        row = {"number": mask} | ({"birth": "1990-03-07"} if born else {})
        _, weights = scored(row, ZHANG, how, model)
        return float(weights.strangers["number"].item())

    assert weight(shown, born=False) > weight(hidden, born=False) + 10
    assert weight(shown, born=True) == pytest.approx(weight(hidden, born=True))
    assert weight(hidden, born=True) == pytest.approx(weight(hidden, born=False))
    region = 6 * 0.7  # bits of six visible places of the region
    assert weight(hidden, born=False) == pytest.approx(
        math.log2(level.m[at] / (2.0**-region * agree_or_not))
    )


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    how = plan()
    left = encode(rows(ZHANG, {}, {"name": "李四"}), how, "rows", "row")
    right = encode(people(ZHANG, {"name": "李四"}), how, "people", "person")
    li, ri = np.divmod(np.arange(6), 2)
    model = shipped_model(how)
    whole = compare(left, right, Pairs(li, ri, {}), how, model)
    monkeypatch.setattr(scoring, "CHUNK", 2)
    parts = compare(left, right, Pairs(li, ri, {}), how, model)
    for field in whole.levels:
        assert whole.levels[field].tolist() == parts.levels[field].tolist()
        np.testing.assert_array_equal(whole.chances[field], parts.chances[field])


def test_no_pairs_have_no_weights() -> None:
    how = plan()
    left, right = encode(rows(), how, "rows", "row"), encode(people(), how, "people", "person")
    none = np.zeros(0, dtype=np.int64)
    model = shipped_model(how)
    assert len(weigh(compare(left, right, Pairs(none, none, {}), how, model), model).odds) == 0
