"""Households of the poverty register around the day on which Yubei moved them from class C to class B. No test stands here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core_town import County

from household.rules.packs import Entry

BEFORE, MOVED = date(2020, 2, 8), date(2020, 2, 9)
YUBEI = (
    Entry("C", None, BEFORE, "渝民发〔2019〕19号"),
    Entry("B", MOVED, None, "渝北民〔2020〕41号"),
)


class Case(NamedTuple):
    """A household with a bill of 31,000 yuan, its threshold by class (300, 3,000, 20,000, 30,000), and what it is given."""

    threshold: str | None
    special: str | None = "建档立卡"
    applied: date = MOVED
    draws: str | None = None
    monthly: str | None = None
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed
    silent: tuple[str, ...] = ()


NO_B = {"temp.class_table": {"C": {"who": [], "threshold": 20000, "rate": Decimal("0.5")}}}
CASES = {
    "the_day_before": Case("20000", applied=BEFORE),
    "from_the_day": Case("3000"),
    "who_left_poverty": Case("3000", "脱贫户"),
    "who_left_poverty_before": Case("20000", "脱贫户", BEFORE),
    "among_others": Case("3000", "孤儿； 建档立卡贫困户"),
    "not_registered": Case("20000", "非建档立卡户"),
    "no_and_yes": Case("3000", "非建档立卡户;脱贫户"),
    "another_class": Case("20000", "孤儿"),
    "no_class": Case("20000", None),
    "draws_for_an_earlier_class": Case("300", draws="tekun"),
    "draws_for_the_same_class": Case("3000", draws="dibao"),
    "draws_before_the_day": Case("3000", applied=BEFORE, draws="dibao"),
    "not_by_income": Case("3000", monthly="1400.01"),
    "by_income_where_the_place_has_no_such_rule": Case(
        "30000", monthly="1400.01", values={"temp.class_of_jdlk": None}
    ),
    "off_where_the_place_has_no_such_rule": Case("20000", values={"temp.class_of_jdlk": None}),
    "income_not_known": Case("3000", silent=("tax.income",)),
    "a_class_that_the_table_lacks": Case(None, values=NO_B),
}


def register_county() -> County:
    """One household a case."""
    county = County()
    for name, case in CASES.items():
        home = county.household(
            name,
            values={"temp.class_of_jdlk": YUBEI} | case.values,
            silent=case.silent,
            members=0,
            applied_on=case.applied,
            special_class=case.special,
        )
        who = home.join()
        home.row(
            "medical_insurance.settlement",
            who,
            settled_on=date(2020, 1, 5),
            total=Decimal(31000),
        )
        if case.monthly:
            for month in (date(2019, m, 1) for m in range(2, 13)):
                home.row("human_resources.benefit", who, month=month, amount=Decimal(case.monthly))
            home.row(
                "human_resources.benefit",
                who,
                month=date(2020, 1, 1),
                amount=Decimal(case.monthly),
            )
        if case.draws:
            home.row("civil_affairs.benefit", who, programme=case.draws)
    return county
