"""Polars expressions that count, over every row, what a dataset's columns hold. Counts only: no value leaves this module.

A frame that lacks a declared column, or holds it in another type, is counted as far as it goes: what cannot be counted is
null, and the checks on it close.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_names
from household.schema.column import Column, Dataset, Kind
from quality.checks import MONEY_KINDS, dated_backwards, name_column, period_of

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNTS = (
    "nulls",
    "distinct",
    "out_of_terms",
    "numbers",
    "masked",
    "invalid",
    "negative",
    "ahead",
    "backwards",
    "keyed_numbers",
    "shared_numbers",
)
"""Columns of the profile that are counts; null where the question does not apply or could not be counted."""

MASKED = r"[*＊#•●]|[xX]{2,}"
"""Signs by which an institution hides the middle of a number."""

CITIZEN_CARD = "居民身份证"

HAND_OFF_COLUMNS: dict[str, pl.DataType] = {
    "_line": pl.Int32(),
    "_record_key": pl.String(),
    "_file": pl.UInt32(),
    "_extract_as_of": pl.Date(),
    "_part": pl.String(),
}


def expected_schema(dataset: Dataset) -> dict[str, pl.DataType]:
    """Column name to type of a core frame of the dataset, in order."""
    keys: dict[str, pl.DataType] = {f"{c.name}__key": pl.Int64() for c in dataset.id_columns}
    return dataset.polars_schema() | keys | HAND_OFF_COLUMNS


def negative_allowed(dataset: Dataset) -> pl.Expr:
    """Rows in which the catalogue allows negative amounts: refunds of settlements, and 经营所得 in tax.income."""
    if dataset.name == "medical_insurance.settlement":
        return pl.col("refund_of").is_not_null()
    if dataset.name == "tax.income":
        return (pl.col("item") == "经营所得").fill_null(value=False)
    return pl.lit(value=False)


def column_counts(dataset: Dataset, present: Mapping[str, pl.DataType]) -> dict[str, pl.Expr]:
    """Aggregates named `<count>|<column>` for every column that stands in its declared type, and `rows|`."""
    expected = expected_schema(dataset)
    sound = {name for name, dtype in expected.items() if present.get(name) == dtype}
    counts: dict[str, pl.Expr] = {"rows|": pl.len()}
    for column in dataset.columns:
        if column.name in present:
            counts[f"nulls|{column.name}"] = _empty(column.name, present).sum()
        if column.name in sound:
            counts |= _value_counts(column)
        if column.kind is Kind.ID_NO and {column.name, f"{column.name}__key"} <= sound:
            counts |= _number_counts(column.name, with_type="id_type" in sound)
        if column.kind in MONEY_KINDS and column.name in sound:
            negative = (pl.col(column.name) < 0) & ~negative_allowed(dataset)
            counts[f"negative|{column.name}"] = negative.sum()
        start = period_of(dataset, column.name)
        if start is not None and {start, column.name} <= sound:
            backwards = pl.col(column.name) < pl.col(start)
            counts[f"backwards|{column.name}"] = backwards.sum()
    for column in dated_backwards(dataset):
        if {column.name, "_extract_as_of"} <= sound:
            counts[f"ahead|{column.name}"] = (pl.col(column.name) > pl.col("_extract_as_of")).sum()
    return counts


def _empty(name: str, present: Mapping[str, pl.DataType]) -> pl.Expr:
    absent = pl.col(name).is_null()
    return absent | (pl.col(name) == "") if present[name] == pl.String() else absent


def _value_counts(column: Column) -> dict[str, pl.Expr]:
    counts = {}
    value = pl.col(column.name)
    if column.terms or column.codes or column.kind is Kind.BOOL:  # few values: cheap to tell apart
        counts[f"distinct|{column.name}"] = value.drop_nulls().n_unique()
    if column.terms:
        counts[f"out_of_terms|{column.name}"] = (~value.is_in(list(column.terms))).sum()
    return counts


def _number_counts(name: str, *, with_type: bool) -> dict[str, pl.Expr]:
    """How many numbers are there, hidden in part, or not valid. Passports and the like are none of these."""
    given = pl.col(name).is_not_null() & (pl.col(name) != "")
    if with_type:
        given = given & pl.col("id_type").is_in([CITIZEN_CARD, ""]).fill_null(value=True)
    keyless = given & pl.col(f"{name}__key").is_null()
    hidden = keyless & pl.col(name).str.contains(MASKED)
    return {
        f"numbers|{name}": given.sum(),
        f"masked|{name}": hidden.sum(),
        f"invalid|{name}": (keyless & ~hidden).sum(),
    }


def key_hash_count(dataset: Dataset) -> pl.Expr:
    """Number of different hashes of the key: equal to the number of rows, no key occurs twice."""
    return pl.struct([c.name for c in dataset.keys]).hash().n_unique()


def repeated_keys(dataset: Dataset, core: pl.LazyFrame) -> pl.LazyFrame:
    """One row, `n`: rows beyond the first of their key, compared value by value (null equals null)."""
    keys = [c.name for c in dataset.keys]
    return core.group_by(keys).len("n").select((pl.col("n") - 1).sum().cast(pl.Int64).alias("n"))


def named_numbers(
    dataset: Dataset, core: pl.LazyFrame, present: Mapping[str, pl.DataType]
) -> dict[str, pl.LazyFrame]:
    """For each number column with a name beside it: the different (key, name) pairs."""
    frames = {}
    for column in dataset.id_columns:
        name, key = name_column(dataset, column.name), f"{column.name}__key"
        if name and present.get(name) == pl.String() and present.get(key) == pl.Int64():
            frames[column.name] = (
                core.select(pl.col(key).alias("key"), pl.col(name).alias("name"))
                .drop_nulls()
                .unique()
            )
    return frames


def shared_numbers(pairs: pl.DataFrame) -> tuple[int, int]:
    """Numbers that stand under two or more names in normal form, and numbers in all, of (key, name) pairs."""
    several = pairs.filter(pl.len().over("key") > 1)
    conflicting = (
        several.with_columns(normal_names(several["name"]))
        .drop_nulls("name")
        .group_by("key")
        .agg(pl.col("name").n_unique())
        .filter(pl.col("name") > 1)
    )
    return len(conflicting), pairs["key"].n_unique()
