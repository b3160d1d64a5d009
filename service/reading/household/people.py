"""Who stands on the roster of an application: masked as published, with what the application's own papers say of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from service.reading.household.parts import Holding
    from service.reading.papers import Paper, Papers
    from warehouse.current import CurrentTables

SET_OF_ROLE = {"member": "M", "excluded": "X", "obligor": "O"}
TOLD_BY_ROW = ("death", "custody", "disability", "drawing")
"""Quantities of evidence that say something about the person rather than about money."""


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One place of the roster.

    Attributes:
        member_nos: places on which the person stands; the first counts.
        set_letter: M lives in the household, X does not count, O may owe support; None where the papers cannot be read.
        paper: what the application states; None where it cannot be read.
        told: rows that say something about the person (dead, in custody, disabled, drawing a benefit), those that count.

    """

    person_ref: str
    member_nos: tuple[int, ...]
    name_masked: str | None
    id_no_masked: str | None
    paper: Paper | None
    told: tuple[Holding, ...] = ()

    @property
    def member_no(self) -> int:
        """The place that counts."""
        return self.member_nos[0]

    @property
    def set_letter(self) -> str | None:
        """The set that the role stands for."""
        return SET_OF_ROLE.get(self.paper.role or "") if self.paper else None


def read_people(
    tables: CurrentTables,
    places: Mapping[str, tuple[int, ...]],
    *,
    papers: Papers | None,
    holdings: Sequence[Holding],
) -> tuple[RosterPerson, ...]:
    """The people of an application in the order of its roster.

    Args:
        tables: the run. places: from `read_places`. papers: of the application. holdings: its evidence.

    """
    told = []
    shown = {row["person_ref"]: row for row in tables.people_masked(places)}
    for ref, numbers in places.items():
        masked = shown.get(ref, _UNKNOWN)
        told.append(
            RosterPerson(
                ref,
                numbers,
                masked["name_masked"],
                masked["id_no_masked"],
                papers.members.get(numbers[0]) if papers else None,
                tuple(
                    h
                    for h in holdings
                    if h.person_ref == ref and h.counted and h.quantity in TOLD_BY_ROW
                ),
            )
        )
    return tuple(told)


def read_places(tables: CurrentTables, application: str) -> dict[str, tuple[int, ...]]:
    """Person reference to places on the roster of an application, in the order of the first place."""
    roster = tables.rows(
        "roster_person", columns=["person_ref", "member_no"], application_id=application
    )
    places: dict[str, tuple[int, ...]] = {}
    for row in sorted(roster, key=lambda row: int(row["member_no"])):
        places[row["person_ref"]] = (*places.get(row["person_ref"], ()), row["member_no"])
    return places


def declared_total(people: Sequence[RosterPerson]) -> Decimal | None:
    """Financial assets that counted members declare; None where nobody states any."""
    stated = [
        p.paper.declared_deposit
        for p in people
        if p.paper and p.paper.role == "member" and p.paper.declared_deposit is not None
    ]
    return sum(stated[1:], stated[0]) if stated else None


_UNKNOWN = {"name_masked": None, "id_no_masked": None}
