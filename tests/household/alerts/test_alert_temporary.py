"""T01, T03: the same cause too soon, and papers overdue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import Town

GRANT = {"programme": "temp_expenditure", "cause": "illness", "benefit_id": None}


def grants(town: Town, household: str, *each: dict[str, Any]) -> None:
    someone = town.person()
    for one in each:
        town.add("civil_affairs.payment", someone, **(GRANT | {"household_no": household} | one))


def test_t01_to_the_day() -> None:
    town = Town()
    first = {"paid_on": date(2025, 3, 10)}
    grants(town, "early", first, {"paid_on": date(2026, 3, 9), "amount": Decimal("900.10")})
    grants(town, "on the day", first, {"paid_on": date(2026, 3, 10)})
    alerts = town.alerts()
    assert alerts.subjects("T01") == {"early"}
    assert alerts.amount("T01") == Decimal("900.10")


def test_t01_asks_for_the_same_household_and_cause() -> None:
    town = Town()
    first, second = {"paid_on": date(2026, 1, 1)}, {"paid_on": date(2026, 2, 1)}
    grants(town, "H1", first, second | {"household_no": "H2"})
    grants(town, "H3", first, second | {"cause": "fire"})
    grants(town, "H4", first, second | {"cause": None})
    grants(town, "H5", first | {"cause": None}, second | {"cause": None})
    grants(town, "H6", first, second | {"programme": "dibao"})
    assert town.alerts().subjects("T01") == set()


def test_t01_both_kinds_of_grant_and_one_alert_a_household() -> None:
    town = Town()
    emergency = {"paid_on": date(2025, 8, 1), "programme": "temp_emergency"}
    grants(town, "H1", emergency, {"paid_on": date(2026, 1, 1)}, {"paid_on": date(2026, 2, 1)})
    alerts = town.alerts()
    assert len(alerts.of("T01")) == 1
    assert alerts.amount("T01") == Decimal(1200)


def test_t01_without_the_parameter_says_nothing() -> None:
    town = Town()
    grants(town, "H1", {"paid_on": date(2026, 1, 1)}, {"paid_on": date(2026, 2, 1)})
    del town.values["temp.repeat_months"]
    assert town.alerts().subjects("T01") == set()


def test_t03_after_the_day_the_papers_were_due() -> None:
    town = Town()
    cases = {
        "due today": (date(2026, 5, 10), None),
        "due yesterday": (date(2026, 5, 9), None),
        "in time": (date(2026, 4, 1), date(2026, 4, 11)),
        "a day late": (date(2026, 4, 1), date(2026, 4, 12)),
        "not relieved": (None, None),
    }
    emergency: dict[str, Any] = {
        "programme": "temp_emergency",
        "temp_cause": "fire",
        "applied_on": date(2026, 4, 1),
    }
    for name, (relieved, papers) in cases.items():
        town.apply(name, town.person(), relieved_on=relieved, paperwork_on=papers, **emergency)
    expenditure = emergency | {"programme": "temp_expenditure"}
    town.apply("another kind", town.person(), relieved_on=date(2026, 1, 1), **expenditure)
    assert town.alerts().subjects("T03") == {"due yesterday", "a day late"}
