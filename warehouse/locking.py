"""One writer at a time: the lock beside the warehouse file. The lock file stays where it is; removing it would race."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.errors import BusyError, translate_os

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WriteLock:
    """Proof that this run is the warehouse's writer; valid inside `writing` only."""

    path: Path


@contextmanager
def writing(path: Path) -> Iterator[WriteLock]:
    """Hold `<path>.lock` for the whole of a run.

    The system lets go of the lock when the process ends, however it ends, so a killed run leaves nothing to clear.

    Raises:
        BusyError: another run holds it, in another process or in this one.
        WarehouseError: the lock file cannot be made.

    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            target.with_name(f"{target.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644
        )
    except OSError as error:
        raise translate_os(error, path) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            raise BusyError(
                f"结果库 {path.name} 正被另一次运行写入"
                + (f"（进程 {holder}）" if holder.isdigit() else ""),
                "请等它结束后再运行",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        yield WriteLock(target)
    finally:
        os.close(handle)
