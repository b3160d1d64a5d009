"""What is noticed in rows that stand: recognised and named, never repaired, never a reason to hold a row back."""

from __future__ import annotations

import re
from collections import Counter

import polars as pl

from household.identity.names import INTERPUNCTS
from household.schema.column import Column, Dataset, Kind

_VARIANT_INTERPUNCT = "[" + re.escape(INTERPUNCTS.replace("·", "")) + "]"
_INNER_SPACE = r"\S\s+\S"


def note_values(dataset: Dataset, rows: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Count what is odd in accepted rows, by (column, note). `rows` are typed rows with their identity keys."""
    noted: Counter[tuple[str, str]] = Counter()
    for column in dataset.columns:
        values = rows[column.name]
        if column.kind is Kind.ID_NO:
            _note_numbers(column, values, rows[f"{column.name}__key"], noted)
        elif column.terms:
            unknown = values.drop_nulls().is_in(column.terms).not_().sum()
            noted[column.name, "term_unknown"] += int(unknown)
        elif is_person_name(column):
            for note, pattern in (
                ("interpunct_variant", _VARIANT_INTERPUNCT),
                ("inner_space", _INNER_SPACE),
            ):
                noted[column.name, note] += int(values.str.contains(pattern).sum())
    _note_conditions(dataset, rows, noted)
    return +noted


def is_person_name(column: Column) -> bool:
    """Whether a column holds the names of persons."""
    return (
        column.personal
        and column.kind is Kind.TEXT
        and ("name" in column.name or column.name.endswith("holder"))
    )


def _note_numbers(
    column: Column, numbers: pl.Series, keys: pl.Series, noted: Counter[tuple[str, str]]
) -> None:
    """Say of every number that is not a valid identity number what it looks like."""
    odd = numbers.filter(keys.is_null() & numbers.is_not_null())
    if not len(odd):
        return
    text = pl.col("text")
    looks = (
        pl.when(text.str.contains(r"\*"))
        .then(pl.lit("masked_number"))
        .when(text.str.contains(r"^[0-9]{15}000$"))
        .then(pl.lit("trailing_zeros_suspect"))
        .when(text.str.contains(r"^[0-9]{17}[0-9X]$|^[0-9]{15}$"))
        .then(pl.lit("invalid_check_digit"))
        .when(text.str.contains(r"^[0-9]{10,17}$"))
        .then(pl.lit("short_number"))
        .otherwise(pl.lit("other_document"))
        .alias("note")
    )
    counts = pl.DataFrame({"text": odd}).select(looks).group_by("note").len()
    for note, count in counts.iter_rows():
        noted[column.name, note] += count


def _note_conditions(dataset: Dataset, rows: pl.DataFrame, noted: Counter[tuple[str, str]]) -> None:
    """Conditional requirements of the catalogue's notes; a row that fails one still stands."""
    if dataset.name == "approval.application":
        missing = pl.col("programme").str.starts_with("temp_") & pl.col("temp_cause").is_null()
        noted["temp_cause", "conditionally_missing"] += rows.select(missing.sum()).item()
    elif dataset.name == "approval.member":
        missing = (pl.col("role") == "excluded") & pl.col("excluded_reason").is_null()
        noted["excluded_reason", "conditionally_missing"] += rows.select(missing.sum()).item()
