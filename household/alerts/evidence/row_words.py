"""What a source row says, in words that a reader of an alert may see: its dates, kinds, states and amounts with their titles.

Made from the declarations of the datasets. A column that is personal is never told, and free text never either: a shop may be
named after its owner, and a name may have slipped into any cell. Of texts only words of a declared vocabulary are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.schema.column import Kind
from household.schema.datasets import DATASETS
from household.schema.masking import mask_open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from household.schema.column import Column

NOT_GIVEN = "未填"
OTHER_WORD = "（规定词表之外）"

_SILENT = frozenset({"sex", "member_no"})
"""Columns that say nothing about a finding."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "household_kind": {"stable": "收入稳定", "unstable": "收入不稳定或有劳动能力"},
}
"""Vocabularies that the catalogue gives in a note only."""

_MASKED = frozenset({"institution"})
"""Free texts that a clerk needs: told with whatever looks like a number masked."""


def row_words(dataset: str, rows: pl.DataFrame) -> pl.Series:
    """One sentence a row.

    Args:
        dataset: its name.
        rows: frame with the dataset's declared columns.

    Returns:
        Texts such as `救助类型：最低生活保障，起始年月：2024-01，终止年月：未填，月保障金额：600.00元`. An empty cell is told only where the
        catalogue says what its emptiness means; elsewhere it is left out. It is never told as a nought.

    """
    parts = [_told(c, rows) for c in DATASETS[dataset].columns if _may_be_told(c)]
    return rows.select(pl.concat_str(parts, separator="，", ignore_nulls=True).alias("text_zh"))[
        "text_zh"
    ]


def first_day(dataset: str) -> pl.Expr:
    """The first date or month that a row of the dataset gives, in the order of its columns: rows are told in the order of time."""
    dates = [c.name for c in DATASETS[dataset].columns if _may_be_told(c) and c.dtype == pl.Date]
    return pl.coalesce(*dates, pl.lit(None, dtype=pl.Date))


def told_columns(dataset: str) -> tuple[str, ...]:
    """The columns of a dataset that `row_words` reads."""
    return tuple(c.name for c in DATASETS[dataset].columns if _may_be_told(c))


def _written(cell: pl.Expr) -> pl.Expr:
    return cell.cast(pl.String)


def _in_yuan(cell: pl.Expr) -> pl.Expr:
    return cell.cast(pl.String) + "元"


_WRITTEN: Mapping[Kind, Callable[[pl.Expr], pl.Expr]] = {
    Kind.DATE: _written,
    Kind.INT: _written,
    Kind.MONTH: lambda cell: cell.dt.strftime("%Y-%m"),
    Kind.YUAN: _in_yuan,
    Kind.WAN_YUAN: _in_yuan,  # held in yuan
    Kind.NUM: lambda cell: _written(cell).str.strip_chars_end("0").str.strip_chars_end("."),
    Kind.BOOL: lambda cell: pl.when(cell).then(pl.lit("是")).when(~cell).then(pl.lit("否")),
}
"""Kinds whose values are written as they are; the others are words of a vocabulary."""


def _may_be_told(column: Column) -> bool:
    if column.personal or column.name in _SILENT:
        return False
    worded = bool(column.terms) or column.name in _WORDS or column.name in _MASKED
    return (
        column.kind in _WRITTEN or column.kind is Kind.CODE or (column.kind is Kind.TEXT and worded)
    )


def _told(column: Column, rows: pl.DataFrame) -> pl.Expr:
    said = pl.concat_str(pl.lit(f"{column.title_zh}："), _value(column, rows))
    if "empty" in column.note:
        return pl.coalesce(said, pl.lit(f"{column.title_zh}：{NOT_GIVEN}"))
    return said


def _value(column: Column, rows: pl.DataFrame) -> pl.Expr:
    if column.kind in _WRITTEN:
        return _WRITTEN[column.kind](pl.col(column.name))
    return _worded(pl.col(column.name), _words_of(column, rows[column.name]))


def _words_of(column: Column, values: pl.Series) -> Mapping[str, str]:
    """What each value of a column of words is called."""
    if column.name in _MASKED:
        return {value: mask_open(value) for value in values.drop_nulls().unique().sort()}
    if column.codes is not None:
        return column.codes.titles
    return _WORDS.get(column.name) or {term: term for term in column.terms}


def _worded(cell: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """The word for a value; of a value without one only that there is one."""
    known = cell.replace_strict(
        list(words), list(words.values()), default=None, return_dtype=pl.String
    )
    return pl.when(cell.is_not_null()).then(pl.coalesce(known, pl.lit(OTHER_WORD)))
