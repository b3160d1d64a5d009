"""Files of a department's SFTP server: listed, brought whole, and handed over. The connection is `transports.sftp_session`.

Links and everything that is no regular file are passed over. A file is taken when it was the same before and after it was read.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import asyncssh

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.intake.naming import MANIFEST_SUFFIX
from connectors.sources.declaration import FileDataset, Sftp
from connectors.transports.growing import Growing, discard
from connectors.transports.remote_files import (
    MANIFEST_MOST,
    Listed,
    fetched_of,
    offers_of,
    remote_path,
)
from connectors.transports.sftp_session import SftpSession
from connectors.transports.transport import Probe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.transports.transport import Caller, Fetched, Mark, Offer

T = TypeVar("T")

QUIET_SECONDS = 60
"""Without a ready sign, a file is passed over until it has not been written for so long, by our clock."""

_NAMES_MOST = 1_000_000
_PART = b".part"
_SLICE = 1 << 20
_BLOCK, _UNDER_WAY = 256 << 10, 64  # at most 16 MiB asked for and not yet written
_AGAIN = "通常无需处理，下次取数会再取；若反复出现，请来源单位以 .part 写完后再改名"


@dataclass(frozen=True, slots=True)
class _State:
    """What tells one content of a remote file from another."""

    size: int
    stamp: str


class SftpTransport:
    """A source over SFTP; Transport and Carrier."""

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        spec = source.transport
        if not isinstance(spec, Sftp):
            raise TypeError(spec.kind)
        self._source = source
        self._outside = outside
        self._caller = caller
        self._session = SftpSession(spec, outside, seconds=source.limits.timeout_seconds)
        self._named: dict[str, bytes] = {}

    def __enter__(self) -> SftpTransport:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def probe(self) -> Probe:
        """Log in and look at the folder where we arrive."""

        async def look(sftp: asyncssh.SFTPClient) -> Probe:
            await sftp.realpath(b".")
            return Probe(self._session.server)

        return self._call(look)

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """Whole files of the dataset's folder that are new. Raises as Transport says."""
        assert isinstance(spec, FileDataset)
        listing = self._call(lambda sftp: self._listing(sftp, spec.folder))
        quiet = None if spec.ready else self._outside.now() - timedelta(seconds=QUIET_SECONDS)
        yield from offers_of(
            listing,
            spec,
            subject,
            region=self._source.region,
            taken=taken,
            quiet_since=quiet,
        )

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:  # noqa: ARG002 - of every transport
        """Bring a file and the manifest beside it; an interrupted one is gone on with."""
        return fetched_of(offer, self._call(lambda sftp: self._brought(sftp, offer, target)))

    def put(self, content: bytes, path: str) -> None:
        """Write `path.part` and rename it; whoever looks sees the old file or the new one, never half."""
        self._call(lambda sftp: self._put(sftp, content, path.encode()))

    def names(self, folder: str) -> Sequence[str]:
        """Regular files of a folder but those being written (`.part`)."""
        listing = self._call(lambda sftp: self._listing(sftp, folder))
        names = (file.path.rpartition("/")[2] for file in listing)
        return sorted(name for name in names if not name.endswith(_PART.decode()))

    def get(self, path: str, *, at_most: int) -> bytes:
        """A file's bytes. Raises SourceLied when there are more than `at_most`."""
        return self._call(lambda sftp: self._whole(sftp, self._raw(path), at_most))

    def _call(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        return self._caller.call(lambda: self._session.run(work))

    def _raw(self, path: str) -> bytes:
        """A path as the server has it: names that are not UTF-8 were read as GB 18030."""
        return self._named.get(path) or path.encode()

    async def _listing(self, sftp: asyncssh.SFTPClient, folder: str) -> list[Listed]:
        found = []
        count = 0
        async for entry in sftp.scandir(folder.encode() or b"."):
            self._session.alive()
            if (count := count + 1) > _NAMES_MOST:
                raise SourceLied(
                    f"SFTP 文件夹中的文件超过 {_NAMES_MOST} 个", "请来源单位清理或另设文件夹"
                )
            raw = entry.filename
            assert isinstance(raw, bytes)
            name = _text(raw)
            if name is None or "/" in name or not _regular(entry.attrs):
                continue
            path = remote_path(folder, name)
            self._named[path] = remote_path(folder, "").encode() + raw
            state = _state(entry.attrs)
            changed = datetime.fromtimestamp(entry.attrs.mtime or 0, UTC)
            found.append(Listed(path, state.size, state.stamp, changed))
        return found

    async def _brought(self, sftp: asyncssh.SFTPClient, offer: Offer, target: Path) -> bytes | None:
        """Download an offer into the target; gives the manifest's bytes, None where there is none."""
        raw = self._raw(offer.origin)
        state = await self._still(sftp, raw)
        most = self._source.limits.bytes_most
        if state.size > most:
            raise SourceRefused(
                f"来源文件有 {state.size} 字节，超过上限 {most}",
                "请核实该文件；确需收取时调大 source.yaml 的 limits.bytes_most",
            )
        if (state.size, state.stamp) != (offer.mark.get("size"), offer.mark.get("stamp")):
            raise _changing()
        await self._download(sftp, raw, state, target)
        if offer.mark.get("manifest") is None:
            return None
        beside = raw + MANIFEST_SUFFIX.encode()
        if (await self._still(sftp, beside)).stamp != offer.mark["manifest"]:
            raise _changing()
        return await self._whole(sftp, beside, MANIFEST_MOST)

    async def _download(
        self, sftp: asyncssh.SFTPClient, raw: bytes, state: _State, target: Path
    ) -> None:
        with Growing(target, {"size": state.size, "stamp": state.stamp}) as growing:
            block = min(sftp.limits.max_read_len or _BLOCK, _BLOCK)
            file = await sftp.open(
                raw, "rb", encoding=None, block_size=block, max_requests=_UNDER_WAY
            )
            if _state(await file.stat()) != state:
                raise _changing()
            await self._poured(file, growing, state.size)
            same = await self._still(sftp, raw) == state
            if same and growing.size < state.size:
                growing.begin_anew()
                raise SourceLied(
                    "来源文件在中途断尾：服务器给出的字节少于它所说的大小",
                    "请来源单位检查该文件与其磁盘后重新放置",
                )
            await file.close()
        if not same:
            discard(target)
            raise _changing()

    async def _poured(self, file: asyncssh.SFTPClientFile, growing: Growing, size: int) -> None:
        """Read the rest of a file. Blocks come in any order; only those that join the front are written."""
        early: dict[int, bytes] = {}
        if growing.size == size:
            return
        async for offset, block in await file.read_parallel(size - growing.size, growing.size):
            self._session.alive()
            early[offset] = block
            while (next_block := early.pop(growing.size, None)) is not None:
                if not next_block:
                    break
                growing.write(next_block)

    async def _put(self, sftp: asyncssh.SFTPClient, content: bytes, raw: bytes) -> None:
        with suppress(asyncssh.SFTPNoSuchFile):
            state = await self._file_state(sftp, raw)
            if state.size == len(content) and await self._whole(sftp, raw, state.size) == content:
                return
        file = await sftp.open(raw + _PART, "wb", encoding=None)
        for start in range(0, len(content), _SLICE):
            await file.write(content[start : start + _SLICE])
            self._session.alive()
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
        await file.close()
        if (await self._file_state(sftp, raw + _PART)).size != len(content):
            raise SourceUnreachable("交付的文件没有写全", "请来源单位检查磁盘空间后再试")
        try:
            await sftp.posix_rename(raw + _PART, raw)
        except asyncssh.SFTPOpUnsupported:
            await self._renamed(sftp, raw)

    async def _renamed(self, sftp: asyncssh.SFTPClient, raw: bytes) -> None:
        """A server without atomic renaming: a new name can be given, an old file cannot be replaced without a moment of nothing."""
        if await sftp.lexists(raw):
            raise SourceRefused(
                "SFTP 服务器不支持原子改名，同名文件已存在且内容不同，未覆盖",
                "请来源单位启用 posix-rename，或移走旧文件后再试",
            )
        await sftp.rename(raw + _PART, raw)

    async def _whole(self, sftp: asyncssh.SFTPClient, raw: bytes, at_most: int) -> bytes:
        state = await self._file_state(sftp, raw)
        if state.size > at_most:
            raise SourceLied(
                f"来源文件有 {state.size} 字节，超过上限 {at_most}", "请来源单位核实该文件"
            )
        file = await sftp.open(raw, "rb", encoding=None)
        read = bytearray()
        while len(read) < state.size:
            block = await file.read(min(_SLICE, state.size - len(read)), len(read))
            self._session.alive()
            assert isinstance(block, bytes)  # opened without an encoding
            if not block:
                break
            read += block
        await file.close()
        if await self._file_state(sftp, raw) != state or len(read) != state.size:
            raise _changing()
        return bytes(read)

    async def _still(self, sftp: asyncssh.SFTPClient, raw: bytes) -> _State:
        """The state of a file that was listed: if it is gone now, that is a change too."""
        try:
            return await self._file_state(sftp, raw)
        except asyncssh.SFTPNoSuchFile:
            raise _changing() from None

    async def _file_state(self, sftp: asyncssh.SFTPClient, raw: bytes) -> _State:
        attrs = await sftp.lstat(raw)
        self._session.alive()
        if not _regular(attrs):
            raise SourceRefused(
                "SFTP 服务器上的该名称不是普通文件（可能是链接），未取", "请来源单位放置文件本身"
            )
        return _state(attrs)


def _regular(attrs: asyncssh.SFTPAttrs) -> bool:
    return attrs.type == asyncssh.FILEXFER_TYPE_REGULAR


def _state(attrs: asyncssh.SFTPAttrs) -> _State:
    if attrs.size is None or attrs.mtime is None:
        raise SourceRefused(
            "SFTP 服务器不给出文件的大小与修改时间，无法判断文件是否完整", "请来源单位更换服务程序"
        )
    return _State(attrs.size, str(attrs.mtime * 1_000_000_000 + (attrs.mtime_ns or 0)))


def _text(raw: bytes) -> str | None:
    """A name of theirs; None where it can be read in no way."""
    for coding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(coding)
    return None


def _changing() -> SourceUnreachable:
    return SourceUnreachable("来源文件仍在写入，或在取数期间被改动、移走", _AGAIN)
