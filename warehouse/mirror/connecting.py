"""Opening the database that is written to: where it is, that nobody listens in, and that it can keep our texts."""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from warehouse.mirror.errors import (
    MirrorRefusedError,
    failed,
    not_connected,
    unreadable_address,
)
from warehouse.mirror.statements import fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

_DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}


@contextmanager
def connected(address: SecretStr) -> Iterator[psycopg.Connection]:
    """Connect and close whatever happens. Statements outside a `transaction()` block commit by themselves.

    Args:
        address: a URI or a list of `key=value` as libpq reads them; what it leaves out comes from the service file, PG…
            variables and .pgpass, as libpq reads them. Neither it nor any part of it is ever told.

    Raises:
        MirrorRefusedError: the address cannot be read, the server refuses, the connection is not encrypted, texts are not UTF-8.
        MirrorBusyError: nobody answers, or the connection broke.

    """
    complete = _complete(address)
    try:
        connection = psycopg.connect(complete, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        raise not_connected(error) from None
    try:
        _check(connection)
        yield connection
    except psycopg.Error as error:
        raise failed(error) from None
    finally:
        connection.close()


def _complete(address: SecretStr) -> str:
    try:
        said = conninfo_to_dict(address.get_secret_value())
        known = {o.keyword.decode(): o.val for o in Conninfo.get_defaults()}
    except (psycopg.ProgrammingError, UnicodeError):
        raise unreadable_address() from None
    if "service" not in said:
        # Over a network only encrypted and to whom the certificate names, unless the address or PGSSLMODE says how.
        host = str(said.get("hostaddr") or said.get("host") or "")
        if known.get("sslmode") == b"prefer" and "sslmode" not in said and not _is_here(host):
            said["sslmode"] = "verify-full"
            if known.get("sslrootcert") is None:
                said.setdefault("sslrootcert", "system")
    asked = _DEFAULTS | {k: str(v) for k, v in said.items() if v is not None}
    return make_conninfo(**asked | {"client_encoding": "utf8", "application_name": "hedui"})


def _is_here(host: str) -> bool:
    """Whether an address is this very machine: a socket, or loopback."""
    if host in {"", "localhost"} or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(connection: psycopg.Connection) -> None:
    if not connection.pgconn.ssl_in_use and not _is_here(connection.info.hostaddr or ""):
        raise MirrorRefusedError(
            "与数据库的连接没有加密，未发送任何内容",
            "请对方启用 TLS，并在地址中写明 sslmode=verify-full 与 sslrootcert",
        )
    encoding = connection.execute(fixed("encoding")).fetchone()
    if encoding != ("UTF8",):
        raise MirrorRefusedError("数据库的编码不是 UTF8", "请对方另建一个 UTF8 编码的数据库")
