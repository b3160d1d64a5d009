"""Rows of a log added all or none, and read whole in the order of entry: what the subjects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import sqlalchemy as sa

from casework.store import Place, at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def add_rows(
    place: Place, table: sa.Table, rows: Sequence[Mapping[str, object]], *, after: int | None = None
) -> bool:
    """Add rows, all or none; the store is made where there is none.

    Args:
        place: the store. table: where they go. rows: every column but the number, in their order.
        after: the highest number in the table that they were checked against (0: none); None: not checked against any.

    Returns:
        False, and nothing added, where the table has other rows by now.

    """
    with at(place, create=True) as store:
        assert store is not None
        with store.writing() as connection:
            if after is not None and _newest(connection, table) != after:
                return False
            if rows:
                connection.execute(sa.insert(table), [dict(row) for row in rows])
    return True


def read_rows(place: Place, table: sa.Table, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The columns of a schema, all rows in the order of entry; no row where there is no store yet."""
    with at(place) as store:
        if store is None:
            return pl.DataFrame(schema=schema)
        with store.reading() as connection:
            return rows_of(connection, table, schema)


def newest_row(place: Place, table: sa.Table) -> int:
    """The highest number in a table; 0 where there is no row or no store yet."""
    with at(place) as store:
        if store is None:
            return 0
        with store.reading() as connection:
            return _newest(connection, table)


def rows_of(
    connection: sa.Connection, table: sa.Table, schema: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """As `read_rows`, within a transaction."""
    query = sa.select(*(table.c[name] for name in schema)).order_by(*table.primary_key)
    rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)


def _newest(connection: sa.Connection, table: sa.Table) -> int:
    (numbered,) = table.primary_key
    return int(
        connection.execute(sa.select(sa.func.coalesce(sa.func.max(numbered), 0))).scalar_one()
    )
