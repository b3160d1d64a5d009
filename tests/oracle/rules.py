"""Section 9, the rules of each programme, as its table says."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .asset_rules import asset_rules
from .coverage import is_silent, n_is_unknown
from .income import income_window_total
from .measure import Measure, fraction
from .memory import remembered
from .obligors import no_capable_obligor
from .outcomes import (
    Outcome,
    answer,
    at_least,
    below,
    merged_unknown,
    unknown,
    whole_set,
    with_margin,
)
from .periods import age_on
from .spending import rigid_spending
from .temporary import same_cause, skips_economic_test, threshold_rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from .register import Case, Scenario


@remembered
def per_capita(case: Case, scenario: Scenario, *, for_tekun: bool = False) -> Measure:
    """Monthly income of a counted person, exact."""
    total = income_window_total(case, scenario, for_tekun=for_tekun)
    months = case.parameter("income.window_months")
    heads = len(case.counted(scenario))
    if not months or not heads:
        return Measure(Fraction(0), total.may_be_higher, missing=True)
    return Measure(total.amount / months / heads, total.may_be_higher, total.missing)


def edge_line(case: Case) -> Fraction | None:
    """The multiple of the standard below which a household is on the edge."""
    multiple, standard = fraction(case.parameter("edge.multiple")), fraction(case.standard())
    return None if multiple is None or standard is None else multiple * standard


def disposable_month(case: Case) -> Fraction | None:
    """Last year's disposable income, a month."""
    year = fraction(case.parameter("income.disposable_last_year"))
    return None if year is None else year / 12


def dibao(case: Case, scenario: Scenario) -> list[Outcome]:
    """Per capita below the standard, and the assets."""
    income = below(
        "income.below_standard",
        per_capita(case, scenario),
        fraction(case.standard()),
        n_unknown=n_is_unknown(case),
    )
    return [income, *asset_rules(case, scenario, "")]


def dibao_edge(case: Case, scenario: Scenario) -> list[Outcome]:
    """Not dibao on income, below the edge, and the assets with the edge's values."""
    value, silent = per_capita(case, scenario), n_is_unknown(case)
    return [
        at_least("income.not_dibao", value, fraction(case.standard()), n_unknown=silent),
        below("income.below_edge", value, edge_line(case), n_unknown=silent),
        *asset_rules(case, scenario, "edge"),
    ]


def is_severe(certificate: dict[str, object]) -> bool:
    """Grade 1 or 2, or grade 3 intellectual or mental."""
    grade = certificate["grade"]
    return grade in (1, 2) or (grade == 3 and certificate["type"] in ("intellectual", "mental"))


def single_person(case: Case, scenario: Scenario) -> list[Outcome]:
    """The household passes dibao_edge, and a counted member is severely disabled or seriously ill."""
    rule = "person.severe"
    counted = case.counted(scenario)
    if any(p.row["seriously_ill"] for p in counted) or any(
        is_severe(c) for p in counted for c in case.certificates(p, scenario)
    ):
        found = answer(rule, passes=True)
    elif is_silent(case, "disabled_federation.certificate"):
        found = unknown(rule, data=True)
    else:
        found = answer(rule, passes=False)
    return [*dibao_edge(case, scenario), found]


def tekun(case: Case, scenario: Scenario) -> list[Outcome]:
    """Alone, old, a minor or disabled, without means and without a capable obligor."""
    silent = n_is_unknown(case)
    counted = case.counted(scenario)
    alone = (
        unknown("person.alone", data=True) if silent else answer("person.alone", len(counted) == 1)
    )
    return [
        alone,
        destitute_rule(case, scenario),
        below(
            "income.below_standard",
            per_capita(case, scenario, for_tekun=True),
            fraction(case.standard()),
            n_unknown=silent,
        ),
        *asset_rules(case, scenario, ""),
        no_capable_obligor(case, scenario, disposable_month(case)),
    ]


def destitute_rule(case: Case, scenario: Scenario) -> Outcome:
    """Age 60, below the minor's age, or a disability of the listed kinds and grades; asked of the person who is alone."""
    rule = "person.destitute"
    counted = case.counted(scenario)
    if len(counted) != 1:
        return answer(rule, passes=True)  # not asked; `person.alone` answers for the programme
    person = counted[0]
    listed = {"intellectual": (1, 2, 3), "mental": (1, 2, 3), "physical": (1, 2), "visual": (1,)}
    if any(c["grade"] in listed.get(c["type"], ()) for c in case.certificates(person, scenario)):
        return answer(rule, passes=True)
    data = is_silent(case, "disabled_federation.certificate")
    parameter = False
    if person.birth is None:
        data = True
    else:
        age, minor = age_on(person.birth, case.as_of), case.parameter("tekun.minor_age")
        if age >= 60 or (minor is not None and age < minor):
            return answer(rule, passes=True)
        parameter = minor is None
    if data or parameter:
        return unknown(rule, data=data, parameter=parameter)
    return answer(rule, passes=False)


