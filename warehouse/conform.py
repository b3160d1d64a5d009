"""Frames held against their declarations before anything is written: columns, types, nulls, closed values, keys, order.

Pure Polars. A type is never bent: only what loses nothing is cast (a narrower integer, a wider decimal of the same scale, a
category to its text, a column that is null throughout). A float never becomes money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]  # it ships none

from household.schema.published import PUBLISHED
from warehouse.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from household.schema.published import PublishedColumn, PublishedTable

SLICE_ROWS = 2 * 122_880  # two of DuckDB's row groups
WRITTEN_HERE = "run"  # its row is made from the run's record


def check_tables(tables: Mapping[str, pl.DataFrame]) -> None:
    """Every declared table but `run` must be there, and nothing else.

    Raises:
        RefusedError: a table too many or too few; what was found empty is handed over as `PublishedTable.empty()`.

    """
    expected = [name for name in PUBLISHED if name != WRITTEN_HERE]
    missing = [name for name in expected if name not in tables]
    unknown = [name for name in tables if name not in expected]
    if missing:
        raise RefusedError(
            f"cannot publish without table(s) {', '.join(missing)}",
            "hand over an empty frame where nothing was found",
        )
    if unknown:
        raise RefusedError(
            f"cannot publish undeclared table(s) {', '.join(sorted(unknown))}",
            "declare them under household/schema/published",
        )


@dataclass(frozen=True, slots=True)
class Conformed:
    """A frame in a table's columns and types, and the order in which its rows are to be stored."""

    typed: pl.DataFrame
    order: pl.Series

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.typed.height

    def stream(self) -> pa.RecordBatchReader:
        """The rows in order, piece by piece, to be read once: a sorted copy of the whole never stands in memory."""
        schema = self.typed.clear().to_arrow().schema
        return pa.RecordBatchReader.from_batches(schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for start in range(0, self.typed.height, SLICE_ROWS):
            piece = self.typed[self.order.slice(start, SLICE_ROWS)]
            yield from piece.rechunk().to_arrow().to_batches()


def conform(
    table: PublishedTable, frame: pl.DataFrame, *, beside: Conformed | None = None
) -> Conformed:
    """The frame in the table's columns and types, without run_id, with the order of its rows.

    `beside`: what the table that this one's rows stand beside holds, where it is declared to stand beside one.

    Raises:
        RefusedError: a column missing or undeclared, a type that does not fit, a null where a value is required, a value outside
            a closed list, or two rows of one key. The message counts rows and quotes none.

    """
    _check_columns(table, frame)
    typed = frame.select(_fit(table, column, frame[column.name]) for column in table.columns)
    for column in table.columns:
        _check_values(table, column, typed[column.name])
    order = typed.select(pl.arg_sort_by(table.sort_by, nulls_last=False)).to_series()
    if beside is not None:
        order = _as_beside(beside, typed[table.key[0]], order)
    _check_key(table, typed, order=order)
    return Conformed(typed, order)


def _as_beside(other: Conformed, key: pl.Series, order: pl.Series) -> pl.Series:
    """The order changed so that rows follow those that their first key column names; rows of one key stay as they were."""
    rank = other.typed.select(key.name)[other.order].with_row_index("_rank")
    ranked = key[order].to_frame().join(rank, on=key.name, how="left", maintain_order="left")
    again = ranked.with_row_index("_at").select(
        pl.arg_sort_by("_rank", "_at", nulls_last=[True, False])
    )
    return order[again.to_series()]


def _check_columns(table: PublishedTable, frame: pl.DataFrame) -> None:
    declared = [c.name for c in table.columns]
    missing = [name for name in declared if name not in frame.columns]
    unknown = [name for name in frame.columns if name not in declared]
    if missing or unknown:
        found = [f"lacks {', '.join(missing)}"] * bool(missing)
        found += [f"has undeclared {', '.join(unknown)}"] * bool(unknown)
        raise RefusedError(
            f"table {table.name} {' and '.join(found)}",
            "hand over exactly the declared columns; run_id is added on publishing",
        )


def _fit(table: PublishedTable, column: PublishedColumn, series: pl.Series) -> pl.Series:
    wanted, given = column.dtype, series.dtype
    if given == wanted:
        return series
    if _loses_nothing(given, wanted):
        try:
            return series.cast(wanted, strict=True)
        except pl.exceptions.InvalidOperationError:
            raise RefusedError(
                f"table {table.name}, column {column.name}: a value does not fit {wanted}",
                "correct the computation that made it",
            ) from None
    raise RefusedError(
        f"table {table.name}, column {column.name} is {given} and must be {wanted}",
        "cast it where it is computed, so that nothing is rounded here",
    )


def _loses_nothing(given: pl.DataType, wanted: pl.DataType) -> bool:
    if given == pl.Null:
        return True
    if isinstance(wanted, pl.List):
        return isinstance(given, pl.List) and _loses_nothing_or_same(given.inner, wanted.inner)
    if wanted == pl.Int64:
        return given.is_integer()
    if isinstance(wanted, pl.Decimal):
        return given.is_integer() or (isinstance(given, pl.Decimal) and given.scale <= wanted.scale)
    if wanted == pl.Float64:
        return given == pl.Float32
    return wanted == pl.String and given in (pl.Categorical, pl.Enum)


def _loses_nothing_or_same(given: object, wanted: object) -> bool:
    if not isinstance(given, pl.DataType) or not isinstance(wanted, pl.DataType):
        return given == wanted
    return given == wanted or _loses_nothing(given, wanted)


def _check_values(table: PublishedTable, column: PublishedColumn, series: pl.Series) -> None:
    if column.required and (empty := series.null_count()):
        raise RefusedError(
            f"table {table.name}, column {column.name} is empty in {empty} row(s)",
            "it may never be unknown: complete it or leave the row out",
        )
    if column.values:
        strange = series.drop_nulls().is_in(list(column.values)).not_().sum()
        if strange:
            raise RefusedError(
                f"table {table.name}, column {column.name}: {strange} row(s) outside the closed list",
                f"allowed are {', '.join(column.values)}",
            )
    if series.dtype == pl.Float64 and not series.drop_nulls().is_finite().all():
        raise RefusedError(
            f"table {table.name}, column {column.name} holds a number that is not finite",
            "publish null where there is no score",
        )


def _check_key(table: PublishedTable, typed: pl.DataFrame, *, order: pl.Series) -> None:
    if not table.key or typed.height < 2:
        return
    keys = typed.select(table.key)
    if table.sort_by == table.key:  # equal keys stand next to each other: no hashing needed
        same = [pl.col(name).eq_missing(pl.col(name).shift(1)) for name in table.key]
        doubled = keys[order].select(pl.all_horizontal(same).slice(1).sum()).item()
    else:
        doubled = keys.height - keys.n_unique()
    if doubled:
        raise RefusedError(
            f"table {table.name}: {doubled} row(s) repeat the key {', '.join(table.key)}",
            "a key names one row of a run: merge or tell them apart",
        )
