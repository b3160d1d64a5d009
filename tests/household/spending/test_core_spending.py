"""Rigid spending of the twelve months before the application (assessment §7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from core_town import County, D

if TYPE_CHECKING:
    from core_told import Told

BILL, SCHOOL, VOUCHER = (
    "medical_insurance.settlement",
    "education.enrolment",
    "approval.expenditure",
)


class Case(NamedTuple):
    """Rows of members (0: a voucher that names nobody) and the spending."""

    rows: list[tuple[int, str, dict[str, Any]]]
    spending: str
    programme: str = "rigid"


def bill(total: str, day: date = date(2026, 3, 1), member: int = 1, **more: Any) -> Any:
    return member, BILL, {"total": D(total), "settled_on": day, **more}


def school(fee: str | None, member: int = 1, **more: Any) -> Any:
    return member, SCHOOL, {"public_fee": None if fee is None else D(fee), **more}


def voucher(amount: str, member: int = 1, **more: Any) -> Any:
    return member, VOUCHER, {"amount": D(amount), **more}


CASES: dict[str, Case] = {
    "first_day": Case([bill("7", date(2025, 5, 10))], "7"),
    "day_before": Case([bill("7", date(2025, 5, 9))], "0"),
    "last_day": Case([bill("7", date(2026, 5, 9))], "7"),
    "day_of_the_application": Case([bill("7", date(2026, 5, 10))], "0"),
    "what_stays": Case(
        [
            bill(
                "100",
                basic_paid=D(10),
                critical_paid=D(20),
                assistance_paid=D(5),
                other_paid=D("0.50"),
            )
        ],
        "64.50",
    ),
    "refund_by_its_own_day": Case([bill("100"), bill("-30", date(2026, 4, 2))], "70"),
    "refund_outside": Case([bill("100"), bill("-30", date(2026, 5, 10))], "100"),
    "never_below_nought_a_person": Case([bill("-30"), bill("10", member=2)], "10"),
    "pupil": Case([school("1200")], "1200"),
    "left_school": Case([school("1200", status="毕业")], "0"),
    "postgraduate": Case([school("1200", stage="研究生")], "0"),
    "latest_enrolment": Case(
        [
            school("1200", enrolled_on=date(2023, 9, 1), stage="高中"),
            school("5000", enrolled_on=date(2025, 9, 1)),
        ],
        "5000",
    ),
    "latest_enrolment_left": Case(
        [
            school("1200", enrolled_on=date(2023, 9, 1), stage="高中"),
            school("5000", enrolled_on=date(2025, 9, 1), status="退学"),
        ],
        "1200",
    ),
    "two_pupils": Case([school("1"), school("2", 2)], "3"),
    "fee_not_given": Case([school(None)], "0"),
    "vouchers": Case(
        [
            voucher("100", reimbursed=D(40)),
            voucher("1", kind="disability"),
            voucher("2", kind="disaster"),
            voucher("4", kind="other"),
        ],
        "67",
    ),
    "vouchers_shown_only": Case(
        [voucher("100", kind="medical"), voucher("100", kind="education")], "0"
    ),
    "voucher_outside": Case([voucher("100", spent_on=date(2026, 5, 10))], "0"),
    "voucher_of_nobody": Case([voucher("100", 0)], "100"),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, case in CASES.items():
        home = county.household(name, members=0)
        people = [None, home.join(), home.join()]
        for member, dataset, row in case.rows:
            given = {"application_id": name} if dataset == VOUCHER else {}
            home.row(dataset, people[member], **(given | row))
    return county.run()


@pytest.mark.parametrize("name", CASES)
def test_spending(told: Told, name: str) -> None:
    assert told.verdict(name, "rigid")["rigid_spending"] == D(CASES[name].spending)


@pytest.mark.parametrize("name", CASES)
def test_every_line_counted_or_says_why_not(told: Told, name: str) -> None:
    for line in told.evidence(name):
        assert line["counted"] == (line["why_not"] is None)


def test_a_fee_that_is_not_given_is_not_nought(told: Told) -> None:
    reasons = told.reasons("fee_not_given", "temp_expenditure")
    assert reasons["temp_expenditure.threshold"]["outcome"] == "unknown"


def test_declared_medical_vouchers_are_shown(told: Told) -> None:
    lines = told.evidence("vouchers_shown_only", VOUCHER)
    assert [line["amount"] for line in lines] == [D("100.00")] * 2
    assert not any(line["counted"] for line in lines)
