"""U13, H06: payments that no benefit carries, recipients whom the register does not know."""

from __future__ import annotations

from datetime import date

import polars as pl
from alert_town import Town
from ledger_town import ledger_alerts, ledger_watch

from household.alerts.families.ledgers import paid_without_benefit
from household.alerts.raised import fold, hits_of, no_alerts
from household.identity.numbers import number_of_key

MARCH = date(2026, 3, 1)


def test_u13_a_payment_whose_benefit_is_not_on_the_ledger() -> None:
    town = Town()
    someone = town.person()
    town.add("civil_affairs.benefit", someone, benefit_id="B1")
    for benefit, day in {"B1": 10, "B2": 11, None: 12}.items():
        town.add("civil_affairs.payment", someone, benefit_id=benefit, paid_on=date(2026, 3, day))
    town.add("civil_affairs.payment", someone, benefit_id="B2", paid_on=date(2026, 4, 10))
    town.add("civil_affairs.payment", someone, benefit_id="B3", paid_on=date(2026, 5, 11))
    alerts = ledger_alerts(town)
    assert alerts.subjects("U13") == {"B2"}  # the ledger is of 10 May: B3 may be younger
    assert alerts.amount("U13") == 1200
    assert len(alerts.of("U13")["months"].item()) == 2
    town.silent.add("civil_affairs.benefit")
    assert ledger_alerts(town).subjects("U13") == set()


def test_u13_a_payment_outside_the_months_of_its_benefit() -> None:
    town = Town()
    someone = town.person()
    periods = {
        "ended": {"to_month": MARCH},
        "not begun": {"from_month": date(2026, 5, 1)},
        "runs": {},
        "backwards": {"from_month": MARCH, "to_month": date(2025, 1, 1)},
    }
    for name, period in periods.items():
        town.add("civil_affairs.benefit", someone, benefit_id=name, programme="rigid", **period)
        for month in (3, 4, 5):
            day = date(2026, month, 10)
            town.add("civil_affairs.payment", someone, benefit_id=name, paid_on=day)
    alerts = ledger_alerts(town)
    assert alerts.subjects("U13") == {"ended", "not begun"}
    assert alerts.amount("U13", "ended") == 600  # April may still bring the money of March
    assert alerts.amount("U13", "not begun") == 1200
    assert alerts.rests_on("U13") == {"civil_affairs.benefit", "civil_affairs.payment"}


def test_u13_leaves_to_d02_what_was_paid_after_a_death() -> None:
    town = Town()
    dead = town.person()
    town.add("civil_affairs.benefit", dead, benefit_id="B1", to_month=date(2026, 1, 1))
    for day in (date(2023, 12, 10), date(2026, 3, 10)):  # before it began, and after its end
        town.add("civil_affairs.payment", dead, benefit_id="B1", paid_on=day)
    watch = ledger_watch(town)
    late = watch.ledger.payments.filter(pl.col("paid_on") > MARCH)
    after_death = fold("D02", hits_of(late, subject="benefit_id", fact=None))
    amounts = [
        paid_without_benefit(watch, watch.ledger, told=told)["amount"].item() // 10**8
        for told in (no_alerts(), after_death)
    ]
    assert amounts == [1200, 600]


def test_h06_a_recipient_whom_the_register_does_not_know() -> None:
    town = Town()
    known, stranger = town.person(), town.person(registered=False)
    ended, newborn = town.person(registered=False), town.person(date(2026, 5, 11), registered=False)
    renamed = town.person(registered=False)
    town.person(former_id_no=renamed.number)
    for someone in (known, stranger, newborn, renamed):
        town.add("civil_affairs.benefit", someone, household_no=someone.number)
    town.add("civil_affairs.benefit", ended, household_no="H9", to_month=MARCH)
    alerts = ledger_alerts(town)
    (ref,) = alerts.subjects("H06")
    keys = alerts.seen.roster.persons.filter(person_ref=ref)["key"]
    assert number_of_key(keys.item()) == stranger.number
    town.silent.add("public_security.population")
    assert ledger_alerts(town).subjects("H06") == set()
