"""Small core frames of any dataset, made from its declaration, and ledger lines that fit them. For the tests of gates only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from household.identity.numbers import check_digit, number_keys
from household.schema.column import Column, Dataset, Kind

AS_OF = date(2026, 5, 20)
EXTRACT = date(2026, 4, 30)
REGION = "990101"

LEDGER_SCHEMA: dict[str, pl.DataType] = {
    "file": pl.String(),
    "sha256": pl.String(),
    "dataset": pl.String(),
    "region_code": pl.String(),
    "as_of": pl.Date(),
    "rows_in": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "rows_superseded": pl.Int64(),
    "state": pl.String(),
    "message": pl.String(),
}


def number(row: int, born: str = "19800101") -> str:
    """A valid citizen number, different for each row."""
    first17 = f"990101{born}{row:03d}"
    return first17 + check_digit(first17)


def cell(column: Column, row: int) -> Any:
    """A value that honest data could hold."""
    if column.codes:
        return next(iter(column.codes.titles))
    if column.terms:
        return column.terms[0]
    match column.kind:
        case Kind.ID_NO:
            return number(row)
        case Kind.DATE:
            return date(2020, 1, 15)
        case Kind.MONTH:
            return date(2026, 3, 1)
        case Kind.YUAN | Kind.WAN_YUAN:
            return Decimal("100.00") + row
        case Kind.NUM:
            return Decimal("0.500000")
        case Kind.INT:
            return row + 1
        case Kind.BOOL:
            return True
        case Kind.REGION:
            return REGION
        case _:
            return f"{column.name}-{row}"


def core(dataset: Dataset, rows: int = 4, **changes: list[Any]) -> pl.DataFrame:
    """A sound core frame; `changes` replaces whole columns, and keys follow changed numbers."""
    data = {c.name: [cell(c, r) for r in range(rows)] for c in dataset.columns} | changes
    frame = pl.DataFrame(data, schema=dataset.polars_schema(), strict=True)
    return frame.with_columns(
        *(number_keys(frame[c.name]).alias(f"{c.name}__key") for c in dataset.id_columns)
    ).with_columns(
        pl.int_range(2, rows + 2, dtype=pl.Int32).alias("_line"),
        pl.concat_str(
            [pl.col(c.name).cast(pl.String).fill_null("") for c in dataset.keys], separator="|"
        ).alias("_record_key"),
        pl.lit(0, dtype=pl.UInt32).alias("_file"),
        pl.lit(EXTRACT).alias("_extract_as_of"),
        pl.lit("", dtype=pl.String).alias("_part"),
    )


def line(dataset: Dataset, rows: int = 4, **changes: Any) -> dict[str, Any]:
    """A ledger line of a file read whole."""
    return {
        "file": f"{dataset.source}/{dataset.subject}_{REGION}_20260430.csv",
        "sha256": "0" * 64,
        "dataset": dataset.name,
        "region_code": REGION,
        "as_of": EXTRACT,
        "rows_in": rows,
        "rows_accepted": rows,
        "rows_quarantined": 0,
        "rows_superseded": 0,
        "state": "done",
        "message": "",
    } | changes


def ledger(*lines: dict[str, Any]) -> pl.DataFrame:
    """A ledger of these lines."""
    return pl.DataFrame(list(lines), schema=LEDGER_SCHEMA)
