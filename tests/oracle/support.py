"""Section 6, support from obligors."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .measure import Measure
from .memory import remembered

if TYPE_CHECKING:
    from .register import Case, Scenario


@remembered
def support(case: Case, scenario: Scenario) -> Measure:
    """What the obligors are reckoned to give over all months of the window."""
    obligors = case.living_obligors(scenario) if case.imputes_support() else []
    multiple, rate = case.parameter("support.line_multiple"), case.parameter("support.rate")
    standard, months = case.standard(), case.parameter("income.window_months")
    if not obligors:
        return Measure(Fraction(0))
    if multiple is None or rate is None or standard is None or months is None:
        return Measure(Fraction(0), missing=True)
    total, unknown = Fraction(0), False
    for obligor in obligors:
        income = obligor.row["obligor_household_income"]
        size = obligor.row["obligor_household_size"]
        if income is None or size is None:
            unknown = True
            continue
        line = Fraction(str(multiple)) * Fraction(str(standard)) * size
        total += max(Fraction(0), Fraction(income) - line) * Fraction(str(rate)) * months
    return Measure(total, may_be_higher=unknown)
