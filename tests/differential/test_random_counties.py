"""Random counties: verdicts, income lines, links, coverage and alerts of the engine are those of the calculator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pytest
from oracle.world import PROGRAMMES

from .engine_run import random_county
from .known_readings import unexplained

if TYPE_CHECKING:
    from pathlib import Path

    from .engine_run import BothSides

APPLICATIONS = 120
SEEDS = (3, 4, 5, 6)
COMMON = [
    *(("suggestion", p, s) for p in PROGRAMMES[:-1] for s in ("eligible", "ineligible")),
    *(("limit", rule, "exactly") for rule in ("income.below_standard", "income.below_edge")),
    *(("limit", rule, "exactly") for rule in ("rigid.ratio", "temp.threshold")),
    *(("limit", "asset.financial", side) for side in ("a fen under", "exactly", "a fen over")),
    ("limit", "asset.vehicle", "exactly"),
    ("limit", "asset.home", "exactly"),
    ("birthday", "obligor 60 (60)", "today"),
    ("birthday", "obligor 60 (59)", "tomorrow"),
    ("custody", "held", "on its first or last day"),
    ("amount", "dibao", "with extras"),
    ("amount", "dibao", "ceil_yuan"),
    ("amount", "dibao", "half_up_fen"),
    ("objection", "a line", ""),
    ("objection", "everything", ""),
    ("central basic", "months without a value", ""),
    ("place", "500112", ""),
    ("place", "ar-004", ""),
]
"""What a few hundred households reach whatever the seed; `make agree` tells the whole table of many."""


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> dict[int, BothSides]:
    return {
        seed: random_county(
            tmp_path_factory.mktemp(str(seed)), seed=seed, applications=APPLICATIONS
        )
        for seed in SEEDS
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_calculator_agree(counties: dict[int, BothSides], seed: int) -> None:
    sides = counties[seed]
    assert unexplained(sides) == []
    # The county must have had something to disagree about.
    assert len(sides.expected.household_verdict) == APPLICATIONS * len(PROGRAMMES)
    assert len(sides.expected.income_line) > APPLICATIONS
    assert len(sides.expected.person_link) > 10 * APPLICATIONS


def test_the_counties_press_on_the_limits(counties: dict[int, BothSides]) -> None:
    reached: Counter[tuple[str, str, str]] = sum(
        (sides.expected.reached for sides in counties.values()), Counter()
    )
    suggestions = Counter[str]()
    for (what, _, told), times in reached.items():
        if what == "suggestion":
            suggestions[told.split(" ")[0]] += times
    assert min(suggestions.values()) >= 20, suggestions
    assert len(suggestions) == 6
    assert [what for what in COMMON if not reached[what]] == []


def test_a_difference_would_be_seen(tmp_path: Path) -> None:
    sides = random_county(tmp_path, seed=3, applications=10)
    assert unexplained(sides) == []
    with duckdb.connect(str(sides.warehouse)) as connection:
        tables = ("household_verdict", "income_line", "person_link", "coverage")
        for table in tables:
            connection.execute(f"create table changed_{table} as from current.{table}")
            connection.execute(f"create or replace view current.{table} as from changed_{table}")
        connection.execute(
            "update changed_household_verdict set suggestion = 'needs_review' "
            "where suggestion = 'ineligible'"
        )
        connection.execute("update changed_income_line set adopted = adopted + 1")
        connection.execute("update changed_person_link set tier = 'B' where tier = 'A'")
        connection.execute("update changed_coverage set state = 'stale' where state = 'none'")
    seen = Counter(line.split()[0] for line in unexplained(sides))
    assert {"verdict", "income_line", "person_link", "coverage"} <= set(seen)
