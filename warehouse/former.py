"""Reading what a former run published, as long as the warehouse keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.published import PUBLISHED
from warehouse import ddl
from warehouse.current import check_ours
from warehouse.db import open_database
from warehouse.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


def read_former(path: Path, run_id: str, *names: str) -> tuple[pl.DataFrame, ...]:
    """Rows of tables as a run published them, run_id in front, in stored order.

    Raises:
        RefusedError: the warehouse does not keep that run, or not that table of it. NotOursError, BusyError: as `reading`.

    """
    gone = RefusedError(
        f"结果库 {path.name} 中已没有批次 {run_id} 的结果", "请用当时的备份核验，或重新抽取"
    )
    if not path.exists():
        raise gone
    with open_database(path, read_only=True) as database:
        held = check_ours(database, path)
        told = []
        for name in ("run", *names):
            if name not in held:
                raise gone
            rows = database.frame(ddl.read_run_rows(PUBLISHED[name]), {"run": run_id})
            told.append(rows.cast({c.name: c.dtype for c in PUBLISHED[name].all_columns}))
        if told[0].is_empty():
            raise gone
        return tuple(told[1:])
