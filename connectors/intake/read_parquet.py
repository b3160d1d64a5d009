"""Parquet: columns of any plain type, turned into the text that every other format brings."""

from __future__ import annotations

import io

import polars as pl

from connectors.errors import FileRefused
from connectors.intake.titles import DATED, PLAIN, TextTable, Wording, arrange, match_titles
from connectors.intake.typed_cells import EXACT_FLOAT, cell_text
from household.schema.column import Dataset, Kind

_TODO = "请重新导出并完整上传后报送"


def read_parquet(data: bytes, dataset: Dataset, *, wording: Wording = PLAIN) -> TextTable:
    """Read the catalogue's columns of a Parquet file; the line counts a header that is not there as 1.

    Raises:
        FileRefused: the bytes are no whole Parquet file, a required column is missing, or a column is nested.

    """
    try:
        names = list(pl.read_parquet_schema(io.BytesIO(data)))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise FileRefused("Parquet 文件不完整或已损坏", _TODO) from None
    titles = match_titles(dataset, names, wording=wording)
    wanted = [names[index] for index in titles.position.values()]
    try:
        frame = pl.read_parquet(io.BytesIO(data), columns=wanted)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        raise FileRefused("Parquet 文件不完整或已损坏", _TODO) from None
    cells: dict[str, pl.Series] = {}
    for name, index in titles.position.items():
        column = frame[names[index]]
        cells[name] = _texts(column, title=dataset[name].title_zh)
        if dataset[name].kind in (Kind.DATE, Kind.MONTH) and column.dtype in (pl.Date, pl.Datetime):
            cells[DATED + name] = column.is_not_null()
    lines = pl.int_range(2, frame.height + 2, dtype=pl.Int32, eager=True)
    return TextTable(arrange(dataset, cells, lines), titles.unknown)


def _texts(column: pl.Series, *, title: str) -> pl.Series:
    """One column as text."""
    dtype = column.dtype
    if dtype == pl.String:
        return column
    if dtype.is_integer() or dtype.is_decimal() or dtype in (pl.Boolean, pl.Date, pl.Null):
        return column.cast(pl.String)
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if dtype.is_float():
        return _float_texts(column.cast(pl.Float64))
    if dtype == pl.Datetime:
        return pl.Series([cell_text(v) for v in column.to_list()], dtype=pl.String)
    if dtype == pl.Binary:
        try:
            return column.cast(pl.String)
        except pl.exceptions.PolarsError:
            raise FileRefused(f"列“{title}”的二进制内容不是 UTF-8 文本", _TODO) from None
    raise FileRefused(
        f"列“{title}”的类型 {dtype} 不能读成单元格", "请改为文本、数字或日期列后重新报送"
    )


def _float_texts(column: pl.Series) -> pl.Series:
    """Floats as text: whole numbers plainly, the rest (few distinct values as a rule) one by one."""
    whole = (column == column.floor()) & (column.abs() < EXACT_FLOAT)
    distinct = column.filter(~whole.fill_null(value=False)).drop_nulls().unique()
    texts = pl.Series([cell_text(v) for v in distinct.to_list()], dtype=pl.String)
    frame = pl.DataFrame({"value": column, "whole": whole}).with_columns(
        pl.when("whole")
        .then(pl.col("value"))
        .cast(pl.Int64, strict=False)
        .cast(pl.String)
        .alias("a"),
        pl.col("value")
        .replace_strict(distinct, texts, default=None, return_dtype=pl.String)
        .alias("b"),
    )
    return frame.select(pl.coalesce("a", "b"))["a"]
