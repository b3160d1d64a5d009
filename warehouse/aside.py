"""Files built aside and swapped in: copy, sweep, make durable, replace. Nothing here knows what is in them."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from warehouse.errors import BusyError, NotOursError, translate_os

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Answers of a file system that cannot copy inside the kernel; the plain copy does.
_CANNOT_CLONE = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM)


def building_path(path: Path) -> Path:
    """Where the next state of the file is built: in the same folder, so that the swap is one rename."""
    return path.with_name(f"{path.name}.building")


@contextmanager
def built_aside(path: Path) -> Iterator[Path]:
    """Give a copy of `path` (or the name of a file yet to be made) and swap it in when the block ends well.

    Whatever goes wrong inside, `path` is untouched and the copy is gone; whatever a killed run left is swept first. Readers
    that hold the old file open go on reading the old one.

    Raises:
        BusyError: another program has the file open for writing.
        NotOursError: another program left a write-ahead log beside the file.
        NoRoomError, WarehouseError: the operating system refused.

    """
    building = building_path(path)
    try:
        sweep_leftovers(path)
        if path.exists() and path.stat().st_size > 0:
            _refuse_foreign_writer(path)
            _copy(path, building)
        yield building
        _make_durable(building)
        building.replace(path)
        _make_durable(path.parent)
    except OSError as error:
        raise translate_os(error, path) from error
    finally:
        sweep_leftovers(path)


def sweep_leftovers(path: Path) -> None:
    """Remove `<path>.building` and everything DuckDB put beside it (log, spill folder)."""
    for left in path.parent.iterdir():
        if left.name.startswith(building_path(path).name):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _refuse_foreign_writer(path: Path) -> None:
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        # DuckDB would replay it onto whatever file carries the name: the swap would mix two states.
        raise NotOursError(
            f"另一个程序写过结果库 {path.name}，并在旁边留下 {log.name}",
            "请用备份恢复该文件，或把两者都移走",
        )
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        raise BusyError(
            f"结果库 {path.name} 正被另一个程序打开写入", "请在那里关闭后重试"
        ) from None
    finally:
        os.close(handle)


def _copy(source: Path, target: Path) -> None:
    try:
        _clone(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_CLONE:
            raise
        shutil.copyfile(source, target)
    shutil.copymode(source, target)


def _clone(source: Path, target: Path) -> None:
    """Copy inside the kernel, which shares the blocks where the file system can."""
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        while left > 0:
            done = os.copy_file_range(reader.fileno(), writer.fileno(), left)
            if done == 0:
                raise OSError(errno.EIO, "the file became shorter while it was copied")
            left -= done


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
