"""Books for handing over: named sheets of texts and numbers as one .xlsx, or as .csv files beside each other; for the owner's eyes only.

Only the form lives here; what stands on the sheets is told by whoever writes the book.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from command.private_files import delimited, write_private

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def write_book(
    path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], *, as_of: dt.date
) -> list[Path]:
    """Write sheets whole or not at all, readable for their owner only. Raises OSError.

    Args:
        path: .xlsx: one book. .csv: the last sheet under this name, the others as `<name>_<title>.csv`.
        sheets: title -> lines, the head first; whole numbers and decimals stay numbers in a book, None is an empty cell.
        as_of: stands as the day the book was made, so that nothing reads the clock.

    Returns:
        The files written.

    """
    if path.suffix == ".xlsx":
        write_private(path, _workbook(sheets, as_of))
        return [path]
    *others, last = sheets
    files = {path.with_name(f"{path.stem}_{title}.csv"): sheets[title] for title in others}
    files[path] = sheets[last]
    for file, lines in files.items():
        write_private(file, delimited(lines))
    return list(files)


def open_folder(path: Path) -> None:
    """Make a folder for its owner's eyes only, where there is none. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _workbook(sheets: Mapping[str, Sequence[Sequence[object]]], as_of: dt.date) -> bytes:
    import datetime as dt
    from decimal import Decimal

    import xlsxwriter  # type: ignore[import-untyped]  # it ships none

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": dt.datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - a day, no instant
    for title, lines in sheets.items():
        sheet = book.add_worksheet(title)
        for number, line in enumerate(lines):
            for place, cell in enumerate(line):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(number, place, cell)
                elif cell is not None:
                    sheet.write_string(number, place, str(cell))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(line) for line in lines) - 1, 20)
    book.close()
    return data.getvalue()
