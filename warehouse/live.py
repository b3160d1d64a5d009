"""The warehouse as a running service reads it: always the newest run, swapped under open requests without a failed one.

A run replaces the file by another one of the same name. Each version is opened once and shared; whoever borrows works on a cursor of
its own, and the old version is closed when the last borrower has given it back.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from warehouse.current import CurrentTables, check_ours, newest_run
from warehouse.db import DEFAULT_LIMITS, Limits, SharedDatabase
from warehouse.errors import NotOursError, WarehouseError
from warehouse.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from warehouse.record import RunRecord

OPENING_ATTEMPTS = 5
"""How often a file that is swapped while it is being opened is tried again."""


@dataclass
class _Version:
    """One opened file. `stamp` tells it from its successor; `borrowers` counts who reads it now."""

    shared: SharedDatabase
    stamp: tuple[int, int, int]
    run: RunRecord
    held: frozenset[str]
    positions: Positions = field(default_factory=Positions)
    borrowers: int = 0
    retired: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def close_when_free(self) -> None:
        with self.lock:
            if self.retired and self.borrowers == 0:
                self.shared.close()


class LiveWarehouse:
    """A warehouse file that may be replaced at any time. Safe to use from many threads."""

    def __init__(self, path: Path, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self.path = path
        self._limits = limits
        self._version: _Version | None = None
        self._lock = threading.Lock()

    @property
    def run(self) -> RunRecord:
        """The newest run's record. Raises as `borrowed`."""
        with self.borrowed() as tables:
            return tables.run

    @contextmanager
    def borrowed(self) -> Iterator[CurrentTables]:
        """The newest run's tables; every frame of one block is of the same run, even when another is published meanwhile.

        Raises:
            NotOursError: there is no file, or none of ours, or one without a run.
            WarehouseError: it cannot be read.

        """
        version = self._take()
        try:
            with version.shared.cursor() as database:
                yield CurrentTables(
                    database, version.run, version.held, positions=version.positions
                )
        finally:
            with version.lock:
                version.borrowers -= 1
            version.close_when_free()

    def close(self) -> None:
        """Let the file go; who still reads it ends undisturbed."""
        with self._lock:
            version, self._version = self._version, None
        if version is not None:
            version.retired = True
            version.close_when_free()

    def _take(self) -> _Version:
        stamp = self._stamp()
        with self._lock:
            version = self._version
            if version is None or version.stamp != stamp:
                version = self._renew(version)
            with version.lock:
                version.borrowers += 1
        return version

    def _renew(self, old: _Version | None) -> _Version:
        new = self._open()
        self._version = new
        if old is not None:
            old.retired = True
            old.close_when_free()
        return new

    def _open(self) -> _Version:
        for attempt in range(OPENING_ATTEMPTS):
            stamp = self._stamp()
            shared = SharedDatabase(self.path, limits=self._limits)
            try:
                with shared.cursor() as database:
                    held = check_ours(database, self.path)
                    run = newest_run(database)
            except WarehouseError:
                shared.close()
                # Swapped between being looked up and being checked: its length is that of the file before.
                if self._stamp() != stamp and attempt + 1 < OPENING_ATTEMPTS:
                    continue
                raise
            if run is None:
                shared.close()
                raise NotOursError(
                    f"结果库 {self.path.name} 中还没有运行", "请先运行 hedui run，或换一个文件"
                )
            if self._stamp() == stamp:
                return _Version(shared, stamp, run, held)
            with suppress(WarehouseError):
                shared.close()
        raise WarehouseError(f"结果库 {self.path.name} 在打开时不断被替换", "请重试")

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self.path.stat()
        except OSError:
            raise NotOursError(
                f"没有结果库 {self.path.name}", "请先运行 hedui run，或换一个文件"
            ) from None
        return found.st_ino, found.st_mtime_ns, found.st_size
