"""Books for handing over: named sheets of texts and numbers as one .xlsx, or as .csv files beside each other; for the owner's eyes only.

Only the form lives here; what stands on the sheets is told by whoever writes the book.
"""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
        _write(path, _workbook(sheets, as_of))
        return [path]
    *others, last = sheets
    files = {path.with_name(f"{path.stem}_{title}.csv"): sheets[title] for title in others}
    files[path] = sheets[last]
    for file, lines in files.items():
        _write(file, _delimited(lines))
    return list(files)


def open_folder(path: Path) -> None:
    """Make a folder for its owner's eyes only, where there is none. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    building = path.with_name(f".{path.name}.building")
    try:
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


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


def _delimited(lines: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in lines:
        told = ["" if cell is None else str(cell) for cell in line]
        # a spreadsheet program would take such a text for a formula
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in told])
    return text.getvalue().encode("utf-8-sig")
