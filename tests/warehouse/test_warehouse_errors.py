"""What DuckDB says is never passed on: it may quote a value."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest

from warehouse.db import open_database
from warehouse.errors import (
    BusyError,
    NoRoomError,
    NotOursError,
    WarehouseError,
    translate_duckdb,
    translate_os,
)

FILE = Path("w.duckdb")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (duckdb.IOException("Could not write file: No space left on device"), NoRoomError),
        (duckdb.OutOfMemoryException("failed to allocate 1 GB"), NoRoomError),
        (duckdb.IOException("Could not set lock on file: Conflicting lock is held"), BusyError),
        (duckdb.IOException("exists, but it is not a valid DuckDB database file!"), NotOursError),
        (duckdb.Error("Corrupt database file: computed checksum 1"), NotOursError),
        (duckdb.ConversionException("Could not convert string '990101' to INT"), WarehouseError),
    ],
)
def test_a_duckdb_error_becomes_one_line_without_its_words(
    error: duckdb.Error, kind: type[WarehouseError]
) -> None:
    told = translate_duckdb(error, FILE)
    assert type(told) is kind
    assert "990101" not in str(told)
    assert "\n" not in str(told)
    assert "w.duckdb" in told.what
    assert told.todo


def test_a_value_in_a_failing_statement_does_not_come_out(tmp_path: Path) -> None:
    with (
        open_database(tmp_path / "x.duckdb", read_only=False) as database,
        pytest.raises(WarehouseError, match="ConversionException") as caught,
    ):
        database.run("SELECT CAST($v AS INTEGER)", {"v": "990101198502011234Z"})
    assert "9901" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_error_of_the_system_says_what_to_do() -> None:
    assert type(translate_os(OSError(errno.ENOSPC, "x"), FILE)) is NoRoomError
    denied = translate_os(PermissionError(errno.EACCES, "Permission denied"), FILE)
    assert "Permission denied" in denied.what


def test_nothing_is_fetched_from_the_network_and_no_python_name_is_a_table(tmp_path: Path) -> None:
    secret = [1]
    assert secret
    with open_database(tmp_path / "x.duckdb", read_only=False) as database:
        settings = dict(
            database.run(
                "SELECT name, value FROM duckdb_settings() WHERE name IN "
                "('autoinstall_known_extensions', 'autoload_known_extensions')"
            )
        )
        assert set(settings.values()) == {"false"}
        with pytest.raises(WarehouseError, match="CatalogException"):
            database.run("SELECT * FROM secret")
