"""Publishing a run: the next state of the warehouse is built aside, checked, and swapped in whole.

A reader sees a whole run or nothing of it. A run that is killed, refused or out of room at any moment leaves the old file
as it was.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.schema.published import PUBLISHED
from warehouse import ddl
from warehouse.aside import building_path, built_aside
from warehouse.conform import WRITTEN_HERE, Conformed, check_tables, conform
from warehouse.current import check_ours, newest_run
from warehouse.db import DEFAULT_LIMITS, Database, Limits, open_database, statement
from warehouse.errors import RefusedError, WarehouseError
from warehouse.locking import WriteLock, writing
from warehouse.record import RunRecord, run_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

KEEP_RUNS = 12


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: rows by table, and the runs that history let go."""

    path: Path
    run: RunRecord
    rows: dict[str, int]
    dropped_runs: tuple[str, ...]


def publish(
    path: Path,
    run: RunRecord,
    tables: Mapping[str, pl.DataFrame],
    *,
    lock: WriteLock | None = None,
    keep_runs: int = KEEP_RUNS,
    limits: Limits = DEFAULT_LIMITS,
) -> Published:
    """Append a run to the warehouse file, which is made where it is missing.

    Args:
        path: the warehouse file. It is never opened for writing itself.
        run: the run's record; `run_id` and `sequence` must be greater than those of the newest run.
        tables: a frame for every declared table but `run`, in the declared columns and types, without run_id.
        lock: what `writing(path)` gave; without it the lock is taken for this call.
        keep_runs: how many runs stay, this one included.
        limits: threads and memory of the database.

    Raises:
        RefusedError: tables, columns, types, keys or the run do not fit; nothing was written.
        BusyError: another run or program is writing. NoRoomError: the disk is full. NotOursError: the file is damaged or a stranger's.

    """
    if keep_runs < 1:
        raise RefusedError(f"cannot keep {keep_runs} runs", "keep at least 1")
    check_tables(tables)
    target = path.resolve()
    if lock is not None and lock.path != target:
        raise RefusedError(
            f"the lock held is not that of {path.name}", "take writing(path) of this file"
        )
    with nullcontext() if lock is not None else writing(target), built_aside(target) as building:
        with open_database(building, read_only=False, limits=limits) as database:
            published = _append_run(database, target, run, tables=tables, keep_runs=keep_runs)
        _check_closed(building, run)
    return published


def _append_run(
    database: Database,
    target: Path,
    run: RunRecord,
    *,
    tables: Mapping[str, pl.DataFrame],
    keep_runs: int,
) -> Published:
    check_ours(database, target, file=building_path(target), empty_is_ours=True)
    database.run("BEGIN TRANSACTION")
    for sentence in ddl.define_warehouse():
        database.run(sentence)
    _check_newer(run, newest_run(database))
    rows: dict[str, int] = {}
    named = {table.beside for table in PUBLISHED.values()}
    leading: dict[str, Conformed] = {}
    for name, table in PUBLISHED.items():
        frame = run_frame(run) if name == WRITTEN_HERE else tables[name]
        incoming = conform(table, frame, beside=leading.get(table.beside))
        if name in named:
            leading[name] = incoming
        rows[name] = incoming.height
        database.append(ddl.insert_rows(table), incoming.stream(), {"run_id": run.run_id})
    dropped = tuple(str(r[0]) for r in database.run(statement("older_runs"), {"keep": keep_runs}))
    if dropped:
        for table in PUBLISHED.values():
            database.run(ddl.drop_rows(table), {"runs": list(dropped)})
    database.run("COMMIT")
    for name, table in PUBLISHED.items():
        kept, shown = database.run(ddl.count_rows(table), {"run_id": run.run_id})[0]
        if kept != rows[name] or shown != rows[name]:
            raise WarehouseError(
                f"table {name} holds {kept} and shows {shown} rows of {rows[name]} handed over",
                "the old file stands; report this line",
            )
    database.run("CHECKPOINT")
    return Published(path=target, run=run, rows=rows, dropped_runs=dropped)


def _check_newer(run: RunRecord, newest: RunRecord | None) -> None:
    if newest is None:
        return
    if run.run_id <= newest.run_id or run.sequence <= newest.sequence:
        raise RefusedError(
            f"run {run.run_id} ({run.sequence}) does not come after {newest.run_id} "
            f"({newest.sequence}), the newest published",
            "number the run after it",
        )


def _check_closed(building: Path, run: RunRecord) -> None:
    """What a reader will find: everything in the one file, and this run the newest."""
    if building.with_name(f"{building.name}.wal").exists():
        raise WarehouseError(
            f"{building.name} was closed with a log left beside it",
            "the old file stands; run again",
        )
    with open_database(building, read_only=True) as database:
        newest = newest_run(database)
    if newest != run:
        raise WarehouseError(
            f"run {run.run_id} is not the newest after publishing", "the old file stands; run again"
        )
