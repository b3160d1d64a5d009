"""Answers as institutions write them, read strictly: a file that is not in the agreed layout is refused whole, with line and column."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.asking.layouts.answer_cells import in_our_words
from connectors.asking.layouts.charsets import to_text
from connectors.errors import FileRefused
from connectors.intake.encoding import UTF8_MARK
from connectors.intake.read_xlsx import read_xlsx
from connectors.intake.titles import fold_title
from connectors.transports.http_json import at_place, parse_exact
from household.schema.column import Column, Dataset, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.asking.layouts.institution import Answer

_TODO = "请该机构按约定格式重新出具；确已改版的，先更新该机构的 yaml"
_PLACE = {"count": r"(?P<count>[0-9]{1,12})", "any": r".*?", "batch": r".*?", "date": r"[0-9]{8}"}


def read_answer(data: bytes, answer: Answer, *, file: str) -> pl.DataFrame:
    """Read a file of answers or receipts.

    Args:
        data: its bytes. answer: how the institution writes it. file: its name for errors.

    Returns:
        `_line` Int32 (physical line, from 1; in JSON the number of the row) and one String column a target of `answer.fields`.

    Raises:
        FileRefused: not in the agreed layout; the line says file, line and column and never a cell.

    """
    frame = _READERS[answer.format](data, answer, file)
    return in_our_words(frame, answer, file=file)


def rows_of(said: Any, answer: Answer, *, file: str) -> pl.DataFrame:
    """The rows of an answer that came as JSON: `_line` and the targets. Raises FileRefused as `read_answer`."""
    rows = _place(said, answer.rows)
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileRefused(f"{file} 的 {answer.rows or '顶层'} 处不是记录的列表", _TODO)
    if answer.total is not None:
        _hold_count(_place(said, answer.total), len(rows), file)
    cells: dict[str, list[str | None]] = {ours: [] for ours in answer.fields.values()}
    for number, row in enumerate(rows, start=1):
        for theirs, ours in answer.fields.items():
            cells[ours].append(_json_text(row, theirs, file, number))
    return pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("_line")
    )


def _read_json(data: bytes, answer: Answer, file: str) -> pl.DataFrame:
    try:
        said = parse_exact(to_text(data.removeprefix(UTF8_MARK), answer.encoding).encode())
    except ValueError:
        raise FileRefused(f"{file} 不是有效的 JSON", _TODO) from None
    return rows_of(said, answer, file=file)


def _place(said: Any, place: str) -> Any:
    """What stands at a place; the whole where none is named."""
    return at_place(said, place) if place else said


def _json_text(row: dict[str, Any], name: str, file: str, number: int) -> str | None:
    if name not in row:
        raise FileRefused(f"{file} 第 {number} 条没有“{name}”", _TODO)
    value = row[name]
    if isinstance(value, dict | list):
        raise FileRefused(f"{file} 第 {number} 条的“{name}”不是单个值", _TODO)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _read_xlsx(data: bytes, answer: Answer, file: str) -> pl.DataFrame:
    try:
        table = read_xlsx(data, _as_dataset(answer))
    except FileRefused as error:
        raise FileRefused(f"{file}：{error.what}", error.todo) from None
    return table.frame.select("_line", *answer.fields.values())


def _as_dataset(answer: Answer) -> Dataset:
    """Their titles as a dataset of required columns, for the readers of the intake."""
    columns = tuple(
        Column(
            ours, theirs, Kind.DATE if ours in ("as_of", "replied_on") else Kind.TEXT, required=True
        )
        for theirs, ours in answer.fields.items()
    )
    return Dataset("asking.answer", "答复", mode="reply", keep="history", columns=columns)


def _read_delimited(data: bytes, answer: Answer, file: str) -> pl.DataFrame:
    lines, first = _framed(_lines(_text(data, answer, file)), answer, file)
    titles: Sequence[str] = answer.columns
    if answer.titles:
        if not lines:
            raise FileRefused(f"{file} 没有列名行", _TODO)
        titles = _cut_one(lines[0], answer)
        lines, first = lines[1:], first + 1
    position = _positions(titles, answer, file)
    if answer.format == "csv" and any('"' in line for line in lines):
        rows = _quoted(lines, len(titles), answer, file=file, first=first)
        cells = {ours: [row[at] for row in rows] for ours, at in position.items()}
        frame = pl.DataFrame(cells, schema=dict.fromkeys(position, pl.String))
    else:
        frame = _split(lines, len(titles), position, answer=answer, file=file, first=first)
    numbers = pl.int_range(first, first + frame.height, dtype=pl.Int32, eager=True)
    return frame.with_columns(numbers.alias("_line"))


def _text(data: bytes, answer: Answer, file: str) -> str:
    try:
        return to_text(data.removeprefix(UTF8_MARK), answer.encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(f"{file} 第 {line} 行不是约定的 {answer.encoding} 编码", _TODO) from None


def _lines(text: str) -> list[str]:
    """Physical lines; empty ones at the end number nothing."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def _framed(lines: list[str], answer: Answer, file: str) -> tuple[list[str], int]:
    """Lines between header and trailer, whose counts are held, and the number of the first of them."""
    first = 1
    counts = []
    if answer.trailer is not None:
        counts.append(_counted(lines, -1, answer.trailer, file=file, called="尾行"))
        lines = lines[:-1]
    if answer.header is not None:
        counts.append(_counted(lines, 0, answer.header, file=file, called="首行"))
        lines, first = lines[1:], 2
    rows = len(lines) - (1 if answer.titles and answer.format != "fixed" else 0)
    for told in counts:
        if told is not None:
            _hold_count(told, rows, file)
    return lines, first


