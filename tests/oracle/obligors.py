"""Section 9, tekun: whether some obligor could support the person."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .counting import is_dead, is_in_custody
from .coverage import is_silent
from .outcomes import Outcome, answer, unknown
from .periods import age_on

if TYPE_CHECKING:
    from .identity import Person
    from .register import Case, Scenario


def no_capable_obligor(
    case: Case, scenario: Scenario, disposable_month: Fraction | None
) -> Outcome:
    """Fails with one obligor who is surely capable; unknown while one may be."""
    rule = "obligor.incapable"
    capable = [is_capable(case, p, scenario, disposable_month) for p in case.obligors()]
    if any(o.outcome == "pass" for o in capable):
        return answer(rule, passes=False)
    open_ones = [o for o in capable if o.outcome == "unknown"]
    if open_ones:
        return unknown(
            rule,
            parameter=any(o.parameter for o in open_ones),
            data=any(o.data for o in open_ones),
        )
    return answer(rule, passes=True)


def is_capable(
    case: Case, person: Person, scenario: Scenario, disposable_month: Fraction | None
) -> Outcome:
    """pass: capable. Every ground of incapacity is asked; one that holds settles it, one that may hold leaves it open."""
    rule = "obligor.capable"
    if is_dead(case, person, scenario) or is_in_custody(case, person, scenario):
        return answer(rule, passes=False)
    age = None if person.birth is None else age_on(person.birth, case.as_of)
    draws = case.draws(person, scenario)
    if "tekun" in draws or ("dibao" in draws and age is not None and age >= 60):
        return answer(rule, passes=False)
    data = is_silent(
        case, "public_security.population", "civil_affairs.funeral", "justice.custody"
    ) or ("dibao" in draws and age is None)
    parameter = False

    # The two grounds that hang on income: age 70, and a severe disability.
    severe = any(
        c["grade"] in (1, 2) or (c["grade"] == 3 and c["type"] in ("intellectual", "mental"))
        for c in case.certificates(person, scenario)
    )
    of_ground = severe or (age is not None and age >= 70)
    may_be_of_ground = age is None or is_silent(case, "disabled_federation.certificate")
    if of_ground or may_be_of_ground:
        income, size = person.row["obligor_household_income"], person.row["obligor_household_size"]
        if disposable_month is None:
            # Where the ground itself is not seen, both the value and the paper are missing.
            parameter, data = True, data or not of_ground
        elif income is None or not size:
            data = True
        elif Fraction(income) / size < disposable_month:
            if of_ground:
                return answer(rule, passes=False)
            data = True
    if data or parameter:
        return unknown(rule, data=data, parameter=parameter)
    return answer(rule, passes=True)
