"""A place for a store in each of the two databases; of a PostgreSQL one database is made ready once and copied for every test."""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

import pytest
from postgresql_places import database
from servers.postgresql import PostgresqlServer, postgresql_server
from servers.waiting import PATIENCE

from casework.store import Address, address_of, file_address, open_store
from casework.tables.all_tables import METADATA
from casework.upkeep import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS = count()


@pytest.fixture(autouse=True)
def patient_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes stands in line for longer than five seconds before he is refused: a busy disk is no failure."""
    monkeypatch.setitem(open_store.__wrapped__.__kwdefaults__, "wait", PATIENCE)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    with postgresql_server(tmp_path_factory.mktemp("certificates")) as server:
        yield server


@pytest.fixture(scope="session")
def ready(postgresql: PostgresqlServer) -> str:
    with postgresql.connect() as connection:
        connection.execute("CREATE DATABASE ready")
    upgrade(address := database(postgresql, "ready"))
    with open_store(address):
        pass
    return "ready"


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ready") / "ready.sqlite"
    with open_store(file_address(path), create=True):
        pass
    return path


@pytest.fixture
def file(tmp_path: Path) -> Address:
    """No store yet."""
    return address_of(tmp_path / "county.store")


@pytest.fixture
def bare(postgresql: PostgresqlServer) -> Address:
    """An empty database."""
    return _copy(postgresql, "template1")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Address:
    """No row yet. For tests that leave the tables as they are: the database is the same for all of them, emptied."""
    if request.param == "sqlite":
        return _copied(request.getfixturevalue("ready_file"), request.getfixturevalue("file"))
    server, ready = request.getfixturevalue("postgresql"), request.getfixturevalue("ready")
    _empty(server, ready)
    return database(server, ready)


@pytest.fixture(params=["sqlite", "postgresql"])
def own_place(request: pytest.FixtureRequest) -> Address:
    """No row yet, and tables that the test may change."""
    if request.param == "sqlite":
        return _copied(request.getfixturevalue("ready_file"), request.getfixturevalue("file"))
    server, ready = request.getfixturevalue("postgresql"), request.getfixturevalue("ready")
    _empty(server, ready)
    return _copy(server, ready)


def _copied(ready: Path, file: Address) -> Address:
    assert file.file is not None
    file.file.parent.mkdir(mode=0o700)
    shutil.copy(ready, file.file)
    return file


def _empty(server: PostgresqlServer, name: str) -> None:
    with server.connect(name) as connection:
        sequences = connection.execute("SELECT sequencename FROM pg_sequences").fetchall()
        lines = [f"DELETE FROM {table};" for table in METADATA.tables]
        lines += [f"SELECT setval('{sequence}', 1, false);" for (sequence,) in sequences]
        # as a replica it asks neither guards nor foreign keys
        connection.execute("SET session_replication_role = replica; " + " ".join(lines))


def _copy(server: PostgresqlServer, template: str) -> Address:
    """A database of its own; it goes with the server, because dropping one waits for a checkpoint."""
    name = f"store_{next(_NUMBERS)}"
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return database(server, name)
