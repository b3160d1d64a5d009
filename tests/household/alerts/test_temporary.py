"""T01, T03: the same cause too soon, and papers overdue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from town import Town

GRANT = {"programme": "temp_expenditure", "cause": "illness", "benefit_id": None}


def grants(*each: dict[str, Any]) -> Town:
    town = Town()
    someone = town.person()
    for one in each:
        town.add("civil_affairs.payment", someone, **(GRANT | one))
    return town


@pytest.mark.parametrize(
    ("second", "raised"), [(date(2026, 3, 9), True), (date(2026, 3, 10), False)]
)
def test_t01_to_the_day(second: date, raised: bool) -> None:
    town = grants({"paid_on": date(2025, 3, 10)}, {"paid_on": second, "amount": Decimal("900.10")})
    alerts = town.alerts()
    assert alerts.subjects("T01") == ({"H1"} if raised else set())
    if raised:
        assert alerts.amount("T01") == Decimal("900.10")


@pytest.mark.parametrize(
    "second",
    [
        {"household_no": "H2"},
        {"cause": "fire"},
        {"cause": None},
        {"programme": "dibao"},
    ],
)
def test_t01_asks_for_the_same_household_and_cause(second: dict[str, Any]) -> None:
    town = grants({"paid_on": date(2026, 1, 1)}, {"paid_on": date(2026, 2, 1)} | second)
    assert town.alerts().subjects("T01") == set()


def test_t01_both_kinds_of_grant_and_one_alert_a_household() -> None:
    town = grants(
        {"paid_on": date(2025, 8, 1), "programme": "temp_emergency"},
        {"paid_on": date(2026, 1, 1)},
        {"paid_on": date(2026, 2, 1)},
    )
    alerts = town.alerts()
    assert len(alerts.of("T01")) == 1
    assert alerts.amount("T01") == Decimal(1200)


def test_t01_without_the_parameter_says_nothing() -> None:
    town = grants({"paid_on": date(2026, 1, 1)}, {"paid_on": date(2026, 2, 1)})
    del town.values["temp.repeat_months"]
    assert town.alerts().subjects("T01") == set()


@pytest.mark.parametrize(
    ("relieved", "papers", "raised"),
    [
        (date(2026, 5, 10), None, False),  # due on the very day
        (date(2026, 5, 9), None, True),
        (date(2026, 4, 1), date(2026, 4, 11), False),
        (date(2026, 4, 1), date(2026, 4, 12), True),
        (None, None, False),
    ],
)
def test_t03(relieved: date | None, papers: date | None, raised: bool) -> None:
    town = Town()
    town.apply(
        "X1",
        town.person(),
        programme="temp_emergency",
        temp_cause="fire",
        applied_on=date(2026, 4, 1),
        relieved_on=relieved,
        paperwork_on=papers,
    )
    assert town.alerts().subjects("T03") == ({"X1"} if raised else set())


def test_t03_is_of_emergencies_only() -> None:
    town = Town()
    town.apply("X1", town.person(), programme="temp_expenditure", relieved_on=date(2026, 1, 1))
    assert town.alerts().subjects("T03") == set()
