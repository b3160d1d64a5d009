"""A real MariaDB (Debian's) on loopback and a socket, for tests: passwords checked, TLS on, nothing synced to the disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pymysql

from servers.certificates import Authority
from servers.processes import account, hand_over, needs, own_port, run, server_folder, start, stop
from servers.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import Popen

_DAEMON = "/usr/sbin/mariadbd"


@dataclass(frozen=True)
class MariadbServer:
    """A server that is running. `authority` signed its certificate, which is for 127.0.0.1 and localhost."""

    folder: Path
    port: int
    authority: Authority
    runs_as: int | None

    def connect(self, database: str | None = None) -> pymysql.Connection:
        """Connect as root, who may do anything."""
        return pymysql.connect(
            unix_socket=str(self.folder / "s"), user="root", database=database, autocommit=True
        )

    def show(self, certificate: tuple[Path, Path]) -> None:
        """Show another certificate from now on."""
        _put(self.folder, certificate, self.runs_as)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("FLUSH SSL")


@contextmanager
def mariadb_server(certificates: Path) -> Iterator[MariadbServer]:
    """Start one; `certificates`: a folder for its authority."""
    daemon = needs(_DAEMON, "mariadb-server")
    install = needs("mariadb-install-db", "mariadb-server")
    owner = account("mysql")
    authority = Authority(certificates)
    with server_folder(owner) as folder, own_port() as port:
        data = folder / "data"
        run(
            [
                install,
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--innodb-log-file-size=5M",
            ],
            owner,
        )
        _put(folder, authority.issue("server", "127.0.0.1", "localhost"), owner)
        process = start(
            [
                daemon,
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={folder / 's'}",
                f"--tmpdir={folder}",
                f"--port={port}",
                "--bind-address=127.0.0.1",
                "--innodb-flush-method=nosync",
                "--innodb-log-file-size=5M",
                "--innodb-buffer-pool-size=64M",
                "--skip-log-bin",
                "--skip-name-resolve",
                f"--ssl-cert={folder / 'server.crt'}",
                f"--ssl-key={folder / 'server.key'}",
            ],
            owner,
        )
        try:
            server = MariadbServer(folder, port, authority, owner)
            await_that(lambda: _answers(server, process), "MariaDB starts")
            yield server
        finally:
            stop(process)


def _put(folder: Path, certificate: tuple[Path, Path], owner: int | None) -> None:
    for source, name in zip(certificate, ("server.crt", "server.key"), strict=True):
        shutil.copyfile(source, folder / name)
        hand_over(folder / name, owner)


def _answers(server: MariadbServer, process: Popen[bytes]) -> bool:
    assert process.poll() is None, "MariaDB did not start"
    try:
        server.connect().close()
    except pymysql.err.OperationalError:
        return False
    return True
