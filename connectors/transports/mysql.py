"""MySQL and MariaDB: one read-only snapshot, pages by key, every cell as the text that the server sends. Statements: `mysql_queries`.

A key whose columns' collation takes different keys for one (`a1` and `A1`) is paged byte by byte; the server says which is needed.
"""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pymysql
from pymysql.converters import encoders

from connectors.errors import SourceLied, SourceRefused
from connectors.sources.secrets import reveal
from connectors.transports import mysql_queries as queries
from connectors.transports.database_trust import key_file, trusting, untrusted
from connectors.transports.mysql_errors import failed, not_connected
from connectors.transports.tables import TableTransport, key_is_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.sources.declaration import Limits, Mysql
    from connectors.transports.mysql_queries import Statement
    from connectors.transports.tables import Column, Reading, Snapshot

OLDEST = {"MySQL": (5, 7, 8), "MariaDB": (10, 1, 1)}
"""The first that bound the time of a statement; both know read-only snapshots."""

_BINDING = cast("dict[int | type[Any], Any]", encoders)

Row = tuple[str | None, ...]


class MysqlTransport(TableTransport):
    """A MySQL or MariaDB database."""

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        spec = cast("Mysql", self._source.transport)
        connection = self._connect(spec)
        snapshot = MysqlSnapshot(connection, self._source.limits)
        try:
            snapshot.begin()
            yield snapshot
        except pymysql.err.MySQLError as error:
            raise failed(error, snapshot.view) from None
        except UnicodeDecodeError:
            raise SourceLied(
                f"{snapshot.view} 的内容不是所称编码的文本", "请来源查明该库的编码"
            ) from None
        finally:
            _close(connection)

    def _connect(self, spec: Mysql) -> pymysql.Connection[pymysql.cursors.Cursor]:
        seconds = self._source.limits.timeout_seconds
        socket = spec.host if spec.host.startswith("/") else None
        with key_file(spec.tls.key if spec.tls else None, self._outside) as key:
            context = trusting(spec.tls, key) if spec.tls else None
            try:
                return pymysql.connect(
                    host="localhost" if socket else spec.host,
                    unix_socket=socket,
                    port=spec.port,
                    database=spec.database,
                    user=spec.user,
                    password=reveal(spec.password, self._outside).get_secret_value()
                    if spec.password
                    else "",
                    charset="utf8mb4",
                    conv=_BINDING,  # no decoders: every cell stays the text that was sent
                    connect_timeout=max(1, int(seconds)),
                    read_timeout=max(1, int(seconds) + 5),  # after the server's own bound
                    write_timeout=max(1, int(seconds)),
                    local_infile=False,
                    ssl=context,
                    ssl_disabled=context is None,
                )
            except (pymysql.err.MySQLError, ssl.SSLError, RuntimeError) as error:
                cause = getattr(error, "original_exception", error)
                if isinstance(cause, ssl.SSLCertVerificationError):
                    raise untrusted(cause.verify_code) from None
                raise not_connected(error, encrypted=context is not None) from None


class MysqlSnapshot:
    """One transaction with a consistent snapshot, read only."""

    def __init__(
        self, connection: pymysql.Connection[pymysql.cursors.Cursor], limits: Limits
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._exactly = False
        self.view = "数据库"
        """What is being read, for errors."""
        version = str(connection.get_server_info())  # type: ignore[no-untyped-call]
        self._kind = "MariaDB" if "MariaDB" in version else "MySQL"
        self._version = re.sub(r"^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)", "", version)

    def begin(self) -> None:
        """Settle the session's ways and take the snapshot. Raises SourceRefused when the server is too old."""
        numbers = tuple(int(n) for n in re.findall(r"[0-9]+", self._version)[:3])
        if numbers < OLDEST[self._kind]:
            least = ".".join(str(n) for n in OLDEST[self._kind])
            raise SourceRefused(
                f"数据库版本低于 {self._kind} {least}", "请来源升级，或改以文件提供"
            )
        seconds = self._limits.timeout_seconds
        bound = seconds if self._kind == "MariaDB" else int(seconds * 1000)
        self._rows(queries.Statement(queries.TIME_BOUNDS[self._kind], (bound,)))
        self._rows(queries.Statement(queries.SETTINGS, (max(1, int(seconds)),)))
        self._rows(queries.Statement(queries.READ_ONLY))
        self._rows(queries.Statement(queries.BEGIN))

    def server(self) -> str:
        """Kind and version."""
        return f"{self._kind}-{self._version.split('-')[0]}"

    def writable(self) -> bool:
        """Whether the account was granted more than reading."""
        return queries.can_write([str(row[0]) for row in self._rows(queries.Statement(queries.GRANTS))])  # fmt: skip

    def clock(self) -> datetime:
        """Their time at this statement."""
        return datetime.fromisoformat(str(self._value(queries.Statement(queries.CLOCK)))).replace(
            tzinfo=UTC
        )

    def columns(self, view: tuple[str, ...]) -> tuple[Column, ...]:
        """Of a view."""
        self.view = ".".join(view)
        rows = self._rows(queries.described(view))
        return tuple(queries.column_of(str(row[0]), str(row[1])) for row in rows)

    def count(self, reading: Reading) -> int:
        """Rows that will come."""
        return int(self._value(queries.counted(reading)) or 0)

    def days(self, reading: Reading) -> tuple[str | None, str | None, int]:
        """Least and greatest text of `as_of`, and how many."""
        assert reading.as_of is not None
        row = self._rows(queries.days(reading, reading.as_of))[0]
        return row[0], row[1], int(row[2] or 0)

    def newest(self, reading: Reading) -> str | None:
        """The greatest `changed`."""
        assert reading.changed is not None
        return self._value(queries.newest(reading, reading.changed))

    def page(self, reading: Reading, after: tuple[str, ...] | None, rows: int) -> pa.Table:
        """Rows after a key. Before the first page the server says whether the key tells rows apart, and by what.

        Raises:
            SourceLied: it does not.

        """
        if after is None:
            self._exactly = self._hold_key(reading)
        came = self._rows(queries.page(reading, after, rows, exactly=self._exactly))
        columns = zip(*came, strict=True) if came else [()] * len(reading.read)
        arrays = [
            _texts(column, cells) for column, cells in zip(reading.read, columns, strict=True)
        ]
        return pa.table(arrays, names=[c.name for c in reading.read])

    def _hold_key(self, reading: Reading) -> bool:
        """Whether keys must be compared byte by byte."""
        for exactly in (False, True):
            rows, keys = self._rows(queries.told_apart(reading, exactly=exactly))[0]
            if rows == keys:
                return exactly
        raise key_is_none(reading)

    def _rows(self, statement: Statement) -> tuple[Row, ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement.text, statement.values)
            return cast("tuple[Row, ...]", cursor.fetchall())

    def _value(self, statement: Statement) -> str | None:
        return self._rows(statement)[0][0]


def _texts(column: Column, cells: tuple[str | None, ...]) -> pa.Array:
    """One column. A FLOAT comes as a double and is given its shortest text, as PostgreSQL would."""
    if column.kind != "float":
        return pa.array(cells, pa.string())
    short = {c: np.format_float_positional(np.float32(c), trim="-") for c in set(cells) if c}
    return pa.array([short.get(c) if c else None for c in cells], pa.string())


def _close(connection: pymysql.Connection[pymysql.cursors.Cursor]) -> None:
    with suppress(pymysql.err.MySQLError, OSError):  # it may have been lost before
        connection.close()
