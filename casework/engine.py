"""How each of the two databases is connected to, and how a transaction of reading or of writing begins there.

Both behave alike. Who reads sees one state from beginning to end, waits for nobody and cannot write. Who writes is alone: SQLite by BEGIN
IMMEDIATE, PostgreSQL by one advisory lock of the database taken first and held to the end. So what was read while writing still holds
when it is written, nothing needs to be tried again, and numbers given by the database grow in the order in which rows become visible.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from pathlib import Path

    from casework.address import Address

WRITING = "hedui_writing"
"""Execution option of a connection whose next transaction writes."""
LOCK = 0x48454455
"""Key of the advisory lock of writers in PostgreSQL; "HEDU"."""
POOLED = 8
MOST = 48
"""Connections kept open, and the most at one time: a web service runs 40 threads."""


def make_engine(address: Address, wait: float) -> sa.Engine:
    """An engine for the store at `address`; `wait`: seconds until a writer, or whoever wants a connection, is refused.

    Nothing is opened yet, and a file that is not there is not made.
    """
    if address.file is not None:
        return _sqlite(address.file, wait)
    return _postgresql(address.url, wait)


def _sqlite(path: Path, wait: float) -> sa.Engine:
    uri = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(
            uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
        )
        opened.execute("PRAGMA recursive_triggers = ON")  # else REPLACE would delete unasked
        opened.execute("PRAGMA foreign_keys = ON")
        opened.execute(
            "PRAGMA secure_delete = ON"
        )  # a secret that was replaced stays in no free page
        return opened

    engine = sa.create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=POOLED,
        max_overflow=MOST - POOLED,
        pool_timeout=wait,
        hide_parameters=True,
    )
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgresql(url: str, wait: float) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=POOLED,
        max_overflow=MOST - POOLED,
        pool_timeout=wait,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"application_name": "hedui", "connect_timeout": max(2, round(wait))},
    )

    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(WRITING, False):
            limit = sa.func.set_config("lock_timeout", str(max(1, round(wait * 1000))), True)
            connection.execute(sa.select(limit))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))

    sa.event.listen(engine, "begin", begin)
    return engine
