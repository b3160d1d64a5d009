"""What DuckDB says is never passed on: it may quote a value."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import duckdb
import pytest

from warehouse.db import SharedDatabase, open_database
from warehouse.errors import (
    BusyError,
    NoRoomError,
    NotOursError,
    WarehouseError,
    translate_duckdb,
    translate_os,
)
from warehouse.live import LiveWarehouse

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


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 4096, b"text " * 999])
def test_a_file_that_is_no_database_is_told_in_our_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.duckdb").write_bytes(content)
    _refused(tmp_path / "w.duckdb", "已损坏，或不是 DuckDB 数据库")


def test_another_database_is_not_taken_for_ours_and_fetches_nothing(tmp_path: Path) -> None:
    """DuckDB alone would look for an extension that reads it, on the network."""
    theirs = sqlite3.connect(tmp_path / "w.duckdb")
    theirs.execute("CREATE TABLE t (x)")
    theirs.close()
    _refused(tmp_path / "w.duckdb", "不是 DuckDB 数据库")


def test_a_folder_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").mkdir()
    _refused(tmp_path / "w.duckdb", "是目录")


def _refused(path: Path, told: str) -> None:
    def opened() -> None:
        with open_database(path, read_only=True):
            pytest.fail("it was opened")

    for call in (opened, lambda: SharedDatabase(path), lambda: LiveWarehouse(path).run):
        with pytest.raises(NotOursError, match=told) as refusal:
            call()
        assert "\n" not in str(refusal.value)
