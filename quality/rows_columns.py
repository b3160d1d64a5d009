"""One column's texts read to their types: a vectorised way for the usual form, the scalar reader for every other distinct value.

Both ways agree; the usual form is only a form of which that is plain.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from household.schema.column import Column, Kind
from quality.reasons import NEGATIVE, REQUIRED
from quality.rows_values import Cell, reader_of

USUAL: dict[Kind, str] = {
    Kind.DATE: r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$",
    Kind.YUAN: r"^-?[0-9]{1,15}(?:\.[0-9]{1,2})?$",
    Kind.NUM: r"^-?[0-9]{1,11}(?:\.[0-9]{1,6})?$",
    Kind.INT: r"^-?[0-9]{1,17}$",
    Kind.ID_NO: r"^[0-9]{17}[0-9X]$",
    Kind.USCC: r"^[0-9A-Z]+$",
    Kind.REGION: r"^(?:[0-9]{12}|[0-9]{9}|[0-9]{6})$",
}
"""The form of a kind that is read without a second look. Kinds that repeat few values (months, codes, booleans) have none."""

_SIGNED = (Kind.YUAN, Kind.WAN_YUAN, Kind.NUM, Kind.INT)


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """Values of one column in its declared type; `reasons` (String, null where the row may stand) only when there is one."""

    values: pl.Series
    reasons: pl.Series | None = None
    noted: Counter[str] = field(default_factory=Counter)


def read_column(
    column: Column,
    texts: pl.Series,
    *,
    dated: pl.Series | None = None,
    negative_allowed: pl.Series | None = None,
) -> ColumnReading:
    """Read a String series to the column's type.

    Args:
        column: the declaration.
        texts: the cells as sent; null or blank is empty.
        dated: true where the cell came as a date value; a month column then takes the date's month.
        negative_allowed: rows in which a negative number is right; None means nowhere.

    """
    if column.kind is Kind.TEXT:
        stripped = texts.str.strip_chars().replace("", None)
        return _judge(column, stripped, None, Counter(), None)
    if dated is not None:
        texts = _date_texts(column.kind, texts, dated)
    values = _read_usual(column, texts)
    # the comparison is cheap; most files have nothing left over
    left = values.is_null() & texts.is_not_null() & (texts != "")
    reasons = None
    noted: Counter[str] = Counter()
    if left.any():
        values, reasons, noted = _read_rest(column, texts, values, left)
    return _judge(column, values, reasons, noted, negative_allowed)


def _date_texts(kind: Kind, texts: pl.Series, dated: pl.Series) -> pl.Series:
    """Texts in which a cell that was a date value is written in the form of its kind."""
    width = 7 if kind is Kind.MONTH else 10
    frame = pl.DataFrame({"text": texts, "dated": dated})
    return frame.select(
        pl.when(pl.col("dated"))
        .then(pl.col("text").str.slice(0, width))
        .otherwise("text")
        .alias("text")
    )["text"]


def _read_usual(column: Column, texts: pl.Series) -> pl.Series:
    """Values of the usual form, null elsewhere."""
    pattern = USUAL.get(column.kind)
    if pattern is None:
        return pl.Series(column.name, [None], dtype=column.dtype).new_from_index(0, len(texts))
    usual: pl.Expr = pl.when(pl.col("text").str.contains(pattern)).then(pl.col("text"))
    if column.kind is Kind.DATE:
        usual = usual.str.to_date("%Y-%m-%d", strict=False, exact=True)
    elif column.dtype != pl.String:
        usual = usual.cast(column.dtype, strict=False)
    return pl.DataFrame({"text": texts}).select(usual.alias(column.name))[column.name]


def _read_rest(
    column: Column, texts: pl.Series, values: pl.Series, left: pl.Series
) -> tuple[pl.Series, pl.Series | None, Counter[str]]:
    """Read what the usual form left over, each distinct text once."""
    distinct = texts.filter(left).unique()
    read = reader_of(column)
    cells: list[Cell] = [read(text) for text in distinct.to_list()]
    readings = pl.DataFrame(
        [
            distinct.alias("text"),
            pl.Series("value", [c.value for c in cells], dtype=column.dtype),
            pl.Series("reason", [c.reason for c in cells], dtype=pl.String),
            pl.Series("note", [c.note for c in cells], dtype=pl.String),
        ]
    )
    joined = pl.DataFrame({"text": texts, "usual": values}).join(
        readings, on="text", how="left", maintain_order="left"
    )
    noted: Counter[str] = Counter()
    if readings["note"].is_not_null().any():
        counts = joined.filter(pl.col("note").is_not_null()).group_by("note").len()
        noted.update(dict(counts.iter_rows()))
    whole = joined.select(pl.coalesce("usual", "value").alias(column.name))[column.name]
    reasons = joined["reason"] if readings["reason"].is_not_null().any() else None
    return whole, reasons, noted


def _judge(
    column: Column,
    values: pl.Series,
    reasons: pl.Series | None,
    noted: Counter[str],
    negative_allowed: pl.Series | None,
) -> ColumnReading:
    """Add what hangs on the value itself: required and missing, negative where it may not be."""
    frame = pl.DataFrame(
        {
            "value": values,
            "reason": reasons
            if reasons is not None
            else pl.Series([None], dtype=pl.String).new_from_index(0, len(values)),
        }
    )
    tests: list[tuple[pl.Series, str]] = []
    if column.required and values.null_count():
        tests.append((values.is_null(), REQUIRED))
    if column.kind in _SIGNED and len(values):
        negative = (values < 0).fill_null(
            value=False
        )  # a null is no negative number; nothing is made zero
        if negative_allowed is not None:
            negative &= ~negative_allowed
        if negative.any():
            tests.append((negative, NEGATIVE))
    for mask, code in tests:
        frame = frame.with_columns(
            pl.when(pl.col("reason").is_null() & mask)
            .then(pl.lit(code))
            .otherwise("reason")
            .alias("reason")
        )
    found = frame["reason"] if reasons is not None or tests else None
    if found is not None and found.null_count() == len(found):
        found = None
    return ColumnReading(values.alias(column.name), found, noted)
