"""What happens when a store is opened: is it ours, whole, and of this program's revision; a file of an earlier one is brought there.

A PostgreSQL database is brought there by `upgrade_store` only, on demand,, because it has an owner who decides when.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.engine import WRITING
from casework.errors import NotOursError, damaged, of_another_version
from casework.revisions import HEAD, REVISIONS, revision_of
from casework.tables.all_tables import METADATA

if TYPE_CHECKING:
    from casework.address import Address

APPLICATION_ID = 0x48454455  # "HEDU": tells the store from any other SQLite file
VERSION = 3
"""Of the SQLite file. 1 and 2: before there were revisions; 3: the rest is told by the revision."""
CHECKED_BYTES = 64 << 20
"""A file up to this size is checked whole whenever it is opened; a larger one by `hedui casework check`."""


def make_room(address: Address) -> None:
    """Make the file of the store, empty and for its owner's eyes only, where there is none. Raises OSError."""
    path = address.file
    if path is None or path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Under its name it is opened by SQLite only: whoever else closed it would take away the locks that this process holds on it.
    descriptor, blank = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        with suppress(FileExistsError):  # somebody else was first
            path.hardlink_to(blank)
    finally:
        Path(blank).unlink()


def make_ready(engine: sa.Engine, address: Address) -> None:
    """Check the store; a file of an earlier revision is brought to this program's.

    Raises:
        NotOursError: damaged, a stranger's, of a later version, or a database that was not made ready. The rest as the databases tell.

    """
    if address.file is None:
        with engine.connect() as connection:
            if known_revision(connection, address) != HEAD:
                raise NotOursError(
                    f"人工判定库 {address.name} 尚未建立或结构较旧",
                    "请备份后运行 hedui casework upgrade",
                )
        return
    with engine.connect() as connection:
        check_file(connection, address, address.file)
        ready = known_revision(connection, address) == HEAD
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if not ready:
        upgrade_store(engine, address)
    if journal != "wal":
        # Last, because it alone would already make the file no longer empty.
        _let_readers_read_on(engine)


def upgrade_store(engine: sa.Engine, address: Address) -> str | None:
    """Run the missing steps, all or none. Returns the revision before; None where there was none.

    Raises:
        NotOursError: of a later version. The rest as the databases tell.

    """
    from casework.migrating import migrate  # noqa: PLC0415 - Alembic takes long to load and is seldom needed

    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        before = known_revision(connection, address)  # somebody else may have been first
        if before is None and address.file is None:
            _refuse_namesakes(connection)
        if before != HEAD:
            migrate(connection)
        if address.file is not None:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    return before


def _let_readers_read_on(engine: sa.Engine) -> None:
    """Have readers go on reading while somebody writes; where somebody is in the file just now, the next one does it."""
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        cursor.execute("PRAGMA query_only = OFF")
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode = WAL")


def _refuse_namesakes(connection: sa.Connection) -> None:
    if set(sa.inspect(connection).get_table_names()) & set(METADATA.tables):
        raise NotOursError(
            "数据库中已有同名的表，但不是核对的人工判定库",
            "请另建一个数据库，或在 HEDUI_CASEWORK 中用 options=-csearch_path=模式名 指定另一个模式",
        )


def known_revision(connection: sa.Connection, address: Address) -> str | None:
    """The revision of the store. Raises NotOursError where this program does not know it."""
    revision = revision_of(connection)
    if revision is not None and revision not in REVISIONS:
        raise of_another_version(address.name)
    return revision


def check_file(connection: sa.Connection, address: Address, path: Path) -> None:
    """Refuse a file that is not ours. An empty one will be."""
    if not _pragma(connection, "page_count"):
        return
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise damaged(address.name)
    if _pragma(connection, "user_version") > VERSION:
        raise of_another_version(address.name)
    if path.stat().st_size <= CHECKED_BYTES and not is_whole(connection):
        raise damaged(address.name)


def is_whole(connection: sa.Connection) -> bool:
    """Whether SQLite finds its file sound: pages, order, checks."""
    return bool(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok")


def _pragma(connection: sa.Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
