"""JSON as it was written: numbers keep their digits, places are names with dots, and a row is a flat object of texts.

What cannot be held so is a SourceLied; no value of an answer and no name that might be a value is ever repeated in it.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # it ships none

from connectors.errors import SourceLied
from connectors.outside import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

TODO = "请与对方核对接口的回答格式，改正后再次取数"
COLUMNS_MOST = 500
"""Rows with more different names are not rows: something is keyed by a value."""
COUNT_DIGITS = 9
"""A longer number is no count of rows; it may be somebody's, and is not repeated."""
_CHINESE = ("gbk", "gb2312", "gb18030", "cp936")


class BrokenJson(ValueError):  # noqa: N818 - what it is
    """The text is not JSON: cut, or something else."""


def parse_exact(body: bytes, charset: str = "") -> Any:
    """An answer, every number as the text that it was written in (`1450.00`, `450000000000000000`).

    Args:
        body: UTF-8, UTF-16 or UTF-32 as JSON allows. charset: as the Content-Type says; the GB family is read as GB 18030.

    Raises:
        BrokenJson: not JSON, cut, nested without end, NaN, or one name twice in an object (which of the two would hold?).

    """
    text: str | bytes = body
    try:
        if charset.strip("\"' ").lower() in _CHINESE:
            text = body.decode("gb18030")
        return json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise BrokenJson from None  # their words quote the text


def at_place(answer: object, place: str) -> Any:
    """What stands at a place (`data.items`); None where it is null or nothing stands there."""
    for name in place.split("."):
        if not isinstance(answer, dict):
            return None
        answer = answer.get(name)
    return answer


def text_at(answer: object, place: str) -> str | None:
    """The text or number at a place; None where there is none. Raises SourceLied for anything else."""
    value = at_place(answer, place)
    if value is None or isinstance(value, str):
        return value
    raise SourceLied(f"回答中 {place} 既不是文本也不是数字", TODO)


def count_at(answer: object, place: str) -> int:
    """The whole number at a place. Raises SourceLied where there is none."""
    said = text_at(answer, place)
    if said is None or not (said.isascii() and said.isdigit() and len(said) <= COUNT_DIGITS):
        raise SourceLied(f"回答中 {place} 没有写明行数", TODO)
    return int(said)


def day_at(answer: object, place: str) -> date:
    """The day at a place: ISO 8601, plain (`20260520`) or with a time, which is taken to Asia/Shanghai. Raises SourceLied."""
    said = text_at(answer, place)
    try:
        time = datetime.fromisoformat(said or "")
    except ValueError:
        raise SourceLied(f"回答中 {place} 没有写明日期", TODO) from None
    return (time.astimezone(SHANGHAI) if time.tzinfo else time).date()


def rows_at(answer: object, place: str) -> list[dict[str, Any]]:
    """The rows at a place, as they are. Raises SourceLied where there is no list of objects."""
    rows = at_place(answer, place)
    if not isinstance(rows, list):
        raise SourceLied(f"回答中没有 {place}，或它不是行的列表", TODO)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise SourceLied(f"回答中 {place} 第 {number} 项不是一行（对象）", TODO)
    return rows


def text_table(rows: Sequence[Mapping[str, Any]], *, known: Collection[str]) -> pa.Table:
    """Rows as text columns in the order of first appearance; a name that a row lacks is null, true and false are so written.

    Args:
        rows: flat. known: names that may be told in an error; others might be values.

    Raises:
        SourceLied: a cell is an object or a list, a text is no Unicode, or there are more than COLUMNS_MOST names.

    """
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    if len(names) > COLUMNS_MOST:
        raise SourceLied(f"回答的行中有 {len(names)} 种列名，超过 {COLUMNS_MOST} 种", TODO)
    columns = [_text_column(rows, name, known=known) for name in names]
    return pa.Table.from_arrays(columns, names=names)


def _text_column(
    rows: Sequence[Mapping[str, Any]], name: str, *, known: Collection[str]
) -> pa.Array:
    values = [row.get(name) for row in rows]
    try:
        return pa.array(values, type=pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeError):
        pass  # a truth value, a nested cell or half a character: seen one by one
    texts: list[str | None] = []
    told = f"“{name}”" if name in known else "（目录外的列）"
    for number, value in enumerate(values, start=1):
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        elif value is None or isinstance(value, str):
            texts.append(value)
        else:
            raise SourceLied(f"一页中第 {number} 行的列{told}里还有对象或列表", TODO)
    try:
        return pa.array(texts, type=pa.string())
    except (pa.ArrowInvalid, UnicodeError):
        raise SourceLied(f"列{told}中有不成字符的文本", TODO) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made


def _no_constant(_: str) -> None:
    raise ValueError
