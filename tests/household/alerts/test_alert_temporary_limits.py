"""T02, T04, T05: temporary aid beyond what a place allows; a place that gives no limit raises nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import VALUES, Town
from ledger_town import ledger_alerts

FIRE = date(2026, 2, 1)
GRANT = {"programme": "temp_emergency", "cause": "fire", "event_on": FIRE, "benefit_id": None}
COUNTY, TOWNSHIP = {"approval_level": "县"}, {"approval_level": "乡镇"}


def town_of(values: dict[str, Any], **households: list[dict[str, Any]]) -> Town:
    town = Town(values=VALUES | values)
    for name, grants in households.items():
        someone = town.person()
        for one in grants:
            town.add("civil_affairs.payment", someone, **(GRANT | {"household_no": name} | one))
    return town


def yuan(text: str) -> dict[str, Decimal]:
    return {"amount": Decimal(text)}


CEILING = {"temp.ceiling_multiple.temp_emergency": Decimal(5)}
"""5 x 700 = 3500 yuan."""


def test_t02_two_payers_of_one_event_beyond_the_ceiling() -> None:
    big = COUNTY | yuan("3000.00")
    town = town_of(
        CEILING,
        over=[big, TOWNSHIP | yuan("500.01")],
        at=[big, TOWNSHIP | yuan("500.00")],
        one_payer=[big, COUNTY | yuan("3000.00")],
        two_units=[big | {"approved_by": "甲"}, big | {"approved_by": "乙"}],
        two_events=[big, TOWNSHIP | yuan("3000.00") | {"event_on": date(2026, 3, 1)}],
        no_event=[big | {"event_on": None}, TOWNSHIP | yuan("3000.00") | {"event_on": None}],
        more_for_illness=[big, TOWNSHIP | yuan("3000.00") | {"programme": "temp_expenditure"}],
    )
    alerts = ledger_alerts(town)
    assert alerts.subjects("T02") == {"over", "two_units"}
    assert alerts.amount("T02", "over") == Decimal("0.01")
    assert "县" in alerts.of("T02").filter(subject_id="over")["text_zh"].item()


def test_t02_without_a_multiple_the_cap_of_special_cases_and_without_either_nothing() -> None:
    grants = [COUNTY | yuan("20000.00"), TOWNSHIP | yuan("10000.01")]
    capped = town_of({"temp.special_case_cap": Decimal(30000)}, H1=grants)
    assert ledger_alerts(capped).amount("T02") == Decimal("0.01")
    assert ledger_alerts(town_of({}, H1=grants)).subjects("T02") == set()


def test_t04_above_the_township_limit_and_split() -> None:
    small, later = TOWNSHIP | yuan("600.00"), {"paid_on": date(2026, 4, 10)}
    households = {
        "at": [TOWNSHIP | yuan("1000.00")],
        "above": [TOWNSHIP | yuan("1000.50")],
        "by_county": [COUNTY | yuan("9000.00")],
        "split": [small, small | later],
        "two_events": [small, small | later | {"event_on": date(2026, 3, 1)}],
        "long_ago": [small | {"paid_on": date(2025, 4, 10)}, small | later],
        "untold": [small | {"event_on": None}, small | later | {"event_on": None}],
    }
    alerts = ledger_alerts(town_of({"temp.township_limit": Decimal(1000)}, **households))
    assert alerts.subjects("T04") == {"above", "split"}
    assert alerts.amount("T04", "above") == Decimal("0.50")
    assert alerts.amount("T04", "split") == Decimal("200.00")
    told = dict(alerts.of("T04").select("subject_id", "text_zh").iter_rows())
    assert "单笔" in told["above"]
    assert "分次" in told["split"]


def test_t04_takes_the_smaller_of_two_limits_and_none_raises_nothing() -> None:
    grants = [TOWNSHIP | yuan("1400.01")]
    both = {"temp.township_limit": Decimal(5000), "temp.township_limit_multiple": Decimal(2)}
    assert ledger_alerts(town_of(both, H1=grants)).amount("T04") == Decimal("0.01")
    assert ledger_alerts(town_of({}, H1=grants)).subjects("T04") == set()


def test_t05_a_calendar_year() -> None:
    cap = {"temp.yearly_cap": Decimal(5000)}
    first = yuan("4000.00") | {"paid_on": date(2025, 12, 31), "event_on": None}
    households = {
        "at": [first | {"paid_on": date(2026, 1, 1)}, yuan("1000.00")],
        "over": [first | {"paid_on": date(2026, 1, 1)}, yuan("1000.01") | {"cause": "illness"}],
        "two_years": [first, yuan("4000.00")],
    }
    alerts = ledger_alerts(town_of(cap, **households))
    assert alerts.subjects("T05") == {"over"}
    assert alerts.amount("T05") == Decimal("0.01")
    assert ledger_alerts(town_of({}, **households)).subjects("T05") == set()
