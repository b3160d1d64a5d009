"""Random rows of the ledgers: benefits that overlap, run out, or are reviewed late; payments to the dead; grants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .periods import add_months, first_day

if TYPE_CHECKING:
    from .random_people import Someone
    from .random_rows import HouseholdRows

PROGRAMMES = (
    "dibao",
    "dibao",
    "dibao",
    "tekun",
    "single_person",
    "orphan",
    "disability_living",
    "disability_care",
    "old_age",
)
CAUSES = ("fire", "illness", "education")


class BenefitRows:
    """Writes the ledger rows of a household, and of a recipient who stands on no roster."""

    def __init__(self, household: HouseholdRows, persons: list[Someone]) -> None:
        self.household, self.persons, self.rng = household, persons, household.rng

    def write(self) -> None:
        """Some of the household draw something; some strangers do; some had a grant."""
        number = "JT" + self.household.application_id
        for person in {p.number: p for p in self.persons}.values():
            obligors = [p.person for p in self.household.roster if p.role == "obligor"]
            if self.household.chance(0.35 if person in obligors else 0.12):
                self.benefits(person, number, self.rng.choice([1, 1, 2, 3]))
        if self.household.chance(0.2):
            stranger = self.household.people.make(self.household.region)
            self.household.register(stranger, self.household.next("H"), "户主", {})
            self.household.deaths_and_custody([stranger])
            self.benefits(stranger, number + "B", self.rng.choice([1, 2]))
        if self.household.chance(0.2):
            self.grants(self.rng.choice(self.persons), number)

    def benefits(self, person: Someone, household_no: str, count: int) -> None:
        """Benefits whose months touch, overlap or lie apart."""
        today = first_day(self.household.as_of)
        for _ in range(count):
            start = add_months(today, -self.rng.choice([0, 1, 2, 6, 7, 12, 13, 24]))
            end = self.rng.choice([None, None, today, add_months(today, -1), add_months(today, -6)])
            if end is not None and end < start:
                end = start
            number, name = person.number, person.name
            if self.household.chance(0.05):
                number, name = self.household.people.spelled(person)
            reviewed = self.household.as_of - timedelta(
                days=self.rng.choice([10, 180, 200, 365, 366])
            )
            benefit = self.household.next("BF")
            row: dict[str, Any] = {
                "benefit_id": benefit,
                "household_no": household_no
                if self.household.chance(0.8)
                else self.household.next("JQ"),
                "id_no": number,
                "name": name,
                "programme": self.rng.choice(PROGRAMMES),
                "urban_rural": self.rng.choice(["urban", "urban", "rural", None]),
                "region_code": self.household.region,
                "from_month": f"{start:%Y-%m}",
                "to_month": None if end is None else f"{end:%Y-%m}",
                "last_reviewed_on": self.rng.choice([None, reviewed]),
                "household_kind": self.rng.choice(["stable", "unstable", None]),
                "account_no": "62" + self.rng.choice([household_no[2:6], "0001"]),
                "account_holder": self.rng.choice([name, name, name, person.name, "外人"]),
            }
            self.household.add("civil_affairs.benefit", row)
            self.payments(row, start)

    def payments(self, benefit: dict[str, Any], start: date) -> None:
        """Monthly payments, some after an end or a death."""
        today = first_day(self.household.as_of)
        for back in range(self.rng.choice([0, 1, 4, 14])):
            month = add_months(today, -back)
            if month >= start:
                row: dict[str, Any] = {
                    c: benefit[c]
                    for c in ("benefit_id", "household_no", "id_no", "name", "programme")
                }
                row |= {"payment_no": self.household.next("PY"), "paid_on": month.replace(day=12)}
                row |= {"amount": "512.34", "region_code": self.household.region}
                account = benefit["account_no"] if self.household.chance(0.9) else "62999"
                self.household.add("civil_affairs.payment", row | {"account_no": account})

    def grants(self, person: Someone, household_no: str) -> None:
        """Temporary assistance about the months that must lie between two grants of one cause."""
        applied = self.household.applied_on
        months = int(self.household.parameter("temp.repeat_months") or 12)
        edge = add_months(applied, -months)
        one = timedelta(days=1)
        for day in self.rng.sample(
            [edge - one, edge, edge + one, applied - one, applied], self.rng.choice([1, 2])
        ):
            number, name = self.household.people.spelled(person)
            row: dict[str, Any] = {
                "payment_no": self.household.next("PY"),
                "household_no": household_no,
                "id_no": number,
                "name": name,
            }
            row |= {
                "programme": self.rng.choice(["temp_expenditure", "temp_emergency"]),
                "paid_on": day,
                "amount": "2000",
            }
            row |= {"cause": self.rng.choice(CAUSES), "region_code": self.household.region}
            self.household.add("civil_affairs.payment", row)
