"""A plain reader of inbox files: the title row, then each cell by the kind that the schema declares.

For small test inboxes only. A row that cannot be read is left out; a file that cannot be read is refused whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl
from python_calamine import CalamineWorkbook

from household.schema.column import Column, Dataset, Kind

from .numbers import number_text

if TYPE_CHECKING:
    from pathlib import Path

    from .world import Row

DATE_FORMS = (
    r"(\d{4})-(\d{1,2})-(\d{1,2})",
    r"(\d{4})(\d{2})(\d{2})",
    r"(\d{4})/(\d{1,2})/(\d{1,2})",
    r"(\d{4})年(\d{1,2})月(\d{1,2})日",
)
MONTH_FORMS = (r"(\d{4})-(\d{1,2})", r"(\d{4})(\d{2})", r"(\d{4})年(\d{1,2})月")
BOOLS = {"是": True, "TRUE": True, "1": True, "Y": True}
BOOLS |= {"否": False, "FALSE": False, "0": False, "N": False}
NUMERIC = (Kind.YUAN, Kind.WAN_YUAN, Kind.NUM, Kind.INT)


class UnreadableError(ValueError):
    """A cell or a file that the contract does not let in."""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def text_of(value: Any) -> str:
    """A cell as sent."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _dated(text: str, forms: tuple[str, ...]) -> date:
    for form in forms:
        match = re.fullmatch(form, text)
        if match:
            parts = [int(part) for part in match.groups()]
            return date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    raise UnreadableError(text)


def _number(text: str, kind: Kind) -> Fraction | int:
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+", text):
        raise UnreadableError(text)
    value = Fraction(text)
    if kind is Kind.INT:
        if value.denominator != 1:
            raise UnreadableError(text)
        return int(value)
    return value * 10000 if kind is Kind.WAN_YUAN else value


def read_cell(column: Column, value: Any) -> Any:
    """One cell by its kind; None when empty. Raises `UnreadableError` or `ValueError`."""
    text = _plain(text_of(value))
    if not text:
        return None
    if column.kind in NUMERIC:
        return _number(text, column.kind)
    match column.kind:
        case Kind.DATE:
            return _dated(text, DATE_FORMS)
        case Kind.MONTH:
            return _dated(text, MONTH_FORMS)
        case Kind.BOOL:
            if text.upper() not in BOOLS:
                raise UnreadableError(text)
            return BOOLS[text.upper()]
        case Kind.CODE:
            assert column.codes is not None
            readings = {_plain(k): v for k, v in column.codes.readings().items()}
            if text not in readings:
                raise UnreadableError(text)
            return readings[text]
        case Kind.REGION:
            if not re.fullmatch(r"\d{6}|\d{9}|\d{12}", text):
                raise UnreadableError(text)
            return text
        case Kind.ID_NO:
            if re.fullmatch(r"\d+(\.\d*)?E\+?\d+", text.upper()) and re.search(r"[.+]", text):
                raise UnreadableError(text)
            return number_text(text)
        case Kind.USCC:
            return text.upper()
        case _:
            return text_of(value).strip()


def read_row(dataset: Dataset, cells: dict[str, Any]) -> Row:
    """One row by the schema. Raises where a cell cannot be read, is lacking, or is negative where it may not be."""
    row: Row = {}
    for column in dataset.columns:
        row[column.name] = read_cell(column, cells.get(column.name))
        if column.required and row[column.name] is None:
            raise UnreadableError(column.name)
    refund = dataset.name == "medical_insurance.settlement" and row["refund_of"]
    loss = dataset.name == "tax.income" and row["item"] == "经营所得"
    for column in dataset.columns:
        value = row[column.name]
        if column.kind in NUMERIC and value is not None and value < 0 and not (refund or loss):
            raise UnreadableError(column.name)
    row["_record_key"] = "|".join(text_of(cells.get(c.name)) for c in dataset.keys)
    return row


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _table(path: Path, manifest: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    if path.suffix == ".csv":
        text = _decode(path.read_bytes())
        delimiter = max(",|\t", key=text.split("\n", 1)[0].count)
        lines = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r]
        return lines[0], list(lines[1:])
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return frame.columns, [list(r) for r in frame.iter_rows()]
    if path.suffix == ".xlsx":
        cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        body = [list(r) for r in cells[1:] if any(c != "" for c in r)]
        return [text_of(c) for c in cells[0]], body
    layout = manifest.get("layout")
    if path.suffix != ".txt" or not layout:
        raise UnreadableError(path.name)
    raw = [line.rstrip(b"\r") for line in path.read_bytes().split(b"\n") if line.strip()]
    cut = [[_decode(line[c["start"] : c["start"] + c["width"]]) for c in layout] for line in raw]
    return [c["name"] for c in layout], list(cut)


def read_file(path: Path, dataset: Dataset) -> list[Row]:
    """The accepted rows of one file, with their line. Raises `UnreadableError` when the file is refused whole."""
    beside = path.with_name(path.name + ".manifest.json")
    manifest = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    header, lines = _table(path, manifest)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if manifest.get("rows", len(lines)) != len(lines) or manifest.get("sha256", digest) != digest:
        raise UnreadableError(path.name)
    titles = {_title(c.title_zh): c.name for c in dataset.columns} | {
        c.name: c.name for c in dataset.columns
    }
    names = [titles.get(_title(title)) for title in header]
    if any(column.required and column.name not in names for column in dataset.columns):
        raise UnreadableError(path.name)
    rows: list[Row] = []
    seen: set[tuple[Any, ...]] = set()
    for number, line in enumerate(lines, start=1 if path.suffix == ".txt" else 2):
        try:
            row = read_row(dataset, {n: v for n, v in zip(names, line, strict=False) if n})
        except ValueError:
            continue
        key = tuple(row[column.name] for column in dataset.keys)
        if key not in seen:
            seen.add(key)
            rows.append(row | {"_line": number})
    return rows


def _title(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
