"""The world in order: applications with their rosters, the rows of each person, and what was asked of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import counting
from .authorisation import live_sources
from .identity import PERSON_COLUMNS, Link, Linker, Person, former_numbers, names_of
from .memory import remembered
from .numbers import birth_inside, number_text, valid_number
from .packs import parameter
from .periods import age_on

if TYPE_CHECKING:
    from datetime import date

    from .world import Row, World


@dataclass(frozen=True)
class Scenario:
    """Which lines are looked at: with tier C or not, without certain lines, without any line; and whether central basic
    pension of months without a parameter is left out."""

    tier_c: bool = False
    without: frozenset[tuple[str, str]] = frozenset()
    bare: bool = False
    central_left_out: bool = False


BASE = Scenario()


class Register:
    """Everything that is asked of more than one case."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.papers = _grouped(world.rows["approval.authorisation"], "application_id")
        self.former: dict[str, str] = {}
        self.by_number: dict[str, dict[str, list[Row]]] = {name: {} for name in PERSON_COLUMNS}
        covered = self._covered_numbers()
        self.former = former_numbers(world, lambda number: number in covered)
        for name, columns in PERSON_COLUMNS.items():
            for row in world.rows[name]:
                for number, _ in columns:
                    key = self.key_of(row[number])
                    if key:
                        self.by_number[name].setdefault(key, []).append(row)
        self.vouchers = _grouped(world.rows["approval.expenditure"], "application_id")
        self.objections = _grouped(world.rows["approval.objection"], "application_id")
        self.receipts: dict[str, list[Row]] = {}
        for row in world.rows["banking.receipt"]:
            place = self.key_of(row["id_no"]) or number_text(row["id_no"])
            self.receipts.setdefault(place, []).append(row)
        members = _grouped(world.rows["approval.member"], "application_id")
        rosters = {
            row["application_id"]: self._roster(members.get(row["application_id"], []))
            for row in world.rows["approval.application"]
        }
        everybody = [person for roster in rosters.values() for person in roster]
        self.roster_of_key: dict[str, list[Person]] = {}
        for person in everybody:
            if person.key:
                self.roster_of_key.setdefault(person.key, []).append(person)
        linker = Linker(world, everybody, self.former)
        self.links: dict[tuple[str, int], dict[str, list[Link]]] = {}
        for name, columns in PERSON_COLUMNS.items():
            for row in world.rows[name]:
                for number, title in columns:
                    for person, tier in linker.persons_of(row, row[number], row[title]):
                        of_person = self.links.setdefault(
                            (person.application_id, person.member_no), {}
                        )
                        of_person.setdefault(name, []).append(Link(row, tier))
        self.cases = [
            Case(self, row, rosters[row["application_id"]])
            for row in sorted(
                world.rows["approval.application"], key=lambda r: str(r["application_id"])
            )
        ]

    def _covered_numbers(self) -> set[str]:
        """The valid numbers for whom the population register may be read: who signed for it, and who stands on the ledger."""
        members = _grouped(self.world.rows["approval.member"], "application_id")
        signed = {
            person.key
            for row in self.world.rows["approval.application"]
            for case in [Case(self, row, self._roster(members.get(row["application_id"], [])))]
            for person in case.roster
            if person.key and "public_security" in live_sources(case, person)
        }
        ledger = {valid_number(row["id_no"]) for row in self.world.rows["civil_affairs.benefit"]}
        return {number for number in signed | ledger if number}

    def key_of(self, number: str | None) -> str | None:
        """The valid number that stands for a person, a former one led to the present."""
        valid = valid_number(number)
        return self.former.get(valid, valid) if valid else None

    def _roster(self, rows: list[Row]) -> list[Person]:
        """The members of the latest extract; of one person standing twice the lower member_no."""
        latest = max((row["_as_of"] for row in rows), default=None)
        roster: dict[tuple[object, ...], Person] = {}
        for row in sorted(rows, key=lambda r: int(r["member_no"])):
            if row["_as_of"] != latest:
                continue
            key = self.key_of(row["id_no"])
            valid = valid_number(row["id_no"])
            population = self.by_number["public_security.population"].get(key, []) if key else []
            person = Person(
                application_id=row["application_id"],
                member_no=row["member_no"],
                row=row,
                number=number_text(row["id_no"]),
                key=key,
                names=names_of(row["name"], population),
                birth=birth_inside(valid) if valid else row["birth_date"],
            )
            # Two lines without any number cannot be shown to be one person.
            who = person.identity if person.number else (row["member_no"],)
            roster.setdefault(who, person)
        return list(roster.values())

    def parameter(self, key: str, *, region: str, on: date) -> Any:
        """A pack's value."""
        return parameter(self.world.packs, key, region=region, on=on)


