"""From rows, of a frame or by column name, to frozen records: the columns that a record names, lists as tuples."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import polars as pl

Record = TypeVar("Record")
Row = dict[str, Any]


def records(
    kind: type[Record], frame: pl.DataFrame, more: Callable[[Row], Row] | None = None
) -> tuple[Record, ...]:
    """One record a row, in the order of the frame.

    Args:
        kind: a frozen dataclass. frame: with a column for every field that `more` does not give and that has no default.
        more: further fields of a row.

    """
    return records_of(kind, frame.iter_rows(named=True), more)


def records_of(
    kind: type[Record], rows: Iterable[Row], more: Callable[[Row], Row] | None = None
) -> tuple[Record, ...]:
    """The same of rows by column name."""
    named = _named(kind)  # type: ignore[arg-type]
    return tuple(
        kind(**{n: _held(row[n]) for n in named if n in row} | (more(row) if more else {}))
        for row in rows
    )


@cache
def _named(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def _held(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
