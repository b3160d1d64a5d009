"""Who has answered (assessment §8): age of extracts, regions that contain one another, receipts of banks, coverage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_town import AS_OF, SENT, County, run_extracts

from household.extracts import Extracts
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from core_told import Told

OLDEST = AS_OF - timedelta(days=62)
TOO_OLD = AS_OF - timedelta(days=63)
SHARES = "securities.holding"
DELIVERIES: dict[str, list[tuple[str, date]]] = {
    "fresh": [("", SENT)],
    "oldest": [("", OLDEST)],
    "too_old": [("", TOO_OLD)],
    "old_and_new": [("", TOO_OLD), ("", OLDEST)],
    "never": [],
    "the_township": [("001", SENT)],
    "another_township": [("002", SENT)],
    "a_village_only": [("001200", SENT)],
}
STATE = {
    "too_old": "stale",
    "never": "not_delivered",
    "another_township": "not_delivered",
    "a_village_only": "not_delivered",
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name in DELIVERIES:
        county.household(name, silent=[SHARES])
    county.household("unruled_age", values={"source.max_age_days": None})
    extracts = county.extracts()
    further = []
    for name, deliveries in DELIVERIES.items():
        region = county.households[name].region
        for below, day in deliveries:
            further.append((SHARES, region + below, day))
    schema = extracts.delivered.schema
    delivered = pl.concat([extracts.delivered, pl.DataFrame(further, schema=schema, orient="row")])
    return run_extracts(Extracts(extracts.rows, delivered, AS_OF), county.packs())


@pytest.mark.parametrize("name", DELIVERIES)
def test_state_of_an_extract(told: Told, name: str) -> None:
    state = STATE.get(name, "none")
    assert told.coverage(name, 1, "securities") == {(None, state)}
    assert told.suggestion(name) == ("eligible" if state == "none" else "data_incomplete")


def test_an_extract_of_a_wider_region_serves_those_within() -> None:
    county = County()
    county.household("X1", silent=[SHARES])
    extracts = county.extracts()
    wider = pl.DataFrame([(SHARES, "10", SENT)], schema=extracts.delivered.schema, orient="row")
    told = run_extracts(
        Extracts(extracts.rows, pl.concat([extracts.delivered, wider]), AS_OF), county.packs()
    )
    assert told.suggestion("X1") == "eligible"


def test_without_a_limit_of_age_nothing_is_fresh(told: Told) -> None:
    assert told.suggestion("unruled_age") == "data_incomplete"


def test_the_reason_says_for_whom_one_waits(told: Told) -> None:
    reason = told.reasons("never")["asset.plain.financial"]
    assert DATASETS[SHARES].title_zh in reason["settles_it"]


@pytest.fixture(scope="module")
def banks() -> Told:
    county = County()
    for name, states in {
        "found": ["found"],
        "none": ["none"],
        "no_answer": ["no_answer"],
        "mismatch": ["identity_mismatch"],
        "one_of_two": ["none", "no_answer"],
        "both": ["none", "found"],
        "nobody_asked": [],
    }.items():
        home = county.household(name, members=0)
        who = home.join(answered=False)
        for place, state in enumerate(states):
            home.row("banking.receipt", who, institution_code=f"B{place}", state=state)
    home = county.household("worst_of_a_source", silent=["public_security.vehicle"])
    home = county.household("over_though_silent", members=0)
    who = home.join(answered=False)
    home.deposit(who, "16800.01")
    return county.run()


@pytest.mark.parametrize(
    ("name", "covered", "suggestion"),
    [
        ("found", {("B0", "found")}, "eligible"),
        ("none", {("B0", "none")}, "eligible"),
        ("no_answer", {("B0", "no_answer")}, "data_incomplete"),
        ("mismatch", {("B0", "identity_mismatch")}, "data_incomplete"),
        ("one_of_two", {("B0", "none"), ("B1", "no_answer")}, "data_incomplete"),
        ("both", {("B0", "none"), ("B1", "found")}, "eligible"),
        ("nobody_asked", {(None, "no_answer")}, "data_incomplete"),
        ("over_though_silent", {(None, "no_answer")}, "ineligible"),
    ],
)
def test_banks(
    banks: Told, name: str, covered: set[tuple[str | None, str]], suggestion: str
) -> None:
    assert banks.coverage(name, 1, "banking") == covered
    assert banks.suggestion(name) == suggestion


def test_coverage_is_the_worst_of_a_source(banks: Told) -> None:
    assert banks.coverage("worst_of_a_source", 1, "public_security") == {(None, "not_delivered")}
    assert banks.coverage("none", 1, "public_security") == {(None, "found")}
