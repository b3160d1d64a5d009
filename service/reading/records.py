"""From rows of a frame to frozen records: the columns that a record names, texts as texts, lists as tuples."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

Record = TypeVar("Record")


def records(
    kind: type[Record],
    frame: pl.DataFrame,
    more: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> tuple[Record, ...]:
    """One record a row, in the order of the frame.

    Args:
        kind: a frozen dataclass. frame: with a column for every field that `more` does not give and that has no default.
        more: further fields of a row.

    """
    named = [f.name for f in fields(kind) if f.name in frame.columns]  # type: ignore[arg-type]
    return tuple(
        kind(**{name: _held(row[name]) for name in named} | (more(row) if more else {}))
        for row in frame.iter_rows(named=True)
    )


def _held(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
