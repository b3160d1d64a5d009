"""The two sheets of a blind review: written for people with a spreadsheet program, and read back with their answers.

A sheet holds names and numbers in clear. It shows neither tier nor score nor note, and the pairs stand in another order in each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from command.sheets import read_cells, write_cells
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
    answers = list(COLUMNS).index("answer")
    write_cells(path, table, title="复核", as_of=as_of, choices={answers: list(WORDS)})


def read_sheet(path: Path) -> list[Answered]:
    """The answers of a filled sheet.

    Raises:
        InputError: the file cannot be read, is no such sheet, or holds an answer that is none of WORDS. Lines are named, values are not.

    """
    table = read_cells(path, what="复核表", todo=_TODO)
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
