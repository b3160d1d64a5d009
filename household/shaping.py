"""Frames put into a declared shape: each column from an expression, from the column of that name, from its default, or null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping


def shaped(
    rows: pl.DataFrame,
    schema: Mapping[str, pl.DataType],
    *,
    told: Mapping[str, pl.Expr | str],
    defaults: Mapping[str, pl.Expr],
) -> pl.DataFrame:
    """Rows in the columns of `schema`, in its order and types.

    Args:
        rows: with whatever the expressions read.
        schema: the shape.
        told: column of the shape -> what it is, an expression or a column of `rows`.
        defaults: column -> what it is where neither `told` nor `rows` has it; without one it is null.

    """
    columns = []
    for name, dtype in schema.items():
        if name in told:
            value = told[name]
            found = pl.col(value) if isinstance(value, str) else value
        elif name in rows.columns:
            found = pl.col(name)
        else:
            found = defaults.get(name, pl.lit(None))
        columns.append(found.cast(dtype).alias(name))
    return rows.select(columns)