def _counted(lines: list[str], at: int, template: str, *, file: str, called: str) -> str | None:
    """The count that a header or trailer tells."""
    pattern = "".join(
        _PLACE[part[1:-1]] if part[:1] == "{" and part[1:-1] in _PLACE else re.escape(part)
        for part in re.split(r"(\{[a-z]+\})", template)
    )
    match = re.fullmatch(pattern, lines[at].rstrip()) if lines else None
    if match is None:
        raise FileRefused(f"{file} 的{called}不合约定，文件可能没有传完", _TODO)
    return match.groupdict().get("count")


def _hold_count(told: object, rows: int, file: str) -> None:
    if not str(told).isdecimal() or int(str(told)) != rows:
        shown = told if str(told).isdecimal() else "不是数目"
        raise FileRefused(f"{file} 写明 {shown} 行，实际 {rows} 行", "请该机构核对后重新出具")


def _positions(titles: Sequence[str], answer: Answer, file: str) -> dict[str, int]:
    """Where each target stands. Titles that are not agreed are not shown: without a title row they would be data."""
    where: dict[str, int] = {}
    for at, title in enumerate(titles):
        folded = fold_title(title)
        if folded in where:
            raise FileRefused(f"{file} 第 {at + 1} 列与第 {where[folded] + 1} 列同名", _TODO)
        if folded:
            where[folded] = at
    missing = [theirs for theirs in answer.fields if fold_title(theirs) not in where]
    if missing:
        raise FileRefused(f"{file} 缺少约定的列 {'、'.join(f'“{m}”' for m in missing)}", _TODO)
    return {ours: where[fold_title(theirs)] for theirs, ours in answer.fields.items()}


def _cut_one(line: str, answer: Answer) -> list[str]:
    if answer.format == "csv":
        return next(csv.reader([line], delimiter=answer.delimiter), [])
    return line.split(answer.delimiter)


def _split(
    lines: list[str],
    width: int,
    position: dict[str, int],
    *,
    answer: Answer,
    file: str,
    first: int,
) -> pl.DataFrame:
    """Rows without quotes, all at once."""
    frame = pl.DataFrame({"line": lines}, schema={"line": pl.String})
    signs = frame["line"].str.count_matches(answer.delimiter, literal=True)
    wrong = (signs != width - 1).arg_true()
    if len(wrong):
        _refuse_row(file, first + wrong[0], int(signs[wrong[0]]) + 1, width)
    cut = frame.select(pl.col("line").str.split(answer.delimiter))
    return cut.select(
        pl.col("line").list.get(at, null_on_oob=True).alias(ours) for ours, at in position.items()
    )


def _quoted(
    lines: list[str], width: int, answer: Answer, *, file: str, first: int
) -> list[list[str]]:
    """Rows with quotes. A quoted line break is not taken: one line is one row."""
    rows = []
    for number, line in enumerate(lines, start=first):
        try:
            row = next(csv.reader([line], delimiter=answer.delimiter, strict=True), [])
        except csv.Error:
            raise FileRefused(f"{file} 第 {number} 行的引号没有成对", _TODO) from None
        if len(row) != width:
            _refuse_row(file, number, len(row), width)
        rows.append(row)
    return rows


def _refuse_row(file: str, line: int, cells: int, width: int) -> None:
    raise FileRefused(f"{file} 第 {line} 行有 {cells} 列，应为 {width} 列", _TODO)


def _read_fixed(data: bytes, answer: Answer, file: str) -> pl.DataFrame:
    """Cut by bytes before anything is decoded; a line that is longer or shorter than the layout is shifted."""
    body = data.removeprefix(UTF8_MARK).replace(b"\r\n", b"\n").rstrip(b"\n")
    raw = body.split(b"\n") if body else []
    ends = {0, len(raw) - 1} if raw else set()
    shown = [_text(line, answer, file) if at in ends else "-" for at, line in enumerate(raw)]
    kept, first = _framed(shown, answer, file)
    lines = raw[first - 1 : first - 1 + len(kept)]
    slots = {slot.name: slot for slot in answer.layout}
    cells: dict[str, list[str]] = {ours: [] for ours in answer.fields.values()}
    whole = max(slot.start + slot.width for slot in answer.layout)
    for number, line in enumerate(lines, start=first):
        if len(line) != whole:
            raise FileRefused(f"{file} 第 {number} 行长 {len(line)} 字节，应为 {whole} 字节", _TODO)
        for theirs, ours in answer.fields.items():
            if theirs not in slots:
                raise FileRefused(f"{file} 的 layout 没有列“{theirs}”", "请更正该机构的 yaml")
            slot = slots[theirs]
            try:
                text = to_text(line[slot.start : slot.start + slot.width], answer.encoding)
            except UnicodeDecodeError:
                raise FileRefused(f"{file} 第 {number} 行“{theirs}”处不是完整的字", _TODO) from None
            cells[ours].append(text)
    frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
    numbers = pl.int_range(first, first + frame.height, dtype=pl.Int32, eager=True)
    return frame.with_columns(numbers.alias("_line"))


_READERS = {
    "csv": _read_delimited,
    "txt": _read_delimited,
    "fixed": _read_fixed,
    "xlsx": _read_xlsx,
    "json": _read_json,
}
