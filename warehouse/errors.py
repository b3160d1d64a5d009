"""What can go wrong at the warehouse, each as one clear line: what happened, and what to do.

Only the error types and the reading of DuckDB's own messages live here. A message of DuckDB is never passed on as it is:
it may quote a value, and a value may be a person's.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import duckdb

from household.errors import HouseholdError, InputError, OutsideError

if TYPE_CHECKING:
    from pathlib import Path


class WarehouseError(HouseholdError):
    """The warehouse refused or failed. `what` happened, `todo` is what the reader can do about it."""


class RefusedError(WarehouseError, InputError):
    """What was handed over cannot be published: a table, a column, a type, a key or a run that does not fit."""


class BusyError(WarehouseError, OutsideError):
    """Another process is writing the warehouse; the same call succeeds once it has ended."""


class NoRoomError(WarehouseError, OutsideError):
    """The disk, a quota or the memory limit was reached. What stood before still stands."""


class NotOursError(WarehouseError, InputError):
    """The file is damaged, or is no warehouse of this program."""


_FULL = ("no space left", "file too large", "quota exceeded", "max_temp_directory_size")
_LOCKED = ("could not set lock", "conflicting lock")
_DAMAGED = (
    "not a valid duckdb",
    "corrupt",
    "could not read enough bytes",
    "serialization",
    "storage version",
    "checksum",
)
_OS_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def translate_duckdb(error: duckdb.Error, path: Path) -> WarehouseError:
    """What a DuckDB error means for whoever called, without any value that its message may quote."""
    text = str(error).lower()
    if any(sign in text for sign in _FULL):
        return no_room(path)
    if isinstance(error, duckdb.OutOfMemoryException):
        return NoRoomError(
            f"{path.name} needs more memory than it was given", "raise the memory limit and retry"
        )
    if any(sign in text for sign in _LOCKED):
        return BusyError(
            f"{path.name} is open for writing in another program", "close it there, then retry"
        )
    if any(sign in text for sign in _DAMAGED):
        return damaged(path)
    kind = type(error).__name__
    return WarehouseError(
        f"{path.name}: the database answered with {kind}",
        "run again; if it stays, restore the file from its copy and report this line",
    )


def translate_os(error: OSError, path: Path) -> WarehouseError:
    """The same for an error of the operating system."""
    if error.errno in _OS_FULL:
        return no_room(path)
    reason = error.strerror or type(error).__name__
    return WarehouseError(
        f"{path.name} cannot be read or written ({reason})",
        "check that the folder exists and belongs to whoever runs the program",
    )


def no_room(path: Path) -> NoRoomError:
    """The error for a full disk."""
    return NoRoomError(
        f"no room on the disk to publish {path.name}, which is unchanged",
        "free at least twice its size and run again",
    )


def damaged(path: Path) -> NotOursError:
    """The error for a file that cannot be read as a database."""
    return NotOursError(
        f"{path.name} is damaged or is not a DuckDB database",
        "restore it from its copy, or name another file",
    )
