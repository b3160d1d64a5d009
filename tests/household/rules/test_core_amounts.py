"""Amounts: each formula, and one rounding at the end."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from core_town import WINDOW, County, D, Household

if TYPE_CHECKING:
    from core_told import Told

HALF_UP = {"amount.rounding": "half_up_fen"}
EXTRA = {"extra.rate": D("0.2"), "extra.elder_age": D(70)}
CEILING = "temp.ceiling_multiple."


class Case(NamedTuple):
    """A household and its amount."""

    amount: str | None
    programme: str = "dibao"
    monthly: str | None = None
    once: str | None = None
    bill: str | None = None
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed
    line: dict[str, Any] = {}  # noqa: RUF012
    born: date = date(1980, 2, 1)
    severe: bool = False
    draws: str | None = None
    members: int = 1
    suggestion: str = "eligible"


CLASS_RANGE = {
    "temp.class_table": {
        "C": {"who": [], "threshold": 20000, "rate_min": D("0.3"), "rate_max": D("0.5"), "cap": 1}
    }
}
CASES = {
    "whole": Case("700.00"),
    "rural": Case("600.00"),
    "three": Case("2100.00", members=3),
    "up_to_the_yuan": Case("600.00", monthly="100.10"),
    "up_from_a_fen": Case("700.00", once="0.01"),
    "just_a_yuan": Case("1.00", monthly="699.99"),
    "to_the_fen": Case("599.90", monthly="100.10", values=HALF_UP),
    "half_a_fen_up": Case("700.00", once="0.06", values=HALF_UP),
    "more_than_half_down": Case("699.99", once="0.07", values=HALF_UP),
    "no_rounding_given": Case(None, values={"amount.rounding": None}),
    "extra_ill": Case("840.00", line={"seriously_ill": True}, values=EXTRA),
    "extra_once": Case("840.00", line={"seriously_ill": True}, severe=True, values=EXTRA),
    "extra_severe": Case("840.00", severe=True, values=EXTRA),
    "extra_seventy": Case("840.00", born=date(1956, 5, 20), values=EXTRA),
    "extra_not_seventy": Case("700.00", born=date(1956, 5, 21), values=EXTRA),
    "extra_minor": Case("840.00", born=date(2008, 5, 21), values=EXTRA),
    "extra_adult": Case("700.00", born=date(2008, 5, 20), values=EXTRA),
    "extra_off": Case("700.00", severe=True),
    "extra_part": Case("788.00", severe=True, values={"extra.rate": D("0.125")}),  # 700 + 87.50, up
    "rigid_pays_nothing_by_ratio": Case(None, "rigid", monthly="1050", bill="7560"),
    "rigid_by_deduction": Case(
        "1.00", "rigid", monthly="1400", bill="8400.01", values={"rigid.method": "deduction"}
    ),
    "rigid_by_deduction_to_the_fen": Case(
        "50.00",
        "rigid",
        monthly="1400",
        bill="9000",
        values={"rigid.method": "deduction", **HALF_UP},
    ),
    "temp_class_c": Case("5001.00", "temp_expenditure", bill="30000.01"),
    "temp_class_c_fen": Case("5000.01", "temp_expenditure", bill="30000.01", values=HALF_UP),
    "temp_capped": Case("30000.00", "temp_expenditure", bill="999999"),
    "temp_ceiling": Case(
        "4200.00",
        "temp_expenditure",
        bill="999999",
        values={CEILING + "temp_expenditure": D(6)},
    ),
    "temp_class_b": Case("600.00", "temp_expenditure", bill="4000", draws="dibao"),
    "temp_class_a": Case("630.00", "temp_expenditure", bill="1000", draws="tekun"),
    "temp_class_d": Case("300.00", "temp_expenditure", monthly="1400.01", bill="31000"),
    "temp_class_c_at_the_line": Case(
        "5500.00", "temp_expenditure", monthly="1400.00", bill="31000"
    ),
    "temp_range_gives_no_amount": Case(None, "temp_expenditure", bill="30000", values=CLASS_RANGE),
    "emergency": Case("2100.00", "temp_emergency"),
    "emergency_two": Case("4200.00", "temp_emergency", members=2),
    "emergency_ceiling": Case(
        "2800.00", "temp_emergency", members=2, values={CEILING + "temp_emergency": D(4)}
    ),
    "emergency_unruled": Case(
        None, "temp_emergency", values={"temp.emergency_amount_multiple": None}
    ),
    "edge_pays_nothing": Case(None, "dibao_edge", monthly="700"),
}


def build(county: County, name: str, case: Case) -> Household:
    urban = "rural" if name == "rural" else "urban"
    home = county.household(name, values=case.values, members=0, urban_rural=urban)
    who = home.join(home.someone(case.born), **case.line)
    for _ in range(case.members - 1):
        home.join()
    if case.monthly:
        home.monthly(who, case.monthly)
    if case.once:
        home.row(
            "human_resources.benefit", who, kind="遗属待遇", month=WINDOW[0], amount=D(case.once)
        )
    if case.bill:
        home.row("medical_insurance.settlement", who, total=D(case.bill))
    if case.severe:
        home.row("disabled_federation.certificate", who)
    if case.draws:
        home.row("civil_affairs.benefit", who, programme=case.draws)
    return home


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, case in CASES.items():
        build(county, name, case)
    return county.run()


@pytest.mark.parametrize("name", CASES)
def test_amount(told: Told, name: str) -> None:
    case = CASES[name]
    verdict = told.verdict(name, case.programme)
    wanted = None if case.amount is None else D(case.amount)
    assert (verdict["suggestion"], verdict["amount"]) == (case.suggestion, wanted)


def test_a_class_is_named_by_a_range_in_its_table_only(told: Told) -> None:
    reason = told.reasons("temp_range_gives_no_amount", "temp_expenditure")
    assert reason["temp_expenditure.threshold"]["limit_value"] == D("20000.000000")


def test_amounts_are_those_of_exact_fractions() -> None:
    """Sixty households of drawn receipts, each under both ways of rounding."""
    drawn = Random(20260520)
    county = County()
    gaps: dict[str, Fraction] = {}
    for place in range(60):
        rounding = ("ceil_yuan", "half_up_fen")[place % 2]
        members = drawn.randint(1, 4)
        receipts = [drawn.choice([1, 5, 6, 7, drawn.randint(0, 300_000)]) for _ in WINDOW]
        home = county.household(
            f"{rounding}{place}", values={"amount.rounding": rounding}, members=0
        )
        people = [home.join() for _ in range(members)]
        for month, fen in zip(WINDOW, receipts, strict=True):
            given = {"kind": "遗属待遇", "month": month, "amount": D(fen) / 100}
            home.row("human_resources.benefit", drawn.choice(people), **given)
        gaps[home.name] = 700 * members - Fraction(sum(receipts), 100) / 12
    told = county.run()
    assert sum(gap > 0 for gap in gaps.values()) > 20
    for name, gap in gaps.items():
        verdict = told.verdict(name)
        up = Fraction(-((-gap) // 1))
        half = Fraction((gap * 100 + Fraction(1, 2)) // 1, 100)
        exact = up if name.startswith("ceil") else half
        if gap > 0:
            assert Fraction(verdict["amount"]) == exact
        else:
            assert verdict["suggestion"] == "ineligible"
