"""Random counties: verdicts, income lines, links, coverage and alerts of the engine are those of the calculator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pytest

from .engine_run import random_county
from .known_readings import unexplained

if TYPE_CHECKING:
    from pathlib import Path

APPLICATIONS = 120


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
def test_engine_and_calculator_agree(tmp_path: Path, seed: int) -> None:
    sides = random_county(tmp_path, seed=seed, applications=APPLICATIONS)
    assert unexplained(sides) == []
    # The county must have had something to disagree about.
    suggestions = Counter(row["suggestion"] for row in sides.expected.household_verdict)
    assert min(suggestions[kind] for kind in ("ineligible", "data_incomplete", "eligible")) >= 5
    assert len(sides.expected.income_line) > APPLICATIONS
    assert len(sides.expected.person_link) > 10 * APPLICATIONS


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
