"""Section 3, identity: to which roster person a source row belongs, and at which tier."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from household.schema.datasets import CATALOGUED

from .numbers import (
    birth_inside,
    differs_by_one_slip,
    fits_mask,
    name_form,
    number_text,
    sex_inside,
    valid_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from .world import Row, World

# Datasets of persons: (number column, name column); a marriage row names two persons.
PERSON_COLUMNS: dict[str, list[tuple[str, str]]] = {
    name: (
        [("id_no_a", "name_a"), ("id_no_b", "name_b")]
        if name == "civil_affairs.marriage"
        else [("owner_id_no", "owner_name")]
        if name in ("public_security.vehicle", "housing.real_estate")
        else [("id_no", "name")]
    )
    for name, dataset in CATALOGUED.items()
    if dataset.source != "approval" and name != "banking.receipt"
}


@dataclass(frozen=True)
class Person:
    """One line of a roster."""

    application_id: str
    member_no: int
    row: Row = field(compare=False, hash=False)
    number: str
    key: (
        str | None
    )  # the valid number that stands for the person, former numbers led to the present one
    names: frozenset[str]  # normal forms
    birth: date | None

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for two roster lines of one person."""
        if self.key:
            return (self.key,)
        name = name_form(self.row["name"])
        if self.number:
            return ("text", self.number, name)
        return ("none", name, self.row["birth_date"], self.row["sex"])


class Link(NamedTuple):
    """A source row and the tier at which it is the person's."""

    row: Row
    tier: str


def former_numbers(world: World, readable: Callable[[str], bool]) -> dict[str, str]:
    """Former valid number to present one, as the population register says. A number in present use is nobody's former one.

    `readable`: whether the register may be read for the holder of a number; what may not be read is not known.
    """
    population = world.rows["public_security.population"]
    present = {valid_number(row["id_no"]) for row in population}
    pairs = {}
    for row in population:
        now, before = valid_number(row["id_no"]), valid_number(row["former_id_no"])
        if now and before and before not in present and (readable(now) or readable(before)):
            pairs[before] = now
    return pairs


@dataclass
class Candidate:
    """Somebody to whom a row without a usable number might belong."""

    identity: tuple[object, ...]
    number: str | None
    names: frozenset[str]
    birth: date | None


def how_well(text: str, row_birth: date | None, person: Candidate) -> int:
    """2: the visible digits agree; 1: the birth date agrees; 0: nothing but the name."""
    if person.number:
        mine = person.number
        if text == mine or fits_mask(text, mine) or fits_mask(mine, text):
            return 2
        if len(text) == 18 and differs_by_one_slip(text, mine):
            return 2
    birth = row_birth or birth_inside(text)
    return 1 if birth is not None and birth == person.birth else 0


class Linker:
    """Finds the roster persons of source rows."""

    def __init__(self, world: World, persons: Iterable[Person], former: dict[str, str]) -> None:
        self.former = former
        self.by_key: dict[str, list[Person]] = {}
        self.by_identity: dict[tuple[object, ...], list[Person]] = {}
        self.by_name: dict[str, dict[tuple[object, ...], Candidate]] = {}
        for person in persons:
            if person.key:
                self.by_key.setdefault(person.key, []).append(person)
            self.by_identity.setdefault(person.identity, []).append(person)
            self._remember(
                Candidate(person.identity, person.key or person.number, person.names, person.birth)
            )
        for row in world.rows["public_security.population"]:
            valid = valid_number(row["id_no"])
            if valid is None:
                continue
            key = former.get(valid, valid)
            names = frozenset(name_form(n) for n in (row["name"], row["former_name"]) if n)
            self._remember(Candidate((key,), key, names, birth_inside(valid)))

    def _remember(self, candidate: Candidate) -> None:
        for name in candidate.names:
            self.by_name.setdefault(name, {}).setdefault(candidate.identity, candidate)

    def persons_of(
        self, row: Row, number: str | None, name: str | None
    ) -> list[tuple[Person, str]]:
        """The roster persons of one row with the tier."""
        valid = valid_number(number)
        if valid:
            key = self.former.get(valid, valid)
            if key in self.by_key:
                return [(p, tier_by_number(row, valid, name, p)) for p in self.by_key[key]]
        text = valid or number_text(number)
        return [(p, "C") for p in self._by_likeness(row, text, name, valid)]

    def _by_likeness(
        self, row: Row, text: str, name: str | None, valid: str | None
    ) -> list[Person]:
        candidates = self.by_name.get(name_form(name), {}).values()
        own = (self.former.get(valid, valid),) if valid else None
        scored = []
        for candidate in candidates:
            # A valid number is somebody's own: only who stands on a roster without a valid one can be meant.
            if valid and (
                candidate.identity == own or candidate.identity[0] not in ("text", "none")
            ):
                continue
            scored.append((how_well(text, row.get("birth_date"), candidate), candidate))
        best = max((score for score, _ in scored), default=0)
        fitting = [candidate for score, candidate in scored if score == best]
        if best == 0 or len(fitting) != 1:
            return []
        return self.by_identity.get(fitting[0].identity, [])


def tier_by_number(row: Row, valid: str, name: str | None, person: Person) -> str:
    """A, B, or C where nothing but the number agrees."""
    if name is None or name_form(name) in person.names:
        return "A"
    sex = row.get("sex") or sex_inside(valid)
    birth = row.get("birth_date") or birth_inside(valid)
    other_sex = bool(person.row["sex"]) and person.row["sex"] != sex
    other_birth = person.row["birth_date"] is not None and person.row["birth_date"] != birth
    return "C" if other_sex and other_birth else "B"


def names_of(roster_name: str, population: list[Row]) -> frozenset[str]:
    """The names under which a roster person is known: the roster's, and former ones by the population register."""
    mine = name_form(roster_name)
    names = {mine}
    for row in population:
        known = {name_form(n) for n in (row["name"], row["former_name"]) if n}
        if row["former_name"]:
            names.add(name_form(row["former_name"]))
        if mine in known:
            names |= known
    return frozenset(names)
