"""A workbook read to sheets of texts: which sheet is what, which title which column, and every damage by name.

Cells are read by the same library and the same rule as intake reads workbooks. Nothing is repaired; a formula is never computed.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from casework.submissions import Fault
from connectors.intake.titles import DATED, LINE, fold_title
from connectors.intake.typed_cells import EXACT_FLOAT, cell_text
from household.identity.numbers import check_digit
from household.schema.column import Kind
from household.schema.datasets import DATASETS
from service.submissions.content import (
    APPLICATION,
    AUTHORISATION,
    EXPENDITURE,
    MEMBER,
    Sheet,
)
from service.submissions.workbook.marks import Marks, letters_of, read_marks
from service.submissions.workbook.opening import BookRefusedError, Part, open_book

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from household.schema.column import Column, Dataset

TITLES = {APPLICATION: "申请", MEMBER: "家庭成员", AUTHORISATION: "授权书", EXPENDITURE: "刚性支出"}
"""The sheets of the template."""
BESIDE = ("填写说明", "代码表")
"""Sheets of the template that hold no rows."""
LISTED = 12
_ZEROS = re.compile(r"[0-9]{15}000")
Cell = object


@dataclass(frozen=True, slots=True)
class Mapped:
    """A title of a sheet: its letters (B), its text, and the column it was taken for; None: not read."""

    letters: str
    title: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a whole sheet or book. `code`: a key of the words; `blocks`: nothing can go on before it is mended."""

    sheet: str
    code: str
    places: str = ""
    blocks: bool = False


