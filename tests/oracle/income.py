"""Section 5, income of the window: verified by kind, the greater of declared and verified, less work cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from .coverage import is_silent
from .load import order_of
from .measure import Measure
from .memory import remembered
from .numbers import name_form
from .periods import first_day, income_window
from .support import support

if TYPE_CHECKING:
    from datetime import date

    from .identity import Person
    from .register import Case, Scenario
    from .world import Row

KINDS = ("wage", "business", "property", "transfer")
SOURCES_OF_INCOME = (
    "tax.income",
    "finance.payroll",
    "human_resources.employment",
    "human_resources.contribution",
    "human_resources.benefit",
    "agriculture.farm",
)
WORKING_KINDS = ("单位就业", "公益性岗位", "灵活就业")


@dataclass(frozen=True)
class IncomeLine:
    """One person's income of one kind over the window."""

    person: Person
    kind: str
    declared: Fraction | None
    verified: Fraction

    @property
    def adopted(self) -> Fraction:
        """The greater of declared and verified."""
        return self.verified if self.declared is None else max(self.declared, self.verified)


@remembered
def income_lines(case: Case, scenario: Scenario, *, for_tekun: bool = False) -> list[IncomeLine]:
    """Every counted member's lines; support stands on the applicant's transfer line."""
    counted = case.counted(scenario)
    if not counted:
        return []
    bearer = case.applicant if case.applicant in counted else counted[0]
    lines = []
    for person in counted:
        verified = {
            "wage": wage(case, person, scenario),
            "business": business(case, person, scenario),
            "property": property_income(case, person, scenario),
            "transfer": transfer(case, person, scenario, for_tekun=for_tekun),
        }
        if person == bearer:
            verified["transfer"] += support(case, scenario).amount
        for kind in KINDS:
            declared = person.row[f"declared_{kind}"]
            exact = None if declared is None else Fraction(declared)
            lines.append(IncomeLine(person, kind, exact, verified[kind]))
    return lines


@remembered
def income_window_total(case: Case, scenario: Scenario, *, for_tekun: bool = False) -> Measure:
    """The sum of adopted amounts less work cost."""
    rate = Fraction(str(case.parameter("income.work_cost_rate") or 0))
    total = Fraction(0)
    for line in income_lines(case, scenario, for_tekun=for_tekun):
        total += line.adopted * (1 - rate) if line.kind == "wage" else line.adopted
    given = support(case, scenario)
    silent = is_silent(case, *SOURCES_OF_INCOME)
    missing = given.missing or case.parameter("income.window_months") is None
    return Measure(total, may_be_higher=silent or given.may_be_higher, missing=missing)


@remembered
def months_of_window(case: Case) -> list[date]:
    """The months whose rows count; none where their number is not set."""
    months = case.parameter("income.window_months")
    return income_window(case.applied_on, months) if months else []


def stands_before(one: tuple[Row, Fraction], other: tuple[Row, Fraction]) -> bool:
    """The later extract and part; of one delivery the smaller amount, so that the order of lines decides nothing."""
    later, earlier = order_of(one[0])[:2], order_of(other[0])[:2]
    return later > earlier or (later == earlier and one[1] < other[1])


@remembered
def wage(case: Case, person: Person, scenario: Scenario) -> Fraction:
    """Per month and employer the first source that has an amount, and labour remuneration added."""
    known_codes = employer_codes(case, person, scenario)
    total = Fraction(0)
    for month in months_of_window(case):
        amounts: dict[str, Fraction] = {}
        # Best source first: what is there already stays.
        for candidates in wage_rows_of_month(case, person, scenario, month):
            latest: dict[str, tuple[Row, Fraction]] = {}
            for row, amount, code, name in candidates:
                employer = employer_of(code, name, known_codes)
                if employer not in latest or stands_before((row, amount), latest[employer]):
                    latest[employer] = (row, amount)
            for employer, (_, amount) in latest.items():
                amounts.setdefault(employer, amount)
        total += sum(amounts.values())
        labour: dict[str, tuple[Row, Fraction]] = {}
        for row in case.rows(person, "tax.income", scenario):
            if row["item"] == "劳务报酬" and row["month"] == month:
                payer = employer_of(row["payer_uscc"], row["payer"], known_codes)
                paid = (row, Fraction(row["amount"]))
                if payer not in labour or stands_before(paid, labour[payer]):
                    labour[payer] = paid
        total += sum(amount for _, amount in labour.values())
    return total


WageRow = tuple["Row", Fraction, "str | None", "str | None"]


