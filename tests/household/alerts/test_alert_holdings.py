"""P01 to P05: what a person or household holds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from alert_town import AS_OF, Town


def test_p01_on_the_payroll_today() -> None:
    town = Town()
    on = [town.person() for _ in range(3)]
    off = [town.person() for _ in range(3)]
    obligor = town.person()
    town.apply("X1", *on[:2], *off)
    town.join("X1", obligor, role="obligor")
    town.add("civil_affairs.benefit", on[2], programme="old_age")
    town.add("finance.payroll", on[0])
    town.add("finance.payroll", on[1], to_date=AS_OF)
    town.add("finance.payroll", on[2])
    town.add("finance.payroll", off[0], to_date=AS_OF - timedelta(days=1))
    town.add("finance.payroll", off[1], from_date=AS_OF + timedelta(days=1))
    town.add("finance.payroll", off[2], kind="退休")
    town.add("finance.payroll", obligor)
    assert town.alerts().people("P01") == {p.number for p in on}


def test_p02_roles_and_states_and_whose_they_are() -> None:
    town = Town()
    member, shareholder, closed, recipient, dead, unsigned, ended = (
        town.person() for _ in range(7)
    )
    town.apply("X1", member, shareholder, closed, dead)
    town.join("X1", unsigned, signed=False)
    town.add("civil_affairs.funeral", dead, died_on=date(2026, 1, 1))
    town.add("civil_affairs.benefit", recipient)
    town.add("civil_affairs.benefit", ended, to_month=date(2026, 4, 1))
    for someone in (member, recipient, dead, unsigned, ended):
        town.add("market_regulation.entity", someone)
    town.add("market_regulation.entity", shareholder, role="股东")  # not a role of this pack
    town.add("market_regulation.entity", closed, status="注销")
    assert town.alerts().people("P02") == {member.number, recipient.number}


def test_p02_without_the_parameter_says_nothing() -> None:
    town = Town()
    member, recipient = town.person(), town.person()
    town.apply("X1", member)
    town.add("civil_affairs.benefit", recipient)
    for someone in (member, recipient):
        town.add("market_regulation.entity", someone)
    del town.values["asset.business_roles"]
    assert town.alerts().people("P02") == set()


def test_p03_where_the_vehicle_rule_fails() -> None:
    town = Town()
    values = {"at": "30000.00", "over": "30000.01", "unknown": None}
    for name, value in values.items():
        owner = town.person()
        town.apply(name, owner)
        town.add("public_security.vehicle", owner, value=value and Decimal(value))
    alerts = town.alerts()
    assert alerts.subjects("P03") == {"over"}
    assert alerts.rests_on("P03") == {"public_security.vehicle"}


def test_p04_homes_and_shops() -> None:
    town = Town()
    for name, uses in {"one": ["住宅"], "two": ["住宅"] * 2, "shop": ["住宅", "商业"]}.items():
        owner = town.person()
        town.apply(name, owner)
        for use in uses:
            town.add("housing.real_estate", owner, use=use)
    alerts = town.alerts()
    assert alerts.subjects("P04") == {"two", "shop"}
    rows = dict(zip(alerts.of("P04")["subject_id"], alerts.of("P04")["rests_on"], strict=True))
    assert {name: len(found) for name, found in rows.items()} == {"two": 2, "shop": 1}


def test_a_row_of_tier_c_raises_no_p03() -> None:
    town = Town()
    owner = town.person()
    town.apply("X1", owner)
    wrong_digit = owner.number[:-1] + ("1" if owner.number[-1] != "1" else "2")
    town.add("public_security.vehicle", owner, owner_id_no=wrong_digit, value=Decimal(90000))
    alerts = town.alerts()
    assert alerts.seen.linked["public_security.vehicle"]["tier"].to_list() == ["C"]
    assert alerts.subjects("P03") == set()


def test_p05_above_the_line_only() -> None:
    town = Town()
    at, over, several, recipient = (town.person() for _ in range(4))
    town.apply("X1", at, over, several)
    town.add("civil_affairs.benefit", recipient)
    for someone, amounts in {
        at: ["50000.00"],
        over: ["50000.01", "10.00"],
        several: ["30000.00", "30000.00"],  # no account exceeds it
        recipient: ["60000.00"],
    }.items():
        for amount in amounts:
            town.add("banking.account", someone, large_outflow_6m=Decimal(amount))
    alerts = town.alerts()
    assert alerts.people("P05") == {over.number, recipient.number}
    assert sorted(alerts.of("P05")["amount"]) == [5000001 * 10**6, 6000000 * 10**6]
