"""Small households, and the answers that the rules must give of each. No test stands here.

Written so that every rule is seen to pass, to fail and to be unknown; `test_core_rule_coverage` counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core_town import AS_OF, County, D, Household, Someone

if TYPE_CHECKING:
    from collections.abc import Callable

VARIANTS = ("plain", "edge", "rigid")
DEDUCTION = {"rigid.method": "deduction"}
HOUSEHOLD_SOURCES = ("public_security.population", "civil_affairs.funeral", "justice.custody")
INCOME_SOURCES = (
    "tax.income",
    "finance.payroll",
    "human_resources.employment",
    "human_resources.contribution",
    "human_resources.benefit",
    "agriculture.farm",
)


@dataclass(frozen=True)
class Case:
    """A household and what its rules must answer: rule -> pass, fail, unknown, or None where it is not asked."""

    build: Callable[[Household], None]
    answers: dict[str, str | None]
    values: dict[str, Any] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    members: int = 1
    asked: dict[str, Any] = field(default_factory=dict)


def plain(_: Household) -> None:
    """A single adult of whom nobody knows anything."""


def asset(name: str, answer: str) -> dict[str, str | None]:
    """The same answer of the three sets of limits and of temporary assistance."""
    sets = [*(f"asset.{v}" for v in VARIANTS), "temp_expenditure.asset"]
    return {f"{which}.{name}": answer for which in sets}


def first(home: Household) -> Someone:
    """The applicant, as somebody to write rows about."""
    rows = home.county.rows["approval.member"]
    row = next(r for r in rows if r["application_id"] == home.name)
    return Someone(row["id_no"], row["name"])


def pension(amount: str) -> Callable[[Household], None]:
    """A pension a month of the applicant."""
    return lambda home: home.monthly(first(home), amount)


def deposit(amount: str) -> Callable[[Household], None]:
    """An account of the applicant."""
    return lambda home: home.deposit(first(home), amount)


def about(dataset: str, *rows: dict[str, Any]) -> Callable[[Household], None]:
    """Rows about the applicant."""

    def build(home: Household) -> None:
        for row in rows:
            home.row(dataset, first(home), **row)

    return build


def spending(amount: str, monthly: str = "0.01") -> Callable[[Household], None]:
    """A medical bill, and a pension so small that a ratio can be drawn."""

    def build(home: Household) -> None:
        home.monthly(first(home), monthly)
        home.row("medical_insurance.settlement", first(home), total=D(amount))

    return build


def dead(home: Household) -> None:
    """The only member is dead."""
    home.row("civil_affairs.funeral", first(home))


def nobody(home: Household) -> None:
    """A roster of which nothing arrived."""
    rows = home.county.rows["approval.member"]
    rows[:] = [row for row in rows if row["application_id"] != home.name]


def born(day: date) -> Callable[[Household], None]:
    """One member, born on a day."""
    return lambda home: _only(home, day)


def _only(home: Household, day: date) -> None:
    home.join(home.someone(day))


def obligor(**line: Any) -> Callable[[Household], None]:
    """An elderly applicant with one obligor."""

    def build(home: Household) -> None:
        home.join(home.someone(date(1950, 1, 1)))
        stated = {key: value for key, value in line.items() if key != "born"}
        day = line.get("born", date(1985, 1, 1))
        home.join(home.someone(day), role="obligor", **stated)

    return build


RIGID_UNASKED = {"rigid.income_floor": None, "rigid.deducted": None}
CASES: dict[str, Case] = {
    "nothing_at_all": Case(
        plain,
        {
            "household.empty": "pass",
            "dibao.income": "pass",
            "dibao_edge.income_floor": "fail",
            "dibao_edge.income": "pass",
            "rigid.not_covered": "fail",
            "rigid.income": "pass",
            "temp_expenditure.income": "pass",
            "tekun.alone": "pass",
            "tekun.person": "fail",
            "tekun.income": "pass",
            "tekun.obligors": "pass",
            "single_person.person": "fail",
            "rigid.ratio": "fail",
            "temp_expenditure.same_cause": "pass",
            "temp_emergency.same_cause": "pass",
            "temp_expenditure.threshold": "fail",
            **RIGID_UNASKED,
            **asset("financial", "pass"),
            **asset("vehicle", "pass"),
            **asset("home", "pass"),
            **asset("commercial", "pass"),
            **asset("business", "pass"),
        },
    ),
    "dead": Case(dead, {"household.empty": "fail", "dibao.income": None, "tekun.alone": None}),
    "no_roster": Case(nobody, {"household.empty": "unknown"}),
    "a_fen_below_the_standard": Case(pension("699.99"), {"dibao.income": "pass"}),
    "at_the_standard": Case(
        pension("700.00"),
        {
            "dibao.income": "fail",
            "tekun.income": "fail",
            "dibao_edge.income_floor": "pass",
            "dibao_edge.income": "pass",
            "rigid.not_covered": "fail",
        },
    ),
    "a_fen_above_the_standard": Case(pension("700.01"), {"dibao.income": "fail"}),
    "a_fen_below_the_edge": Case(pension("1049.99"), {"dibao_edge.income": "pass"}),
    "at_the_edge": Case(
        pension("1050.00"), {"dibao_edge.income": "fail", "rigid.not_covered": "pass"}
    ),
    "a_fen_below_disposable": Case(
        pension("2729.99"), {"rigid.income": "pass", "temp_expenditure.income": "pass"}
    ),
    "at_disposable": Case(
        pension("2730.00"), {"rigid.income": "fail", "temp_expenditure.income": "fail"}
    ),
    "n_unknown": Case(
        plain,
        {
            "dibao.income": "unknown",
            "dibao_edge.income": "unknown",
            "dibao_edge.income_floor": "unknown",
            "tekun.alone": "unknown",
            "tekun.income": "unknown",
            "rigid.income": "unknown",
            "rigid.not_covered": "unknown",
            "temp_expenditure.income": "unknown",
            **asset("financial", "unknown"),
        },
        silent=("justice.custody",),
    ),
    **{
        f"silent_{source}": Case(
            plain,
            {"dibao.income": "unknown", "dibao_edge.income_floor": "unknown"},
            silent=(source,),
        )
        for source in INCOME_SOURCES
    },
    **{
        f"silent_{source}_above_all": Case(
            pension("2730.00"),
            {"dibao.income": "fail", "dibao_edge.income_floor": "pass", "rigid.income": "fail"},
            silent=(source,),
        )
        for source in INCOME_SOURCES
    },
    **{
        f"silent_{source}": Case(
            pension("2730.00"),
            {"dibao.income": "unknown", "tekun.alone": "unknown"},
            silent=(source,),
        )
        for source in HOUSEHOLD_SOURCES
    },
    "no_standard": Case(
        pension("2730.00"),
        {"dibao.income": "unknown", **asset("financial", "unknown")},
        values={"standard.urban": None},
    ),
    "two": Case(plain, {"tekun.alone": "fail", "tekun.person": None}, members=2),
    "sixty_today": Case(born(date(1966, 5, 20)), {"tekun.person": "pass"}, members=0),
    "sixty_tomorrow": Case(born(date(1966, 5, 21)), {"tekun.person": "fail"}, members=0),
    "eighteen_tomorrow": Case(born(date(2008, 5, 21)), {"tekun.person": "pass"}, members=0),
    "eighteen_today": Case(born(date(2008, 5, 20)), {"tekun.person": "fail"}, members=0),
    "minor_age_missing": Case(plain, {"tekun.person": "unknown"}, values={"tekun.minor_age": None}),
    "certificates_silent": Case(
        plain,
        {"tekun.person": "unknown", "single_person.person": "unknown"},
        silent=("disabled_federation.certificate",),
    ),
    **{
        f"disabled_{kind}_{grade}": Case(
            about("disabled_federation.certificate", {"type": kind, "grade": grade}),
            {"tekun.person": unable, "single_person.person": single},
        )
        for kind, grade, unable, single in (
            ("intellectual", 3, "pass", "pass"),
            ("mental", 3, "pass", "pass"),
            ("mental", 4, "fail", "fail"),
            ("physical", 2, "pass", "pass"),
            ("physical", 3, "fail", "fail"),
            ("visual", 1, "pass", "pass"),
            ("visual", 2, "fail", "pass"),
            ("hearing", 1, "fail", "pass"),
        )
    },
    "certificate_ends_today": Case(
        about("disabled_federation.certificate", {"valid_to": AS_OF}), {"tekun.person": "pass"}
    ),
    "certificate_ended": Case(
        about("disabled_federation.certificate", {"valid_to": AS_OF - timedelta(days=1)}),
        {"tekun.person": "fail"},
    ),
    "certificate_cancelled": Case(
        about("disabled_federation.certificate", {"status": "注销"}), {"tekun.person": "fail"}
    ),
    "obligor_able": Case(obligor(), {"tekun.obligors": "fail"}, members=0),
    "obligor_maybe_disabled": Case(
        obligor(),
        {"tekun.obligors": "unknown"},
        silent=("disabled_federation.certificate",),
        members=0,
    ),
    "obligor_seventy_poor": Case(
        obligor(
            born=date(1956, 5, 20),
            obligor_household_income=D("2729.99"),
            obligor_household_size=1,
        ),
        {"tekun.obligors": "pass"},
        members=0,
    ),
    "obligor_seventy_at_the_line": Case(
        obligor(
            born=date(1956, 5, 20), obligor_household_income=D("2730"), obligor_household_size=1
        ),
        {"tekun.obligors": "fail"},
        members=0,
    ),
    "obligor_not_yet_seventy": Case(
        obligor(
            born=date(1956, 5, 21), obligor_household_income=D("0.01"), obligor_household_size=1
        ),
        {"tekun.obligors": "fail"},
        members=0,
    ),
    "obligor_seventy_unstated": Case(
        obligor(born=date(1950, 5, 20)), {"tekun.obligors": "unknown"}, members=0
    ),
    "fen_below_financial_limit": Case(deposit("16799.99"), asset("financial", "pass")),
    "at_financial_limit": Case(deposit("16800.00"), asset("financial", "pass")),
    "fen_above_financial_limit": Case(deposit("16800.01"), asset("financial", "fail")),
    "financial_silent": Case(plain, asset("financial", "unknown"), silent=("securities.holding",)),
    "financial_over_though_silent": Case(
        deposit("16800.01"), asset("financial", "fail"), silent=("insurance.policy",)
    ),
    "vehicle_at_the_cap": Case(
        about("public_security.vehicle", {"value": D(30000)}), asset("vehicle", "pass")
    ),
    "vehicle_over_the_cap": Case(
        about("public_security.vehicle", {"value": D("30000.01")}), asset("vehicle", "fail")
    ),
    "vehicle_unvalued": Case(
        about("public_security.vehicle", {"value": None}), asset("vehicle", "unknown")
    ),
    "two_homes": Case(
        about("housing.real_estate", {"unit_no": "U1"}, {"unit_no": "U2"}), asset("home", "fail")
    ),
    "one_home_one_title_twice": Case(
        about("housing.real_estate", {"unit_no": "U1"}, {"unit_no": "U1"}), asset("home", "pass")
    ),
    "estate_silent": Case(
        plain,
        {**asset("home", "unknown"), **asset("commercial", "unknown")},
        silent=("housing.real_estate",),
    ),
    "a_shop": Case(about("housing.real_estate", {"use": "商业"}), asset("commercial", "fail")),
    "a_business": Case(about("market_regulation.entity", {}), asset("business", "fail")),
    "a_business_to_review": Case(
        about("market_regulation.entity", {}),
        asset("business", "unknown"),
        values={"asset.business_review": True},
    ),
    "ratio_at": Case(spending("7560.00", "1050"), {"rigid.ratio": "pass"}),
    "ratio_a_fen_below": Case(spending("7559.99", "1050"), {"rigid.ratio": "fail"}),
    "ratio_at_but_strict": Case(
        spending("7560.00", "1050"), {"rigid.ratio": "fail"}, values={"rigid.strict": True}
    ),
    "ratio_over_and_strict": Case(
        spending("7560.01", "1050"), {"rigid.ratio": "pass"}, values={"rigid.strict": True}
    ),
    "spending_silent": Case(
        plain,
        {"rigid.ratio": "unknown", "temp_expenditure.threshold": "unknown"},
        silent=("medical_insurance.settlement",),
    ),
    "deduction_passes": Case(
        spending("8400.01", "1400"),
        {
            "rigid.income_floor": "pass",
            "rigid.deducted": "pass",
            "rigid.ratio": None,
            "rigid.income": None,
        },
        values=DEDUCTION,
    ),
    "deduction_at_the_standard": Case(
        spending("8400.00", "1400"), {"rigid.deducted": "fail"}, values=DEDUCTION
    ),
    "deduction_below_the_floor": Case(
        spending("0", "699.99"), {"rigid.income_floor": "fail"}, values=DEDUCTION
    ),
    "deduction_silent": Case(
        plain,
        {"rigid.income_floor": "unknown", "rigid.deducted": "unknown"},
        values=DEDUCTION,
        silent=("tax.income",),
    ),
    "threshold_at": Case(spending("20000.00"), {"temp_expenditure.threshold": "fail"}),
    "threshold_over": Case(spending("20000.01"), {"temp_expenditure.threshold": "pass"}),
    "granted_before": Case(
        lambda home: home.grant(first(home)),
        {"temp_expenditure.same_cause": "fail", "temp_emergency.same_cause": "fail"},
        asked={"programme": "temp_emergency", "temp_cause": "fire"},
    ),
    "granted_before_unruled": Case(
        lambda home: home.grant(first(home)),
        {"temp_expenditure.same_cause": "unknown", "temp_emergency.same_cause": "unknown"},
        asked={"programme": "temp_emergency", "temp_cause": "fire"},
        values={"temp.repeat_months": None},
    ),
    **{
        f"granted_on_{day}": Case(
            lambda home, day=day: home.grant(first(home), paid_on=day),  # type: ignore[misc]
            {"temp_emergency.same_cause": answer},
            asked={"programme": "temp_emergency", "temp_cause": "fire"},
        )
        for day, answer in (
            (date(2025, 5, 9), "pass"),
            (date(2025, 5, 10), "fail"),
            (date(2026, 5, 9), "fail"),
            (date(2026, 5, 10), "pass"),
        )
    },
}


def rule_county() -> County:
    """All cases, each a household under its name."""
    county = County()
    for name, case in CASES.items():
        home = county.household(
            name, values=case.values, silent=case.silent, members=case.members, **case.asked
        )
        case.build(home)
    return county
