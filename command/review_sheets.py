"""The two sheets of a blind review: written for people with a spreadsheet program, and read back with their answers.

A sheet holds names and numbers in clear. It shows neither tier nor score nor note, and the pairs stand in another order in each.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.errors import InputError
from household.linkage.judgements import NOT_SAME, SAME, UNSURE

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import polars as pl

CODE, ANSWER, REMARK = "复核号", "结论", "理由"
WORDS = {"同一人": SAME, "不是": NOT_SAME, "不确定": UNSURE}
"""What a reader writes, and which answer it is."""

COLUMNS = {
    "pair_code": CODE,
    "title": "数据集",
    "row_name": "来源：姓名",
    "person_name": "名册：姓名",
    "row_number": "来源：证件号码",
    "person_number": "名册：证件号码",
    "row_sex": "来源：性别",
    "person_sex": "名册：性别",
    "row_birth": "来源：出生日期",
    "person_birth": "名册：出生日期",
    "row_more": "来源：其他",
    "person_more": "名册：其他",
    "answer": ANSWER,
    "remark": REMARK,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_TODO = "请使用 hedui links sample 写出的复核表，只填写“结论”与“理由”两列"


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of a sheet: the pair's code, the answer (None where the reader left it empty) and the reader's remark."""

    pair_code: str
    answer: str | None
    remark: str


def write_sheet(path: Path, rows: pl.DataFrame, *, as_of: dt.date) -> None:
    """Write one sheet, .xlsx or .csv by its name, whole or not at all, readable for its owner only.

    Args:
        path: where. rows: the keys of COLUMNS but answer and remark, in the order of this reader.
        as_of: stands as the day the workbook was made, so that nothing reads the clock.

    """
    table = [list(COLUMNS.values())]
    for row in rows.iter_rows(named=True):
        cells = {name: "" if row.get(name) is None else str(row[name]) for name in COLUMNS}
        table.append(list(cells.values()))
    data = _workbook(table, as_of) if path.suffix == ".xlsx" else _delimited(table)
    building = path.with_name(f".{path.name}.building")
    try:
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def read_sheet(path: Path) -> list[Answered]:
    """The answers of a filled sheet.

    Raises:
        InputError: the file cannot be read, is no such sheet, or holds an answer that is none of WORDS. Lines are named, values are not.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"复核表 {path.name} 无法读取（{error.strerror}）", _TODO) from None
    table = _cells_of_workbook(data, path) if path.suffix == ".xlsx" else _cells_of_text(data)
    head, *lines = table or [[]]
    missing = [title for title in (CODE, ANSWER, REMARK) if title not in head]
    if missing:
        raise InputError(f"复核表 {path.name} 缺少列 {'、'.join(missing)}", _TODO)
    at = {title: head.index(title) for title in (CODE, ANSWER, REMARK)}
    told: dict[str, Answered] = {}
    for number, line in enumerate(lines, start=2):
        code, word, remark = (
            line[at[title]].strip() if at[title] < len(line) else ""
            for title in (CODE, ANSWER, REMARK)
        )
        if not any(cell.strip() for cell in line):
            continue
        if word and word not in WORDS:
            raise InputError(
                f"复核表 {path.name} 第 {number} 行的结论无法识别", f"请填 {'、'.join(WORDS)} 之一"
            )
        if code in told:
            raise InputError(f"复核表 {path.name} 第 {number} 行的复核号重复", _TODO)
        told[code] = Answered(code, WORDS.get(word), remark)
    return list(told.values())


def _workbook(table: list[list[str]], as_of: dt.date) -> bytes:
    import datetime as dt

    import xlsxwriter  # type: ignore[import-untyped]  # it ships none

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": dt.datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - a day, no instant
    sheet = book.add_worksheet("复核")
    for number, line in enumerate(table):
        for place, cell in enumerate(line):
            sheet.write_string(number, place, cell)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    answers = list(COLUMNS).index("answer")
    sheet.data_validation(
        1, answers, max(1, len(table) - 1), answers, {"validate": "list", "source": list(WORDS)}
    )
    book.close()
    return data.getvalue()


def _delimited(table: list[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in table:
        # a spreadsheet program would take such a text for a formula
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line])
    return text.getvalue().encode("utf-8-sig")


def _cells_of_workbook(data: bytes, path: Path) -> list[list[str]]:
    import zipfile

    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError):
        raise InputError(f"复核表 {path.name} 不是可读的 xlsx 文件", _TODO) from None
    return [[str(cell) for cell in row] for row in rows]


def _cells_of_text(data: bytes) -> list[list[str]]:
    from connectors.encoding import to_utf8

    text = to_utf8(data, None).data.decode()
    return list(csv.reader(io.StringIO(text)))
