"""The working store beside a warehouse: raw bytes and read rows under the name of their content. Files only, no meaning.

Every write goes to a temporary name, is brought to the disk and then renamed, so a killed run leaves a whole file or none.
Directories are closed to other users: the rows are personal data.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from connectors.errors import ConnectorError, FileRefused, StoreHeld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

TEMPORARY = ".tmp"
EXCHANGE = "exchange"
"""Folder of what is remembered of each source; held by whoever pulls, not by whoever holds the store."""
_CHUNK = 1 << 20
_TRIES, _PAUSE = 5, 0.2
"""Whoever lands what was pulled is in the store for a moment only: so often, with so many seconds between, it is worth another look."""


@dataclass(frozen=True, slots=True)
class Store:
    """Paths of the working store at `root`."""

    root: Path

    @property
    def arrivals(self) -> Path:
        """The log of what arrived."""
        return self.root / "arrivals.jsonl"

    @property
    def run(self) -> Path:
        """Hand-offs of the current run; nothing here outlives it."""
        return self.root / "run"

    def raw(self, sha256: str, ext: str) -> Path:
        """Where the bytes of that digest are kept as sent."""
        return self.root / "raw" / sha256[:2] / f"{sha256}.{ext}"

    def rows(self, dataset: str, name: str) -> Path:
        """Where the rows that could be read are kept."""
        return self.root / "rows" / dataset / f"{name}.parquet"

    def quarantine(self, dataset: str, name: str) -> Path:
        """Where the reasons of the other rows are kept."""
        return self.root / "quarantine" / dataset / f"{name}.parquet"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the store for one process; a second one is refused at once with StoreHeld."""
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreHeld("工作库正被另一个进程使用", "请等它结束后再运行") from None
            yield


def when_free(do: Callable[[], T], *, sleep: Callable[[float], None]) -> T:
    """Do what holds the store, a few times again where another process is in it.

    Args:
        do: holds the store for itself; StoreHeld only from there. sleep: waits.

    Raises:
        StoreHeld: it stayed held. Whatever `do` raises.

    """
    for _ in range(_TRIES - 1):
        with suppress(StoreHeld):
            return do()
        sleep(_PAUSE)
    return do()


def open_store(root: Path) -> Store:
    """Open the working store, making it when it is not there and clearing what a killed run left half-written.

    Raises:
        ConnectorError: the directory cannot be made or written.

    """
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = Store(root)
        store.run.mkdir(mode=0o700, exist_ok=True)
        for left in root.rglob(f"*{TEMPORARY}"):
            if EXCHANGE not in left.relative_to(root).parts:  # somebody may be pulling beside us
                left.unlink()
    except OSError as error:
        raise failure("工作库", error) from error
    return store


def failure(what: str, error: BaseException) -> ConnectorError:
    """The ConnectorError of a failed read or write; the system's own words, never the path's content."""
    # libraries wrap what the system said; only its number is taken over, their text may quote data
    found = re.search(r"os error (\d+)", str(error))
    number = getattr(error, "errno", None) or (int(found[1]) if found else 0)
    said = os.strerror(number) if number else getattr(error, "strerror", None) or "读写失败"
    return ConnectorError(f"{what}无法写入磁盘（{said}）", "请检查剩余空间与目录权限后重新运行")


def write_whole(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary file and put it in place whole; on failure nothing is left.

    Raises:
        ConnectorError: the disk is full or cannot be written.

    """
    temporary = target.with_name(target.name + TEMPORARY)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(temporary)
        to_disk(temporary)
        temporary.replace(target)
        to_disk(target.parent)
    except (OSError, pl.exceptions.PolarsError) as error:
        temporary.unlink(missing_ok=True)
        raise failure("工作库文件", error) from error


def write_rows(frame: pl.DataFrame, target: Path) -> None:
    """Write a frame as Parquet, whole or not at all. Raises ConnectorError."""
    write_whole(
        target, lambda path: frame.write_parquet(path, compression="zstd", compression_level=1)
    )


def digest_of(path: Path) -> str:
    """SHA-256 of a file of the inbox. Raises FileRefused when it cannot be opened or read: that is this file's trouble only."""
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise FileRefused(
            f"文件无法打开（{error.strerror}）", "请检查文件权限与传输是否完整后重新报送"
        ) from None


def keep_raw(source: Path, store: Store, *, ext: str) -> str:
    """Copy a file's bytes into the store under their digest, and return the digest.

    The digest is taken of the bytes that were copied, so a file that is still being written cannot be kept under a wrong name.

    Raises:
        FileRefused: the file cannot be read.
        ConnectorError: the bytes cannot be written.

    """
    sha256 = digest_of(source)
    if store.raw(sha256, ext).exists():
        return sha256
    taken: list[str] = []

    def copy(path: Path) -> None:
        digest = hashlib.sha256()
        with source.open("rb") as read, path.open("wb") as write:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                write.write(chunk)
        path.chmod(0o440)
        taken.append(digest.hexdigest())
        if taken[0] != sha256:
            raise OSError(0, "文件在读取时仍被改写")

    write_whole(store.raw(sha256, ext), copy)
    return sha256


def to_disk(path: Path) -> None:
    """Bring a file or a folder's entries to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
