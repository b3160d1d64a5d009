"""A town in which somebody stands for every ground of referral, and somebody just beside it. No test stands here."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

sys.path.append(str(Path(__file__).parents[1] / "alerts"))

from alert_town import Person, Town

from household.casework import CONSENT_SCHEMA, Casework
from household.identity.numbers import number_of_key
from household.published_rows import as_declared
from household.referrals.table import referral_rows

if TYPE_CHECKING:
    from household.alerts.watch import Watch

SPENT = date(2026, 3, 1)
CLASSES = {
    "B": {"who": ("dibao",), "threshold": Decimal(3000), "rate": Decimal("0.5"), "cap": Decimal(9)},
    "C": {"who": (), "threshold": Decimal(1000), "rate": Decimal("0.5"), "cap": Decimal(500)},
}
WORK: dict[str, dict[str, Any]] = {
    "human_resources.contribution": {"month": date(2026, 3, 1), "base": Decimal(3000)},
    "tax.income": {"month": date(2026, 4, 1), "item": "劳务报酬", "amount": Decimal(10)},
    "agriculture.farm": {"season_year": 2025, "contracted_mu": Decimal(3)},
    "market_regulation.entity": {},
    "finance.payroll": {},
}
"""Rows each of which is work."""


@dataclass
class Neighbours:
    """People of a town by what they stand for; everybody draws dibao in a household of their own unless told otherwise."""

    town: Town = field(default_factory=Town)
    people: dict[str, Person] = field(default_factory=dict)

    def new(
        self, name: str, born: date = date(1950, 2, 1), *, sex: str | None = None, **row: Any
    ) -> Person:
        """A recipient; `row` is the benefit's."""
        someone = self.met(name, born, sex=sex)
        self.town.add("civil_affairs.benefit", someone, **({"household_no": name} | row))
        return someone

    def met(self, name: str, born: date = date(1950, 2, 1), *, sex: str | None = None) -> Person:
        """Somebody who draws nothing."""
        someone = self.town.person(born)
        while sex is not None and (int(someone.number[16]) % 2 == 1) != (sex == "男"):
            someone = self.town.person(born)
        self.people[name] = someone
        return someone

    def apply(self, name: str, *people: Person, wage: int | None = None, **row: Any) -> None:
        """An application of people; the first, who earns the wage, is the applicant."""
        self.town.add("approval.application", application_id=name, **row)
        for someone in people:
            first = someone is people[0]
            relation = {"relation": "self" if first else "other"}
            told = {"declared_wage": Decimal(wage)} if first and wage is not None else {}
            self.town.join(name, someone, **relation, **told)

    def ill(self, someone: Person, own: str) -> None:
        """A bill of which `own` stayed with the person."""
        self.town.add(
            "medical_insurance.settlement",
            someone,
            settled_on=SPENT,
            total=Decimal(own) + 500,
            basic_paid=Decimal(500),
        )


class Lists:
    """Referrals of a run, to be asked about in the words of a test."""

    def __init__(
        self, watch: Watch, *consents: dict[str, Any], without: tuple[str, ...] = ()
    ) -> None:
        """`without`: datasets that were not delivered after all."""
        delivered = watch.extracts.delivered.filter(pl.col("dataset").is_in(without).not_())
        watch = replace(watch, extracts=replace(watch.extracts, delivered=delivered))
        refs = dict(watch.roster.persons.select("key", "person_ref").drop_nulls().iter_rows())
        self.numbers = {ref: number_of_key(key) for key, ref in refs.items()}
        of_number = {number: ref for ref, number in self.numbers.items()}
        log = []
        for number, consent in enumerate(consents, start=1):
            rest = {name: value for name, value in consent.items() if name != "who"}
            log.append(
                {
                    "consent_id": number,
                    "person_ref": of_number[consent["who"].number],
                    "purpose": "charity",
                    "given": 1,
                    "paper_no": "TY-1",
                    "valid_to": None,
                    "clerk": "王某",
                    "decided_at": "2026-05-01T09:00:00",
                }
                | rest
            )
        casework = Casework(consent=pl.DataFrame(log, schema=CONSENT_SCHEMA))
        self.rows = as_declared("referral", referral_rows(watch, casework))

    def of(self, ground: str) -> pl.DataFrame:
        return self.rows.filter(pl.col("reason") == ground)

    def people(self, ground: str) -> set[str]:
        """Numbers of the people whom the list names."""
        return {self.numbers[ref] for ref in self.of(ground)["person_ref"]}

    def row(self, ground: str, someone: Person) -> dict[str, Any]:
        """The only row of a ground and person."""
        found = [
            r
            for r in self.of(ground).iter_rows(named=True)
            if self.numbers[r["person_ref"]] == someone.number
        ]
        assert len(found) == 1
        return found[0]
