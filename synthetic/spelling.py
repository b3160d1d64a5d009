"""How a department writes its values: dates, months, truth values, code names, amounts, titles.

From values to text, no noise.

Inside the generator a yuan, wan_yuan or num value is an integer of hundredths of the column's own
unit; a code is its name.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from household.schema.column import Column, Dataset, Kind

DATE_FORMS = {
    "iso": "%Y-%m-%d",
    "compact": "%Y%m%d",
    "slash": "%Y/%-m/%-d",
    "han": "%Y年%-m月%-d日",
}
MONTH_FORMS = {"dash": "%Y-%m", "compact": "%Y%m", "han": "%Y年%-m月"}
BOOL_FORMS = {
    "han": ("是", "否"),
    "word": ("true", "false"),
    "digit": ("1", "0"),
    "letter": ("Y", "N"),
}
MIXED = "mixed"
HUNDREDTHS = (Kind.YUAN, Kind.WAN_YUAN, Kind.NUM)


@dataclass(frozen=True, slots=True)
class Style:
    """One department's habits. `date` and `code` may be mixed: then they change from row to row."""

    date: str = "iso"
    month: str = "dash"
    boolean: str = "han"
    code: str = "name"  # name | title | mixed
    titles: str = "zh"  # zh | en | wide (full-width brackets) | spaced


def spell_rows(rows: pl.DataFrame, dataset: Dataset, *, style: Style) -> pl.DataFrame:
    """All columns of the dataset as text, in catalogue order; what the frame lacks is empty."""
    return rows.select(
        _spelt(rows, column, style=style).alias(column.name) for column in dataset.columns
    )


def type_rows(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """The same rows in the types of the catalogue.

    For typed Parquet (wan_yuan stays in 10,000 yuan).
    """
    exprs = []
    for column in dataset.columns:
        if column.name not in rows.columns:
            exprs.append(pl.lit(None, dtype=column.dtype).alias(column.name))
        elif column.kind in HUNDREDTHS:
            exprs.append(hundredths_text(column.name).cast(column.dtype).alias(column.name))
        else:
            exprs.append(pl.col(column.name).cast(column.dtype))
    return rows.select(exprs)


def column_titles(dataset: Dataset, style: Style) -> list[str]:
    """First row of a file in catalogue order."""
    if style.titles == "en":
        return [column.name for column in dataset.columns]
    titles = [column.title_zh for column in dataset.columns]
    if style.titles == "wide":
        return [title.replace("(", "（").replace(")", "）") for title in titles]
    if style.titles == "spaced":
        return [f" {title} " for title in titles]
    return titles


def hundredths_text(name: str) -> pl.Expr:
    """Integer hundredths as a decimal number with two places; exact."""
    value = pl.col(name).cast(pl.Int64)
    size = value.abs()
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    cents = (size % 100).cast(pl.String).str.zfill(2)
    return sign + (size // 100).cast(pl.String) + "." + cents


def _spelt(rows: pl.DataFrame, column: Column, *, style: Style) -> pl.Expr:
    """One column as text."""
    value = pl.col(column.name)
    spelt = value.cast(pl.String)
    if column.name not in rows.columns:
        spelt = pl.lit(None, dtype=pl.String)
    elif column.kind in HUNDREDTHS:
        spelt = hundredths_text(column.name)
    elif column.kind is Kind.DATE:
        spelt = _dates(value, style.date)
    elif column.kind is Kind.MONTH:
        spelt = value.dt.strftime(MONTH_FORMS[style.month])
    elif column.kind is Kind.BOOL:
        yes, no = BOOL_FORMS[style.boolean]
        spelt = pl.when(value).then(pl.lit(yes)).when(value.not_()).then(pl.lit(no))
    elif column.codes is not None and style.code != "name":
        titled = pl.lit(value=True) if style.code == "title" else pl.int_range(pl.len()) % 3 == 0
        spelt = pl.when(titled).then(value.replace(column.codes.titles)).otherwise(value)
    return spelt


def _dates(value: pl.Expr, form: str) -> pl.Expr:
    if form != MIXED:
        return value.dt.strftime(DATE_FORMS[form])
    at = pl.int_range(pl.len()) % len(DATE_FORMS)
    spelt = pl.lit(None, dtype=pl.String)
    for position, pattern in enumerate(DATE_FORMS.values()):
        spelt = pl.when(at == position).then(value.dt.strftime(pattern)).otherwise(spelt)
    return spelt
