"""A value written in a case -> the value that a dataset's column holds. Strict: what the column could not hold is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from household.schema.column import Kind
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from household.schema.column import Column

_TEXTS = (Kind.ID_NO, Kind.TEXT, Kind.REGION, Kind.USCC)
_PLACES = {Kind.YUAN: 2, Kind.WAN_YUAN: 6, Kind.NUM: 6}


class ValueRefusedError(ValueError):
    """A value that its column cannot hold; the message says what is wrong with it, in Chinese."""


def column_of(dataset: str, name: str) -> Column:
    """A dataset's column by its name or Chinese title."""
    for column in DATASETS[dataset].columns:
        if name in (column.name, column.title_zh):
            return column
    raise ValueRefusedError(f"{dataset} 没有“{name}”这一项")


def value_of(column: Column, told: Any) -> Any:
    """What a column holds of a written value; empty stays empty."""
    if told is None:
        return None
    read = _text if column.kind in _TEXTS else _READ.get(column.kind, _number)
    return read(column, told)


def _text(column: Column, told: Any) -> str:
    if column.terms and str(told) not in column.terms:
        raise ValueRefusedError(f"“{column.title_zh}”只能是 {' / '.join(column.terms)}")
    return str(told)


def _code(column: Column, told: Any) -> str:
    told = str(told)
    readings = column.codes.readings() if column.codes is not None else {told: told}
    if told not in readings:
        raise ValueRefusedError(f"“{column.title_zh}”只能是 {' / '.join(readings)}")
    return readings[told]


def _flag(column: Column, told: Any) -> bool:
    words = {"是": True, "否": False, "True": True, "False": False}
    if str(told) not in words:
        raise ValueRefusedError(f"“{column.title_zh}”只能是 true 或 false")
    return words[str(told)]


def _number(column: Column, told: Any) -> Decimal | int:
    if isinstance(told, bool) or not isinstance(told, int | Decimal):
        raise ValueRefusedError(f"“{column.title_zh}”应是数")
    if column.kind is Kind.INT:
        if told != int(told):
            raise ValueRefusedError(f"“{column.title_zh}”应是整数")
        return int(told)
    number = Decimal(told)
    if -int(number.normalize().as_tuple().exponent) > _PLACES[column.kind]:
        raise ValueRefusedError(f"“{column.title_zh}”的小数位太多")
    return number * 10000 if column.kind is Kind.WAN_YUAN else number


def day_of(told: Any) -> date:
    """A date written as 2026-05-20."""
    if type(told) is date:
        return told
    try:
        return date.fromisoformat(str(told))
    except ValueError as error:
        raise ValueRefusedError(f"“{told}”不是日期，应写作 2026-05-20") from error


def month_of_text(told: Any) -> date:
    """The first day of a month written as 2026-05."""
    return day_of(told).replace(day=1) if type(told) is date else day_of(f"{told}-01")


def months_between(told: str) -> Iterator[date]:
    """Every month of 2025-05..2026-04, both ends in."""
    first, _, last = told.partition("..")
    month, end = month_of_text(first.strip()), month_of_text(last.strip())
    while month <= end:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


_READ: dict[Kind, Callable[[Column, Any], Any]] = {
    Kind.CODE: _code,
    Kind.BOOL: _flag,
    Kind.DATE: lambda _, told: day_of(told),
    Kind.MONTH: lambda _, told: month_of_text(told),
}
