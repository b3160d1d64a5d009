"""SFTP servers on loopback: Debian's OpenSSH sshd (by key), and one of asyncssh (by password) that can be told to misbehave."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from servers.processes import own_port, stop
from servers.waiting import PATIENCE, await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SSHD = "/usr/sbin/sshd"
PASSWORD = "secret-of-tests-only"


@dataclass
class SftpServer:
    """A running server.

    Attributes:
        root: its files, as a folder here. base: how `root` is called by clients ("" where they arrive in it).
        host_key: what to pin. user, key: who may log in; `key` is a private key file, None where the password does it.

    """

    root: Path
    port: int
    host_key: str
    user: str
    key: Path | None = None
    base: str = ""
    faults: Faults | None = None


@dataclass
class Faults:
    """What the asyncssh server shall do wrong.

    Attributes:
        drop_after: cut the connection after so many bytes were read, once. stall_after: answer no more read after so many bytes.
        short_by: end files so many bytes before the size it says. on_read: called once, at the first read. no_posix_rename: as it says.
        read: bytes given out so far. opened: paths opened, with the first offset read.

    """

    drop_after: int | None = None
    stall_after: int | None = None
    short_by: int = 0
    on_read: Callable[[], None] | None = None
    no_posix_rename: bool = False
    denied: bytes | None = None
    read: int = 0
    first_offsets: list[int] = field(default_factory=list)
    names_seen: list[str] = field(default_factory=list)


@contextmanager
def openssh(folder: Path) -> Iterator[SftpServer]:
    """Debian's sshd with a key for whoever runs the tests; skips where it is not installed. `folder` must be empty."""
    if not Path(SSHD).exists():
        pytest.skip("未安装 openssh-server")
    user = pwd.getpwuid(os.geteuid())
    if Path(user.pw_shell).name in ("nologin", "false"):
        pytest.skip("sshd 不接受没有登录 shell 的用户")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its own start script makes it
    host, other, client = (
        asyncssh.generate_private_key(kind)
        for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-ed25519")
    )
    for name, key in (("host", host), ("host_other", other), ("client", client)):
        key.write_private_key(folder / name)
        (folder / name).chmod(0o600)
    client.write_public_key(folder / "authorized")
    root = folder / "root"
    root.mkdir()
    with own_port() as port, _sshd(folder, port) as server:
        await_that(lambda: _answers(server, port), "sshd starts")
        public = host.export_public_key().decode().strip()
        yield SftpServer(root, port, public, user.pw_name, folder / "client")


@contextmanager
def _sshd(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    root = folder / "root"
    (folder / "conf").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host_other\nHostKey {folder}/host\n"
        f"AuthorizedKeysFile {folder}/authorized\nPidFile none\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
        f"Subsystem sftp internal-sftp -d {root}\nLogLevel QUIET\n"
    )
    server = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(folder / "conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield server
    finally:
        stop(server)


@contextmanager
def asyncssh_server(
    root: Path, *, port: int = 0, host_key: asyncssh.SSHKey | None = None
) -> Iterator[SftpServer]:
    """An SFTP server of asyncssh, shut in `root`, for user `hedui` with PASSWORD."""
    faults = Faults()
    key = host_key or asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            options=asyncssh.SSHServerConnectionOptions(
                server_host_keys=[key],
                server_factory=_Login,
                sftp_factory=lambda channel: _Files(channel, root, faults),
            ),
        )

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(PATIENCE)
    try:
        public = key.export_public_key().decode().strip()
        yield SftpServer(root, acceptor.get_port(), public, "hedui", faults=faults)
    finally:

        async def leave() -> None:
            acceptor.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(leave(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=PATIENCE)


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - of every server
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("hedui", PASSWORD)


class _Files(asyncssh.SFTPServer):
    """Files below `root`, with the faults that the test asks for."""

    def __init__(self, channel: Any, root: Path, faults: Faults) -> None:
        super().__init__(channel, chroot=os.fsencode(root))
        self._faults = faults
        self._channel_of = channel
        self._fresh = True

    async def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        self._fresh = True
        if self._faults.denied is not None and path.endswith(self._faults.denied):
            raise asyncssh.SFTPPermissionDenied("quoted secret")
        return super().open(path, pflags, attrs)

    async def read(self, file_obj: Any, offset: int, size: int) -> Any:
        faults = self._faults
        if self._fresh:
            faults.first_offsets.append(offset)
            self._fresh = False
        if faults.on_read is not None:
            hook, faults.on_read = faults.on_read, None
            hook()
        if faults.drop_after is not None and faults.read >= faults.drop_after:
            faults.drop_after = None
            self._channel_of.get_connection().abort()
            raise asyncssh.SFTPConnectionLost("")
        if faults.stall_after is not None and faults.read >= faults.stall_after:
            await asyncio.sleep(10 * PATIENCE)
        if faults.short_by:
            end = os.fstat(file_obj.fileno()).st_size - faults.short_by
            size = max(0, min(size, end - offset))
        data = super().read(file_obj, offset, size)
        faults.read += len(data)
        return data

    async def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        self._faults.names_seen.append(Path(os.fsdecode(file_obj.name)).name)
        return super().write(file_obj, offset, data)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
        if self._faults.no_posix_rename:
            raise asyncssh.SFTPOpUnsupported("no")
        return super().posix_rename(oldpath, newpath)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    if server.poll() is not None:
        pytest.skip("sshd 无法以当前用户启动")
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE):
        return True
    return False
