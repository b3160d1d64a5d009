"""One table as a workbook: typed cells, constant memory, split over sheets where a sheet is full, the same bytes each time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from household.schema.published import Held

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from household.schema.published import PublishedTable

SHEET_ROWS = 1_048_575  # a sheet holds one more, which is the header
CELL_CHARACTERS = 32_767
CUT = "…(cut: whole in parquet and csv)"
# A spreadsheet number is a double: past 15 digits it would come back as another number.
EXACT_DIGITS = 15
NUMBER_FORMATS = {
    Held.MONEY: "0.00",
    Held.EXACT: "0.000000",
    Held.COUNT: "0",
    Held.SCORE: "General",
    Held.DATE: "yyyy-mm-dd",
}


def write_workbook(
    path: Path,
    rows: pl.DataFrame,
    *,
    table: PublishedTable,
    as_of: dt.date,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write rows, lists already joined, to `path`; sheets are named `<table>`, `<table>_2` and so on.

    `as_of` stands as the day the workbook was made, so that nothing reads the clock. A text longer than a cell can hold is cut
    and says so. Raises OSError where the file cannot be written.
    """
    midnight = dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=dt.UTC).replace(tzinfo=None)
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    book = xlsxwriter.Workbook(str(path), options)
    try:
        book.set_properties({"title": table.title_zh, "created": midnight})
        bold = book.add_format({"bold": True})
        formats = {h: book.add_format({"num_format": f}) for h, f in NUMBER_FORMATS.items()}
        styles = [formats.get(column.held) for column in table.all_columns]
        for number, start in enumerate(range(0, max(rows.height, 1), sheet_rows), start=1):
            sheet = book.add_worksheet(table.name if number == 1 else f"{table.name}_{number}")
            for at, column in enumerate(table.all_columns):
                sheet.write_string(0, at, column.name, bold)
            sheet.freeze_panes(1, 0)
            for line, values in enumerate(rows.slice(start, sheet_rows).iter_rows(), start=1):
                for at, value in enumerate(values):
                    if value is not None:
                        _write_cell(sheet, line, at, value, styles[at])
    finally:
        _close(book)


def _close(book: xlsxwriter.Workbook) -> None:
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.__cause__ or error.__context__ or (error.args[0] if error.args else None)
        raise (cause if isinstance(cause, OSError) else OSError("workbook not written")) from error


def _write_cell(sheet: Any, line: int, at: int, value: object, style: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS:
        sheet.write_string(line, at, str(value))
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(line, at, value, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, at, value, style)
    else:
        text = str(value)
        if len(text) > CELL_CHARACTERS:
            text = text[: CELL_CHARACTERS - len(CUT)] + CUT
        sheet.write_string(line, at, text)
