"""Clear values for whoever asked with a reason: one field group of one row or of one person. The caller has written it down before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.reading.evidence.columns import CONTACT, IDENTITY, clear_columns
from service.reading.evidence.row import find_row, read_places_of, source_row
from service.reading.household.people import read_places
from service.reading.household.whole import visible_verdicts
from service.reading.papers import MEMBER

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.reading.papers import SourceShelf
    from warehouse.current import CurrentTables

PERSON_GROUPS = (IDENTITY, CONTACT)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A row that may be asked about. Its values are in clear: `told` is the only way out.

    Attributes:
        dataset: whose columns they are. person_ref: whose row.

    """

    dataset: str
    person_ref: str | None
    _row: dict[str, Any]

    def told(self, group: str) -> tuple[tuple[str, str], ...]:
        """Titles and values of the hidden columns of a group."""
        return clear_columns(self.dataset, self._row, group)


def hidden_evidence(
    tables: CurrentTables,
    scope: Scope,
    application: str,
    *,
    evidence_id: str,
    shelf: SourceShelf | None,
) -> Hidden | None:
    """The row behind a piece of evidence; None where it is not there, not to be seen, or not in the store."""
    if visible_verdicts(tables, scope, application) is None:
        return None
    found = find_row(tables, application, evidence_id)
    row = source_row(shelf, read_places_of(tables, evidence_id), found) if found else None
    return Hidden(found["dataset"], found["person_ref"], row) if found and row else None


def hidden_person(
    tables: CurrentTables,
    scope: Scope,
    application: str,
    *,
    person_ref: str,
    shelf: SourceShelf | None,
) -> Hidden | None:
    """The application's own row of a person; None where there is none or it may not be seen."""
    if visible_verdicts(tables, scope, application) is None or shelf is None:
        return None
    places = read_places(tables, application)
    rows = shelf.roster(application).to_dicts() if person_ref in places else []
    found = [row for row in rows if row["member_no"] == places[person_ref][0]]
    return Hidden(MEMBER, person_ref, found[0]) if found else None
