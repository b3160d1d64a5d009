"""The open casework store: its transactions of reading and of writing. Where it is, is told by `address`; how it is made ready, by `opening`."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from casework.address import Address, address_of, file_address
from casework.engine import WRITING, make_engine
from casework.errors import CaseworkError, busy, translating
from casework.opening import make_ready, make_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

__all__ = ["Address", "CaseworkStore", "Place", "address_of", "at", "file_address", "open_store"]

WAIT_SECONDS = 5.0
"""How long a writer waits for another one before it is refused."""


class CaseworkStore:
    """An open store, for any number of threads. Made by `open_store` only, which also closes it."""

    def __init__(self, address: Address, engine: sa.Engine, wait: float) -> None:
        self.address = address
        self._engine = engine
        self._wait = wait
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction that sees one state from beginning to end and cannot write. Waits for no writer.

        Raises:
            CaseworkError: or one of its kinds; errors of the body that come from the database are told so too.

        """
        options = {}
        if self.address.file is None:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            translating(self.address.name),
            self._engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that writes, alone: what it reads still holds when it is committed, which happens when the body ends without error.

        Keep it short; nobody else writes meanwhile. Never open one within another.

        Raises:
            BusyError: others did not end within the store's waiting time.
            TakenError: a row whose key is there already. RefusedError: a row that a check or a trigger refuses.
            CaseworkError: any other trouble. Nothing of the transaction is kept.

        """
        # Threads of this process stand in line here; SQLite itself would let them try by turns, and unlucky ones never.
        if not self._turn.acquire(timeout=self._wait):
            raise busy()
        try:
            with (
                translating(self.address.name),
                self._engine.connect().execution_options(**{WRITING: True}) as connection,
                connection.begin(),
            ):
                yield connection
        finally:
            self._turn.release()

    def forget_deleted(self) -> None:
        """Have an SQLite file hold nothing of what was changed or deleted before; where somebody is in it just now, as far as it can be.

        PostgreSQL does so by itself, in its own time.
        """
        if self.address.file is None:
            return
        with (
            translating(self.address.name),
            closing(self._engine.raw_connection()) as raw,
            closing(raw.cursor()) as cursor,
            suppress(sqlite3.OperationalError),
        ):
            cursor.execute("PRAGMA query_only = OFF")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


Place = Address | CaseworkStore
"""What the functions over a subject take: where the store is, or the open store of a service."""


@contextmanager
def open_store(
    address: Address, *, create: bool = False, wait: float = WAIT_SECONDS
) -> Iterator[CaseworkStore]:
    """Open the store and close it whatever happens.

    Args:
        address: where it is.
        create: make the file, for its owner's eyes only, where there is none. A PostgreSQL database is never made ready here.
        wait: seconds until a writer, or whoever wants a connection, is refused.

    Raises:
        BusyError: another program is writing it and did not end in time.
        NotOursError: it is damaged, a stranger's, of a later version, or a database that was not made ready.
        CaseworkError: it is not there, or cannot be read or written.

    """
    with translating(address.name):
        if create:
            make_room(address)
        elif not exists(address):
            raise CaseworkError(f"没有人工判定库 {address.name}", "请检查结果库所在的目录")
    engine = make_engine(address, wait)
    try:
        with translating(address.name):
            make_ready(engine, address)
        yield CaseworkStore(address, engine, wait)
    finally:
        engine.dispose()


def exists(address: Address) -> bool:
    """Whether there is a store to read. A PostgreSQL database that was set is one, ready or not."""
    return address.file is None or address.file.exists()


@contextmanager
def at(place: Place, *, create: bool = False) -> Iterator[CaseworkStore | None]:
    """The open store of a place; None where there is none yet and none is to be made. Raises as `open_store`."""
    if isinstance(place, CaseworkStore):
        yield place
    elif not create and not exists(place):
        yield None
    else:
        with open_store(place, create=create) as store:
            yield store
