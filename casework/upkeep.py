"""Looking after a store: what it is, whether it is whole, and bringing it to today's revision on demand."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.engine import make_engine
from casework.errors import CaseworkError, damaged, translating
from casework.guards import unguarded
from casework.opening import check_file, known_revision, make_room, upgrade_store
from casework.revisions import HEAD
from casework.store import WAIT_SECONDS, exists
from casework.tables.all_tables import METADATA
from casework.tables.metadata import APPEND_ONLY
from household.casework import LOGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.store import Address

WITHOUT_GAPS = ("judgement", "review_pair", *LOGS)
"""Logs that SQLite numbers without a gap, because rows come in plainly, all or none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a store is like.

    Attributes:
        kind: SQLite or PostgreSQL. revision: None where none is noted. today: the revision of this program.
        rows: by table, those that are there. troubles: lines of what is wrong with it; empty where nothing is.

    """

    kind: str
    revision: str | None
    rows: Mapping[str, int]
    troubles: tuple[str, ...]
    today: str = HEAD


def check_store(address: Address, *, wait: float = WAIT_SECONDS) -> Condition:
    """Look at the whole store, without changing it. Takes long where it is large.

    Raises:
        NotOursError: the file is damaged so that it cannot be looked at, a stranger's, or of a later version.
        CaseworkError: there is none, or it cannot be read.

    """
    if not exists(address):
        raise CaseworkError(f"没有人工判定库 {address.name}", "作出第一个人工判定时会自动建立")
    with _engine(address, wait) as engine, engine.connect() as connection:
        if address.file is not None:
            check_file(connection, address, address.file)
        there = set(sa.inspect(connection).get_table_names()) & set(METADATA.tables)
        rows = {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in METADATA.sorted_tables
            if table.name in there
        }
        revision = known_revision(connection, address)
        troubles = _troubles(connection, rows, address) if revision == HEAD else ()
    return Condition("SQLite" if address.file else "PostgreSQL", revision, rows, tuple(troubles))


def upgrade(address: Address, *, wait: float = WAIT_SECONDS) -> tuple[str | None, str]:
    """Bring the store to today's revision, all steps or none; make it where there is none. Returns the revisions before and after.

    Raises:
        BusyError: somebody is writing it. NotOursError: as `open_store`, or the database holds tables of the same names that are not ours.
        CaseworkError: it cannot be reached or written.

    """
    with translating(address.name):
        make_room(address)
    with _engine(address, wait) as engine:
        if address.file is not None:
            with engine.connect() as connection:
                check_file(connection, address, address.file)
        return upgrade_store(engine, address), HEAD


@contextmanager
def _engine(address: Address, wait: float) -> Iterator[sa.Engine]:
    engine = make_engine(address, wait)
    try:
        with translating(address.name):
            yield engine
    finally:
        engine.dispose()


def _troubles(connection: sa.Connection, rows: Mapping[str, int], address: Address) -> list[str]:
    missing = sorted(set(METADATA.tables) - set(rows))
    told = [f"缺少表 {name}" for name in missing]
    logs = [t.name for t in METADATA.sorted_tables if t.info.get(APPEND_ONLY) and t.name in rows]
    told += [f"{name} 的只增不改保护已被去除" for name in unguarded(connection, logs)]
    if address.file is None:
        return told
    if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one() != "ok":
        raise damaged(address.name)
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        told.append("有行指向已不存在的行")
    for name in WITHOUT_GAPS:
        (number,) = METADATA.tables[name].primary_key
        newest = connection.execute(sa.select(sa.func.max(number))).scalar_one() or 0
        if name in rows and newest != rows[name]:
            told.append(f"{name} 缺 {newest - rows[name]} 行：有人绕过程序删除了记录")
    return told
