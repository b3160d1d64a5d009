"""Households made for one question each: nothing else about them is doubtful, and a figure stands on its limit, a fen below or above it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .periods import add_months, income_window

if TYPE_CHECKING:
    from .random_people import Someone
    from .random_rows import HouseholdRows

AIMS = ("tekun", "ratio", "temp", "assets", "extras", "support")
DAYS_ABOUT = (-1, 0, 1)


class AimedRows:
    """Writes the rows of a household that was made for a question. Roster, papers and registers are written already."""

    def __init__(self, household: HouseholdRows) -> None:
        self.household, self.rng = household, household.rng
        self.members = [p.person for p in household.roster if p.role == "member"]
        self.obligors = [p.person for p in household.roster if p.role == "obligor"]
        months = household.parameter("income.window_months") or 12
        self.window = income_window(household.applied_on, months)

    def write(self) -> None:
        """What the aim asks for."""
        getattr(self, self.household.aim or "")()

    def number(self, key: str, otherwise: str) -> Fraction:
        """A parameter of the place, or some amount where it has none."""
        value = self.household.parameter(key)
        return Fraction(str(otherwise if value is None else value))

    def income(self, monthly: Fraction, *, central: bool = False) -> Fraction:
        """A benefit in every month that comes to this or a fen off it; what it comes to."""
        amount = self.household.near(monthly)
        row: dict[str, Any] = {"id_no": self.members[0].number, "name": self.members[0].name}
        row |= {"kind": "居民养老金" if central else "遗属待遇", "amount": amount}
        if central:
            row |= {"amount": f"{float(Fraction(amount) + 143):.2f}", "central_basic": "143.00"}
        for month in self.window:
            self.household.add("human_resources.benefit", row | {"month": f"{month:%Y-%m}"})
        return Fraction(amount)

    def spend(self, amount: Fraction) -> None:
        """One settlement that leaves this or a fen off it to be borne."""
        row: dict[str, Any] = {"id_no": self.members[-1].number, "name": self.members[-1].name}
        row |= {"settlement_no": self.household.next("M"), "basic_paid": "400.00"}
        row["settled_on"] = self.household.applied_on - timedelta(days=self.rng.choice([1, 100]))
        row["total"] = f"{float(Fraction(self.household.near(amount)) + 400):.2f}"
        self.household.add("medical_insurance.settlement", row)

    def certificate(self, person: Someone, kind: str, grade: int) -> None:
        """A valid certificate."""
        row: dict[str, Any] = {"certificate_no": self.household.next("C"), "id_no": person.number}
        row |= {"name": person.name, "type": kind, "grade": grade, "status": "有效"}
        self.household.add("disabled_federation.certificate", row)

    def draws(self, person: Someone, programme: str) -> None:
        """A benefit that runs."""
        row: dict[str, Any] = {"benefit_id": self.household.next("BF"), "id_no": person.number}
        row |= {"household_no": self.household.next("JQ"), "name": person.name}
        row |= {"programme": programme, "from_month": "2025-06", "household_kind": "stable"}
        row |= {"region_code": self.household.region, "last_reviewed_on": "2026-01-10"}
        self.household.add("civil_affairs.benefit", row)

    def tekun(self) -> None:
        """One person with nothing, and obligors about the limits of each ground of incapacity."""
        self.income(self.household.standard(), central=self.household.chance(0.5))
        if self.household.chance(0.3):
            kind = self.rng.choice(["visual", "physical", "intellectual", "mental"])
            self.certificate(self.members[0], kind, self.rng.choice([1, 2, 3]))
        for obligor in self.obligors:
            ground = self.rng.choice(["dibao", "dibao", "tekun", "certificate", "none"])
            if ground in ("dibao", "tekun"):
                self.draws(obligor, ground)
            elif ground == "certificate":
                kind = self.rng.choice(["mental", "physical", "multiple"])
                self.certificate(obligor, kind, self.rng.choice([2, 3]))

    def ratio(self) -> None:
        """Income above the lower programmes, and a spending that just reaches the ratio or the standard."""
        heads, standard = len(self.members), self.household.standard()
        edge = standard * self.number("edge.multiple", "1.5")
        monthly = self.income(edge * heads * self.rng.choice([Fraction(1), Fraction(11, 10)]))
        if self.household.parameter("rigid.method") == "deduction":
            self.spend((monthly - standard * heads) * 12)
        else:
            self.spend(monthly * 12 * self.number("rigid.ratio", "0.6"))

    def temp(self) -> None:
        """Spending about a threshold, or about the sum at which the cap or the ceiling is reached; grants about the months between."""
        household = self.household
        standard, heads = household.standard(), len(self.members)
        multiple = self.number("temp.low_income_multiple", "2")
        if household.chance(0.7):
            self.income(standard * multiple * heads)
        table = household.parameter("temp.class_table") or {}
        letter = self.rng.choice(sorted(table) or ["D"])
        line = table.get(letter) or {"threshold": 3000}
        drawn = [who for who in line.get("who") or [] if who in ("tekun", "dibao", "orphan")]
        if drawn:
            self.draws(self.rng.choice(self.members), self.rng.choice(drawn))
        most = [Fraction(str(line["cap"]))] if line.get("cap") else []
        ceiling = household.parameter("temp.ceiling_multiple.temp_expenditure")
        if ceiling is not None and household.parameter("standard.urban") is not None:
            most.append(Fraction(str(ceiling)) * self.number("standard.urban", "700"))
        over = Fraction(0)
        if line.get("rate") and household.chance(0.6):
            over = (min(most) if most else Fraction(1000)) / Fraction(str(line["rate"]))
            over *= self.rng.choice([Fraction(1), Fraction(1), Fraction(1, 3), Fraction(7, 6)])
        self.spend(Fraction(str(line["threshold"])) + over)
        if household.chance(0.4):
            self.grant()

    def grant(self) -> None:
        """A grant of the cause about the first day that is too near."""
        household = self.household
        months = int(self.number("temp.repeat_months", "12"))
        edge = add_months(household.applied_on, -months)
        row: dict[str, Any] = {"payment_no": household.next("PY"), "id_no": self.members[0].number}
        row |= {"name": self.members[0].name, "programme": "temp_emergency", "amount": "1000"}
        row |= {"cause": "illness", "region_code": household.region}
        row |= {"household_no": household.next("JQ")}
        row["paid_on"] = edge + timedelta(days=self.rng.choice(DAYS_ABOUT))
        household.add("civil_affairs.payment", row)

    def assets(self) -> None:
        """One asset about the limit of one of the programmes, of a household whose income leaves that to decide."""
        household, heads = self.household, len(self.members)
        standard = household.standard()
        if household.chance(0.5):  # of the edge class, not of dibao
            self.income(standard * heads * Fraction(5, 4))
        prefix = self.rng.choice(["", "edge.", "rigid."])
        which = self.rng.choice(["money", "money", "vehicle", "home"])
        person = self.rng.choice(self.members)
        who: dict[str, Any] = {"id_no": person.number, "name": person.name}
        owner: dict[str, Any] = {"owner_id_no": person.number, "owner_name": person.name}

        def limit(key: str, otherwise: str) -> Fraction:
            return self.number(prefix + key, str(household.parameter(key) or otherwise))

        if which == "money":
            total = limit("asset.financial_months", "24") * standard * heads
            if household.chance(0.3):
                total = self.number("asset.financial_ill_cap_per_head", "30000") * heads
            holders = self.rng.choice([1, 1, 2, 3])
            row = who | {"institution_code": "B01", "institution": "示范银行", "product": "活期"}
            row |= {"account_no": household.next("6222"), "joint_holders": holders}
            row |= {"as_of": household.as_of, "balance": household.near(total * holders)}
            household.add("banking.account", row)
        elif which == "vehicle":
            row = owner | {"plate_no": household.next("V"), "plate_type": "小型汽车"}
            row |= {
                "status": "正常",
                "value": household.near(limit("asset.vehicle_value_cap", "1")),
            }
            household.add("public_security.vehicle", row)
        else:
            count = int(limit("asset.home_max", "1")) + self.rng.choice([0, 1])
            area = limit("asset.home_area_per_head", "45") * heads / max(count, 1)
            for _ in range(count):
                row = owner | {"title_no": household.next("T"), "unit_no": household.next("U")}
                row |= {"use": "住宅", "status": "现势", "area": household.near(area)}
                household.add("housing.real_estate", row)

    def extras(self) -> None:
        """A household of dibao whose amount has extras and a part of a yuan."""
        share = self.rng.choice([Fraction(1, 3), Fraction(1, 7), Fraction(1)])
        self.income(self.household.standard() * len(self.members) * share)
        for person in self.members:
            if self.household.chance(0.3):
                self.certificate(person, "physical", self.rng.choice([1, 2, 3]))

    def support(self) -> None:
        """What obligors are reckoned to give decides: together with an income a little below the standard."""
        self.income(self.household.standard() * len(self.members) * Fraction(2, 3))


def aimed_roster(household: HouseholdRows) -> list[tuple[Someone, str]]:
    """One to three members, and obligors where they matter, of ages about those that the rules name; with their roles."""
    rng, aim = household.rng, household.aim
    elder = int(household.parameter("extra.elder_age") or 70)
    ages = (60, 60, 18, 16) if aim == "tekun" else (18, elder, 35)
    members = 1 if aim == "tekun" else rng.choice([1, 2, 3])
    obligors = rng.choice({"tekun": [0, 1, 1, 2], "support": [1, 2]}.get(aim or "", [0]))

    def somebody(ages: tuple[int, ...]) -> Someone:
        return household.people.make(household.region, birth_about(rng, household.as_of, ages))

    roster = [(somebody(ages), "member") for _ in range(members)]
    return roster + [(somebody((60, 70, 45)), "obligor") for _ in range(obligors)]


def birth_about(rng: Any, as_of: date, ages: tuple[int, ...]) -> date:
    """Somebody who comes of one of the ages yesterday, today or tomorrow."""
    day = as_of + timedelta(days=rng.choice(DAYS_ABOUT))
    return date(as_of.year - rng.choice(ages), day.month, day.day)
