"""The template of the batch page: four sheets with the catalogue's titles, lists to choose from, and what to mind. Same bytes each time."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]  # it ships none

from household.schema.column import Kind
from household.schema.datasets import DATASETS
from service.submissions.workbook.marks import MOST_ROWS, letters_of
from service.submissions.workbook.reading import BESIDE, TITLES

if TYPE_CHECKING:
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

    from household.schema.codes import CodeList
    from household.schema.column import Column

MADE = datetime(2026, 1, 1, tzinfo=UTC)
_RULES = (
    "1. 每张表的首行是列名，请勿改动；带 * 的说明为必填列。数据自第 2 行起，一行一条。",
    "2. 证件号码、账号、电话请保持“文本”格式：以数字保存时第 16 位起会变成 0，系统会退回。",
    "3. 申请编号把四张表连在一起：同一户的成员、授权书、支出填同一个申请编号。",
    "4. 无授权不核对：每位被查询人都要有授权书；没有的人不会被查询，并在预览中标红。",
    "5. 代码列请从下拉列表选择；金额只填数字，日期写成 2026-05-20。",
    "6. 请勿使用公式、合并单元格、隐藏行列；同一类数据只放一张表。",
    "7. 上传后先预览，退回的行附原因，可下载错误工作簿更正后再传；同一行重复上传不会重复受理。",
    "8. 家庭成员有一行退回时整户暂不受理，以免少算人口。",
)
_WIDE = {Kind.ID_NO: 22, Kind.DATE: 13, Kind.YUAN: 14, Kind.REGION: 15}


@cache
def template() -> bytes:
    """The bytes of the template."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"title": "委托核对模板", "created": MADE.replace(tzinfo=None)})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    head, must = (
        book.add_format({"bold": True, "bg_color": colour, "border": 1, "num_format": "@"})
        for colour in ("#E6F0F8", "#FDF3DC")
    )
    lists = _list_places()
    for name, title in TITLES.items():
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(DATASETS[name].columns):
            form = day if column.kind is Kind.DATE else None if _is_number(column) else text
            sheet.set_column(index, index, _WIDE.get(column.kind, 14), form)
            sheet.write_string(0, index, column.title_zh, must if column.required else head)
            sheet.write_comment(0, index, _note(column), {"x_scale": 2})
            choices = _choices(column)
            if choices:
                sheet.data_validation(
                    1,
                    index,
                    MOST_ROWS - 1,
                    index,
                    {
                        "validate": "list",
                        "source": lists[choices],
                        "error_title": column.title_zh,
                        "error_message": "请从列表中选择",
                    },
                )
    _tell(book, head)
    _write_lists(book, head)
    book.close()
    return made.getvalue()


def _tell(book: Workbook, head: Format) -> None:
    sheet = book.add_worksheet(BESIDE[0])
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 3, 60)
    row = 0
    for rule in _RULES:
        sheet.write_string(row, 0, rule)
        row += 1
    row += 1
    for index, title in enumerate(("工作表", "列", "说明")):
        sheet.write_string(row, index, title, head)
    for name, title in TITLES.items():
        for column in DATASETS[name].columns:
            row += 1
            sheet.write_string(row, 0, title)
            sheet.write_string(row, 1, column.title_zh + ("*" if column.required else ""))
            sheet.write_string(row, 2, _note(column))


def _note(column: Column) -> str:
    told = ["必填" if column.required else "选填"]
    if column.kind is Kind.DATE:
        told.append("日期，如 2026-05-20")
    if column.kind is Kind.YUAN:
        told.append("元，可带两位小数")
    if column.kind is Kind.REGION:
        told.append("6、9 或 12 位数字")
    if column.codes is not None:
        told.append("、".join(column.codes.titles.values()))
    return "；".join(told)


def _choices(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.BOOL:
        return ("是", "否")
    return () if column.codes is None else tuple(column.codes.titles.values())


def _all_choices() -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for name in TITLES:
        for column in DATASETS[name].columns:
            choices = _choices(column)
            if choices:
                codes: CodeList | None = column.codes
                found.setdefault(choices, column.title_zh if codes is None else codes.name)
    return found


def _list_places() -> dict[tuple[str, ...], str]:
    """Each list of choices to the range in which it stands on the sheet of lists."""
    return {
        choices: f"={BESIDE[1]}!${letters_of(index)}$2:${letters_of(index)}${len(choices) + 1}"
        for index, choices in enumerate(_all_choices())
    }


def _write_lists(book: Workbook, head: Format) -> None:
    sheet = book.add_worksheet(BESIDE[1])
    for index, (choices, title) in enumerate(_all_choices().items()):
        sheet.set_column(index, index, 24)
        sheet.write_string(0, index, title, head)
        for row, choice in enumerate(choices, start=1):
            sheet.write_string(row, index, choice)


def _is_number(column: Column) -> bool:
    return column.kind in (Kind.YUAN, Kind.INT, Kind.NUM)
