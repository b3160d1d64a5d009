"""Taking over everything from one store into another that is still empty: from the file beside the warehouse into PostgreSQL, or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.errors import CaseworkError, RefusedError
from casework.store import exists, open_store
from casework.tables.all_tables import METADATA

if TYPE_CHECKING:
    from casework.store import Address

BATCH = 5_000
"""Rows held in memory at a time."""


def copy_store(source: Address, target: Address) -> dict[str, int]:
    """Copy every row with its number, all or none. Nobody else writes either store meanwhile. Returns the rows by table.

    Args:
        source: read only. target: made ready (PostgreSQL: upgraded); all of its tables are empty.

    Raises:
        CaseworkError: there is no source. RefusedError: the target holds rows already. The rest as `open_store`.

    """
    if source == target:
        raise RefusedError("来源与去处是同一个人工判定库", "请先设置 HEDUI_CASEWORK")
    if not exists(source):
        raise CaseworkError(f"没有人工判定库 {source.name}", "没有要复制的内容")
    with (
        open_store(source) as old,
        open_store(target, create=True) as new,
        # The lock of a writer on the source keeps it as it is until the target is committed.
        old.writing() as reading,
        new.writing() as writing,
    ):
        _refuse_used(writing, target)
        return {table.name: _copy(table, reading, writing) for table in METADATA.sorted_tables}


def _refuse_used(connection: sa.Connection, target: Address) -> None:
    for table in METADATA.sorted_tables:
        if connection.execute(sa.select(sa.exists().select_from(table))).scalar_one():
            raise RefusedError(
                f"人工判定库 {target.name} 中已有内容", "只能复制到还没有任何记录的库"
            )


def _copy(table: sa.Table, reading: sa.Connection, writing: sa.Connection) -> int:
    keys = list(table.primary_key)
    copied = 0
    asked = sa.select(table).order_by(*keys).execution_options(yield_per=BATCH)
    for part in reading.execute(asked).partitions():
        writing.execute(sa.insert(table), [dict(row._mapping) for row in part])
        copied += len(part)
    if copied and table.autoincrement_column is not None and writing.dialect.name == "postgresql":
        _go_on_after(writing, table.autoincrement_column)
    return copied


def _go_on_after(connection: sa.Connection, column: sa.Column[int]) -> None:
    """Have PostgreSQL give the next number after the highest one that was copied."""
    sequence = sa.func.pg_get_serial_sequence(column.table.name, column.name)
    highest = sa.select(sa.func.max(column)).scalar_subquery()
    connection.execute(sa.select(sa.func.setval(sequence, highest)))
