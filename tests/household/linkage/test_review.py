"""The sample and what it says: allocation, blindness to order, and intervals held against known truths."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from household.errors import InputError
from household.linkage.estimates import (
    estimate_recall,
    judge_sample,
    readers_agree,
    share_by,
    share_of,
)
from household.linkage.judgements import JUDGEMENT_SCHEMA, PAIR
from household.linkage.review import (
    HAN,
    KIND_OF,
    KINDS,
    LONG,
    OTHER,
    blind_order,
    draw_sample,
    name_family,
    review_frame,
)
from household.linkage.subjects import DATASETS_LINKED
from household.sampling import allocate as allocate_any
from household.shares import Estimate, Stratum, estimate_share, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERY = pl.lit(value=True)
allocate = partial(allocate_any, what="关联", unit="对")


def links(tiers: dict[str, int], dataset: str = "tax.income") -> pl.DataFrame:
    rows = [
        (dataset, f"{tier}{n}", f"P{n % 7}", tier, "model")
        for tier, many in tiers.items()
        for n in range(many)
    ]
    return pl.DataFrame(rows, schema=[*PAIR, "tier", "decided_by"], orient="row")


def families() -> pl.DataFrame:
    return pl.DataFrame(
        {"person_ref": [f"P{n}" for n in range(7)], "family": [HAN] * 5 + [LONG] * 2}
    )


def drawn(size: int = 30, seed: int = 1, **tiers: int) -> pl.DataFrame:
    frame = review_frame(links(tiers or {"A": 400, "C": 40, "D": 60}), families())
    return draw_sample(frame, size=size, seed=seed, run_id="R1")


def answers(batch: pl.DataFrame, *readers: Iterable[str]) -> pl.DataFrame:
    """What readers said of the pairs in the order of their codes; empty = nothing."""
    rows = []
    for clerk, said in zip("甲乙丙", readers, strict=False):
        for pair, answer in zip(batch.select(PAIR).rows(), said, strict=True):
            if answer:
                name = batch["batch"][0]
                rows.append((len(rows) + 1, *pair, answer, clerk, "r", "t", "sample", name))
    return pl.DataFrame(rows, schema=JUDGEMENT_SCHEMA, orient="row")


# drawing


def test_every_linked_dataset_is_of_one_kind() -> None:
    assert sorted(KIND_OF) == sorted(DATASETS_LINKED)
    assert sum(len(datasets) for datasets in KINDS.values()) == len(KIND_OF)


def test_names_are_of_the_family_in_which_they_are_written() -> None:
    names = [
        "王伟",
        "欧阳 修",
        "买买提·吐尔逊",
        "阿卜杜拉江",
        "卓玛",
        "Ｓｍｉｔｈ",
        "王A",
        "",
        None,
        "买买提.艾力",
    ]
    families = [HAN, HAN, LONG, LONG, HAN, OTHER, OTHER, None, None, LONG]
    assert name_family(pl.Series(names)).to_list() == families


def test_clerks_and_people_on_no_roster_are_left_out_of_the_frame() -> None:
    told = links({"A": 3}).with_columns(
        pl.Series("decided_by", ["rule", "clerk", "rule"]),
        pl.Series("person_ref", ["P1", "P1", "Pledger"]),
    )
    frame = review_frame(told, families())
    assert frame.select("record_key", "stratum", "population").rows() == [("A0", "A/收入", 1)]


@pytest.mark.parametrize("size", [6, 7, 50, 130])
def test_every_stratum_is_seen_and_none_beyond_what_it_has(size: int) -> None:
    populations = {"A": 10_000, "B": 100, "C": 1, "D": 30}
    shares = allocate(populations, size + 1)
    assert sum(shares.values()) == size + 1
    assert all(min(2, n) <= shares[name] <= n for name, n in populations.items())
    assert shares["A"] >= shares["B"] >= shares["D"]


def test_allocation_follows_the_root() -> None:
    shares = allocate({"A": 10_000, "B": 100}, 110)
    assert shares == {"A": 100, "B": 10}


def test_a_sample_larger_than_what_there_is_is_all_of_it() -> None:
    assert allocate({"A": 5, "B": 1}, 1000) == {"A": 5, "B": 1}


def test_too_small_a_sample_is_refused() -> None:
    assert sum(allocate({"A": 5, "B": 5}, 4).values()) == 4
    with pytest.raises(InputError, match="至少需要 4 对"):
        allocate({"A": 5, "B": 5}, 3)
    with pytest.raises(InputError, match="没有可抽取"):
        allocate({}, 3)


def test_a_sample_hangs_on_seed_and_links_and_not_on_their_order() -> None:
    frame = review_frame(links({"A": 400, "C": 40, "D": 60}), families())
    first = draw_sample(frame, size=30, seed=1, run_id="R1")
    assert first.equals(draw_sample(frame.reverse(), size=30, seed=1, run_id="R1"))
    other = draw_sample(frame, size=30, seed=2, run_id="R1")
    assert first["batch"][0] != other["batch"][0]
    assert set(first.select(PAIR).rows()) != set(other.select(PAIR).rows())


def test_every_pair_has_the_same_chance_within_its_stratum() -> None:
    frame = review_frame(links({"A": 40}), families())
    counts = np.zeros(40)
    for seed in range(200):
        for key in draw_sample(frame, size=10, seed=seed, run_id="R1")["record_key"]:
            counts[int(key[1:])] += 1
    # 200 draws at 10 / 40: mean 50, deviation 6.1
    assert counts.sum() == 2000
    assert counts.min() > 25
    assert counts.max() < 75


def test_weights_stand_for_the_whole() -> None:
    batch = drawn()
    assert batch.select((pl.col("population") / pl.col("drawn")).sum()).item() == pytest.approx(500)
    assert batch["pair_code"].n_unique() == 30


def test_readers_get_different_orders_that_are_the_same_each_time() -> None:
    codes = drawn()["pair_code"]
    one, two = blind_order(codes, "a"), blind_order(codes, "b")
    assert sorted(one) == sorted(two) == list(range(1, 31))
    assert one.to_list() != two.to_list()
    assert one.equals(blind_order(codes, "a"))


# estimating


def test_wilson_s_published_example() -> None:
    """Newcombe 1998, table I: 81 of 263, and 0 of 20."""
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson(0, 20) == (0.0, pytest.approx(0.1611, abs=5e-5))


def test_what_was_read_whole_has_no_width_and_half_read_has_less() -> None:
    assert wilson(8, 10, population=10) == (0.8, 0.8)
    low, high = wilson(8, 10, population=20)
    wide_low, wide_high = wilson(8, 10)
    assert wide_low < low < 0.8 < high < wide_high


def test_strata_weigh_as_what_they_stand_for() -> None:
    found = estimate_share([Stratum(900, 10, 10, 0), Stratum(100, 10, 5, 5)])
    assert found is not None
    assert found.value == pytest.approx(0.95)
    assert found.low < 0.95 < found.high
    assert (found.read, found.population) == (20, 1000)


def test_one_stratum_is_wilson_s_interval() -> None:
    found = estimate_share([Stratum(1e9, 263, 81, 182)])
    assert found is not None
    assert (found.low, found.high) == (
        pytest.approx(0.2553, abs=5e-5),
        pytest.approx(0.3662, abs=5e-5),
    )


def test_what_is_not_agreed_on_widens_and_does_not_move() -> None:
    settled = estimate_share([Stratum(1000, 18, 9, 9)])
    doubtful = estimate_share([Stratum(1000, 20, 9, 9)])
    assert settled is not None
    assert doubtful is not None
    assert doubtful.value == settled.value
    assert doubtful.low < settled.low
    assert doubtful.high > settled.high


def test_a_stratum_that_nobody_read_leaves_its_weight_open() -> None:
    found = estimate_share([Stratum(500, 10, 10, 0), Stratum(500, 10, 0, 0)])
    assert found is not None
    assert found.value == 1.0
    assert found.low < 0.51
    assert estimate_share([Stratum(500, 10, 0, 0)]) is None
    assert estimate_share([]) is None


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """2,000 samples of three strata with rare errors, where a normal interval fails."""
    rng = np.random.default_rng(7)
    strata = [(9000, 60, 0.995), (800, 40, 0.95), (200, 30, 0.7)]
    truth = sum(n * p for n, _, p in strata) / 10_000
    held = 0
    for _ in range(2000):
        seen = [(n, d, int(rng.binomial(d, p))) for n, d, p in strata]
        found = estimate_share([Stratum(n, d, x, d - x) for n, d, x in seen])
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.93 <= held / 2000 <= 0.995


def test_recall_counts_what_was_passed_over() -> None:
    accepted = Estimate(0.9, 0.8, 1.0, 50, 1000)
    passed = Estimate(0.2, 0.1, 0.3, 50, 500)
    found = estimate_recall(accepted, passed)
    assert found is not None
    assert found.value == pytest.approx(0.9)
    assert found.low == pytest.approx(800 / 950)
    assert found.high == pytest.approx(1000 / 1050)
    assert estimate_recall(accepted, None) is None


def test_truth_needs_two_readers_who_agree() -> None:
    batch = drawn(size=6, A=100)
    log = answers(
        batch,
        ["same", "same", "not_same", "same", "unsure", "unsure"],
        ["same", "not_same", "not_same", "", "same", "unsure"],
    )
    assert judge_sample(batch, log)["truth"].to_list() == [True, None, False, None, True, None]


def test_precision_and_recall_of_a_sample() -> None:
    batch = drawn(size=40, A=400, C=40, D=60)
    said = ["not_same" if tier == "D" else "same" for tier in batch["tier"]]
    said[batch["tier"].to_list().index("C")] = "not_same"
    judged = judge_sample(batch, answers(batch, said, said))
    by_tier = share_by(judged, "tier")
    of_c = batch.filter(tier="C").height
    assert by_tier["A"] is not None
    assert by_tier["A"].value == 1.0
    assert by_tier["C"] is not None
    assert by_tier["C"].value == pytest.approx(1 - 1 / of_c)
    assert by_tier["D"] is not None
    assert by_tier["D"].value == 0.0
    whole = share_of(judged, pl.col("tier") != "D")
    assert whole is not None
    assert whole.value == pytest.approx(1 - 40 / of_c / 440)
    recall = estimate_recall(whole, by_tier["D"])
    assert recall is not None
    assert recall.value == 1.0
    assert recall.low < 1.0
    families_told = share_by(judged, "family")
    assert set(families_told) == {HAN, LONG}
    assert sum(e.population for e in families_told.values() if e) == pytest.approx(500)


def test_kappa_of_cohen_s_own_kind() -> None:
    """20 same/same, 15 not/not, 5 and 10 apart: observed .70, by chance .50, kappa .40."""
    batch = drawn(size=50, A=500)
    one = ["same"] * 25 + ["not_same"] * 25
    two = ["same"] * 20 + ["not_same"] * 5 + ["same"] * 10 + ["not_same"] * 15
    log = answers(batch, one, two)
    told = readers_agree(batch, log)
    assert told is not None
    assert told.pairs == 50
    assert told.observed == pytest.approx(0.7)
    assert told.kappa == pytest.approx(0.4)
    # what was said after talking it over is no longer independent
    later = log.with_columns(
        pl.col("judgement_id") + 1000,
        pl.lit("same").alias("answer"),
        pl.lit("t2").alias("decided_at"),
    )
    assert readers_agree(batch, pl.concat([log, later])) == told


def test_kappa_is_not_told_where_both_gave_one_answer_only() -> None:
    batch = drawn(size=10, A=100)
    told = readers_agree(batch, answers(batch, ["same"] * 10, ["same"] * 10))
    assert told is not None
    assert (told.observed, told.kappa) == (1.0, None)
    assert readers_agree(batch, answers(batch, ["same"] * 10, [""] * 10)) is None
    assert share_of(judge_sample(batch, answers(batch, ["same"] * 10, [""] * 10)), EVERY) is None
