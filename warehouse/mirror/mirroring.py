"""Mirroring a warehouse into a PostgreSQL database: which runs are wanting, each in one transaction, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.current import check_ours
from warehouse.db import DEFAULT_LIMITS, Limits, open_database, statement
from warehouse.errors import NotOursError
from warehouse.mirror.connecting import connected
from warehouse.mirror.errors import MirrorBusyError, MirrorRefusedError
from warehouse.mirror.shaping import check_roles, grant, index_mirror, shape_mirror
from warehouse.mirror.statements import fixed
from warehouse.mirror.writing import KeptRun, Written, forget_runs, write_run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import psycopg
    from pydantic import SecretStr

    from warehouse.db import Database


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What mirroring did. `newest`: the run that `current` shows. `written`: the runs that were wanting, oldest first."""

    newest: str
    written: tuple[Written, ...]
    forgotten: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to leave, and where to: the runs of one transaction and the roles that may read from then on. No password."""

    runs: tuple[str, ...]
    readers: tuple[str, ...]
    server: str
    database: str


@dataclass(frozen=True, slots=True)
class _Source:
    database: Database
    held: frozenset[str]
    runs: tuple[KeptRun, ...]


def mirror(
    path: Path,
    address: SecretStr,
    *,
    readers: Sequence[str] = (),
    anew: bool = False,
    leaving: Callable[[Leaving], object] = lambda _: None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mirrored:
    """Bring the mirror in the database at `address` to the state of the warehouse file.

    Every run is one transaction, but for an empty mirror: there all runs come in one, so that nobody takes an old run for the newest.

    Args:
        path: the warehouse, which is only read. address: as `connected`.
        readers: roles that may read `publish` and `current` from now on.
        anew: whatever the mirror holds is replaced, in one transaction.
        leaving: told before the first row of a transaction leaves or a role may read; what it raises stops everything.
        limits: threads and memory of DuckDB.

    Raises:
        MirrorRefusedError: the mirror is of another warehouse or newer than this one, a role is not there, and what `connected` and
            `shape_mirror` refuse. Nothing was written by the transaction that it happened in.
        MirrorBusyError: nobody answers, or another publisher is at it.
        NotOursError, WarehouseError: the warehouse cannot be read.

    """
    if not path.exists():
        raise NotOursError(f"没有结果库 {path.name}", "请先运行 hedui run，或检查 --warehouse")
    with open_database(path, read_only=True, limits=limits) as database:
        held = check_ours(database, path)
        kept = database.frame(statement("runs_kept")).rows(named=True)
        source = _Source(database, held, tuple(KeptRun(row) for row in kept))
        if not source.runs:
            raise NotOursError(f"{path.name} 中还没有运行结果", "请先运行 hedui run")
        with connected(address) as connection:
            return _catch_up(connection, source, tuple(readers), anew=anew, leaving=leaving)


def _catch_up(
    connection: psycopg.Connection,
    source: _Source,
    readers: tuple[str, ...],
    *,
    anew: bool,
    leaving: Callable[[Leaving], object],
) -> Mirrored:
    written: list[Written] = []
    forgotten: list[str] = []
    more, first = True, True
    while more:
        with connection.transaction():
            _be_alone(connection)
            check_roles(connection, readers)
            shaped = shape_mirror(connection)
            if first and anew:
                forgotten += forget_runs(connection, None)
            wanting, before = _wanting(connection, source)
            now = wanting[:1] if before else wanting
            if now or readers:
                where = connection.info
                runs = tuple(run.run_id for run in now)
                leaving(Leaving(runs, readers, where.host, where.dbname))
            for run in now:
                told = write_run(connection, source.database, run, before=before, held=source.held)
                written.append(told)
                before = run
            if now:
                forgotten += forget_runs(connection, source.runs[0].sequence)
            if shaped or len(now) > 1:
                index_mirror(connection)
            grant(connection, readers)
        more, first, readers = len(wanting) > len(now), False, ()
    return Mirrored(source.runs[-1].run_id, tuple(written), tuple(forgotten))


def _be_alone(connection: psycopg.Connection) -> None:
    if connection.execute(fixed("publishing_alone")).fetchone() != (True,):
        raise MirrorBusyError("另一个程序正在向该数据库发布", "请等它结束后重试")


def _wanting(
    connection: psycopg.Connection, source: _Source
) -> tuple[tuple[KeptRun, ...], KeptRun | None]:
    """The runs that the mirror lacks, oldest first, and the one that it shows; None when it is empty."""
    standing = connection.execute(fixed("runs_present")).fetchall()
    if not standing:
        return source.runs, None
    newest = standing[-1]
    if newest[0] > source.runs[-1].sequence:
        raise MirrorRefusedError(
            f"镜像（运行 {newest[0]}）比结果库（运行 {source.runs[-1].sequence}）新，未作任何改动",
            "请检查 --warehouse；确认要以该结果库为准时用 --anew",
        )
    ours = {run.identity: run for run in source.runs}
    shared = [row for row in standing if row[0] >= source.runs[0].sequence]
    if newest not in ours or any(row not in ours for row in shared):
        raise MirrorRefusedError(
            "镜像来自另一个结果库，或落后太多（它最新的运行已不在结果库中），未作任何改动",
            "请检查 --warehouse 与数据库地址；确认要以该结果库为准时用 --anew",
        )
    wanting = tuple(run for run in source.runs if run.sequence > newest[0])
    return wanting, ours[newest]
