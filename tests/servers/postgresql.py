"""A real PostgreSQL (Debian's) on loopback and a socket, for tests: passwords checked, TLS on, nothing synced to the disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from servers.certificates import Authority
from servers.processes import account, hand_over, needs, own_port, run, server_folder, start, stop
from servers.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import Popen

_BIN = "/usr/lib/postgresql/15/bin"
_HBA = """local all all trust
hostnossl all tls_only 127.0.0.1/32 reject
host all nobody_admitted 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "ssl": "on",
    "ssl_ca_file": "ca.crt",
}
OWNER = "hedui_tests"


@dataclass(frozen=True)
class PostgresqlServer:
    """A server that is running. `authority` signed its certificate, which is for 127.0.0.1 and localhost."""

    folder: Path
    port: int
    authority: Authority
    runs_as: int | None

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the owner, who may do anything."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=OWNER, dbname=database, autocommit=True
        )

    def show(self, certificate: tuple[Path, Path]) -> None:
        """Show another certificate from now on."""
        for source, name in zip(certificate, ("server.crt", "server.key"), strict=True):
            shutil.copyfile(source, self.folder / "data" / name)
            hand_over(self.folder / "data" / name, self.runs_as)
        read = self._read_at()
        with self.connect() as connection:
            connection.execute("SELECT pg_reload_conf()")
        # the postmaster reads it when the signal arrives, and only then answers the next who comes
        await_that(lambda: self._read_at() != read, "PostgreSQL reads its settings anew")

    def _read_at(self) -> object:
        with self.connect() as connection:
            return connection.execute("SELECT pg_conf_load_time()").fetchone()


@contextmanager
def postgresql_server(certificates: Path) -> Iterator[PostgresqlServer]:
    """Start one; `certificates`: a folder for its authority."""
    initdb = needs(f"{_BIN}/initdb", "postgresql-15")
    owner = account("postgres")
    authority = Authority(certificates)
    with server_folder(owner) as folder, own_port() as port:
        data = folder / "data"
        run(
            [initdb, "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            owner,
        )  # fmt: skip
        (data / "pg_hba.conf").write_text(_HBA)
        for source, name in zip(
            authority.issue("server", "127.0.0.1", "localhost"), ("server.crt", "server.key"), strict=True
        ):  # fmt: skip
            shutil.copyfile(source, data / name)
            hand_over(data / name, owner)
        shutil.copyfile(authority.pem, data / "ca.crt")
        hand_over(data / "ca.crt", owner)
        settings = [f"-c{key}={value}" for key, value in _SETTINGS.items()]
        process = start(
            [f"{_BIN}/postgres", "-D", str(data), "-k", str(folder), "-p", str(port), *settings],
            owner,
        )
        try:
            server = PostgresqlServer(folder, port, authority, owner)
            await_that(lambda: _answers(server, process), "PostgreSQL starts")
            yield server
        finally:
            process.send_signal(2)  # SIGINT: end at once and properly
            stop(process)


def _answers(server: PostgresqlServer, process: Popen[bytes]) -> bool:
    assert process.poll() is None, "PostgreSQL did not start"
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True
