"""Plain readers of the contract's file formats for the generator's tests: the standard library, openpyxl and polars only.

Written apart from the product's readers on purpose, so that the two can disagree.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl  # type: ignore[import-untyped]
import polars as pl

from household.schema.column import Column, Dataset, Kind
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

DATE_FORMS = (
    re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"),
)
MONTH_FORMS = (
    re.compile(r"(\d{4})-(\d{2})"),
    re.compile(r"(\d{4})(\d{2})"),
    re.compile(r"(\d{4})年(\d{1,2})月"),
)
BOOLS = {"是", "否", "true", "false", "1", "0", "Y", "N"}


def dataset_of(file: str) -> Dataset:
    source, name = file.split("/")
    return DATASETS[f"{source}.{name.split('_990101')[0]}"]


def read_file(
    inbox: Path, file: str, *, encoding: str, separator: str
) -> tuple[list[str], list[list[Any]]]:
    """Titles and rows (lists) of one file; values are text, or typed where the format has types."""
    path = inbox / file
    if path.suffix == ".csv":
        text = path.read_bytes().decode(encoding)
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        return rows[0], rows[1:]
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return frame.columns, [list(row) for row in frame.rows()]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        lines = [list(row) for row in sheet.iter_rows(values_only=True)]
        return [str(title) for title in lines[0]], lines[1:]
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text("utf-8"))
    layout = manifest["layout"]
    texts = path.read_bytes().split(b"\n")[:-1]
    cut = [
        [
            line[c["start"] : c["start"] + c["width"]].decode(manifest["encoding"]).strip()
            for c in layout
        ]
        for line in texts
    ]
    return [c["name"] for c in layout], cut


def normal_title(title: str) -> str:
    return title.strip().replace("（", "(").replace("）", ")")


def columns_of(titles: list[str], dataset: Dataset) -> dict[str, int]:
    """Column name to position, by Chinese or English title."""
    known = {c.title_zh: c.name for c in dataset.columns} | {
        c.name: c.name for c in dataset.columns
    }
    return {known[t]: at for at, t in enumerate(map(normal_title, titles)) if t in known}


def is_readable(value: object, column: Column) -> bool:
    """Whether a given (not empty) value is of its column's kind."""
    if isinstance(value, datetime | date):
        return column.kind in {Kind.DATE, Kind.MONTH}
    if isinstance(value, int | float | Decimal):
        return column.kind in {Kind.YUAN, Kind.NUM, Kind.INT, Kind.WAN_YUAN}
    text = str(value)
    if column.kind is Kind.DATE:
        return _is_day(text, DATE_FORMS)
    if column.kind is Kind.MONTH:
        return any(form.fullmatch(text) for form in MONTH_FORMS)
    if column.kind in {Kind.YUAN, Kind.WAN_YUAN, Kind.NUM}:
        return re.fullmatch(r"-?\d+(\.\d{1,6})?", text) is not None
    if column.kind is Kind.INT:
        return re.fullmatch(r"\d+", text) is not None
    if column.kind is Kind.BOOL:
        return text in BOOLS
    if column.kind is Kind.REGION:
        return re.fullmatch(r"\d{6}|\d{9}|\d{12}", text) is not None
    if column.codes is not None:
        return text in column.codes.readings()
    return "E+" not in text if column.kind is Kind.ID_NO else True


def _is_day(text: str, forms: tuple[re.Pattern[str], ...]) -> bool:
    for form in forms:
        found = form.fullmatch(text)
        if found:
            try:
                date(*map(int, found.groups()))
            except ValueError:
                return False
            return True
    return False
