"""Random rows of income: a sum that lands at a limit, and the employers, farms and pensions that stress section 5."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .periods import add_months, first_day, income_window

if TYPE_CHECKING:
    from datetime import date

    from .random_people import Someone
    from .random_rows import HouseholdRows

EMPLOYERS = (
    ("91880101MA0000001A", "示范纺织厂"),
    ("91880101MA0000002B", "第二 机械厂"),
    (None, "示范纺织厂"),
    (None, "第二机械厂"),
    (None, "小作坊"),
)


class IncomeRows:
    """Writes the income rows of the members of a household."""

    def __init__(self, household: HouseholdRows, members: list[Someone]) -> None:
        self.household, self.members, self.rng = household, members, household.rng
        months = household.parameter("income.window_months") or 12
        self.window = income_window(household.applied_on, months)

    def write(self) -> None:
        """Either a sum aimed at a limit, or a mixture of everything."""
        if not self.members:
            return
        if self.household.spends_much or self.household.chance(0.6):
            self.aimed()
        for person in self.members:
            if self.household.chance(0.15):
                self.wages(person)
            if self.household.chance(0.08):
                self.pension(person)
            if self.household.chance(0.08):
                self.other_tax(person)
            if self.household.chance(0.10):
                self.farm(person)
            if self.household.chance(0.05):
                self.enrolled_unemployed(person)

    def aimed(self) -> None:
        """A benefit that puts the household a fen below, at or above a limit of a head and month."""
        household, standard = self.household, self.household.standard()
        multiple = Fraction(str(household.parameter("edge.multiple") or "1.5"))
        disposable = Fraction(str(household.parameter("income.disposable_last_year") or 30000)) / 12
        heads = len(self.members)
        limit = self.rng.choice(
            [standard, standard * multiple, disposable, standard * 2, standard / 2]
        )
        if household.spends_much:
            limit = standard * multiple * self.rng.choice([Fraction(1), Fraction(11, 10)])
        person = self.rng.choice(self.members)
        monthly = household.near(limit * heads)
        household.aimed_month = Fraction(monthly)
        number, name = household.people.spelled(person)
        for month in self.window:
            self.benefit(number, name, month=month, kind="遗属待遇", amount=monthly)
        if household.chance(0.5):
            # Outside the window on either side: evidence of nothing.
            for month in (add_months(self.window[0], -1), first_day(household.applied_on)):
                self.benefit(number, name, month=month, kind="遗属待遇", amount="9999.99")

    def benefit(self, number: str, name: str, **more: Any) -> None:
        """One month of a social insurance benefit."""
        month: date = more["month"]
        row: dict[str, Any] = {"id_no": number, "name": name, **more, "month": f"{month:%Y-%m}"}
        self.household.add("human_resources.benefit", row)
        if self.household.chance(0.03):
            self.household.add(
                "human_resources.benefit", row | {"amount": "1.00"}, delivery="before"
            )

    def pension(self, person: Someone) -> None:
        """A pension with its central part, over the turn of the year."""
        number, name = self.household.people.spelled(person)
        kind = self.rng.choice(["居民养老金", "职工养老金", "失业保险金", "工伤待遇"])
        amount = self.rng.choice(["143.00", "543.00", "180.55"])
        for month in self.window[self.rng.randrange(6) :]:
            central = {"central_basic": "143.00"} if kind == "居民养老金" else {}
            self.benefit(number, name, month=month, kind=kind, amount=amount, **central)

    def wages(self, person: Someone) -> None:
        """Several employers, by code and by name, in several sources that overlap."""
        for code, employer in self.rng.sample(EMPLOYERS, self.rng.choice([1, 2, 2])):
            for write in self.rng.sample(
                [self.tax, self.payroll, self.employment, self.contribution],
                self.rng.choice([1, 2, 3]),
            ):
                number, name = self.household.people.spelled(person)
                write({"id_no": number, "name": name}, code, employer)
        if self.household.chance(0.2):
            number, name = self.household.people.spelled(person)
            self.fund({"id_no": number, "name": name})

    def money(self) -> str:
        """A monthly amount with fen."""
        return f"{self.rng.choice([800, 1200, 1500, 2000, 3500]) + self.rng.choice([0, 0.33, 0.5])}"

    def tax(self, person: dict[str, Any], code: str | None, employer: str) -> None:
        """Some months of a wage as taxed."""
        start = self.rng.randrange(len(self.window))
        item = "劳务报酬" if self.household.chance(0.2) else "工资薪金"
        for month in self.window[start : start + self.rng.choice([1, 3, 12])]:
            row: dict[str, Any] = {
                "item": item,
                "month": f"{month:%Y%m}",
                "payer_uscc": code,
                "payer": employer,
            }
            self.household.add("tax.income", person | row | {"amount": self.money()})

    def payroll(self, person: dict[str, Any], code: str | None, employer: str) -> None:
        """A post paid by finance, sometimes ended, sometimes a pension."""
        row: dict[str, Any] = {
            "employer_uscc": code or EMPLOYERS[0][0],
            "employer": employer,
            "from_date": "2015-09-01",
        }
        row["kind"] = self.rng.choice(["公务员", "事业编", "编外", "退休"])
        row["monthly_pay"] = None if self.household.chance(0.1) else self.money()
        ended = self.rng.choice([None, None, self.window[5], self.household.as_of])
        self.household.add("finance.payroll", person | row | {"to_date": ended})

    def employment(self, person: dict[str, Any], code: str | None, employer: str) -> None:
        """A job in the register; it starts or ends inside the window or not."""
        row: dict[str, Any] = {"employer_uscc": code, "employer": employer}
        row["kind"] = self.rng.choice(["单位就业", "公益性岗位", "灵活就业"])
        row["started_on"] = self.rng.choice(["2020-01-01", self.window[3].replace(day=28)])
        row["ended_on"] = self.rng.choice([None, None, self.window[8].replace(day=2)])
        row["monthly_wage"] = None if self.household.chance(0.15) else self.money()
        self.household.add("human_resources.employment", person | row)

    def contribution(self, person: dict[str, Any], code: str | None, employer: str) -> None:
        """Bases, of an employer or of one's own."""
        scheme = self.rng.choice(["城镇职工养老", "城镇职工养老", "失业", "城乡居民养老"])
        self_employed = self.household.chance(0.2)
        base = self.money()
        for month in self.window[self.rng.randrange(4) :]:
            row: dict[str, Any] = {"scheme": scheme, "month": f"{month:%Y-%m}", "base": base}
            row |= {"employer_uscc": None if self_employed else code}
            row |= {"employer": "灵活就业" if self_employed else employer}
            self.household.add("human_resources.contribution", person | row)

    def fund(self, person: dict[str, Any]) -> None:
        """A provident fund account: a balance that may count, a base that only signals."""
        row: dict[str, Any] = {"account_no": self.household.next("G"), "base": self.money()}
        row |= {"balance": self.rng.choice(["0", "800.40", "17000"])}
        row |= {"status": self.rng.choice(["正常", "封存"])}
        self.household.add("housing.provident_fund", person | row)

    def other_tax(self, person: Someone) -> None:
        """Business (also a loss), property, and a sale that is no income."""
        number, name = self.household.people.spelled(person)
        item = self.rng.choice(["经营所得", "利息股息红利", "财产租赁", "财产转让"])
        amounts = ["120.50", "3000", "900"] + (["-250.25"] if item == "经营所得" else [])
        for month in self.rng.sample(self.window, 3):
            row: dict[str, Any] = {
                "id_no": number,
                "name": name,
                "item": item,
                "month": f"{month:%Y-%m}",
            }
            self.household.add("tax.income", row | {"amount": self.rng.choice(amounts)})

    def farm(self, person: Someone) -> None:
        """Land of last year and of the years around it."""
        number, name = self.household.people.spelled(person)
        for year in (-2, -1, 0):
            row: dict[str, Any] = {
                "id_no": number,
                "name": name,
                "season_year": self.household.applied_on.year + year,
            }
            row |= {
                "contracted_mu": self.rng.choice([None, "2.5", "10"]),
                "subsidy": self.rng.choice([None, "210.10"]),
            }
            row |= self.rng.choice([{}, {"transferred_mu": "1.25", "transfer_rent": "625.5"}])
            self.household.add("agriculture.farm", row)

    def enrolled_unemployed(self, person: Someone) -> None:
        """Registered as unemployed, open or closed."""
        number, name = self.household.people.spelled(person)
        row: dict[str, Any] = {
            "id_no": number,
            "name": name,
            "kind": "失业登记",
            "started_on": "2025-12-01",
        }
        ended = self.rng.choice([None, "2026-03-01", self.household.as_of])
        self.household.add("human_resources.employment", row | {"ended_on": ended})