def not_lower_rule(case: Case, scenario: Scenario) -> Outcome:
    """Neither dibao's nor dibao_edge's whole rule set passes."""
    rule = "rigid.not_lower"
    lower = [whole_set(dibao(case, scenario)), whole_set(dibao_edge(case, scenario))]
    if any(o.outcome == "pass" for o in lower):
        return answer(rule, passes=False)
    open_ones = [o for o in lower if o.outcome == "unknown"]
    return merged_unknown(rule, open_ones) if open_ones else answer(rule, passes=True)


def rigid(case: Case, scenario: Scenario) -> list[Outcome]:
    """Large unavoidable spending: by ratio, or by deduction."""
    silent = n_is_unknown(case)
    method = case.parameter("rigid.method")
    if method == "deduction":
        conditions = [
            at_least(
                "rigid.at_least_standard",
                per_capita(case, scenario),
                fraction(case.standard()),
                n_unknown=silent,
            ),
            deduction_rule(case, scenario),
        ]
    else:
        conditions = [
            below(
                "income.below_disposable",
                per_capita(case, scenario),
                disposable_month(case),
                n_unknown=silent,
            ),
            ratio_rule(case, scenario, method_known=method == "ratio"),
        ]
    return [not_lower_rule(case, scenario), *conditions, *asset_rules(case, scenario, "rigid")]


def ratio_rule(case: Case, scenario: Scenario, *, method_known: bool) -> Outcome:
    """Rigid spending / income of the window >= rigid.ratio, > where strict. No spending reaches no ratio."""
    rule = "rigid.ratio"
    income, spent = income_window_total(case, scenario), rigid_spending(case, scenario)
    ratio = fraction(case.parameter("rigid.ratio"))
    silent = n_is_unknown(case)
    if ratio is None or income.missing or not method_known or silent:
        missing = ratio is None or income.missing or not method_known
        return unknown(
            rule, parameter=missing, data=silent or income.may_be_higher or spent.may_be_higher
        )
    over = spent.amount - ratio * income.amount
    reached = over >= 0
    if case.parameter("rigid.strict"):
        reached = over > 0
    reached = reached and spent.amount > 0
    # Income may only rise, which lowers the ratio; spending may only rise, which lifts it.
    doubtful = income.may_be_higher if reached else spent.may_be_higher
    plain = unknown(rule, data=True) if doubtful else answer(rule, reached)
    return with_margin(plain, over if spent.amount else None)


def deduction_rule(case: Case, scenario: Scenario) -> Outcome:
    """(income - rigid spending) of a head and month < the standard."""
    rule = "rigid.after_deduction"
    value, spent = per_capita(case, scenario), rigid_spending(case, scenario)
    standard, heads = fraction(case.standard()), len(case.counted(scenario))
    silent = n_is_unknown(case)
    if value.missing or standard is None or silent:
        return unknown(
            rule,
            parameter=value.missing or standard is None,
            data=silent or value.may_be_higher or spent.may_be_higher,
        )
    over = value.amount - spent.amount / 12 / heads - standard
    reached = over < 0
    doubtful = value.may_be_higher if reached else spent.may_be_higher
    return with_margin(unknown(rule, data=True) if doubtful else answer(rule, reached), over)


def temp_expenditure(case: Case, scenario: Scenario) -> list[Outcome]:
    """Spending above the threshold of a class; an economic test unless a counted member draws a programme that skips it."""
    economic = []
    if not skips_economic_test(case, scenario):
        economic = [
            below(
                "income.below_disposable",
                per_capita(case, scenario),
                disposable_month(case),
                n_unknown=n_is_unknown(case),
            ),
            *asset_rules(case, scenario, ""),
        ]
    threshold = threshold_rule(
        case, scenario, per_capita(case, scenario), n_unknown=n_is_unknown(case)
    )
    return [*economic, same_cause(case, scenario), threshold]


def temp_emergency(case: Case, scenario: Scenario) -> list[Outcome]:
    """Nothing but the same cause is asked before payment."""
    return [same_cause(case, scenario)]


RULES: dict[str, Callable[[Case, Scenario], list[Outcome]]] = {
    "dibao": dibao,
    "dibao_edge": dibao_edge,
    "single_person": single_person,
    "tekun": tekun,
    "rigid": rigid,
    "temp_expenditure": temp_expenditure,
    "temp_emergency": temp_emergency,
}
