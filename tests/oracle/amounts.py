"""Section 9, amounts: exact until the one rounding."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from .coverage import n_is_unknown
from .income import income_window_total
from .measure import fraction
from .periods import age_on
from .rules import per_capita
from .spending import rigid_spending
from .temporary import temp_class

if TYPE_CHECKING:
    from .register import Case, Scenario


def rounded(amount: Fraction, rounding: str | None) -> Fraction | None:
    """`ceil_yuan` or `half_up_fen`; None where the pack names neither."""
    if rounding == "ceil_yuan":
        return Fraction(ceil(amount))
    if rounding == "half_up_fen":
        return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)
    return None


def amount_of(case: Case, programme: str, scenario: Scenario, *, heads: int) -> Fraction | None:
    """The amount of an eligible programme; None where the contract or the pack gives none."""
    exact = {
        "dibao": dibao_amount,
        "rigid": rigid_amount,
        "temp_expenditure": temp_expenditure_amount,
        "temp_emergency": temp_emergency_amount,
    }.get(programme)
    if exact is None:
        return None
    amount = exact(case, scenario, heads)
    return None if amount is None else rounded(amount, case.parameter("amount.rounding"))


def household_month(case: Case, scenario: Scenario) -> Fraction | None:
    """Household monthly income, exact."""
    months = case.parameter("income.window_months")
    return income_window_total(case, scenario).amount / months if months else None


def dibao_amount(case: Case, scenario: Scenario, heads: int) -> Fraction | None:
    """standard x n - household monthly income, plus the extras."""
    standard, month = fraction(case.standard()), household_month(case, scenario)
    if standard is None or month is None:
        return None
    return standard * heads - month + extras(case, scenario, standard)


def extras(case: Case, scenario: Scenario, standard: Fraction) -> Fraction:
    """A part of the standard for each counted member who is ill, severely disabled, old or a minor; each once."""
    rate, elder = fraction(case.parameter("extra.rate")), case.parameter("extra.elder_age")
    if rate is None:
        return Fraction(0)
    total = Fraction(0)
    for person in case.counted(scenario):
        age = None if person.birth is None else age_on(person.birth, case.as_of)
        if (
            person.row["seriously_ill"]
            or any(c["grade"] in (1, 2) for c in case.certificates(person, scenario))
            or (age is not None and elder is not None and age >= elder)
            or (age is not None and age < 18)
        ):
            total += rate * standard
    return total


def rigid_amount(case: Case, scenario: Scenario, heads: int) -> Fraction | None:
    """Only by deduction: standard x n - (household monthly income - rigid spending / 12)."""
    standard, month = fraction(case.standard()), household_month(case, scenario)
    if case.parameter("rigid.method") != "deduction" or standard is None or month is None:
        return None
    return standard * heads - (month - rigid_spending(case, scenario).amount / 12)


def ceiling(case: Case, programme: str) -> Fraction | None:
    """The most that a grant may be: a multiple of the urban standard."""
    multiple = fraction(case.parameter(f"temp.ceiling_multiple.{programme}"))
    urban = fraction(case.parameter("standard.urban"))
    return None if multiple is None or urban is None else multiple * urban


def temp_expenditure_amount(case: Case, scenario: Scenario, heads: int) -> Fraction | None:
    """min(cap, rate x (spending - threshold)) of the class; a range of rates gives no amount."""
    value = per_capita(case, scenario)
    line = temp_class(case, scenario, value, n_unknown=n_is_unknown(case)).line
    if line is None or line.get("rate") is None:
        return None
    over = rigid_spending(case, scenario).amount - Fraction(str(line["threshold"]))
    limits = [Fraction(str(line["rate"])) * over]
    if line.get("cap") is not None:
        limits.append(Fraction(str(line["cap"])))
    most = ceiling(case, "temp_expenditure")
    return min(limits if most is None else [*limits, most])


def temp_emergency_amount(case: Case, scenario: Scenario, heads: int) -> Fraction | None:
    """A multiple of the urban standard for n, within the ceiling."""
    multiple = fraction(case.parameter("temp.emergency_amount_multiple"))
    urban = fraction(case.parameter("standard.urban"))
    if multiple is None or urban is None:
        return None
    most = ceiling(case, "temp_emergency")
    amount = multiple * urban * heads
    return amount if most is None else min(amount, most)
