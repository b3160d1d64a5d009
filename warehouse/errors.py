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
        return NoRoomError(f"结果库 {path.name} 需要的内存超过所给", "请调高内存上限后重试")
    if any(sign in text for sign in _LOCKED):
        return BusyError(f"结果库 {path.name} 正被另一个程序打开写入", "请在那里关闭后重试")
    if any(sign in text for sign in _DAMAGED):
        return damaged(path)
    kind = type(error).__name__
    return WarehouseError(
        f"结果库 {path.name} 无法读写（{kind}）",
        "请重试；仍不行请用备份恢复该文件，并报告这一行",
    )


def translate_os(error: OSError, path: Path) -> WarehouseError:
    """The same for an error of the operating system."""
    if error.errno in _OS_FULL:
        return no_room(path)
    reason = error.strerror or type(error).__name__
    return WarehouseError(
        f"结果库 {path.name} 无法读写（{reason}）",
        "请检查所在目录是否存在、运行程序的账号是否有权限",
    )


def no_room(path: Path) -> NoRoomError:
    """The error for a full disk."""
    return NoRoomError(
        f"磁盘已满，未能发布，结果库 {path.name} 未改变",
        "请清理出至少两倍于它的空间后重新运行",
    )


def damaged(path: Path) -> NotOursError:
    """The error for a file that cannot be read as a database."""
    return NotOursError(
        f"结果库 {path.name} 已损坏，或不是 DuckDB 数据库",
        "请用备份恢复，或换一个文件",
    )


def is_folder(path: Path) -> NotOursError:
    """The error for a folder where the file should be."""
    return NotOursError(f"结果库 {path.name} 是目录，不是文件", "请给出 DuckDB 文件")
