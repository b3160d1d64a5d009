"""One cell's text read to its type, kind by kind. Scalar and exact; the column-wise reading calls it for distinct values only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from household.schema.column import Column, Kind
from quality.reasons import OUT_OF_RANGE, SCIENTIFIC_NUMBER, UNREADABLE

_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})?"
)
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
    )
)
_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"([0-9]{4})-([0-9]{1,2})",
        r"([0-9]{4})([0-9]{2})",
        r"([0-9]{4})年([0-9]{1,2})月",
    )
)
_REGION = re.compile(r"[0-9]{12}|[0-9]{9}|[0-9]{6}")
_SCIENTIFIC = re.compile(r"[0-9]\.?[0-9]*E\+?[0-9]+$", re.IGNORECASE)
_BOOLS = {
    **dict.fromkeys(("是", "TRUE", "1", "Y", "YES"), True),
    **dict.fromkeys(("否", "FALSE", "0", "N", "NO"), False),
}

WHOLE_DIGITS = {Kind.YUAN: 16, Kind.WAN_YUAN: 16, Kind.NUM: 12}
"""Digits before the decimal point that the column's type can hold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A reading: the value (None: empty), or the reason for which there is none, and what was noticed."""

    value: date | Decimal | int | bool | str | None = None
    reason: str | None = None
    note: str | None = None


Reader = Callable[[str], Cell]


def fold(text: str) -> str:
    """The form in which a value is read: NFKC, without white space around it."""
    return unicodedata.normalize("NFKC", text).strip()


def reader_of(column: Column) -> Reader:
    """The scalar reader of a column: text to Cell, empty text to an empty Cell. Text columns have none."""
    kind = column.kind
    read = _readings(column) if kind is Kind.CODE else _READERS[kind]

    def read_cell(text: str) -> Cell:
        folded = fold(text)
        if not folded:
            return Cell()
        cell = read(folded)
        if cell.note is None and cell.reason is None and folded != text.strip():
            return Cell(cell.value, None, "fullwidth_digits")
        return cell

    return read_cell


def _date(text: str) -> Cell:
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match:
            try:
                return Cell(date(*map(int, match.groups())))
            except ValueError:
                break
    return Cell(reason=UNREADABLE[Kind.DATE])


def _month(text: str) -> Cell:
    for pattern in _MONTHS:
        match = pattern.fullmatch(text)
        if match:
            try:
                return Cell(date(int(match[1]), int(match[2]), 1))
            except ValueError:
                break
    return Cell(reason=UNREADABLE[Kind.MONTH])


def _decimal(kind: Kind, *, places: int, shift: int = 0) -> Reader:
    """Exact decimals: shifted by powers of ten, rounded half up to the last place (noted when that changes it)."""
    step = Decimal(1).scaleb(-places)

    def read(text: str) -> Cell:
        if _NUMBER.fullmatch(text) is None:
            return Cell(reason=UNREADABLE[kind])
        exact = Decimal(text).scaleb(shift, _EXACT)
        value = exact.quantize(step, context=_EXACT)
        if abs(value) >= Decimal(1).scaleb(WHOLE_DIGITS[kind]):
            return Cell(reason=OUT_OF_RANGE)
        if value != exact:
            return Cell(value, None, "excess_precision")
        return Cell(value, None, "scientific_notation" if "e" in text.lower() else None)

    return read


def _int(text: str) -> Cell:
    if _NUMBER.fullmatch(text) is None:
        return Cell(reason=UNREADABLE[Kind.INT])
    exact = Decimal(text)
    if exact != exact.to_integral_value():
        return Cell(reason=UNREADABLE[Kind.INT])
    if abs(exact) >= Decimal(1).scaleb(18):
        return Cell(reason=OUT_OF_RANGE)
    return Cell(int(exact), None, "scientific_notation" if "e" in text.lower() else None)


def _bool(text: str) -> Cell:
    value = _BOOLS.get(text.upper())
    return Cell(reason=UNREADABLE[Kind.BOOL]) if value is None else Cell(value)


def _region(text: str) -> Cell:
    if _REGION.fullmatch(text):
        return Cell(text)
    return Cell(reason=UNREADABLE[Kind.REGION])


def _uscc(text: str) -> Cell:
    return Cell(text.upper())


def _id_no(text: str) -> Cell:
    if _SCIENTIFIC.search(text) and ("." in text or "+" in text):
        return Cell(reason=SCIENTIFIC_NUMBER)
    return Cell(re.sub(r"[\s'`]+", "", text.upper()) or None)


def _readings(column: Column) -> Reader:
    """A closed code list by code or by title; a code column without a list keeps its text."""
    if column.codes is None:
        return Cell
    readings = {fold(spelling): code for spelling, code in column.codes.readings().items()}

    def read(text: str) -> Cell:
        code = readings.get(text)
        return Cell(reason=UNREADABLE[Kind.CODE]) if code is None else Cell(code)

    return read


_READERS: dict[Kind, Reader] = {
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.YUAN: _decimal(Kind.YUAN, places=2),
    Kind.WAN_YUAN: _decimal(Kind.WAN_YUAN, places=2, shift=4),
    Kind.NUM: _decimal(Kind.NUM, places=6),
    Kind.INT: _int,
    Kind.BOOL: _bool,
    Kind.REGION: _region,
    Kind.USCC: _uscc,
    Kind.ID_NO: _id_no,
}
