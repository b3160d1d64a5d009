"""P06, P07, P08: declared too low, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import Person, Town

IN, BEFORE, AFTER = date(2025, 5, 1), date(2025, 4, 1), date(2026, 5, 1)  # applied in May 2026


def declaring(town: Town, application_id: str, **declared: Any) -> Person:
    someone = town.person()
    town.add("approval.application", application_id=application_id)
    town.join(application_id, someone, relation="self", **declared)
    return someone


def test_p06_against_the_smaller_of_what_exists() -> None:
    town = Town()
    pension, fund = Decimal(10000), Decimal(1000)  # a year's bases: 10,000 and 12,000
    cases = {
        # declared, pension base, fund base -> raised
        ("7999.99", True, True): True,
        ("8000.00", True, True): False,
        ("9599.99", False, True): True,
        ("9600.00", False, True): False,
        (None, True, True): False,
        ("0.00", False, False): False,
    }
    raised = set()
    for place, ((declared, has_pension, has_fund), expected) in enumerate(cases.items()):
        told = None if declared is None else Decimal(declared)
        someone = declaring(town, f"X{place}", declared_wage=told)
        if has_pension:
            town.add("human_resources.contribution", someone, month=IN, base=pension)
            town.add("human_resources.contribution", someone, month=BEFORE, base=pension)
            town.add("human_resources.contribution", someone, month=AFTER, base=pension)
            town.add("human_resources.contribution", someone, month=IN, scheme="失业", base=pension)
        if has_fund:
            town.add("housing.provident_fund", someone, base=fund)
            town.add("housing.provident_fund", someone, account_no="G2", base=fund, status="封存")
        if expected:
            raised.add(someone.number)
    assert town.alerts().people("P06") == raised


def test_p07_own_part_of_a_pension_or_unemployment_benefit() -> None:
    town = Town()
    cases = {
        # kind, month, amount, central, declared -> raised
        ("居民养老金", IN, "200.00", "199.99", None): True,
        ("居民养老金", IN, "200.00", "200.00", None): False,
        ("职工养老金", IN, "3000.00", None, "0.00"): True,
        ("职工养老金", IN, "3000.00", None, "0.01"): False,
        ("失业保险金", IN, "900.00", None, None): True,
        ("遗属待遇", IN, "900.00", None, None): False,
        ("职工养老金", BEFORE, "3000.00", None, None): False,
        ("职工养老金", AFTER, "3000.00", None, None): False,
    }
    raised = set()
    for place, ((kind, month, amount, central, declared), expected) in enumerate(cases.items()):
        someone = declaring(town, f"X{place}", declared_transfer=declared and Decimal(declared))
        part = None if central is None else Decimal(central)
        values = {"kind": kind, "month": month, "amount": Decimal(amount), "central_basic": part}
        town.add("human_resources.benefit", someone, **values)
        if expected:
            raised.add(someone.number)
    alerts = town.alerts()
    assert alerts.people("P07") == raised
    assert sorted(alerts.of("P07")["amount"]) == [10**6, 900 * 10**8, 3000 * 10**8]


def test_p08_wage_of_a_public_post() -> None:
    town = Town()
    wage = Decimal("1500.00")
    cases = {
        ("公益性岗位", "1500.00", date(2025, 12, 31), None): True,
        ("公益性岗位", "1500.00", date(2025, 12, 31), "1.00"): False,
        ("公益性岗位", None, None, None): False,  # no wage was found
        ("公益性岗位", "1500.00", date(2025, 4, 30), None): False,  # over before the window
        ("单位就业", "1500.00", None, None): False,
    }
    raised = set()
    for place, ((kind, paid, ended, declared), expected) in enumerate(cases.items()):
        someone = declaring(town, f"X{place}", declared_wage=declared and Decimal(declared))
        monthly = None if paid is None else Decimal(paid)
        town.add(
            "human_resources.employment", someone, kind=kind, monthly_wage=monthly, ended_on=ended
        )
        if expected:
            raised.add(someone.number)
    alerts = town.alerts()
    assert alerts.people("P08") == raised
    assert alerts.amount("P08") == 8 * wage  # May to December
