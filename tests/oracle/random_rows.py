"""The rows of one random household: its application, roster, papers and what each department holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .packs import parameter
from .periods import add_months
from .random_aims import AIMS, AimedRows, aimed_roster
from .random_benefits import BenefitRows
from .random_holdings import HoldingRows
from .random_income import IncomeRows
from .world import PROGRAMMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from .random_county import Tables
    from .random_people import People, Someone

CAUSES = ("fire", "illness", "education", "sudden_illness")
APPLIED = ("2026-05-01", "2026-05-10", "2026-05-20", "2026-04-30", "2026-01-01", "2025-12-31")
BANKS = ("B01", "B02", "B03")
OTHER_SOURCES = "public_security;human_resources;housing;medical_insurance;tax;market_regulation"
RELATIONS = ("spouse", "child", "parent", "grandchild", "sibling", "other")


@dataclass(frozen=True)
class Placed:
    """A person at a place of the roster."""

    person: Someone
    member_no: int
    role: str


class HouseholdRows:
    """Writes one household. `region` is the township of the application."""

    def __init__(
        self,
        rng: Random,
        people: People,
        tables: Tables,
        *,
        packs: Mapping[str, Any],
        region: str,
        application_id: str,
        as_of: date,
    ) -> None:
        self.rng, self.people, self.tables = rng, people, tables
        self.packs, self.region, self.application_id, self.as_of = (
            dict(packs),
            region,
            application_id,
            as_of,
        )
        self.applied_on = date.fromisoformat(rng.choice(APPLIED))
        if rng.random() < 0.2:
            self.applied_on = as_of - timedelta(days=rng.randrange(420))
        self.urban_rural = rng.choice(["urban", "rural"])
        self.programme = rng.choice(PROGRAMMES)
        self.roster: list[Placed] = []
        self.serial = 0
        # A share of households is made for the narrow rules of rigid spending.
        self.spends_much = rng.random() < 0.15
        # And a share for one question each, where nothing else is in doubt.
        self.aim = rng.choice(AIMS) if rng.random() < 0.3 else None
        if self.aim in ("tekun", "temp"):
            self.programme = {"temp": "temp_expenditure"}.get(self.aim, self.aim)
        self.aimed_month: Fraction | None = None

    def chance(self, share: float) -> bool:
        """True in about this share of cases."""
        return self.rng.random() < share

    def parameter(self, key: str) -> Any:
        """A value of the household's place on its day."""
        return parameter(self.packs, key, region=self.region, on=self.applied_on)

    def standard(self) -> Fraction:
        """The standard, or some amount where none is set."""
        return Fraction(str(self.parameter(f"standard.{self.urban_rural}") or 600))

    def add(self, dataset: str, row: Mapping[str, Any], *, delivery: str = "now") -> None:
        """A row for the household's region."""
        self.tables.add(dataset, self.region, row, delivery)

    def next(self, prefix: str) -> str:
        """A serial number that is the household's own."""
        self.serial += 1
        return f"{prefix}{self.application_id}{self.serial:03d}"

    def near(self, limit: Fraction, step: str = "0.01") -> str:
        """An amount a fen below, at, or above a limit."""
        amount = max(Fraction(0), limit + self.rng.choice([-1, 0, 0, 1]) * Fraction(step))
        return f"{float(amount):.2f}"

    def write(self, *, borrow: HouseholdRows | None = None) -> None:
        """Everything; `borrow` lends one of its members to this roster too."""
        self.application()
        self.members(borrow)
        self.papers()
        living = [placed.person for placed in self.roster]
        members = [placed.person for placed in self.roster if placed.role == "member"]
        self.population(living)
        if self.aim:
            AimedRows(self).write()
            self.receipts(living)
            return
        self.deaths_and_custody(living)
        IncomeRows(self, members).write()
        HoldingRows(self, members).write()
        BenefitRows(self, living).write()
        self.disabilities(living)
        self.receipts(living)
        if self.chance(0.06):
            self.add(
                "approval.objection",
                {
                    "objection_id": self.next("OB"),
                    "application_id": self.application_id,
                    "ground": "other",
                    "raised_on": self.as_of - timedelta(days=self.rng.randrange(20)),
                },
            )

    def application(self) -> None:
        """The request itself."""
        row: dict[str, Any] = {
            "application_id": self.application_id,
            "programme": self.programme,
            "region_code": self.region,
            "urban_rural": self.urban_rural,
            "applied_on": self.applied_on,
            "commissioned_by": "示范民政局",
        }
        if self.programme.startswith("temp_"):
            row["temp_cause"] = "illness" if self.aim else self.rng.choice(CAUSES)
        if self.programme == "temp_emergency":
            relieved = self.as_of - timedelta(days=self.rng.choice([9, 10, 11, 30]))
            row["relieved_on"] = relieved
            if self.chance(0.5):
                row["paperwork_on"] = relieved + timedelta(days=self.rng.choice([5, 10, 11]))
        if self.chance(0.05):
            row["special_class"] = self.rng.choice(["建档立卡", "脱贫户;建档立卡", "孤儿"])
        self.add("approval.application", row)
        if self.chance(0.1):
            self.add("approval.application", row | {"programme": "dibao"}, delivery="before")

    def members(self, borrow: HouseholdRows | None) -> None:
        """One to five members, sometimes an obligor, somebody twice, somebody who lives elsewhere too."""
        if self.aim:
            for number, (person, role) in enumerate(aimed_roster(self), 1):
                self.roster.append(Placed(person, number, role))
                self.member(self.roster[-1])
            return
        size = self.rng.choice([1, 1, 1, 2, 2, 3, 4, 5])
        for number in range(1, size + 1):
            birth = None
            if number == 1:
                birth = date(
                    self.rng.choice([1940, 1956, 1966, 1966, 1970, 1985, 2008, 2008]),
                    5,
                    self.rng.choice([19, 20, 21]),
                )
            person = self.people.make(self.region, birth)
            if borrow is not None and number == size and borrow.roster:
                person = borrow.roster[-1].person
            self.roster.append(
                Placed(person, number, "excluded" if number > 1 and self.chance(0.04) else "member")
            )
        for _ in range(self.rng.choice([0, 0, 0, 1, 2]) + (self.programme == "tekun")):
            birth = date(
                self.rng.choice([1950, 1956, 1960, 1966, 1990]), 5, self.rng.choice([20, 21])
            )
            self.roster.append(
                Placed(self.people.make(self.region, birth), len(self.roster) + 1, "obligor")
            )
        if self.chance(0.03):
            self.roster.append(Placed(self.roster[0].person, len(self.roster) + 1, "member"))
        for placed in self.roster:
            self.member(placed)
        if self.chance(0.04):
            self.newborn(len(self.roster) + 1)

    def newborn(self, number: int) -> None:
        """A child who has no number yet."""
        row = {
            "application_id": self.application_id,
            "member_no": number,
            "name": "新生儿",
            "sex": "女",
        }
        row |= {
            "birth_date": self.as_of - timedelta(days=20),
            "relation": "child",
            "role": "member",
        }
        self.add("approval.member", row)

    def member(self, placed: Placed) -> None:
        """One line of the roster with its declarations."""
        rng, person = self.rng, placed.person
        row: dict[str, Any] = {
            "application_id": self.application_id,
            "member_no": placed.member_no,
            "name": person.name,
            "id_no": person.number,
            "sex": None if self.chance(0.03) else person.sex,
            "birth_date": None if self.chance(0.03) else person.birth,
            "relation": "self" if placed.member_no == 1 else rng.choice(RELATIONS),
            "role": placed.role,
            "excluded_reason": "other" if placed.role == "excluded" else None,
        }
        if self.chance(0.02) and not self.aim:
            row["id_no"] = self.people.slipped(person.number)
        if self.chance(0.05) and not self.aim:
            self.people.misdescribed.add(person.number)
            # With another name on a row, nothing but the number agrees.
            row |= {"sex": "女" if person.sex == "男" else "男", "birth_date": date(1900, 1, 1)}
        if placed.role == "member":
            row["seriously_ill"] = self.chance(0.12) or None
            if self.chance(0.25) and not self.aim:
                kind = rng.choice(["wage", "business", "property", "transfer"])
                row[f"declared_{kind}"] = rng.choice([0, 500, 2400, 9600, 24000.5])
            if self.chance(0.1) and not self.aim:
                row["declared_deposit"] = rng.choice([0, 1000, 17760, 40000])
        if placed.role == "obligor" and not self.chance(0.08):
            heads = rng.choice([1, 2, 4])
            line = Fraction(3, 2) * self.standard() * heads
            row["obligor_household_size"] = heads
            disposable = (
                Fraction(str(self.parameter("income.disposable_last_year") or 30000)) / 12 * heads
            )
            choices = [
                f"{float(line + 1000):.2f}",
                self.near(line),
                self.near(disposable),
                "2000",
                "9000",
            ]
            row["obligor_household_income"] = rng.choice(choices)
        self.add("approval.member", row)
        if self.chance(0.05):
            # An earlier roster line with other declarations: the roster is that of the latest extract.
            self.add("approval.member", row | {"declared_wage": 99999}, delivery="before")
            # Who was on an earlier roster only is on it no more.
            gone = self.people.make(self.region)
            former = {"member_no": 90, "name": gone.name, "id_no": gone.number, "relation": "other"}
            self.add("approval.member", row | former, delivery="before")

    def papers(self) -> None:
        """Authorisations: mostly good, some of every kind that is not."""
        day = timedelta(days=1)
        head = self.roster[0].person
        for placed in self.roster:
            person = placed.person
            row: dict[str, Any] = {
                "authorisation_no": self.next("AU"),
                "application_id": self.application_id,
                "id_no": person.number,
                "programme": self.programme,
                "signed_on": self.applied_on - 2 * day,
            }
            if person.birth > add_months(self.applied_on, -18 * 12):
                guardian = (
                    self.people.make(self.region, date(1970, 5, 1)) if person is head else head
                )
                row["signed_by"] = guardian.number if not self.chance(0.1) else person.number
            flaws: list[dict[str, Any]] = [
                {"valid_to": self.as_of},
                {"revoked_on": self.as_of + day},
                {"valid_to": self.as_of - day},
                {"revoked_on": self.as_of},
                {"signed_on": self.as_of + day},
                {"sources": OTHER_SOURCES},
                {"programme": "orphan"},
            ]
            if self.chance(0.03):
                row |= self.rng.choice(flaws)
            if not self.chance(0.004):
                self.add("approval.authorisation", row)

    def population(self, persons: list[Someone]) -> None:
        """The register, with a grown child of the same household register now and then."""
        hukou = self.next("H")
        for person in persons:
            if self.chance(0.02):
                continue
            former = {}
            if self.chance(0.03):
                former = {"former_name": "曾" + person.name}
            if self.chance(0.04):
                before = self.people.make("110101", person.birth).number
                self.people.former[person.number] = before
                former["former_id_no"] = before
            self.register(person, hukou, "户主", former)
        if self.chance(0.1):
            child = self.people.make(self.region, date(self.rng.choice([2008, 1999]), 5, 20))
            self.register(child, hukou, self.rng.choice(["子", "女", "儿媳"]), {})

    def register(self, person: Someone, hukou: str, relation: str, more: dict[str, Any]) -> None:
        """One row of the population register, sometimes cancelled."""
        row = {
            "id_no": person.number,
            "name": person.name,
            "sex": person.sex,
            "birth_date": person.birth,
        }
        row |= {"hukou_no": hukou, "relation_to_head": relation, "status": "正常"}
        draw = 1.0 if self.aim else self.rng.random()
        days = self.rng.choice([-400, -60, 0, 1])
        if draw < 0.03:
            row |= {"status": "死亡注销", "cancelled_on": self.as_of + timedelta(days=days)}
        elif draw < 0.04:
            row["status"] = "死亡注销"
        elif draw < 0.06:
            row |= {"status": self.rng.choice(["迁出", "其他注销"]), "cancelled_on": self.as_of}
        self.add("public_security.population", row | more)

    def deaths_and_custody(self, persons: list[Someone]) -> None:
        """Funerals and terms of custody, at the edges of the day."""
        for person in persons:
            number, name = self.people.spelled(person)
            offset = timedelta(days=self.rng.choice([-300, -60, -1, 0, 1]))
            if self.chance(0.03):
                row = {
                    "record_no": self.next("F"),
                    "id_no": number,
                    "name": name,
                    "died_on": self.as_of + offset,
                }
                self.add("civil_affairs.funeral", row)
            if self.chance(0.03):
                row = {"record_no": self.next("J"), "id_no": number, "name": name, "kind": "服刑"}
                row["from_date"] = self.rng.choice(
                    [date(2025, 1, 5), self.as_of, self.as_of + timedelta(days=1)]
                )
                released = self.rng.choice([None, None, self.as_of + timedelta(days=1), self.as_of])
                self.add("justice.custody", row | {"to_date": released})

    def disabilities(self, persons: list[Someone]) -> None:
        """Certificates of every kind and grade, valid and not."""
        for person in persons:
            if not self.chance(0.15):
                continue
            number, name = self.people.spelled(person)
            self.add(
                "disabled_federation.certificate",
                {
                    "certificate_no": self.next("C"),
                    "id_no": number,
                    "name": name,
                    "type": self.rng.choice(
                        ["visual", "physical", "intellectual", "mental", "multiple"]
                    ),
                    "grade": self.rng.choice([1, 2, 3, 3, 4]),
                    "valid_to": self.rng.choice(
                        [None, self.as_of, self.as_of - timedelta(days=1), date(2030, 1, 1)]
                    ),
                    "status": "注销" if self.chance(0.1) else "有效",
                },
            )

    def receipts(self, persons: list[Someone]) -> None:
        """What each bank answered; some have not, or not in time."""
        for person in {p.number: p for p in persons}.values():
            for bank in BANKS[: 1 + self.rng.randrange(3)]:
                if self.chance(0.01):
                    continue
                draw = self.rng.random()
                state = (
                    "no_answer"
                    if draw < 0.01
                    else "identity_mismatch"
                    if draw < 0.02
                    else self.rng.choice(["found", "none"])
                )
                asked = self.as_of - timedelta(days=self.rng.choice([14, 15, 16, 30]))
                replied = (
                    None if state == "no_answer" or self.chance(0.02) else asked + timedelta(days=3)
                )
                row = {
                    "institution_code": bank,
                    "id_no": person.number,
                    "asked_on": asked,
                    "replied_on": replied,
                }
                self.add("banking.receipt", row | {"state": state})
