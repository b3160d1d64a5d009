"""What a sheet's XML says beside its values: formulas, errors, merged and hidden cells, and how far it reaches. One careful pass."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from service.submissions.workbook.opening import BookRefusedError

MOST_ROWS = 50_001
MOST_COLUMNS = 200
MOST_MERGED = 200_000
"""Rows of all merged ranges together."""
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")

Place = tuple[int, int]
"""Row (from 1) and column (from 0)."""


@dataclass
class Marks:
    """Marks of one sheet. `merged`: row and column of both corners of each range."""

    formulas: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_marks(data: bytes) -> Marks:
    """Read the marks of a sheet. Raises BookRefusedError: it cannot be read, or reaches too far."""
    try:
        return _read(data)
    except (ParseError, DefusedXmlException, ValueError):
        raise BookRefusedError("工作簿已损坏或没有传完", "请重新保存后上传") from None


def place_of(text: str) -> Place:
    """Row and column of a cell's name, like B7. Raises ValueError."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError("no place of a cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def letters_of(column: int) -> str:
    """The letters of a column counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _read(data: bytes) -> Marks:
    marks = Marks()
    row = column = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "row":
                row = int(element.get("r", row + 1))
                column = -1
                if element.get("hidden") in ("1", "true"):
                    marks.hidden_rows.add(row)
            elif tag == "c":
                name = element.get("r")
                row, column = place_of(name) if name else (row, column + 1)
                if row > MOST_ROWS or column >= MOST_COLUMNS:
                    raise BookRefusedError(
                        f"工作表超过 {MOST_ROWS - 1} 行或 {MOST_COLUMNS} 列",
                        "请分成几份上传，并删去数据区以外的内容",
                    )
                if element.get("t") == "e":
                    marks.errors.add((row, column))
            elif tag == "f":
                marks.formulas.add((row, column))
            elif tag == "mergeCell":
                first, _, last = element.get("ref", "").partition(":")
                marks.merged.append((place_of(first), place_of(last or first)))
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                last_column = min(int(element.get("max", 1)), MOST_COLUMNS)
                marks.hidden_columns.update(range(int(element.get("min", 1)) - 1, last_column))
        elif tag in ("row", "sheetData"):
            element.clear()
    if sum(min(last[0], MOST_ROWS) - first[0] + 1 for first, last in marks.merged) > MOST_MERGED:
        raise BookRefusedError("工作表的合并单元格过多", "请取消合并后再上传")
    return marks
