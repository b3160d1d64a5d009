"""A folder of this machine that a department fills: regular files only, none that may still grow, none outside the folder."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.intake.naming import LANDING_SUFFIX, MANIFEST_SUFFIX
from connectors.sources.declaration import FileDataset, Folder
from connectors.store import failure
from connectors.transports.remote_files import (
    MANIFEST_MOST,
    Listed,
    fetched_of,
    offers_of,
    remote_path,
)
from connectors.transports.transport import Probe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.transports.transport import Caller, Fetched, Mark, Offer

QUIET = timedelta(seconds=5)
"""A file counts as whole when it was not written to for so long."""
_CHUNK = 1 << 20


class FolderTransport:
    """The watched folder: a Transport and a Carrier. Links are not followed, and no path leads out of the declared folder."""

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        if not isinstance(source.transport, Folder):
            raise TypeError("not a folder source")
        self._root = source.transport.path
        self._source = source
        self._outside = outside
        self._caller = caller

    def __enter__(self) -> FolderTransport:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def probe(self) -> Probe:
        """Whether the folder is there and may be read."""
        self._caller.call(lambda: self._list(""))
        return Probe("folder")

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """Files by the dataset's pattern, oldest extract first; a file written in the last seconds waits for the next pull."""
        if not isinstance(spec, FileDataset):
            raise TypeError("not a dataset of files")
        return offers_of(
            self._caller.call(lambda: self._list(spec.folder)),
            spec,
            subject,
            region=self._source.region,
            taken=taken,
            quiet_since=None if spec.ready else self._outside.now() - QUIET,
        )

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:  # noqa: ARG002 - of every transport
        """Copy one file. Raises SourceUnreachable when it changed since it was listed, or while it was copied."""
        most = self._source.limits.bytes_most
        with self._opened(offer.origin) as file:
            _hold_still(file, offer)
            if offer.size is not None and offer.size > most:
                raise SourceLied(
                    f"来源文件 {offer.size} 字节，超过 {most} 字节的限度",
                    "确属正常时请调高 bytes_most",
                )
            try:
                with target.open("wb") as copy:
                    while chunk := file.read(_CHUNK):
                        copy.write(chunk)
            except OSError as error:
                raise failure("取数暂存区", error) from error
            _hold_still(file, offer)
        manifest = None
        if offer.mark.get("manifest") is not None:
            manifest = self.get(offer.origin + MANIFEST_SUFFIX, at_most=MANIFEST_MOST)
        return fetched_of(offer, manifest)

    def put(self, content: bytes, path: str) -> None:
        """Write a file whole: under another name, brought to the disk, renamed. The same bytes again change nothing."""
        target = self._inside(path)
        beside = target.with_name(f".{target.name}{LANDING_SUFFIX}")
        try:
            if target.is_file() and target.read_bytes() == content:
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            raise _trouble(error) from None

    def names(self, folder: str) -> Sequence[str]:
        """Names of the regular files in a folder, sorted; those that begin with a dot are nobody's business."""
        listed = self._caller.call(lambda: self._list(folder))
        names = (f.path.rpartition("/")[2] for f in listed)
        return sorted(name for name in names if not name.startswith("."))

    def get(self, path: str, *, at_most: int) -> bytes:
        """The bytes of a file. Raises SourceLied when it has more than `at_most`."""
        with self._opened(path) as file:
            content = file.read(at_most + 1)
        if len(content) > at_most:
            raise SourceLied(
                f"来源文件超过 {at_most} 字节的限度", "请联系来源单位核实，确属正常时请调高限度"
            )
        return content

    def _list(self, folder: str) -> list[Listed]:
        where = self._inside(folder)
        found = []
        try:
            with os.scandir(where) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        told = entry.stat(follow_symlinks=False)
                        changed = datetime.fromtimestamp(told.st_mtime, UTC)
                        path = remote_path(folder, entry.name)
                        found.append(Listed(path, told.st_size, str(told.st_mtime_ns), changed))
        except OSError as error:
            raise _trouble(error) from None
        return found

    @contextmanager
    def _opened(self, path: str) -> Iterator[BinaryIO]:
        """A regular file of theirs, opened without following a link."""
        try:
            handle = os.open(self._inside(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise _trouble(error) from None
        with open(handle, "rb") as file:  # noqa: PTH123 - opened above, with flags
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceRefused("来源路径不是普通文件", "请来源单位放置文件本身")
            yield file

    def _inside(self, path: str) -> Path:
        """A path below the declared folder, whatever links and dots it is made of. Raises SourceRefused when it leads elsewhere."""
        whole = self._root / path.lstrip("/")
        if not (whole.parent.resolve() / whole.name).is_relative_to(self._root.resolve()) or (
            ".." in whole.parts
        ):
            raise SourceRefused("来源路径指到约定目录之外", "请检查 source.yaml 的 folder 与链接")
        return whole


def _hold_still(file: BinaryIO, offer: Offer) -> None:
    """Raise SourceUnreachable where the open file is not in the state that was listed."""
    told = os.fstat(file.fileno())
    if (told.st_size, str(told.st_mtime_ns)) != (offer.mark["size"], offer.mark["stamp"]):
        raise SourceUnreachable("文件仍在写入或已被替换", "来源写完后下次取数自动重取")


def _trouble(error: OSError) -> SourceUnreachable | SourceRefused:
    """A failed look at the folder: what is not there may be mounted again, what is forbidden stays so."""
    if isinstance(error, PermissionError):
        return SourceRefused("没有权限读写来源目录或文件", "请检查目录权限与运行账号")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return SourceUnreachable(
            "来源目录或文件不存在", "请检查目录是否已挂载、source.yaml 的路径是否正确"
        )
    if error.errno == errno.ELOOP:
        return SourceRefused("来源路径是链接", "请来源单位放置文件本身")
    return SourceUnreachable(f"来源目录无法读写（{error.strerror}）", "请检查目录所在的存储")
