"""Section 7, rigid spending of the twelve months before the application."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .coverage import is_silent
from .measure import Measure
from .memory import remembered
from .periods import in_spending_window

if TYPE_CHECKING:
    from .identity import Person
    from .register import Case, Scenario

UP_TO_BACHELOR = ("幼儿园", "小学", "初中", "高中", "中职", "专科", "本科")
PAID_BY_OTHERS = ("basic_paid", "critical_paid", "assistance_paid", "other_paid")
COUNTED_KINDS = ("living", "disability", "disaster", "other")


@remembered
def rigid_spending(case: Case, scenario: Scenario) -> Measure:
    """Medical and education of the counted members, and the declared kinds that add."""
    total = Fraction(0)
    unknown = is_silent(case, "medical_insurance.settlement", "education.enrolment")
    for person in case.counted(scenario):
        total += medical(case, person, scenario)
        fee = education(case, person, scenario)
        total += fee.amount
        unknown = unknown or fee.may_be_higher
    for row in case.register.vouchers.get(case.application_id, []):
        if ("approval.expenditure", row["_record_key"]) in scenario.without:
            continue
        if row["kind"] in COUNTED_KINDS and in_spending_window(row["spent_on"], case.applied_on):
            total += Fraction(row["amount"]) - Fraction(row["reimbursed"] or 0)
    return Measure(total, may_be_higher=unknown)


def medical(case: Case, person: Person, scenario: Scenario) -> Fraction:
    """What a person bore; refunds count on their own day; never below nothing."""
    borne = Fraction(0)
    for row in case.rows(person, "medical_insurance.settlement", scenario):
        if in_spending_window(row["settled_on"], case.applied_on):
            borne += Fraction(row["total"])
            for column in PAID_BY_OTHERS:
                borne -= Fraction(row[column] or 0)
    return max(Fraction(0), borne)


def education(case: Case, person: Person, scenario: Scenario) -> Measure:
    """One school year at the public price, by the row with the latest enrolment."""
    rows = [
        row
        for row in case.rows(person, "education.enrolment", scenario)
        if row["status"] == "在读" and row["stage"] in UP_TO_BACHELOR
    ]
    if not rows:
        return Measure(Fraction(0))
    latest = max(rows, key=lambda row: row["enrolled_on"])
    if latest["public_fee"] is None:
        return Measure(Fraction(0), may_be_higher=True)
    return Measure(Fraction(latest["public_fee"]))
