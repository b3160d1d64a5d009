"""Bodies of the API as rows of texts: every cell as the text that a file would hold, or a fault of that cell."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from casework.submissions import Fault
from household.schema.column import Kind
from household.schema.datasets import DATASETS
from service.submissions.content import (
    APPLICATION,
    AUTHORISATION,
    EXPENDITURE,
    MEMBER,
    OBJECTION,
    sheet_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from service.submissions.content import Sheet

PARTS = {"members": MEMBER, "authorisations": AUTHORISATION, "expenditures": EXPENDITURE}


class _Rows:
    """Rows of one dataset as they are gathered."""

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self.rows: list[dict[str, str | None]] = []
        self.places: list[str] = []
        self.faults: list[Fault] = []

    def add(self, said: Mapping[str, object], place: str, **given: str | None) -> None:
        line = len(self.rows) + 2
        declared = {c.name: c.kind for c in DATASETS[self.dataset].columns}
        row: dict[str, str | None] = {}
        for name, value in said.items():
            if name not in declared or name in given:
                self._fault(line, "", "unknown_field")
                continue
            text, code = _text(value, declared[name])
            row[name] = text
            if code:
                self._fault(line, name, code)
        self.rows.append(row | given)
        self.places.append(place)

    def sheet(self) -> Sheet:
        return sheet_of(self.dataset, self.rows, self.places, self.faults)

    def _fault(self, line: int, column: str, code: str) -> None:
        fault = Fault(self.dataset, line, column, code)
        if fault not in self.faults[-1:]:
            self.faults.append(fault)


def application_sheets(body: BaseModel) -> dict[str, Sheet]:
    """The sheets of a body of applications. What belongs to an application has its number from it."""
    found = {name: _Rows(name) for name in (APPLICATION, *PARTS.values())}
    for at, one in enumerate(_rows(body, "applications")):
        place = f"applications[{at}]"
        parts = {key: one.pop(key) for key in PARTS}
        found[APPLICATION].add(one, place)
        application_id = found[APPLICATION].rows[-1].get("application_id")
        for key, rows in parts.items():
            for number, row in enumerate(rows):
                found[PARTS[key]].add(
                    row, f"{place}.{key}[{number}]", application_id=application_id
                )
    return {name: rows.sheet() for name, rows in found.items() if rows.rows}


def objection_sheets(body: BaseModel) -> dict[str, Sheet]:
    """The sheet of a body of objections."""
    found = _Rows(OBJECTION)
    for at, one in enumerate(_rows(body, "objections")):
        found.add(one, f"objections[{at}]")
    return {OBJECTION: found.sheet()}


def body_digest(body: BaseModel) -> str:
    """SHA-256 of what a body says, whatever its spacing and order of names."""
    (name,) = type(body).model_fields
    made = hashlib.sha256(f'{{"{name}":['.encode())
    for at, row in enumerate(_rows(body, name)):
        said = json.dumps(row, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        made.update(f"{',' * bool(at)}{said}".encode())
    made.update(b"]}")
    return made.hexdigest()


def _rows(body: BaseModel, name: str) -> Iterator[dict[str, Any]]:
    """Row by row: thousands at once would hold up every other thread."""
    rows: list[BaseModel] = getattr(body, name)
    return (row.model_dump() for row in rows)


def _text(value: object, kind: Kind) -> tuple[str | None, str]:
    """A cell as text, and the code of its fault where it is no text of its kind."""
    if value is None or isinstance(value, str):
        return (value, "") if _is_text(value) else (None, "not_text")
    if isinstance(value, bool):
        return (("true" if value else "false"), "") if kind is Kind.BOOL else (None, "not_text")
    if isinstance(value, int) and kind is not Kind.ID_NO and abs(value) < 10**15:
        return str(value), ""
    return None, "not_text"


def _is_text(value: str | None) -> bool:
    """JSON can write halves of characters that no file can hold."""
    return value is None or not any("\ud800" <= sign <= "\udfff" for sign in value)
