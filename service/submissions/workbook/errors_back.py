"""What was refused, as a workbook of the same form with a column of reasons: to be mended and sent again.

Every cell is written as text, so nothing that a stranger typed is computed by whoever opens it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from connectors.intake.titles import LINE
from household.schema.column import Kind
from service.submissions.workbook.template import MADE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.submissions.telling import TellRow
    from service.submissions.workbook.reading import Book

REASON = "退回原因"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def errors_back(book: Book, rows: Iterable[TellRow]) -> bytes:
    """The refused rows of a book with their reasons. A cell that would begin a formula gets an apostrophe before it.

    The cells that were refused are marked, and what was a number or a date is a text now.
    """
    refused = {(r.row.dataset, r.row.line): r for r in rows if not r.accepted}
    made = io.BytesIO()
    written = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    written.set_properties({"title": "退回的行", "created": MADE.replace(tzinfo=None)})
    head = written.add_format({"bold": True, "num_format": "@", "bg_color": "#E6F0F8"})
    plain = written.add_format({"num_format": "@"})
    wrong = written.add_format({"num_format": "@", "bg_color": "#FBE9E9"})
    for name, one in book.sheets.items():
        columns = one.sheet.dataset.columns
        texts = one.sheet.landing_texts()
        mine = texts.filter(
            texts[LINE].is_in([line for dataset, line in refused if dataset == name])
        )
        if not mine.height:
            continue
        sheet = written.add_worksheet(one.name)
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, 22 if column.kind is Kind.ID_NO else 14, plain)
            sheet.write_string(0, index, column.title_zh, head)
        sheet.set_column(len(columns), len(columns), 80)
        sheet.write_string(0, len(columns), REASON, head)
        for at, row in enumerate(mine.iter_rows(named=True), start=1):
            faults = [f for f in refused[name, row[LINE]].faults if f.refuses]
            bad = {f.column for f in faults}
            for index, column in enumerate(columns):
                form = wrong if column.name in bad else plain
                sheet.write_string(at, index, inert(row[column.name] or ""), form)
            sheet.write_string(at, len(columns), "；".join(f.sentence for f in faults))
    if not written.worksheets():
        written.add_worksheet("无").write_string(0, 0, "没有退回的行")
    written.close()
    return made.getvalue()


def inert(text: str) -> str:
    """A text that no table program computes, at most as long as a cell may be."""
    return ("'" + text if text.startswith(_FORMULA) else text)[:32_000]
