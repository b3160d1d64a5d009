"""O04: paid less than was confirmed, and everything that only looks so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from alert_town import Alerts, Person, Town

from household.alerts.families.underpaid import paid_too_little
from household.extracts import REFUSED_SCHEMA

PAYMENT = "civil_affairs.payment"
HERE, RAISED, QUARTERLY = "990102001", "990103001", "disability_living"
MONTHLY = Decimal(600)
ALL = {1: MONTHLY, 2: MONTHLY, 3: MONTHLY, 4: MONTHLY, 5: MONTHLY}


class _Ledgers(Town):
    """A town in which benefits and what was paid of them are one call."""

    def pays(
        self, name: str, paid: dict[int, Decimal], someone: Person | None = None, **benefit: Any
    ) -> Person:
        """A benefit and its payments by month of 2026."""
        drawing = someone or self.person()
        usual = {"household_no": name, "region_code": HERE, "last_reviewed_on": date(2025, 6, 1)}
        row = usual | {"benefit_id": name, "monthly_amount": MONTHLY} | benefit
        self.add("civil_affairs.benefit", drawing, **row)
        told = {key: row[key] for key in ("household_no", "region_code")}
        for month, amount in paid.items():
            self.pay(drawing, name, month, amount, **told)
        return drawing

    def pay(self, someone: Person, benefit: str, month: int, amount: Decimal, **row: Any) -> None:
        row |= {"benefit_id": benefit, "paid_on": date(2026, month, 10), "amount": amount}
        self.add("civil_affairs.payment", someone, **row)


@pytest.fixture(scope="module")
def told() -> Alerts:
    town = _Ledgers()
    for serial in range(12):
        town.pays(f"in full {serial}", ALL)
    _short(town)
    _not_short(town)
    for serial in range(4):  # by the quarter, and twice only in three months' money
        aid = {"programme": QUARTERLY, "monthly_amount": Decimal(120)}
        town.pays(f"quarter {serial}", {3: Decimal(240)}, **aid)
        town.pays(f"risen {serial}", ALL, monthly_amount=Decimal(620), region_code=RAISED)
    return town.alerts()


def _short(town: _Ledgers) -> None:
    town.pays("left out in March", {m: a for m, a in ALL.items() if m != 3})
    town.pays("fifty less", dict.fromkeys(ALL, Decimal(550)))
    town.pays("reviewed in February", {2: MONTHLY, 4: MONTHLY}, last_reviewed_on=date(2026, 2, 3))
    town.pays("never yet", {})


def _not_short(town: _Ledgers) -> None:
    town.pays("caught up in May", {1: MONTHLY, 2: MONTHLY, 4: MONTHLY, 5: MONTHLY * 2})
    town.pays("February in January", ALL | {1: MONTHLY * 2, 2: Decimal(0)})
    town.pays(
        "reviewed in April", dict.fromkeys(ALL, Decimal(550)), last_reviewed_on=date(2026, 4, 2)
    )
    town.pays("began in March", {4: MONTHLY, 5: MONTHLY}, from_month=date(2026, 3, 1))
    town.pays("ended", {}, to_month=date(2026, 4, 1))
    town.pays("no amount", {}, monthly_amount=None)
    town.pays("head", dict.fromkeys(ALL, MONTHLY * 2), household_no="home")
    town.pays("member", {}, household_no="home")
    double = {"household_no": "paid to the head", "monthly_amount": MONTHLY * 2}
    town.pays("head, all", dict.fromkeys(ALL, MONTHLY * 2), **double)
    town.pays("member, all once more", {}, **double)
    renumbered = town.pays("new number", {})
    for month in ALL:
        town.pay(renumbered, "old number", month, MONTHLY, household_no="old home")
    dead = town.person(status="死亡注销", cancelled_on=date(2026, 2, 2))
    town.pays("dead", {1: MONTHLY, 2: MONTHLY}, dead)
    held = town.pays("held", {})
    town.add("justice.custody", held)
    twice = town.pays("one of two", ALL)
    town.pays("stopped of two", {}, twice)


def test_o04_of_these_and_of_no_other(told: Alerts) -> None:
    short = {s: told.amount("O04", s) for s in told.subjects("O04")}
    assert short == {
        "left out in March": MONTHLY,
        "fifty less": Decimal(150),
        "reviewed in February": MONTHLY,
        "never yet": MONTHLY * 3,
    }


def test_o04_stands_on_the_benefit_and_its_payments(told: Alerts) -> None:
    rows = told.of("O04").filter(subject_id="fifty less")["rests_on"].item().to_list()
    assert sorted({row["dataset"] for row in rows}) == [
        "civil_affairs.benefit",
        "civil_affairs.payment",
    ]
    assert len(rows) == 1 + 4  # February to May
    assert len(told.of("O04").filter(subject_id="never yet")["rests_on"].item()) == 1


def test_o04_a_payment_that_may_be_among_refused_rows_is_not_missing(told: Alerts) -> None:
    watch = told.seen
    file = watch.extracts.rows(PAYMENT).collect()["_file"][0]

    def raised(region: str, *, whole: bool = False, number: int = file) -> set[str]:
        refused = pl.DataFrame([(PAYMENT, region, number, whole)], REFUSED_SCHEMA, orient="row")
        extracts = replace(watch.extracts, refused=refused)
        seen = replace(watch, extracts=extracts)
        return set(paid_too_little(seen, watch.ledger)["subject_id"])

    everything = told.subjects("O04")
    for region in (HERE[:6], HERE[:4], HERE):
        assert raised(region) == {"fifty less"}
    assert raised(RAISED[:6]) == everything
    assert raised(HERE[:6], whole=True, number=file + 1) == {"fifty less"}
