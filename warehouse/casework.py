"""The casework store: an SQLite file beside the warehouse for what people decide. Opening it, and what may go wrong.

It is a file of its own because the warehouse is built anew and swapped in whole at every run, while a decision is written at once and
for ever. Rows are added, never changed: triggers refuse UPDATE and DELETE, whoever asks.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import polars as pl

from household.casework import LOGS
from warehouse.db import statement
from warehouse.errors import BusyError, NotOursError, WarehouseError, no_room, translate_os

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILE = "casework.sqlite"
APPLICATION_ID = 0x48454455  # "HEDU": tells the store from any other SQLite file
VERSION = 2
"""2: alerts, samples, consent and inspections came beside judgements. A store of an earlier version is given what it lacks."""
WAIT_SECONDS = 5.0
"""How long a writer waits for another one before it is refused."""

_TABLES = ("judgement", "review_pair", *LOGS)
_BODY_END = "\n; END"


def casework_file(store: Path) -> Path:
    """Where the casework of a warehouse is kept, given the folder of its working store."""
    return store / FILE


@contextmanager
def open_casework(
    path: Path, *, create: bool = False, wait: float = WAIT_SECONDS
) -> Iterator[sqlite3.Connection]:
    """Open the store and close it whatever happens; `create` makes it, for its owner's eyes only, where there is none.

    Raises:
        BusyError: another program is writing it and did not end within `wait` seconds.
        NotOursError: the file is damaged, a stranger's, or of a later version.
        WarehouseError: it cannot be read or written.

    """
    try:
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(path, timeout=wait, isolation_level=None)) as connection:
            _prepare(connection, path)
            yield connection
    except sqlite3.Error as error:
        raise translate_sqlite(error, path) from None
    except OSError as error:
        raise translate_os(error, path) from error


def add_rows(
    connection: sqlite3.Connection,
    sql: str,
    rows: list[Mapping[str, object]],
    *,
    while_is: tuple[str, int] | None = None,
) -> bool:
    """Add rows, all or none.

    Args:
        connection: the open store. sql: inserts one row. rows: in their order.
        while_is: a query and the number that it must still give once nobody else can write.

    Returns:
        False, and nothing added, where `while_is` no longer holds.

    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if while_is is not None and connection.execute(while_is[0]).fetchone()[0] != while_is[1]:
            connection.execute("ROLLBACK")
            return False
        connection.executemany(sql, rows)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return True


def read_rows(path: Path, query: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What a query of the store gives, as a frame; no row where there is no store yet. Raises as `open_casework`."""
    if not path.exists():
        return pl.DataFrame(schema=schema)
    with open_casework(path) as connection:
        rows = connection.execute(statement(query)).fetchall()
    return pl.DataFrame(rows, schema=schema, orient="row")


def translate_sqlite(error: sqlite3.Error, path: Path) -> WarehouseError:
    """What an SQLite error means for whoever called, without any value that its message may quote."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = code & 0xFF if code is not None else None  # the low byte is the family
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError("人工判定库正被另一个程序写入", "请稍后再试")
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged_casework(path)
    if kind == sqlite3.SQLITE_FULL:
        return no_room(path)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return WarehouseError(
        f"人工判定库 {path.name} 无法读写（{name}）", "请检查磁盘空间与目录权限后再试"
    )


def damaged_casework(path: Path) -> NotOursError:
    """The error for a file that cannot be read as the store."""
    return NotOursError(
        f"人工判定库 {path.name} 已损坏或不是本程序的文件",
        "请用备份恢复该文件；其中是人工判定，不要删除",
    )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the file is ours and whole; an empty one is made ours."""
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would delete unasked
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    if pages == 0:
        _define(connection)
        return
    if mark != APPLICATION_ID:
        raise damaged_casework(path)
    if version > VERSION:
        raise NotOursError(
            f"人工判定库 {path.name} 由另一版本的程序建立", "请使用建立它的版本或更新的版本"
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise damaged_casework(path)
    if version < VERSION:
        _define(connection)


def _define(connection: sqlite3.Connection) -> None:
    """Every table that is not there yet."""
    connection.execute("BEGIN IMMEDIATE")
    for table in _TABLES:
        connection.execute(statement(f"{table}_table"))
        for change in ("update", "delete"):
            connection.execute(statement(f"{table}_no_{change}") + _BODY_END)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    # Readers go on reading while a clerk writes. Last, because it alone would already make the file no longer empty.
    connection.execute("PRAGMA journal_mode = WAL")