class Case:
    """One application with its roster, and the questions that the rules ask of it."""

    def __init__(self, register: Register, application: Row, roster: list[Person]) -> None:
        self.register = register
        self.application = application
        self.application_id = str(application["application_id"])
        self.roster = roster
        self.as_of = register.world.as_of
        self.applied_on: date = application["applied_on"]
        self.region: str = application["region_code"]
        self.memory: dict[Any, Any] = {}

    @property
    def applicant(self) -> Person:
        """Who asks: relation `self`, else the first of the roster."""
        for person in self.roster:
            if person.row["relation"] == "self":
                return person
        return self.roster[0]

    @remembered
    def parameter(self, key: str, *, on: date | None = None) -> Any:
        """A value in force on `applied_on`, or on the day given."""
        return self.register.parameter(key, region=self.region, on=on or self.applied_on)

    def asset_parameter(self, key: str, variant: str) -> Any:
        """An asset parameter with the programme's own value: rigid's, else edge's, else the plain one."""
        ladder = {"rigid": ("rigid.", "edge.", ""), "edge": ("edge.", ""), "": ("",)}[variant]
        for prefix in ladder:
            value = self.parameter(prefix + key)
            if value is not None:
                return value
        return None

    def standard(self) -> Any:
        """The monthly standard of the application's place."""
        return self.parameter(f"standard.{self.application['urban_rural']}")

    def imputes_support(self) -> bool:
        """The pack reckons support from obligors as income."""
        return bool(self.parameter("support.method") == "excess_rate")

    @remembered
    def rows(self, person: Person, dataset: str, scenario: Scenario) -> list[Row]:
        """The person's rows of a dataset that a scenario looks at."""
        if scenario.bare:
            return []
        links = self.register.links.get((person.application_id, person.member_no), {})
        return [
            link.row
            for link in links.get(dataset, [])
            if (link.tier != "C" or scenario.tier_c)
            and (dataset, link.row["_record_key"]) not in scenario.without
        ]

    def is_newborn(self, person: Person) -> bool:
        """On the roster without a number, and not known to be of age."""
        return not person.number and (person.birth is None or age_on(person.birth, self.as_of) < 18)

    @remembered
    def members(self) -> list[Person]:
        """Role `member`, each person once."""
        return [p for p in self.roster if p.row["role"] == "member"]

    def obligors(self) -> list[Person]:
        """Role `obligor`, each person once."""
        return [p for p in self.roster if p.row["role"] == "obligor"]

    @remembered
    def counted(self, scenario: Scenario = BASE) -> list[Person]:
        """The members who make n."""
        return [p for p in self.members() if not counting.is_left_out(self, p, scenario)]

    @remembered
    def living_obligors(self, scenario: Scenario = BASE) -> list[Person]:
        """Obligors not shown to be dead."""
        return [p for p in self.obligors() if not counting.is_dead(self, p, scenario)]

    @remembered
    def draws(self, person: Person, scenario: Scenario = BASE) -> set[str]:
        """The programmes that a person draws on `as_of`."""
        rows = self.rows(person, "civil_affairs.benefit", scenario)
        return {r["programme"] for r in rows if counting.is_running(r, self.as_of)}

    @remembered
    def certificates(self, person: Person, scenario: Scenario) -> list[Row]:
        """The person's valid disability certificates."""
        return [
            row
            for row in self.rows(person, "disabled_federation.certificate", scenario)
            if row["status"] == "有效"
            and (row["valid_to"] is None or row["valid_to"] >= self.as_of)
        ]


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[column]), []).append(row)
    return groups
