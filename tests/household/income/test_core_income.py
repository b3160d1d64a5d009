"""Income of the window, sentence by sentence of assessment §5."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from core_town import SENT, WINDOW, County, D, Household, Someone

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_told import Told

Lines = dict[str, tuple[str | None, str | None, str | None]]
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
TAX, PAYROLL = "tax.income", "finance.payroll"
EMPLOYMENT, BASE = "human_resources.employment", "human_resources.contribution"
FUND, FARM, PENSION = "housing.provident_fund", "agriculture.farm", "human_resources.benefit"
MU = {"income.farm_yuan_per_mu": D(820)}


class Case(NamedTuple):
    """Rows about the applicant, and the income lines (declared, verified, adopted) by kind."""

    rows: list[tuple[str, dict[str, Any]]]
    lines: Lines
    window: str | None = None
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed
    line: dict[str, Any] = {}  # noqa: RUF012
    applied_on: date = date(2026, 5, 10)


def tax(month: date, amount: str, payer: str = "甲厂", **more: Any) -> tuple[str, dict[str, Any]]:
    return TAX, {"month": month, "amount": D(amount), "payer": payer, **more}


def job(start: date, wage: str | None, **more: Any) -> tuple[str, dict[str, Any]]:
    given = {"started_on": start, "employer": "甲厂", **more}
    return EMPLOYMENT, {**given, "monthly_wage": None if wage is None else D(wage)}


def base(month: date, amount: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return BASE, {"month": month, "base": D(amount), "employer": "甲厂", **more}


def pay(amount: str | None, start: date, **more: Any) -> tuple[str, dict[str, Any]]:
    return PAYROLL, {
        "monthly_pay": None if amount is None else D(amount),
        "from_date": start,
        **more,
    }


def pension(month: date, amount: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return PENSION, {"month": month, "amount": D(amount), **more}


def farm(**more: Any) -> tuple[str, dict[str, Any]]:
    return FARM, more


def kind(
    verified: str | None, declared: str | None = None
) -> tuple[str | None, str | None, str | None]:
    """Declared, verified and the greater of them."""
    known = [D(v) for v in (verified, declared) if v is not None]
    return declared, verified, str(max(known))


def wage(verified: str) -> Lines:
    return {"wage": kind(verified)}


CASES: dict[str, Case] = {
    # The window
    "first_month_of_the_window": Case([pension(WINDOW[0], "10")], {"transfer": kind("10")}),
    "month_before_the_window": Case([pension(date(2025, 4, 1), "10")], {}, "0"),
    "last_month_of_the_window": Case([pension(APRIL, "10")], {"transfer": kind("10")}),
    "month_of_the_application": Case([pension(MAY, "10")], {}, "0"),
    "six_months": Case(
        [pension(date(2025, 10, 1), "1"), pension(date(2025, 11, 1), "2")],
        {"transfer": kind("2")},
        values={"income.window_months": D(6)},
    ),
    "applied_on_the_last_day": Case(
        [pension(MAY, "10"), pension(APRIL, "3")],
        {"transfer": kind("3")},
        applied_on=date(2026, 5, 31),
    ),
    # Wages: the first source of a month and an employer
    "tax_before_all": Case([tax(APRIL, "100"), job(APRIL, "150"), base(APRIL, "160")], wage("100")),
    "payroll_before_register": Case(
        [
            pay("300", APRIL, employer="甲厂", employer_uscc="U1"),
            job(APRIL, "150"),
            base(APRIL, "160"),
        ],
        wage("300"),
    ),
    "register_before_base": Case([job(APRIL, "150"), base(APRIL, "160")], wage("150")),
    "base_at_last": Case([base(APRIL, "160")], wage("160")),
    "register_without_a_wage": Case([job(APRIL, None), base(APRIL, "160")], wage("160")),
    "payroll_without_pay": Case(
        [pay(None, APRIL, employer="甲厂"), base(APRIL, "160")], wage("160")
    ),
    "register_fills_the_other_months": Case([tax(APRIL, "100"), job(MARCH, "150")], wage("250")),
    "month_of_start_is_whole": Case([job(date(2026, 4, 30), "150")], wage("150")),
    "month_of_end_is_whole": Case(
        [job(date(2024, 1, 1), "150", ended_on=date(2025, 5, 1))], wage("150")
    ),
    "ended_before": Case([job(date(2024, 1, 1), "150", ended_on=date(2025, 4, 30))], {}, "0"),
    "starts_after": Case([job(MAY, "150")], {}, "0"),
    "runs_on": Case([job(date(2020, 1, 1), "10")], wage("120")),
    "payroll_runs": Case([pay("10", MARCH, to_date=MARCH)], wage("10")),
    "retired_on_payroll": Case([pay("10", MARCH, kind="退休")], {}, "0"),
    "post_of_public_benefit": Case([job(APRIL, "5", kind="公益性岗位")], wage("5")),
    "flexible_employment": Case([job(APRIL, "5", kind="灵活就业")], wage("5")),
    "registered_unemployed": Case([job(APRIL, "5", kind="失业登记")], {}, "0"),
    "base_of_another_scheme": Case([base(APRIL, "5", scheme="失业")], {}, "0"),
    "base_of_the_self_employed": Case([base(APRIL, "5", employer="灵活就业")], {}, "0"),
    "base_without_employer": Case([base(APRIL, "5", employer=None)], {}, "0"),
    "fund_base_is_a_signal": Case(
        [(FUND, {"base": D(900), "employer": "甲厂", "last_month": APRIL})], {}, "0"
    ),
    "different_employers_add": Case(
        [tax(APRIL, "100"), base(APRIL, "7", employer="乙厂")], wage("107")
    ),
    "same_name_in_normal_form": Case(
        [tax(APRIL, "100", payer="甲 厂A"), job(APRIL, "7", employer="甲厂a")], wage("100")
    ),
    "same_code_other_name": Case(
        [tax(APRIL, "100", payer_uscc="U1"), job(APRIL, "7", employer="乙", employer_uscc="U1")],
        wage("100"),
    ),
    "same_name_other_code": Case(
        [
            tax(APRIL, "100", payer_uscc="U1"),
            job(APRIL, "7", employer_uscc="U2"),
        ],
        wage("107"),
    ),
    "name_joins_the_code_of_another_month": Case(
        [
            base(date(2025, 6, 1), "1", employer_uscc="U1"),
            tax(APRIL, "100", payer="丙厂", payer_uscc="U1"),
            job(APRIL, "7"),
        ],
        wage("101"),
    ),
    "name_joins_by_a_fund_row": Case(
        [
            (FUND, {"base": D(1), "employer": "甲厂", "employer_uscc": "U1"}),
            tax(APRIL, "100", payer="丙厂", payer_uscc="U1"),
            job(APRIL, "7"),
        ],
        wage("100"),
    ),
    "labour_adds": Case(
        [tax(APRIL, "100"), tax(APRIL, "5", item="劳务报酬"), job(APRIL, "150")], wage("105")
    ),
    "later_extract_of_one_source": Case(
        [
            (TAX, {"month": APRIL, "amount": D(9), "payer": "甲厂", "_as_of": date(2026, 4, 10)}),
            (TAX, {"month": APRIL, "amount": D(5), "payer": "甲 厂", "_as_of": SENT}),
        ],
        wage("5"),
    ),
    "one_extract_two_amounts": Case(
        [tax(APRIL, "9"), tax(APRIL, "5", payer="甲 厂")],
        wage("5"),
    ),
    # Business and property
    "business": Case(
        [tax(APRIL, "8", item="经营所得"), tax(MARCH, "2", item="经营所得")],
        {"business": kind("10")},
    ),
    "property": Case(
        [tax(APRIL, "8", item="利息股息红利"), tax(APRIL, "2", item="财产租赁")],
        {"property": kind("10")},
    ),
    "sale_is_no_income": Case([tax(APRIL, "8", item="财产转让")], {}, "0"),
    "other_items_are_no_income": Case([tax(APRIL, "8", item="偶然所得")], {}, "0"),
    "farm_of_last_year": Case(
        [farm(contracted_mu=D("3.5"), transferred_mu=D("1.25"), subsidy=D("100.50"))],
        {"business": kind("1945.50")},  # 2.25 mu x 820 + 100.50
        values=MU,
    ),
    "farm_of_this_year": Case(
        [farm(contracted_mu=D(3), season_year=2026, transfer_rent=D(7))], {}, "0", values=MU
    ),
    "farm_without_a_parameter": Case(
        [farm(contracted_mu=D(3), subsidy=D(100), transfer_rent=D(7))], {"property": kind("7")}
    ),
    "farm_rent": Case(
        [farm(contracted_mu=D(1), transferred_mu=D(1), transfer_rent=D(600))],
        {"business": kind("0"), "property": kind("600")},
        values=MU,
    ),
    "farm_area_not_given": Case(
        [farm(transferred_mu=D(1), subsidy=D(50))], {"business": kind("50")}, values=MU
    ),
    # Transfers
    "central_basic_left_out": Case(
        [pension(APRIL, "200", central_basic=D(143))], {"transfer": kind("57")}
    ),
    "central_basic_counted": Case(
        [pension(APRIL, "200", central_basic=D(143))],
        {"transfer": kind("200")},
        values={"income.exclude_central_basic": False},
    ),
    "assistance_is_no_income": Case(
        [
            ("civil_affairs.benefit", {"monthly_amount": D(500)}),
            ("civil_affairs.payment", {"programme": "dibao"}),
        ],
        {},
        "0",
    ),
    # Declared against verified; work cost
    "declared_is_greater": Case(
        [pension(APRIL, "10")],
        {"transfer": kind("10", "12")},
        line={"declared_transfer": D(12)},
    ),
    "verified_is_greater": Case(
        [pension(APRIL, "13")],
        {"transfer": kind("13", "12")},
        line={"declared_transfer": D(12)},
    ),
    "kinds_are_compared_one_by_one": Case(
        [pension(APRIL, "13")],
        {"transfer": kind("13", "2"), "wage": kind(None, "100")},
        "113",
        line={"declared_transfer": D(2), "declared_wage": D(100)},
    ),
    "work_cost_of_the_adopted_wage": Case(
        [tax(APRIL, "100"), pension(APRIL, "10")],
        {"wage": kind("100", "200"), "transfer": kind("10")},
        "150",
        line={"declared_wage": D(200)},
        values={"income.work_cost_rate": D("0.3")},
    ),
    "work_cost_off": Case([tax(APRIL, "100")], wage("100"), "100"),
}


def build(county: County, name: str, case: Case) -> Someone:
    home = county.household(name, values=case.values, members=0, applied_on=case.applied_on)
    who = home.join(**case.line)
    for dataset, row in case.rows:
        home.row(dataset, who, **row)
    return who


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, case in CASES.items():
        build(county, name, case)
    return county.run()


@pytest.mark.parametrize("name", CASES)
def test_income_lines(told: Told, name: str) -> None:
    case = CASES[name]
    wanted = {
        (1, kind_): tuple(None if v is None else D(v) for v in values)
        for kind_, values in case.lines.items()
    }
    assert told.income(name) == wanted
    adopted = sum((v[2] or D(0) for v in wanted.values()), D(0))
    window = adopted if case.window is None else D(case.window)
    assert told.verdict(name)["income_window"] == window


@pytest.mark.parametrize("name", CASES)
def test_every_line_counted_or_says_why_not(told: Told, name: str) -> None:
    lines = [e for e in told.evidence(name) if e["dataset"] != "civil_affairs.benefit"]
    assert all(line["counted"] == (line["why_not"] is None) for line in lines)
    counted = sum((e["counted_amount"] or D(0) for e in lines if e["counted"]), D(0))
    verified = sum((v[1] or D(0) for v in told.income(name).values()), D(0))
    assert counted == verified


@pytest.fixture(scope="module")
def support() -> Told:
    county = County()
    law = {
        "support.method": "excess_rate",
        "support.line_multiple": D("1.5"),
        "support.rate": D("0.3"),
    }

    def home(name: str, **more: Any) -> Callable[..., Household]:
        def add(*obligors: dict[str, Any]) -> Household:
            built = county.household(name, values=law | more.pop("values", {}), **more)
            for line in obligors:
                built.join(role="obligor", **line)
            return built

        return add

    def earns(income: str | None, size: int | None) -> dict[str, Any]:
        given = None if income is None else D(income)
        return {"obligor_household_income": given, "obligor_household_size": size}

    home("at_the_line")(earns("2100.00", 2))  # 1.5 x 700 x 2
    home("above_the_line")(earns("2100.10", 2))
    home("two_obligors")(earns("3100", 2), earns("1150", 1))
    home("income_not_given")(earns(None, 2))
    home("size_not_given")(earns("3100", None))
    home("not_given_but_over")(earns(None, 2), earns("9999999", 1))
    home("method_off", values={"support.method": None})(earns("9999999", 1))
    home("rate_missing", values={"support.rate": None})(earns("9999999", 1))
    dead = home("dead_obligor")(earns("9999999", 1))
    rows = county.rows["approval.member"]
    row = next(r for r in rows if r["application_id"] == "dead_obligor" and r["role"] == "obligor")
    dead.row("civil_affairs.funeral", Someone(row["id_no"], row["name"]))
    home("unsigned_obligor")({**earns("1000", 2), "signed": False})
    home("unsigned_but_off", values={"support.method": None})({"signed": False})
    return county.run()


@pytest.mark.parametrize(
    ("name", "window", "suggestion"),
    [
        ("at_the_line", "0.00", "eligible"),
        ("above_the_line", "0.36", "eligible"),  # 0.10 x 0.3 x 12
        ("two_obligors", "3960.00", "eligible"),  # (1000 + 100) x 0.3 x 12
        ("income_not_given", "0.00", "data_incomplete"),
        ("size_not_given", "0.00", "data_incomplete"),
        ("method_off", "0.00", "eligible"),
        ("rate_missing", "0.00", "parameter_missing"),
        ("dead_obligor", "0.00", "eligible"),
        ("unsigned_obligor", None, "not_authorised"),
        ("unsigned_but_off", "0.00", "eligible"),
    ],
)
def test_support_is_imputed(support: Told, name: str, window: str | None, suggestion: str) -> None:
    verdict = support.verdict(name)
    assert verdict["suggestion"] == suggestion
    assert verdict["income_window"] == (None if window is None else D(window))


def test_support_stands_on_the_line_of_the_applicant(support: Told) -> None:
    assert support.income("two_obligors") == {(1, "transfer"): (None, D("3960.00"), D("3960.00"))}


def test_support_not_known_does_not_hide_what_is(support: Told) -> None:
    assert support.suggestion("not_given_but_over") == "ineligible"


def test_an_obligor_must_sign_for_tekun_anyway(support: Told) -> None:
    assert support.suggestion("unsigned_but_off", "tekun") == "not_authorised"
