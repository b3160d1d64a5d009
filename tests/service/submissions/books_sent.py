"""Workbooks as clerks send them: the template filled in with openpyxl, and ways to harm one. No test stands here."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
from households_sent import household

from household.schema.datasets import DATASETS
from service.submissions.workbook.reading import TITLES
from service.submissions.workbook.template import template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from openpyxl import Workbook

PARTS = {
    "approval.member": "members",
    "approval.authorisation": "authorisations",
    "approval.expenditure": "expenditures",
}


def filled(
    households: Iterable[Mapping[str, Any]], change: Callable[[Workbook], None] | None = None
) -> bytes:
    """The template with these households (`households_sent.household`), then changed."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    for one in households:
        application_id = one["application_id"]
        append(
            book, "approval.application", {k: v for k, v in one.items() if k not in PARTS.values()}
        )
        for name, key in PARTS.items():
            for row in one[key]:
                append(book, name, {"application_id": application_id} | row)
    if change is not None:
        change(book)
    return saved(book)


def append(book: Workbook, name: str, row: Mapping[str, Any]) -> None:
    """A row under the template's titles."""
    book[TITLES[name]].append([row.get(c.name) for c in DATASETS[name].columns])


def saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def cell(book: Workbook, name: str, column: str, row: int = 2) -> Any:
    """One cell of a sheet, by its column's name."""
    names = [c.name for c in DATASETS[name].columns]
    return book[TITLES[name]].cell(row, names.index(column) + 1)


def two_households(change: Callable[[Workbook], None] | None = None) -> bytes:
    return filled([household("T-0001"), household("T-0002", 2)], change)


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same book with one part of its archive changed, or added where it is not there."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", 8) as new:
        names = old.namelist()
        for one in names:
            part = old.read(one)
            new.writestr(one, change(part) if one == name else part)
        if name not in names:
            new.writestr(name, change(b""))
    return made.getvalue()


def first_sheet(data: bytes, pattern: str, text: str) -> bytes:
    """The same book with a piece of its first sheet's XML replaced."""

    def change(part: bytes) -> bytes:
        changed = re.sub(pattern, text, part.decode(), count=1)
        assert changed != part.decode()
        return changed.encode()

    return with_part(data, "xl/worksheets/sheet1.xml", change)
