"""Blocking: a pair that shares a block is found, once; blocks that tell nothing are left out and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from engine_cases import ENDS_IN_X, WHOLE, people, plan, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from household.identity.numbers import number_of_key
from household.linkage.engine import blocking
from household.linkage.engine.blocking import block
from household.linkage.engine.records import encode

if TYPE_CHECKING:
    from household.linkage.engine.plan import Plan


def found(
    left: list[dict[str, Any]], right: list[dict[str, Any]], how: Plan | None = None
) -> list[tuple[int, int]]:
    """Pairs of places that are looked at, in order; whether each stands once is checked here."""
    how = how or plan()
    pairs = block(
        encode(rows(*left), how, "rows", "row"),
        encode(people(*right), how, "people", "person"),
        how,
    )
    told = list(zip(pairs.li.tolist(), pairs.ri.tolist(), strict=True))
    assert len(told) == len(set(told))
    return sorted(told)


ZHANG = {"name": "张伟", "birth": "1990-03-07", "phone": "13800010002"}


def test_a_pair_that_shares_several_blocks_is_found_once() -> None:
    assert found([ZHANG], [ZHANG]) == [(0, 0)]


SHARED: dict[str, dict[str, Any]] = {
    "sound_and_birth": {"name": "章韦", "birth": "1990-03-07"},
    "name_and_year": {"name": "张伟", "birth": "1990-11-19"},
    "surname_and_telephone": {"name": "张晓东", "phone": "13800010002"},
    "birth_and_telephone": {"name": "李四", "birth": "1990-03-07", "phone": "13800010002"},
}


@pytest.mark.parametrize("case", SHARED)
def test_each_block_finds_its_pair(case: str) -> None:
    assert found([SHARED[case]], [ZHANG]) == [(0, 0)]


APART: dict[str, dict[str, Any]] = {
    "name_alone": {"name": "张伟"},
    "birth_alone": {"name": "李四", "birth": "1990-03-07"},
    "telephone_alone": {"name": "李四", "phone": "13800010002"},
    "another_year": {"name": "张伟", "birth": "1991-11-19"},
    "nothing": {},
    "empty_texts": {"name": "", "birth": "", "phone": "", "number": ""},
}


@pytest.mark.parametrize("case", APART)
def test_half_a_block_finds_nobody(case: str) -> None:
    assert found([APART[case]], [ZHANG]) == []


def test_records_without_values_find_nobody_not_even_one_another() -> None:
    empty = [{}, {"name": "", "number": "无", "birth": "不详", "phone": "0000000"}]
    assert found(empty, empty) == []


DAMAGED = {
    "one_digit": WHOLE[:4] + "7" + WHOLE[5:],
    "check_character": WHOLE[:17] + "X",
    "changed_about": WHOLE[:8] + WHOLE[9] + WHOLE[8] + WHOLE[10:],
    "dropped": WHOLE[:4] + WHOLE[5:],
    "doubled": WHOLE[:4] + WHOLE[3:],
    "masked": WHOLE[:6] + "*" * 8 + WHOLE[14:],
    "masked_in_letters": WHOLE[:6] + "X" * 8 + WHOLE[14:],
    "masked_short": WHOLE[:6] + "***" + WHOLE[14:],
    "tail_hidden": WHOLE[:14] + "****",
    "fourteen_digits": WHOLE[:14],
    "only_the_tail": "*" * 8 + WHOLE[8:],
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_number_finds_the_whole_one_from_either_side(damage: str) -> None:
    # few visible digits are looked at beside a name that begins alike only
    sent, whole = ({"name": "张晓东", "number": number} for number in (DAMAGED[damage], WHOLE))
    other = {"name": "张晓东", "number": number_of_key(99020219851231777)}
    assert found([sent], [other, whole]) == [(0, 1)]
    assert found([other, whole], [sent]) == [(1, 0)]


@pytest.mark.parametrize(
    "sent", [ENDS_IN_X[:3] + ENDS_IN_X[4:], ENDS_IN_X[:16] + ENDS_IN_X[17] + ENDS_IN_X[16]]
)
def test_a_slip_that_moves_the_check_character_x_is_repaired(sent: str) -> None:
    assert found([{"number": sent}], [{"number": ENDS_IN_X}]) == [(0, 0)]


def test_a_lost_tail_is_found_by_head_and_surname() -> None:
    sent = {"number": WHOLE[:15] + "000", "name": "张晓东"}
    assert found([sent], [{"number": WHOLE, "name": "张伟"}]) == [(0, 0)]


def test_a_valid_number_is_not_repaired_into_another() -> None:
    near = number_of_key(int(WHOLE[:17]) + 1)
    assert found([{"number": near}], [{"number": WHOLE}]) == []


def test_a_mask_that_shows_nothing_to_go_by_finds_nobody() -> None:
    for mask in ("*" * 18, "*9901*", "***990101***"):
        assert found([{"number": mask}], [{"number": WHOLE}]) == []


def test_too_many_people_of_one_value_are_left_out_and_told() -> None:
    how = plan("name", "birth", blocks=(("name.name",), ("birth.birth",)))
    crowd = [{"name": "张伟"}] * (blocking.MOST_PEOPLE + 1)
    sides = (
        encode(rows({"name": "张伟", "birth": "1990-03-07"}, {"name": "李四"}), how, "rows", "row"),
        encode(people(*crowd, {"name": "李四", "birth": "1990-03-07"}), how, "people", "person"),
    )
    pairs = block(*sides, how)
    assert pairs.crowded == {"name.name": 1}
    # the other block and the other name are looked at all the same
    assert sorted(zip(pairs.li, pairs.ri, strict=True)) == [(0, len(crowd)), (1, len(crowd))]
    assert not block(*sides, plan("name", "birth", blocks=(("birth.birth",),))).crowded


def test_as_many_people_as_may_be_are_all_looked_at() -> None:
    how = plan("name", "birth", blocks=(("name.name",),))
    crowd = [{"name": "张伟"}] * blocking.MOST_PEOPLE
    assert len(found([{"name": "张伟"}], crowd, how)) == blocking.MOST_PEOPLE


def test_too_many_pairs_of_one_value_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_PAIRS", 6)
    how = plan("name", "birth", blocks=(("name.name",),))
    many = [{"name": "张伟"}] * 3
    assert len(found(many[:2], many, how)) == 6
    left = encode(rows(*many, many[0]), how, "rows", "row")
    pairs = block(left, encode(people(*many), how, "people", "person"), how)
    assert len(pairs) == 0
    assert pairs.crowded == {"name.name": 4}


_PERSON = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "", "张伟", "章韦", "张晓东", "李四"]),
        "birth": st.sampled_from([None, "1990-03-07", "1990-11-19", "1985-01-01"]),
        "phone": st.sampled_from([None, "13800010002", "13800010003"]),
    }
)


@settings(deadline=None, max_examples=30)
@given(st.lists(_PERSON, max_size=6), st.lists(_PERSON, max_size=6))
def test_exactly_the_pairs_that_share_a_block_are_found(
    left: list[dict[str, Any]], right: list[dict[str, Any]]
) -> None:
    sound = {"张伟": "zw", "章韦": "zw", "张晓东": "zxd", "李四": "ls"}

    def keys(of: dict[str, Any]) -> set[tuple[Any, ...]]:
        name, birth, phone = of["name"] or None, of["birth"], of["phone"]
        made: set[tuple[Any, ...]] = set()
        if name and birth:
            made |= {("s", sound[name], birth), ("y", name, birth[:4])}
        if name and phone:
            made.add(("f", sound[name][0], phone))
        if birth and phone:
            made.add(("b", birth, phone))
        return made

    wanted = [(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if keys(a) & keys(b)]
    assert found(left, right, plan("name", "birth", "phone")) == wanted


def test_no_more_shapes_of_masks_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_MASKS", 1)
    common, rare = WHOLE[:6] + "*" * 8 + WHOLE[14:], WHOLE[:10] + "****" + WHOLE[14:]
    left = [{"number": common}, {"number": rare}, {"number": common}]
    assert found(left, [{"number": WHOLE}]) == [(0, 0), (2, 0)]


def test_lines_of_one_owner_are_kept_apart() -> None:
    how = plan("name", "birth", blocks=(("name.name",),))
    line = {"row": 7, "name": "张伟"}
    coded = encode(rows(line, line | {"name": "章韦"}), how, "rows", "row")
    assert coded.owner.tolist() == [7, 7]
    assert len(coded) == 2
    assert coded.forms["name.name"][0] != coded.forms["name.name"][1]
    assert coded.forms["name.sound"][0] == coded.forms["name.sound"][1] != 0


def test_a_column_that_is_not_there_is_a_column_without_values() -> None:
    told = plan("name", "birth")
    absent = told.__class__(
        tuple(
            f if f.name != "birth" else f.__class__("birth", "birth", ("",), f.people)
            for f in told.fields
        ),
        told.blocks,
    )
    frame = pl.DataFrame({"row": [0], "name": ["张伟"]})
    assert encode(frame, absent, "rows", "row").forms["birth.birth"].tolist() == [0]
