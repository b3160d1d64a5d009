"""Earlier verdicts are told as differences, all of them and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

from service.access.actor import Scope
from service.reading.household.earlier import (
    FigureChange,
    RuleChange,
    read_earlier,
    read_every_verdict,
)
from service.reading.household.suggestions import rule_titles
from service.reading.household.whole import read_household

if TYPE_CHECKING:
    from pathlib import Path

    from served_counties import CountyFiles

    from service.deployment import Deployment

BEFORE = "R000000-20260419-00000000"


def add_run_before(warehouse: Path, application: str) -> None:
    """A run before the only one, in which one verdict of the application was another and the rest the same."""
    with duckdb.connect(warehouse) as file:
        for table in ("run", "household_verdict", "verdict_reason"):
            file.execute(
                f"INSERT INTO publish.{table} SELECT * REPLACE ($run AS run_id) FROM publish.{table}",
                {"run": BEFORE},
            )
        file.execute("UPDATE publish.run SET sequence = 0 WHERE run_id = $run", {"run": BEFORE})
        file.execute(
            "UPDATE publish.verdict_reason SET verdict_id = 'Vbefore', "
            "outcome = CASE WHEN rule_id = 'household.empty' THEN 'unknown' ELSE outcome END "
            "WHERE run_id = $run AND verdict_id = (SELECT verdict_id FROM publish.household_verdict "
            "WHERE run_id = $run AND application_id = $application AND requested)",
            {"run": BEFORE, "application": application},
        )
        file.execute(
            "UPDATE publish.household_verdict SET verdict_id = 'Vbefore', suggestion = 'data_incomplete', "
            "certain = NOT certain, income_window = 1, income_per_capita_month = 1.5, amount = NULL "
            "WHERE run_id = $run AND application_id = $application AND requested",
            {"run": BEFORE, "application": application},
        )


@pytest.fixture
def eligible(county: CountyFiles) -> str:
    with duckdb.connect(county.warehouse, read_only=True) as file:
        found = file.execute(
            "SELECT application_id FROM publish.household_verdict "
            "WHERE requested AND suggestion = 'eligible' AND amount > 0 ORDER BY 1"
        ).fetchone()
    assert found is not None
    return str(found[0])


@pytest.fixture
def with_history(own_county: CountyFiles, eligible: str) -> CountyFiles:
    add_run_before(own_county.warehouse, eligible)
    return own_county


def test_one_run_alone_has_no_differences(deployment: Deployment, eligible: str):
    with deployment.warehouse.borrowed() as tables:
        told = read_earlier(tables, read_every_verdict(tables, eligible), ["dibao"])
    assert (told.runs, told.changes) == (1, ())


@pytest.mark.usefixtures("with_history")
def test_only_what_differs_from_the_run_before_is_told(deployment: Deployment, eligible: str):
    with deployment.warehouse.borrowed() as tables:
        verdicts = tables.frame("household_verdict", application_id=eligible)
        asked = verdicts.filter("requested").row(0, named=True)
        every = read_every_verdict(tables, eligible)
        told = read_earlier(tables, every, verdicts["programme"])
        other = verdicts.filter(~verdicts["requested"])["programme"][0]
        seen = read_household(tables, Scope(("*",), (asked["programme"],)), eligible, shelf=None)
        assert read_earlier(tables, every, [other]).changes == ()
    assert told.runs == 2
    (change,) = told.changes
    assert (change.run_id, change.programme, change.first) == (
        tables.run.run_id,
        asked["programme"],
        False,
    )
    assert change.figures == (
        FigureChange("suggestion", "data_incomplete", "eligible"),
        FigureChange("certain", before=not asked["certain"], now=asked["certain"]),
        FigureChange(
            "income_per_capita_month", Decimal("1.500000"), asked["income_per_capita_month"]
        ),
        FigureChange("amount", None, asked["amount"]),
    )
    assert change.rules == (RuleChange(rule_titles()["household.empty"], "unknown", "pass"),)
    assert seen is not None
    assert seen.earlier.changes == (change,)
