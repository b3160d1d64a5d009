"""Section 9, temporary assistance: the test that is skipped, the same cause, and the class of a household."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from household.schema.codes import PROGRAMME

from .memory import remembered
from .outcomes import Outcome, answer, unknown, with_margin
from .periods import add_months
from .spending import rigid_spending

if TYPE_CHECKING:
    from .measure import Measure
    from .register import Case, Scenario

SKIP_BY_DEFAULT = ("dibao", "tekun")


@remembered
def household_draws(case: Case, scenario: Scenario) -> set[str]:
    """The programmes that some counted member draws."""
    return {programme for p in case.counted(scenario) for programme in case.draws(p, scenario)}


def skips_economic_test(case: Case, scenario: Scenario) -> bool:
    """A counted member draws a programme of the list, or the household's special class stands in it."""
    listed = case.parameter("temp.skip_economic_test")
    skipping = set(SKIP_BY_DEFAULT if listed is None else listed)
    codes = PROGRAMME.readings()
    classes = {
        c.strip() for c in (case.application["special_class"] or "").replace("；", ";").split(";")
    }
    classes |= {codes[c] for c in classes if c in codes}
    return bool(skipping & (household_draws(case, scenario) | classes))


def on_poverty_register(case: Case) -> bool:
    """The household's special class names the register or those who left it; 非建档立卡户 does not."""
    told = unicodedata.normalize("NFKC", case.application["special_class"] or "").split(";")
    names = [name for name in told if "建档立卡" in name or "脱贫户" in name]
    return any("非" not in name.split("建档立卡")[0].split("脱贫户")[0] for name in names)


def same_cause(case: Case, scenario: Scenario) -> Outcome:
    """No grant of the same cause to a member of the roster in the months before the application."""
    rule = "temp.same_cause"
    cause = case.application["temp_cause"]
    if cause is None:
        asked = case.application["programme"].startswith("temp_")
        return unknown(rule, data=True) if asked else answer(rule, passes=True)
    grants = [
        row["paid_on"]
        for person in case.members()
        for row in case.rows(person, "civil_affairs.payment", scenario)
        if row["programme"].startswith("temp_")
        and row["cause"] == cause
        and row["paid_on"] < case.applied_on
    ]
    if not grants:
        return answer(rule, passes=True)
    months = case.parameter("temp.repeat_months")
    if months is None:
        return unknown(rule, parameter=True)
    return answer(rule, max(grants) < add_months(case.applied_on, -months))


@dataclass(frozen=True)
class TempClass:
    """The class of a household: its letter and line of the table; or why it is not known."""

    letter: str | None
    line: dict[str, Any] | None
    data: bool = False
    parameter: bool = False


def temp_class(case: Case, scenario: Scenario, value: Measure, *, n_unknown: bool) -> TempClass:
    """The first of A ... D that somebody draws, else C or D by income. Without a table or a line: a parameter lacks.

    A household on the poverty register is of the class of `temp.class_of_jdlk`, unless it draws for an earlier one.
    """
    table = case.parameter("temp.class_table")
    drawn = household_draws(case, scenario) if table else set()
    letters = [letter for letter in sorted(table or {}) if drawn & set(table[letter]["who"])]
    registered = case.parameter("temp.class_of_jdlk")
    if registered is not None and on_poverty_register(case):
        letters.append(registered)
    if letters:
        return TempClass(min(letters), (table or {}).get(min(letters)))
    multiple, standard = case.parameter("temp.low_income_multiple"), case.standard()
    if multiple is None or standard is None or value.missing:
        return TempClass(None, None, data=n_unknown, parameter=True)
    # Without a table the class is missing all the same, and what hides the income hides the class as well.
    lacks = table is None
    if n_unknown:
        return TempClass(None, None, data=True, parameter=lacks)
    if value.amount > Fraction(str(multiple)) * Fraction(str(standard)):
        return TempClass("D", (table or {}).get("D"))
    if value.may_be_higher:
        return TempClass(None, None, data=True, parameter=lacks)
    return TempClass("C", (table or {}).get("C"))


def threshold_rule(case: Case, scenario: Scenario, value: Measure, *, n_unknown: bool) -> Outcome:
    """Rigid spending above the threshold of the household's class."""
    rule = "temp.threshold"
    spent = rigid_spending(case, scenario)
    found = temp_class(case, scenario, value, n_unknown=n_unknown)
    if found.line is None:
        lacks = found.parameter or not found.data
        return unknown(rule, parameter=lacks, data=found.data or spent.may_be_higher)
    over = spent.amount - Fraction(str(found.line["threshold"]))
    if over > 0:
        return with_margin(answer(rule, passes=True), over)
    plain = unknown(rule, data=True) if spent.may_be_higher else answer(rule, passes=False)
    return with_margin(plain, over)
