"""Workbooks: the first sheet, its first row the titles. Cells come typed and are turned into text by one rule."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from connectors.errors import FileRefused
from connectors.intake.titles import DATED, PLAIN, TextTable, Wording, arrange, match_titles
from connectors.intake.typed_cells import cell_text
from household.schema.column import Dataset, Kind

_TODO = "请用表格软件打开另存为 .xlsx 后重新报送"


def read_xlsx(data: bytes, dataset: Dataset, *, wording: Wording = PLAIN) -> TextTable:
    """Read the first sheet; the line is the sheet's own row number, blank rows are left out.

    Raises:
        FileRefused: the bytes are no workbook, the sheet is empty, or a required column is missing.

    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if not names:
            raise FileRefused("工作簿里没有工作表", _TODO)
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
        merged = len(sheet.merged_cell_ranges or ())
        others = [n for n in names[1:] if _has_cells(book, n)]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        raise FileRefused("工作簿已损坏、加密或不是 xlsx 格式", _TODO) from None
    if not rows:
        raise FileRefused("工作簿的第一张工作表是空的", "请把数据放在第一张工作表，首行为列名")
    titles = match_titles(dataset, rows[0], wording=wording)
    kept = [
        (number, row) for number, row in enumerate(rows[1:], start=2) if any(c != "" for c in row)
    ]
    cells: dict[str, pl.Series] = {}
    for name, index in titles.position.items():
        values = [row[index] if index < len(row) else None for _, row in kept]
        cells[name] = pl.Series(name, [cell_text(v) for v in values], dtype=pl.String)
        dated = [isinstance(v, date) for v in values]
        if dataset[name].kind in (Kind.DATE, Kind.MONTH) and any(dated):
            cells[DATED + name] = pl.Series(dated, dtype=pl.Boolean)
    remarks = []
    if others:
        remarks.append(f"另有 {len(others)} 张非空工作表未读（{'、'.join(others)[:60]}）")
    if merged:
        remarks.append(f"有 {merged} 处合并单元格，只有左上角一格有值")
    lines = pl.Series([number for number, _ in kept], dtype=pl.Int32)
    return TextTable(arrange(dataset, cells, lines), titles.unknown, tuple(remarks))


def _has_cells(book: CalamineWorkbook, name: str) -> bool:
    return bool(book.get_sheet_by_name(name).to_python())
