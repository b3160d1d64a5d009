"""One SFTP connection: who the server must be, how we log in, and what its troubles are called. No files are known here.

asyncssh is asynchronous and the rest of the product is not: its loop runs in a thread of its own, which lives as long as the session.
Nothing of the machine is used: no agent, no known_hosts, no ssh_config, no key but the one that source.yaml points at.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import asyncssh

from connectors.errors import SourceRefused, SourceUnreachable
from connectors.sources.secrets import reveal
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connectors.outside import Outside
    from connectors.sources.declaration import Sftp

T = TypeVar("T")

_KEEPALIVE_SECONDS = 15
_KINDS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-256",
    "rsa-sha2-512",
)
_CHECK = "请检查网络、防火墙与 source.yaml 中的 host、port，或稍后再取"


class SftpSession:
    """A connection that is made when first needed, and anew after anything went wrong with it."""

    def __init__(self, spec: Sftp, outside: Outside, *, seconds: float) -> None:
        """`seconds`: how long the server may be silent, at every single step."""
        self._spec = spec
        self._outside = outside
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._heard = 0.0
        self._silent = False

    def run(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        """Do something with the server.

        Args:
            work: gets the client, and calls `alive` of this session whenever something came.

        Raises:
            SourceUnreachable, SourceRefused: what asyncssh raised, in our words; what `work` itself raised on purpose goes through.

        """
        future = asyncio.run_coroutine_threadsafe(self._work(work), self._running())
        try:
            return future.result()
        except HouseholdError:
            raise
        except (asyncssh.Error, OSError) as error:
            raise self._named(error) from None
        except BaseException:
            future.cancel()
            raise

    def alive(self) -> None:
        """The server said something: its time to be silent begins anew."""
        self._heard = self._running().time()

    @property
    def server(self) -> str:
        """The server's program in one word; `ssh` where it does not say."""
        said = self._connection and self._connection.get_extra_info("server_version")
        found = re.fullmatch(r"SSH-2\.0-([A-Za-z0-9._+-]{1,40})(?: .*)?", str(said or ""))
        return found[1] if found else "ssh"

    def close(self) -> None:
        """Leave. Never raises."""
        if self._loop is None or self._thread is None:
            return
        loop, thread = self._loop, self._thread
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._leave(), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        if not thread.is_alive():
            loop.close()
        self._loop = self._thread = None

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            logging.getLogger("asyncssh").setLevel(logging.ERROR)  # it would name users and hosts
            self._loop = asyncio.new_event_loop()
            self._loop.set_exception_handler(lambda *_: None)  # nor does the loop speak for it
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="hedui-sftp", daemon=True
            )
            self._thread.start()
        return self._loop

    async def _work(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        try:
            client = self._sftp or await self._connected()
            self._silent = False
            self.alive()
            watch = self._watch()
            try:
                return await work(client)
            finally:
                watch.cancel()
        except BaseException:
            self._drop()
            raise

    def _watch(self) -> asyncio.Task[None]:
        """Cut the connection when the server is silent too long. Cutting wakes every waiter; cancelling would let some wait for good."""

        async def watch() -> None:
            while (left := self._heard + self._seconds - self._running().time()) > 0:
                await asyncio.sleep(left)
            self._silent = True
            self._drop()

        return asyncio.ensure_future(watch())

    async def _connected(self) -> asyncssh.SFTPClient:
        self._silent = False
        options = self._options()
        self._connection = await asyncssh.connect(
            self._spec.host, self._spec.port, config=None, options=options
        )
        try:
            async with asyncio.timeout(self._seconds):
                self._sftp = await self._connection.start_sftp_client()
        except asyncssh.ChannelOpenError:
            raise SourceRefused(
                "SFTP 服务器不为该账户提供文件传输（sftp 子系统）", "请来源单位为该账户开通 SFTP"
            ) from None
        return self._sftp

    def _options(self) -> asyncssh.SSHClientConnectionOptions:
        spec, seconds = self._spec, self._seconds
        pinned = _public_key(spec.host_key)
        password = reveal(spec.password, self._outside) if spec.password else None
        key = _private_key(reveal(spec.key, self._outside).get_secret_value()) if spec.key else None
        return asyncssh.SSHClientConnectionOptions(
            config=None,
            username=spec.user,
            known_hosts=([pinned], [], [], [], [], [], []),
            server_host_key_algs=_asked_first(pinned),
            x509_trusted_certs=None,
            client_keys=[key] if key else None,
            password=password.get_secret_value() if password else None,
            public_key_auth=key is not None,
            password_auth=password is not None,
            kbdint_auth=False,
            host_based_auth=False,
            gss_auth=False,
            gss_kex=False,
            gss_host=None,
            agent_path=None,
            disable_trivial_auth=True,
            send_env=None,
            connect_timeout=seconds,
            login_timeout=seconds,
            keepalive_interval=_KEEPALIVE_SECONDS,
        )

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._sftp = None

    async def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            with suppress(Exception):
                async with asyncio.timeout(2):
                    await self._connection.wait_closed()
        self._drop()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _named(self, error: Exception) -> SourceUnreachable | SourceRefused:
        """What went wrong, in our words alone."""
        if self._silent or isinstance(error, TimeoutError):
            return SourceUnreachable(f"SFTP 服务器 {self._seconds:g} 秒没有应答", _CHECK)
        refused = next((r for kind, *r in _REFUSALS if isinstance(error, kind)), None)
        if refused is not None:
            return SourceRefused(*refused)
        lost = next(
            (w for kind, w in _LOSSES if isinstance(error, kind)), "SFTP 服务器未能完成请求"
        )
        return SourceUnreachable(lost, _CHECK)


_REFUSALS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        asyncssh.HostKeyNotVerifiable,
        "SFTP 服务器出示的主机公钥与 source.yaml 登记的 host_key 不一致，已中止连接",
        "请先向来源单位核实是否更换过服务器；核实无误后再更新 host_key",
    ),
    (
        asyncssh.KeyExchangeFailed,
        "与 SFTP 服务器没有共同的算法",
        "请来源单位启用现行的 SSH 算法",
    ),
    (
        asyncssh.PermissionDenied,
        "SFTP 服务器不接受登录：用户名、口令或私钥不对",
        "请核对 user 与口令（私钥）的引用，或请来源单位确认账户仍然有效",
    ),
    (
        asyncssh.SFTPPermissionDenied,
        "SFTP 账户没有读写该文件或文件夹的权限",
        "请来源单位按协议授权后再取",
    ),
    (
        asyncssh.SFTPNoSuchFile,
        "SFTP 服务器上没有该文件或文件夹",
        "请核对 source.yaml 中的 folder，或向来源单位核实存放位置",
    ),
)
_LOSSES: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "找不到 SFTP 服务器的主机名"),
    (ConnectionRefusedError, "SFTP 服务器的端口拒绝连接"),
    (asyncssh.ConnectionLost, "与 SFTP 服务器的连接中断"),
    (asyncssh.SFTPConnectionLost, "与 SFTP 服务器的连接中断"),
    (asyncssh.SFTPNoConnection, "与 SFTP 服务器的连接中断"),
    (ConnectionError, "与 SFTP 服务器的连接中断"),
    (asyncssh.SFTPNoSpaceOnFilesystem, "SFTP 服务器的磁盘已满"),
    (OSError, "无法连到 SFTP 服务器"),
)


def _public_key(text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(text.strip())
    except (asyncssh.KeyImportError, ValueError):
        raise SourceRefused(
            "source.yaml 中的 host_key 不是有效的 SSH 公钥",
            "请填写“ssh-ed25519 AAAA…”形式的主机公钥",
        ) from None


def _asked_first(pinned: asyncssh.SSHKey) -> list[str]:
    """Ask for the pinned kind of key first, for others after it: then a server without it is told apart from a broken line.

    RSA with SHA-1 stays out.
    """
    ours = [a.decode() for a in pinned.sig_algorithms if a != b"ssh-rsa"]
    return ours + [kind for kind in _KINDS if kind not in ours]


def _private_key(text: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        if "assphrase" in str(error):
            raise SourceRefused(
                "引用的 SFTP 私钥设有口令，无法使用", "请换用不设口令、仅本服务可读的私钥文件"
            ) from None
        raise SourceRefused(
            "引用的 SFTP 私钥不是有效的私钥", "请核对 key 引用的文件或变量是否为 OpenSSH 私钥"
        ) from None
