"""One PostgreSQL for the tests of the mirror, and a database of its own for each test."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from pydantic import SecretStr
from servers.postgresql import OWNER, PostgresqlServer, postgresql_server
from warehouse_tables import make_run, make_tables

from warehouse.publish import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

_NAMES = count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    with postgresql_server(tmp_path_factory.mktemp("ca")) as running:
        yield running


@dataclass(frozen=True)
class Database:
    """A database of a running server, written to by its owner."""

    server: PostgresqlServer
    name: str

    @property
    def address(self) -> SecretStr:
        return self.of(OWNER)

    def of(self, user: str, **more: str) -> SecretStr:
        said = {"host": str(self.server.folder), "port": self.server.port, "user": user}
        return SecretStr(psycopg.conninfo.make_conninfo(**said, dbname=self.name, **more))

    def connect(self, user: str = OWNER) -> psycopg.Connection:
        return psycopg.connect(self.of(user).get_secret_value(), autocommit=True)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, values or None).fetchall()


@pytest.fixture
def database(server: PostgresqlServer) -> Database:
    name = f"approval_{next(_NAMES)}"
    with server.connect() as owner:
        owner.execute(f"CREATE DATABASE {name}")
    return Database(server, name)


@dataclass(frozen=True)
class Warehouse:
    """A warehouse that runs are published into one after another."""

    path: Path

    def run(self, sequence: int, households: int = 3, *, keep: int = 12, **more: Any) -> None:
        """Publish a run of so many households; `amount` as `make_tables`, `change` may edit the tables."""
        change = more.pop("change", None)
        tables: dict[str, pl.DataFrame] = make_tables(households, **more)
        if change is not None:
            tables = change(tables)
        publish(self.path, make_run(sequence, tables), tables, keep_runs=keep)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "w.duckdb")
