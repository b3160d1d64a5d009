"""A01, A02: into whose account it is paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from alert_town import Town


def test_a01_in_the_same_calendar_month() -> None:
    town = Town()
    march, april = date(2026, 3, 31), date(2026, 4, 1)
    paid = [
        ("H1", "62220000", march),
        ("H2", "6222 0000", date(2026, 3, 1)),
        ("H3", "62220001", march),
        ("H4", "62220001", april),  # another month
        ("H5", "62220002", march),
        ("H5", "62220002", march),  # one household
        ("H6", "6222****0003", march),
        ("H7", "6222****0003", march),  # masked: not known to be one account
        ("H8", None, march),
        ("H9", None, march),
    ]
    for household, account, day in paid:
        values = {"household_no": household, "account_no": account, "paid_on": day}
        town.add("civil_affairs.payment", town.person(), **values)
    alerts = town.alerts()
    assert alerts.subjects("A01") == {"H1", "H2"}
    assert len(alerts.of("A01")) == 2


def test_a01_is_one_alert_a_household_whose_facts_do_not_grow_by_month() -> None:
    town = Town()
    one, other = town.person(), town.person()

    def pay(month: int) -> None:
        for household, someone in (("H1", one), ("H2", other)):
            values = {
                "household_no": household,
                "account_no": "6222",
                "paid_on": date(2026, month, 5),
            }
            town.add("civil_affairs.payment", someone, **values)

    pay(1)
    before = town.alerts().of("A01").select("subject_id", "facts")
    pay(2)
    assert town.alerts().of("A01").select("subject_id", "facts").equals(before)


def test_a02_names_of_the_household() -> None:
    town = Town()
    cases: dict[str, tuple[dict[str, Any], str | None, bool]] = {
        "stranger": ({}, "龚某", True),
        "own": ({}, None, False),
        "variant": ({}, "趙 ·", False),
        "former": ({"former_name": "李小红"}, "李小红", False),
        "registered": ({"name": "周大年"}, "周大年", False),
    }
    for household, (register, holder, _) in cases.items():
        someone = town.person(**register)
        if household == "variant":
            holder = "趙 ·" + someone.name[1:]  # noqa: PLW2901
        holding: dict[str, Any] = {
            "household_no": household,
            "account_holder": holder or someone.name,
        }
        town.add("civil_affairs.benefit", someone, **holding)
    # Another person of the household may hold the account.
    head, child = town.person(), town.person()
    for someone in (head, child):
        town.add("civil_affairs.benefit", someone, household_no="family", account_holder=head.name)
    payee = town.person()
    town.add("civil_affairs.benefit", payee, household_no="paid")
    town.add("civil_affairs.payment", payee, household_no="paid", account_holder="龚某")
    granted = {"household_no": "granted", "programme": "temp_emergency"}
    helped = town.person()
    town.add("civil_affairs.payment", helped, account_holder=helped.name, **granted)
    ended = town.person()
    values: dict[str, Any] = {
        "household_no": "ended",
        "account_holder": "龚某",
        "to_month": date(2026, 4, 1),
    }
    town.add("civil_affairs.benefit", ended, **values)
    expected = {name for name, (_, _, raised) in cases.items() if raised} | {"paid", "ended"}
    assert town.alerts().subjects("A02") == expected