def wage_rows_of_month(
    case: Case, person: Person, scenario: Scenario, month: date
) -> list[list[WageRow]]:
    """The four sources in their order of rank: (row, amount, employer's code, employer's name)."""
    tax: list[WageRow] = [
        (row, Fraction(row["amount"]), row["payer_uscc"], row["payer"])
        for row in case.rows(person, "tax.income", scenario)
        if row["item"] == "工资薪金" and row["month"] == month
    ]
    payroll: list[WageRow] = [
        (row, Fraction(row["monthly_pay"]), row["employer_uscc"], row["employer"])
        for row in case.rows(person, "finance.payroll", scenario)
        if row["kind"] != "退休"
        and row["monthly_pay"] is not None
        and runs_in(month, row["from_date"], row["to_date"])
    ]
    employment: list[WageRow] = [
        (row, Fraction(row["monthly_wage"]), row["employer_uscc"], row["employer"])
        for row in case.rows(person, "human_resources.employment", scenario)
        if row["kind"] in WORKING_KINDS
        and row["monthly_wage"] is not None
        and runs_in(month, row["started_on"], row["ended_on"])
    ]
    contribution: list[WageRow] = [
        (row, Fraction(row["base"]), row["employer_uscc"], row["employer"])
        for row in case.rows(person, "human_resources.contribution", scenario)
        if row["scheme"] == "城镇职工养老" and row["month"] == month and not is_self_employed(row)
    ]
    return [tax, payroll, employment, contribution]


def runs_in(month: date, start: date, end: date | None) -> bool:
    """A month in which something started or ended counts whole."""
    return first_day(start) <= month and (end is None or month <= first_day(end))


def is_self_employed(row: Row) -> bool:
    """A contribution without an employer's name, or with 灵活就业 in its place."""
    return name_form(row["employer"]) in ("", "灵活就业")


@remembered
def employer_codes(case: Case, person: Person, scenario: Scenario) -> dict[str, str]:
    """Employer's name in normal form to the code that some row of the person gives it (the lowest of several)."""
    columns = {
        "tax.income": ("payer_uscc", "payer"),
        "finance.payroll": ("employer_uscc", "employer"),
        "human_resources.employment": ("employer_uscc", "employer"),
        "human_resources.contribution": ("employer_uscc", "employer"),
        "housing.provident_fund": ("employer_uscc", "employer"),
    }
    codes: dict[str, str] = {}
    for dataset, (code, name) in columns.items():
        for row in case.rows(person, dataset, scenario):
            if row[code] and row[name]:
                form = name_form(row[name])
                codes[form] = min(codes.get(form, row[code]), row[code])
    return codes


def employer_of(code: str | None, name: str | None, known_codes: dict[str, str]) -> str:
    """The employer: by code, else by the code that its name has elsewhere, else by name."""
    form = name_form(name)
    return code or known_codes.get(form) or f"name {form}"


@remembered
def business(case: Case, person: Person, scenario: Scenario) -> Fraction:
    """Operating income of the tax office, and farm land and subsidy where a yield per mu is set."""
    window = months_of_window(case)
    total = Fraction(0)
    for row in case.rows(person, "tax.income", scenario):
        if row["item"] == "经营所得" and row["month"] in window:
            total += Fraction(row["amount"])
    per_mu = case.parameter("income.farm_yuan_per_mu")
    if per_mu is not None:
        for row in farm_rows(case, person, scenario):
            if row["contracted_mu"] is not None:
                worked = Fraction(row["contracted_mu"]) - Fraction(row["transferred_mu"] or 0)
                total += worked * Fraction(str(per_mu))
            total += Fraction(row["subsidy"] or 0)
    return total


def farm_rows(case: Case, person: Person, scenario: Scenario) -> list[Row]:
    """The annual total of the year before the application; it is never divided."""
    return [
        row
        for row in case.rows(person, "agriculture.farm", scenario)
        if row["season_year"] == case.applied_on.year - 1
    ]


@remembered
def property_income(case: Case, person: Person, scenario: Scenario) -> Fraction:
    """Interest, dividends, rent, and the rent of land let out. A sale of property is no income."""
    window = months_of_window(case)
    total = Fraction(0)
    for row in case.rows(person, "tax.income", scenario):
        if row["item"] in ("利息股息红利", "财产租赁") and row["month"] in window:
            total += Fraction(row["amount"])
    for row in farm_rows(case, person, scenario):
        total += Fraction(row["transfer_rent"] or 0)
    return total


@remembered
def transfer(case: Case, person: Person, scenario: Scenario, *, for_tekun: bool) -> Fraction:
    """Social insurance benefits, less the central basic pension where it is left out."""
    window = months_of_window(case)
    never_income = case.parameter("income.excluded") or []
    total = Fraction(0)
    for row in case.rows(person, "human_resources.benefit", scenario):
        if row["month"] not in window or row["kind"] in never_income:
            continue
        total += Fraction(row["amount"])
        exclude = case.parameter("income.exclude_central_basic", on=row["month"])
        if for_tekun or exclude or (exclude is None and scenario.central_left_out):
            total -= Fraction(row["central_basic"] or 0)
    return total


@remembered
def has_months_without_central_value(case: Case) -> bool:
    """For some month of the window nothing says whether central basic pension is left out."""
    return any(
        case.parameter("income.exclude_central_basic", on=month) is None
        for month in months_of_window(case)
    )
