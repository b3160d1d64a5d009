"""Decisions: probabilities of a row's candidates beside nobody, runners-up, and a person who may stand once."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household.linkage.engine.blocking import Pairs
from household.linkage.engine.deciding import AGAIN, CANDIDATES, FAINT, candidates, decide
from household.linkage.engine.records import Records

Claims = list[tuple[int, int, float]]


def decided(claims: Claims, *, once: bool = False, taken: list[int] | None = None) -> pl.DataFrame:
    """Candidates of (row, person, odds); `pair` is the place in the list."""
    found = pl.DataFrame(
        [(row, person, pair, odds) for pair, (row, person, odds) in enumerate(claims)],
        schema={"row": pl.Int64, "person": pl.Int64, "pair": pl.Int64, "odds": pl.Float64},
        orient="row",
    )
    return decide(found, once=once, taken=None if taken is None else pl.Series(taken))


def best(table: pl.DataFrame) -> dict[int, int]:
    first = table.filter(rank=1)
    return dict(zip(first["row"], first["person"], strict=True))


def test_candidates_compete_with_one_another_and_with_nobody() -> None:
    table = decided([(1, 10, 4.0), (1, 11, 2.0), (2, 12, -1.0)])
    whole = 1 + 16 + 4
    assert table["probability"].to_list() == pytest.approx([16 / whole, 4 / whole, 0.5 / 1.5])
    assert table["rank"].to_list() == [1, 2, 1]
    assert table["runner_up"].to_list() == [11, 10, None]
    assert table["runner_up_odds"].to_list() == [2.0, 4.0, None]
    assert dict(table.schema) == CANDIDATES


def test_the_third_is_told_the_best_as_well() -> None:
    table = decided([(1, 12, 1.0), (1, 11, 2.0), (1, 10, 3.0)])
    assert table["person"].to_list() == [10, 11, 12]
    assert table["runner_up"].to_list() == [11, 10, 10]


def test_ties_go_to_the_smaller_number_and_nobody_is_sure() -> None:
    table = decided([(1, 11, 20.0), (1, 10, 20.0)])
    assert table["person"].to_list() == [10, 11]
    assert table["probability"].to_list() == pytest.approx([0.5, 0.5], abs=1e-5)


def test_a_faint_candidate_counts_though_it_is_not_kept() -> None:
    faint = math.log2(FAINT) - 1
    table = decided([(1, 10, 0.0), *((1, 11 + i, faint) for i in range(50))])
    assert table["person"].to_list() == [10]
    assert table["probability"].item() == pytest.approx(1 / (2 + 50 * FAINT / 2))
    assert table["runner_up"].item() == 11


def test_a_person_goes_to_the_better_claim() -> None:
    table = decided([(1, 10, 9.0), (2, 10, 8.0)], once=True)
    assert best(table) == {1: 10, 2: 10}
    odds = dict(zip(table["row"], table["odds"], strict=True))
    assert odds == {1: 9.0, 2: 8.0 + AGAIN}


def test_who_lost_a_person_may_have_another() -> None:
    table = decided([(1, 10, 9.0), (2, 10, 8.0), (2, 11, 6.0)], once=True)
    assert best(table) == {1: 10, 2: 11}
    again = decided([(1, 10, 9.0), (2, 10, 8.0), (2, 11, 6.0)])
    assert best(again) == {1: 10, 2: 10}


def test_a_second_choice_does_not_take_a_person_away() -> None:
    """Row 1 prefers person 10; that it would have liked 11 as well does not count against row 2."""
    table = decided([(1, 10, 12.0), (1, 11, 9.0), (2, 11, 7.0)], once=True)
    assert best(table) == {1: 10, 2: 11}
    assert table.filter(row=2)["odds"].item() == 7.0


def test_equal_claims_go_to_the_first_row() -> None:
    table = decided([(2, 10, 9.0), (1, 10, 9.0)], once=True)
    assert dict(zip(table["row"], table["odds"], strict=True)) == {1: 9.0, 2: 9.0 + AGAIN}


def test_people_who_have_their_row_are_claimed_against_odds() -> None:
    claims: Claims = [(1, 10, 9.0), (2, 11, 9.0)]
    table = decided(claims, once=True, taken=[10])
    assert dict(zip(table["row"], table["odds"], strict=True)) == {1: 9.0 + AGAIN, 2: 9.0}
    assert decided(claims, taken=[10])["odds"].to_list() == [9.0, 9.0]


def test_odds_beyond_all_bounds_stay_probabilities() -> None:
    table = decided([(1, 10, 2000.0), (1, 11, -39.0), (2, 12, -39.0)])
    assert table["probability"].to_list() == [1.0]
    assert decided([]).height == 0
    assert dict(decided([], once=True, taken=[]).schema) == CANDIDATES


def _records(owner: list[int]) -> Records:
    return Records(np.array(owner, dtype=np.int64), {}, {})


def test_of_several_names_the_best_pair_of_lines_counts() -> None:
    pairs = Pairs(np.array([0, 1, 0, 2]), np.array([0, 0, 1, 1]), {})
    table = candidates(
        pairs, np.array([1.0, 5.0, 5.0, -50.0]), _records([7, 7, 8]), _records([70, 71])
    )
    assert table.rows() == [(7, 70, 1, 5.0), (7, 71, 2, 5.0)]


def test_of_equally_good_lines_the_first_counts() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([0, 0]), {})
    table = candidates(pairs, np.array([3.0, 3.0]), _records([7, 7]), _records([70]))
    assert table["pair"].to_list() == [0]


_CLAIMS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(10, 14)),
    st.sampled_from([-20.0, -3.0, 0.0, 1.5, 4.0, 9.0, 9.5, 30.0]),
    max_size=14,
)


@settings(deadline=None, max_examples=80)
@given(_CLAIMS, st.booleans(), st.lists(st.integers(10, 14), max_size=2), st.randoms())
def test_whatever_the_claims(
    claims: dict[tuple[int, int], float], once: bool, taken: list[int], random: object
) -> None:
    told = [(row, person, odds) for (row, person), odds in claims.items()]
    table = decided(told, once=once, taken=taken)
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = decided(shuffled, once=once, taken=taken)
    assert table.drop("pair").rows() == again.drop("pair").rows()
    assert table.group_by("row").agg(pl.col("probability").sum())["probability"].le(1 + 1e-12).all()
    for (row,), part in table.group_by("row"):
        assert part["rank"].to_list() == list(range(1, len(part) + 1))
        assert part["odds"].is_sorted(descending=True)
        whole = {p: o for (r, p), o in claims.items() if r == row}
        if not once:
            assert part["odds"].to_list() == [whole[p] for p in part["person"]]
            others = sum(2.0**o for o in whole.values())
            assert part["probability"].to_list() == pytest.approx(
                [2.0 ** whole[p] / (1 + others) for p in part["person"]]
            )


def test_two_rows_that_lost_do_not_both_take_the_next_person() -> None:
    claims: Claims = [(1, 10, 20.0), (2, 10, 15.0), (3, 10, 15.0), (2, 11, 9.0), (3, 11, 9.5)]
    table = decided(claims, once=True)
    odds = {(row, person): o for row, person, o in table.select("row", "person", "odds").rows()}
    assert odds[3, 11] == 9.5
    assert odds.get((2, 11), 9.0 + AGAIN) == 9.0 + AGAIN
