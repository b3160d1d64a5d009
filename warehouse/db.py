"""The one thin wrapper around DuckDB: how a connection is opened, asked and closed. Nobody else imports duckdb's connect.

Results are fetched whole, because DuckDB refuses a second statement while a first one is still streaming. Text that reaches
SQL as a value is bound, never formatted.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.errors import damaged, is_folder, translate_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]


Config = dict[str, str | bool | int | float | list[str]]
_HEAD, _HEAD_AT = b"DUCK", 8
"""What every DuckDB file begins with, behind a checksum."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may use: threads, and memory in DuckDB's spelling. Past it, DuckDB spills beside the file."""

    threads: int = 2
    memory: str = "1GB"


DEFAULT_LIMITS = Limits()


class Database:
    """An open warehouse file. Made by `open_database` and `SharedDatabase` only, which also close it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement with bound values and return all of its rows.

        Raises:
            WarehouseError: whatever DuckDB answered, as one line without any value.

        """
        try:
            return self._connection.execute(sql, dict(values) if values else None).fetchall()
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None

    def frame(self, sql: str, values: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Run one query with bound values and return a frame.

        Raises:
            WarehouseError: whatever DuckDB answered, as one line without any value.

        """
        try:
            rows: pl.DataFrame = self._connection.sql(
                sql, params=dict(values) if values else None
            ).pl()
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None
        return rows

    def rows(self, sql: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """Run one query with bound values and return its rows by column name: for a few rows half the work of a frame.

        Raises:
            WarehouseError: whatever DuckDB answered, as one line without any value.

        """
        try:
            answer = self._connection.execute(sql, dict(values))
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None

    def batches(
        self, sql: str, values: Mapping[str, object], *, rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Run one query and give its rows as they come, `rows` at most at a time; no other statement until the last is taken.

        Raises:
            WarehouseError: whatever DuckDB answered, as one line without any value.

        """
        try:
            yield from self._connection.sql(sql, params=dict(values)).to_arrow_reader(rows)
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None
        except OSError as error:  # as Arrow passes on what DuckDB says once rows are flowing
            full = "out of memory" in str(error).lower()
            kind = duckdb.OutOfMemoryException if full else duckdb.Error
            raise translate_duckdb(kind(str(error)), self._path) from None

    def append(
        self, sql: str, incoming: pa.RecordBatchReader, values: Mapping[str, object]
    ) -> None:
        """Run an INSERT that selects from the name `incoming`, bound to the stream for this one statement.

        Raises:
            WarehouseError: whatever DuckDB answered, as one line without any value.

        """
        try:
            self._connection.register("incoming", incoming)
            try:
                self._connection.execute(sql, dict(values)).fetchall()
            finally:
                self._connection.unregister("incoming")
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None


@contextmanager
def open_database(
    path: Path, *, read_only: bool, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Database]:
    """Open a database file and close it whatever happens.

    Extensions are neither installed nor loaded by themselves (that would reach for the network), and a Python variable
    never stands in for a missing table.

    Raises:
        BusyError: another process has the file open for writing.
        NotOursError: the file cannot be read as a database.
        WarehouseError: anything else that DuckDB answered.

    """
    config = _config(limits)
    try:
        connection = (
            _connect_reading(path, config) if read_only else duckdb.connect(path, config=config)
        )
    except duckdb.Error as error:
        raise translate_duckdb(error, path) from None
    try:
        yield Database(connection, path)
    finally:
        try:
            connection.close()
        except duckdb.Error as error:  # closing writes what is left, and the disk may be full
            raise translate_duckdb(error, path) from None


class SharedDatabase:
    """A file opened once for reading by many threads; each piece of work takes a cursor of its own. Raises as `open_database`."""

    def __init__(self, path: Path, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._path = path
        self._idle: list[duckdb.DuckDBPyConnection] = []
        try:
            self._connection = _connect_reading(path, _config(limits))
        except duckdb.Error as error:
            raise translate_duckdb(error, path) from None

    @contextmanager
    def cursor(self) -> Iterator[Database]:
        """A connection of one thread to the opened file. It is used again by the next who asks: making one takes longer than a look-up."""
        connection = self._take()
        try:
            yield Database(connection, self._path)
        except BaseException:  # whatever it was in the middle of is not handed on
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Close the file; cursors must have been given back."""
        while self._idle:
            self._idle.pop().close()
        self._connection.close()

    def _take(self) -> duckdb.DuckDBPyConnection:
        with suppress(IndexError):  # taking from a list and adding to it are safe between threads
            return self._idle.pop()
        try:
            connection = self._connection.cursor()
            connection.execute("USE warehouse").fetchall()
        except duckdb.Error as error:
            raise translate_duckdb(error, self._path) from None
        return connection


def _config(limits: Limits) -> Config:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        "threads": limits.threads,
        "memory_limit": limits.memory,
    }


def _connect_reading(path: Path, config: Config) -> duckdb.DuckDBPyConnection:
    # DuckDB gives a second connection to a path of this process the file that the first one opened, even after another
    # file took its place. Attached to a database of its own, the path is looked up anew.
    _check_head(path)
    connection = duckdb.connect(":memory:", config=config | {"temp_directory": f"{path}.tmp"})
    try:
        literal = str(path).replace("'", "''")  # a path cannot be bound here
        connection.execute(f"ATTACH '{literal}' AS warehouse (READ_ONLY)").fetchall()
        connection.execute("USE warehouse").fetchall()
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _check_head(path: Path) -> None:
    """Refuse what is no DuckDB file before DuckDB guesses what else it may be (an SQLite file: an extension from the network).

    Raises NotOursError; a file that cannot be opened is left to DuckDB.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEAD) + _HEAD_AT)
    except IsADirectoryError:
        raise is_folder(path) from None
    except OSError:
        return
    if head[_HEAD_AT:] != _HEAD:
        raise damaged(path)


@cache
def statement(name: str) -> str:
    """The text of `warehouse/sql/<name>.sql`: one fixed statement."""
    return files("warehouse").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
