"""Sheets for people with a spreadsheet program, .xlsx or .csv by the name: written whole for their owner's eyes, and read back as texts.

Only the form lives here; what the columns are and what may stand in them is told by whoever writes the sheet.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from command.private_files import delimited, write_private
from household.errors import InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def write_cells(
    path: Path,
    cells: Sequence[Sequence[str]],
    *,
    title: str,
    as_of: dt.date,
    choices: Mapping[int, Sequence[str]],
) -> None:
    """Write a sheet whole or not at all, readable for its owner only. Raises OSError.

    Args:
        path: where. cells: the lines, the head first. title: of the sheet.
        as_of: stands as the day the workbook was made, so that nothing reads the clock.
        choices: place of a column -> the words that may be chosen in it.

    """
    data = _workbook(cells, title, as_of, choices) if path.suffix == ".xlsx" else delimited(cells)
    write_private(path, data)


def read_cells(path: Path, *, what: str, todo: str) -> list[list[str]]:
    """The lines of a sheet as texts.

    Args:
        path: the sheet. what: what it is called, and todo: what to do about one that cannot be read, for the error.

    Raises:
        InputError: the file cannot be read as a sheet.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{what} {path.name} 无法读取（{error.strerror}）", todo) from None
    if path.suffix != ".xlsx":
        from connectors.intake.encoding import to_utf8

        return list(csv.reader(io.StringIO(to_utf8(data, None).data.decode())))
    return _cells_of_workbook(data, InputError(f"{what} {path.name} 不是可读的 xlsx 文件", todo))


def _workbook(
    cells: Sequence[Sequence[str]], title: str, as_of: dt.date, choices: Mapping[int, Sequence[str]]
) -> bytes:
    import datetime as dt

    import xlsxwriter  # type: ignore[import-untyped]  # it ships none

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": dt.datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - a day, no instant
    sheet = book.add_worksheet(title)
    for number, line in enumerate(cells):
        for place, cell in enumerate(line):
            sheet.write_string(number, place, cell)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(cells[0]) - 1, 18)
    for place, words in choices.items():
        wanted = {"validate": "list", "source": list(words)}
        sheet.data_validation(1, place, max(1, len(cells) - 1), place, wanted)
    book.close()
    return data.getvalue()


def _cells_of_workbook(data: bytes, unreadable: InputError) -> list[list[str]]:
    import zipfile

    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError):
        raise unreadable from None
    return [[str(cell) for cell in row] for row in rows]
