"""What an expected alert is, and whose rows may be read for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from household.schema.datasets import CATALOGUED

from .authorisation import live_sources
from .counting import is_running
from .register import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from .identity import Person
    from .register import Case, Register
    from .world import Row


class AlertRows:
    """Collects alerts, at most one a code and subject, and answers who is who."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.as_of = register.world.as_of
        self.found: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.case_of = {case.application_id: case for case in register.cases}
        self.benefits = {
            key: kept
            for key, rows in register.by_number["civil_affairs.benefit"].items()
            if (kept := [row for row in rows if self.owner(row) == key])
        }
        self.running = {
            key: kept
            for key, rows in self.benefits.items()
            if (kept := [row for row in rows if is_running(row, self.as_of)])
        }

    def owner(self, benefit: Row) -> str | None:
        """Whose a row of the ledger is: its number's, unless nothing but the number agrees (tier C decides nothing alone)."""
        key = self.register.key_of(benefit["id_no"])
        tiers = {
            link.tier
            for person in self.register.roster_of_key.get(key or "", [])
            for link in self.register.links.get((person.application_id, person.member_no), {}).get(
                "civil_affairs.benefit", []
            )
            if link.row is benefit
        }
        return None if tiers == {"C"} else key

    def register_is_open(self, key: str) -> bool:
        """The population register may be read for a number: while a benefit runs, or on an authorisation."""
        return key in self.running or any(
            "public_security" in live_sources(self.case_of[person.application_id], person)
            for person in self.register.roster_of_key.get(key, [])
        )

    def linked_somewhere(self, benefit: Row) -> bool:
        """A row of the ledger is some roster person's, at a tier that decides."""
        return any(
            link.row is benefit and link.tier != "C"
            for rows in self.register.links.values()
            for link in rows.get("civil_affairs.benefit", [])
        )

    def add(
        self,
        code: str,
        kind: str,
        subject: str,
        *,
        persons: Iterable[Person] = (),
        records: Iterable[tuple[str, str]] = (),
        amount: Fraction | None = None,
    ) -> None:
        """Keep one alert; the same code and subject again adds its people and rows."""
        alert = self.found.setdefault(
            (code, kind, subject),
            {
                "code": code,
                "subject_kind": kind,
                "subject": subject,
                "members": [],
                "records": [],
                "amount": amount,
            },
        )
        alert["members"] += [
            place
            for person in persons
            if (place := (person.application_id, person.member_no)) not in alert["members"]
        ]
        alert["records"] += [record for record in records if record not in alert["records"]]

    def add_person(self, code: str, key: str | None, person: Person | None = None) -> None:
        """An alert about a person: by the number, or by the roster line of who has none."""
        if key is None:
            assert person is not None
            self.add(
                code, "person", f"{person.application_id}/{person.member_no}", persons=[person]
            )
            return
        ledger = [
            ("civil_affairs.benefit", row["_record_key"]) for row in self.benefits.get(key, [])
        ]
        roster = self.register.roster_of_key.get(key, [])
        self.add(code, "person", key, persons=roster, records=ledger)

    def draws(self, key: str) -> set[str]:
        """The programmes that the person of a number draws on the day."""
        return {row["programme"] for row in self.running.get(key, [])}

    def counted_members(self) -> list[tuple[Case, Person]]:
        """Every counted member of every application."""
        return [(case, person) for case in self.register.cases for person in case.counted()]

    def readable_rows(self, case: Case, person: Person, dataset: str) -> list[Row]:
        """The rows of a roster person: with a live authorisation, or while the person draws a benefit."""
        draws = person.key in self.running
        if draws or CATALOGUED[dataset].source in live_sources(case, person):
            return case.rows(person, dataset, BASE)
        return []

    def signed_rows(self, case: Case, person: Person, dataset: str) -> list[Row]:
        """The rows that the application itself may read: what is held against its declarations (P06 to P08)."""
        live = CATALOGUED[dataset].source in live_sources(case, person)
        return case.rows(person, dataset, BASE) if live else []

    def rows_of_recipient(self, key: str, dataset: str) -> list[Row]:
        """The rows of a recipient who stands on no roster; of one who does, as the roster has it."""
        roster = self.register.roster_of_key.get(key, [])
        if not roster:
            return self.register.by_number[dataset].get(key, [])
        rows: dict[int, Row] = {}
        for person in roster:
            case = self.case_of[person.application_id]
            rows |= {id(row): row for row in case.rows(person, dataset, BASE)}
        return list(rows.values())