@dataclass(frozen=True)
class ReadSheet:
    """One sheet: its name in the book, the titles, where its columns stand, and its rows."""

    name: str
    titles: tuple[Mapped, ...]
    sheet: Sheet

    @property
    def positions(self) -> dict[str, str]:
        """Column to the letters under which it stands."""
        return {one.column: one.letters for one in self.titles if one.column}

    @property
    def unread(self) -> tuple[Mapped, ...]:
        """Titles that were taken for no column."""
        return tuple(one for one in self.titles if one.column is None)

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that no title was taken for."""
        return tuple(c for c in self.sheet.dataset.columns if c.name not in self.positions)


@dataclass(frozen=True)
class Book:
    """A workbook as it was read."""

    sheets: dict[str, ReadSheet]
    notes: tuple[Note, ...]

    @property
    def blocked(self) -> bool:
        """Whether something must be mended before any row can go on."""
        return any(note.blocks for note in self.notes) or not self.sheets

    def content(self) -> dict[str, Sheet]:
        """Its rows, to be checked."""
        return {name: one.sheet for name, one in self.sheets.items()}


def read_book(data: bytes, mapping: Mapping[str, str] | None = None) -> Book:
    """Read a workbook.

    Args:
        data: its bytes. mapping: `<dataset>/<folded title>` to a column, as its sender says; beyond the catalogue's titles.

    Raises:
        BookRefusedError: it cannot be read at all.

    """
    parts = open_book(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        notes: list[Note] = []
        sheets: dict[str, ReadSheet] = {}
        for part in parts:
            marks = read_marks(part.data)  # before the values: it refuses what reaches too far
            rows = book.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
            _take(part, marks, rows, mapping=mapping or {}, sheets=sheets, notes=notes)
    except (CalamineError, OSError, ValueError, KeyError):
        raise BookRefusedError("工作簿已损坏或没有传完", "请重新保存后上传") from None
    if not sheets and not any(note.blocks for note in notes):
        notes.append(Note("", "no_sheet", blocks=True))
    return Book(sheets, tuple(notes))


def _take(
    part: Part,
    marks: Marks,
    rows: Sequence[Sequence[Cell]],
    *,
    mapping: Mapping[str, str],
    sheets: dict[str, ReadSheet],
    notes: list[Note],
) -> None:
    """Read one sheet, or say why it is not."""
    if part.name in BESIDE or not any(_filled(row) for row in rows):
        return
    name = _kind(part.name, rows[0])
    if name is None:
        notes.append(Note(part.name, "unread_sheet"))
        return
    if name in sheets:
        notes.append(Note(part.name, "two_sheets", sheets[name].name, blocks=True))
        return
    dataset = DATASETS[name]
    titles, twice = _titles(dataset, rows[0], mapping)
    at = {m.column: index for index, m in enumerate(titles) if m.column}
    sheets[name] = ReadSheet(
        part.name, tuple(m for m in titles if m.title), _rows(part, marks, rows, dataset, at)
    )
    _notes(part, marks, rows, notes)
    if twice:
        notes.append(Note(part.name, "column_twice", "、".join(twice), blocks=True))
    missing = [c.title_zh for c in dataset.columns if c.required and c.name not in at]
    if missing:
        notes.append(Note(part.name, "column_missing", "、".join(missing), blocks=True))


def _kind(name: str, first: Sequence[Cell]) -> str | None:
    """The dataset of a sheet: by its name, else by its titles where they hold all required columns of one dataset only."""
    folded = fold_title(name)
    for dataset, title in TITLES.items():
        declared = DATASETS[dataset]
        if folded in {fold_title(title), fold_title(declared.title_zh), declared.subject}:
            return dataset
    there = {fold_title(one) for one in first}
    fitting = [
        dataset
        for dataset in TITLES
        if all(
            {fold_title(c.title_zh), c.name} & there
            for c in DATASETS[dataset].columns
            if c.required
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


def _titles(
    dataset: Dataset, first: Sequence[Cell], mapping: Mapping[str, str]
) -> tuple[list[Mapped], list[str]]:
    names = {fold_title(c.title_zh): c.name for c in dataset.columns}
    names |= {fold_title(c.name): c.name for c in dataset.columns}
    found, taken, twice = [], set(), []
    for index, cell in enumerate(first):
        title = cell_text(cell) or ""
        folded = fold_title(title)
        column = names.get(folded) or mapping.get(f"{dataset.name}/{folded}")
        if column is not None and column in taken:
            twice.append(dataset[column].title_zh)
            column = None
        elif column:
            taken.add(column)
        found.append(Mapped(letters_of(index), _shown(title), column))
    return found, twice


def _rows(
    part: Part,
    marks: Marks,
    rows: Sequence[Sequence[Cell]],
    dataset: Dataset,
    at: dict[str, int],
) -> Sheet:
    kept = [(number, row) for number, row in enumerate(rows[1:], start=2) if _filled(row)]
    faults: list[Fault] = []
    cells: list[pl.Series] = []
    for column in dataset.columns:
        index = at.get(column.name)
        values = [row[index] if index is not None and index < len(row) else None for _, row in kept]
        cells.append(pl.Series(column.name, [cell_text(v) for v in values], dtype=pl.String))
        if index is None:
            continue
        if column.kind in (Kind.DATE, Kind.MONTH) and any(isinstance(v, date) for v in values):
            cells.append(pl.Series(DATED + column.name, [isinstance(v, date) for v in values]))
        for (number, _), value in zip(kept, values, strict=True):
            code = _damage(column, value, (number, index), marks)
            if code:
                faults.append(Fault(dataset.name, number, column.name, code))
    lines = [number for number, _ in kept]
    merged = {
        line
        for first, last in marks.merged
        for line in range(max(first[0], 2), min(last[0], len(rows)) + 1)
    }
    faults += [Fault(dataset.name, line, "", "merged_cell") for line in lines if line in merged]
    frame = pl.DataFrame([*cells, pl.Series(LINE, lines, dtype=pl.Int32)])
    return Sheet(dataset, frame, tuple(f"{part.name}!{line}" for line in lines), tuple(faults))


def _damage(column: Column, value: Cell, place: tuple[int, int], marks: Marks) -> str:
    """What a cell has suffered, beyond what its text tells."""
    if place in marks.formulas:
        return "formula"
    if place in marks.errors:
        return "cell_error"
    if isinstance(value, float) and column.kind in (Kind.ID_NO, Kind.TEXT):
        if abs(value) >= EXACT_FLOAT:
            return "number_stored"
        if column.kind is Kind.ID_NO:
            return "id_stored_as_number"
    if isinstance(value, str) and column.kind is Kind.ID_NO:
        plain = re.sub(r"[\s'`]+", "", unicodedata.normalize("NFKC", value))
        if _ZEROS.fullmatch(plain) and check_digit(plain[:17]) != plain[17]:
            return "trailing_zeros"
    return ""


def _notes(part: Part, marks: Marks, rows: Sequence[Sequence[Cell]], notes: list[Note]) -> None:
    """What stands for a sheet as a whole."""
    if part.hidden:
        notes.append(Note(part.name, "hidden_sheet"))
    hidden = [n for n, row in enumerate(rows, start=1) if n in marks.hidden_rows and _filled(row)]
    if hidden:
        notes.append(Note(part.name, "hidden_rows", _listed([str(n) for n in hidden])))
    filled = {
        index
        for row in rows
        for index in marks.hidden_columns
        if index < len(row) and row[index] != ""
    }
    if filled:
        notes.append(
            Note(part.name, "hidden_columns", _listed([letters_of(i) for i in sorted(filled)]))
        )
    if marks.merged:
        ranges = [f"{letters_of(a[1])}{a[0]}:{letters_of(b[1])}{b[0]}" for a, b in marks.merged]
        notes.append(Note(part.name, "merged", _listed(ranges)))


def _listed(places: list[str]) -> str:
    more = f" …（共 {len(places)} 处）" if len(places) > LISTED else ""
    return "、".join(places[:LISTED]) + more


def _filled(row: Sequence[Cell]) -> bool:
    return any(cell not in ("", None) for cell in row)


def _shown(title: str) -> str:
    """A title as it is shown: where the first row is data and no titles, a number of somebody may stand there."""
    return re.sub(r"[0-9*]{6,}[0-9Xx]?", "***", title)[:30]
