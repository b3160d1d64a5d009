"""Limits of rare shares: exact in one stratum, and over strata held against every truth that could be. (Wilson's: linkage/test_review.py.)"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from household.sampling import allocate
from household.shares import Stratum, estimate_rare, exact_limits


def test_exact_limits_are_the_shares_that_do_not_contradict_what_was_found() -> None:
    """Every sample of every small population, by the definition."""
    for population in range(1, 13):
        for drawn in range(1, population + 1):
            for true in range(drawn + 1):
                fits = [
                    marked
                    for marked in range(true, population - (drawn - true) + 1)
                    if all(40 * p > 1 for p in tails(true, drawn, marked, population))
                ]
                low, high = exact_limits(true, drawn, population=population)
                assert (low * population, high * population) == (fits[0], fits[-1])


def tails(true: int, drawn: int, marked: int, population: int) -> tuple[Fraction, Fraction]:
    """Chance of finding `true` or more, and `true` or fewer."""
    chance = [
        Fraction(comb(marked, k) * comb(population - marked, drawn - k), comb(population, drawn))
        for k in range(drawn + 1)
    ]
    return sum(chance[true:], Fraction()), sum(chance[: true + 1], Fraction())


def test_a_large_population_is_as_clopper_and_pearson_have_it() -> None:
    """0 of 100: the upper limit is 1 - 0.025^(1/100) = 0.0362."""
    low, high = exact_limits(0, 100, population=10**7)
    assert low == 0
    assert float(high) == pytest.approx(1 - 0.025 ** (1 / 100), abs=1e-5)


def test_one_stratum_is_exact_and_one_read_whole_has_no_width() -> None:
    found = estimate_rare([Stratum(1000, 100, 3, 97)])
    assert found is not None
    assert (found.low, found.high) == tuple(map(float, exact_limits(3, 100, population=1000)))
    whole = estimate_rare([Stratum(10, 10, 3, 7), Stratum(5, 5, 0, 5)])
    assert whole is not None
    assert whole.low == whole.value == whole.high == pytest.approx(0.2)


def test_what_is_not_agreed_on_widens_and_does_not_move() -> None:
    settled = estimate_rare([Stratum(1000, 100, 2, 98), Stratum(500, 50, 1, 49)])
    doubtful = estimate_rare([Stratum(1000, 120, 2, 98), Stratum(500, 50, 1, 49)])
    assert settled is not None
    assert doubtful is not None
    assert doubtful.value == settled.value
    assert doubtful.low <= settled.low
    assert doubtful.high > settled.high
    assert (doubtful.read, doubtful.population) == (150, 1500)


def test_a_stratum_that_nobody_read_leaves_its_weight_open() -> None:
    found = estimate_rare([Stratum(500, 10, 0, 10), Stratum(500, 10, 0, 0)])
    assert found is not None
    assert found.value == found.low == 0.0
    assert found.high > 0.5
    assert estimate_rare([Stratum(500, 10, 0, 0)]) is None
    assert estimate_rare([]) is None


COUNTIES: dict[str, dict[str, tuple[int, int]]] = {
    "three": {"a": (1200, 24), "b": (200, 20), "c": (600, 6)},
    "rare": {"a": (1200, 6), "b": (200, 2), "c": (600, 0)},
    "in the heaviest only": {"a": (1200, 60), "b": (200, 0), "c": (600, 0)},
    "eight thin ones": dict.fromkeys("abcdefgh", (400, 8)),
}
"""Strata: how many there are, and how many of them are true."""


@pytest.mark.parametrize("name", COUNTIES)
def test_intervals_hold_the_truth_at_least_as_often_as_they_say(name: str) -> None:
    """1,000 samples of 150 each, allocated as they are in life; nothing is thrown, each sample counts."""
    county = COUNTIES[name]
    shares = allocate({s: n for s, (n, _) in county.items()}, 150, what="", unit="")
    truth = sum(x for _, x in county.values()) / sum(n for n, _ in county.values())
    rng = np.random.default_rng(3)
    seen = {s: rng.hypergeometric(x, n - x, shares[s], size=1000) for s, (n, x) in county.items()}
    samples, counts = np.unique(np.column_stack(list(seen.values())), axis=0, return_counts=True)
    held = 0
    for sample, times in zip(samples, counts, strict=True):
        strata = [
            Stratum(county[s][0], shares[s], int(x), shares[s] - int(x))
            for s, x in zip(county, sample, strict=True)
        ]
        found = estimate_rare(strata)
        assert found is not None
        held += int(times) * (found.low <= truth <= found.high)
    assert held >= 950
