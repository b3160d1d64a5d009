"""PostgreSQL: one read-only snapshot, pages by key, each copied out as CSV. Statements: `postgresql_queries`; errors: `postgresql_errors`.

Nothing of the environment (PGSSLMODE, ~/.pgpass, ~/.postgresql) decides how we connect; what source.yaml leaves out is stated here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import psycopg
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pc  # type: ignore[import-untyped]
from psycopg.conninfo import make_conninfo

from connectors.errors import SourceLied, SourceRefused
from connectors.sources.secrets import reveal
from connectors.transports import postgresql_queries as queries
from connectors.transports.database_trust import (
    key_file,
    trusting,
    untrusted,
    why_untrusted,
)
from connectors.transports.postgresql_errors import failed, is_untrusted, not_connected
from connectors.transports.tables import TableTransport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from psycopg.sql import SQL, Composed

    from connectors.sources.declaration import Limits, Postgresql
    from connectors.transports.tables import Column, Reading, Snapshot

OLDEST = 90600
"""9.6, the first with idle_in_transaction_session_timeout; also what the domestic descendants speak."""


class PostgresqlTransport(TableTransport):
    """A PostgreSQL database."""

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        spec = cast("Postgresql", self._source.transport)
        connection = self._connect(spec)
        snapshot = PostgresqlSnapshot(connection, self._source.limits)
        try:
            snapshot.begin()
            yield snapshot
        except psycopg.Error as error:
            raise failed(error, snapshot.view) from None
        finally:
            connection.close()

    def _connect(self, spec: Postgresql) -> psycopg.Connection:
        seconds = self._source.limits.timeout_seconds
        with key_file(spec.tls.key if spec.tls else None, self._outside) as key:
            try:
                said = make_conninfo(
                    host=spec.host,
                    port=spec.port,
                    dbname=spec.database,
                    user=spec.user,
                    password=reveal(spec.password, self._outside).get_secret_value()
                    if spec.password
                    else "",
                    passfile="/dev/null/none",  # nobody's; an empty name would mean ~/.pgpass
                    connect_timeout=max(2, int(seconds)),
                    tcp_user_timeout=int(seconds * 1000),
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=3,
                    client_encoding="utf8",
                    application_name="hedui",
                    gssencmode="disable",
                    **_encrypted(spec, key),
                )
                return psycopg.connect(said, prepare_threshold=None)
            except psycopg.Error as error:
                if spec.tls is not None and is_untrusted(error):
                    context = trusting(spec.tls, key)
                    why = why_untrusted(spec.host, spec.port, context, seconds=seconds)
                    raise untrusted(why) from None
                raise not_connected(error) from None


def _encrypted(spec: Postgresql, key: str | None) -> dict[str, str]:
    """How the connection is encrypted: not at all on this machine, else only to whom `tls.ca` has signed under this very name."""
    if spec.tls is None:
        return {"sslmode": "disable"}
    said = {
        "sslmode": "verify-full",
        "sslrootcert": str(spec.tls.ca) if spec.tls.ca else "system",
        "ssl_min_protocol_version": "TLSv1.2",
    }
    if spec.tls.certificate is None or key is None:
        return said | {"sslcertmode": "disable"}
    return said | {"sslcert": str(spec.tls.certificate), "sslkey": key}


class PostgresqlSnapshot:
    """One transaction: REPEATABLE READ, READ ONLY."""

    def __init__(self, connection: psycopg.Connection, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self.view = "数据库"
        """What is being read, for errors."""

    def begin(self) -> None:
        """Settle the session's ways; the first statement takes the snapshot. Raises SourceRefused when the server is too old."""
        if self._connection.info.server_version < OLDEST:
            raise SourceRefused("数据库版本低于 PostgreSQL 9.6", "请来源升级，或改以文件提供")
        patience = str(int(self._limits.timeout_seconds * 1000))
        settings = {
            "default_transaction_read_only": "on",
            "statement_timeout": patience,
            "lock_timeout": patience,
            "idle_in_transaction_session_timeout": str(max(60_000, int(patience))),
            "DateStyle": "ISO, YMD",
            "IntervalStyle": "iso_8601",
            "TimeZone": "Asia/Shanghai",
            "extra_float_digits": "3",
            "work_mem": "64MB",  # a page of a view without an index is then sorted in memory
        }
        connection = self._connection
        connection.autocommit = (
            True  # for the session: a rollback must not bring back the right to write
        )
        connection.execute(queries.SETTINGS, [list(settings), list(settings.values())]).fetchall()
        connection.autocommit = False
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

    def server(self) -> str:
        """PostgreSQL and its version."""
        number = self._connection.info.server_version
        minor = number % 10000 if number >= 100000 else number // 100 % 100
        return f"PostgreSQL-{number // 10000}.{minor}"

    def writable(self) -> bool:
        """Whether the account owns anything it could change, or may make something."""
        return bool(self._value(queries.WRITABLE))

    def clock(self) -> datetime:
        """Their time at this statement, not at the begin of the transaction."""
        return cast("datetime", self._value(queries.CLOCK))

    def columns(self, view: tuple[str, ...]) -> tuple[Column, ...]:
        """Of a view."""
        self.view = ".".join(view)
        description = self._connection.execute(queries.described(view)).description or []
        return tuple(queries.column_of(c.name, c.type_code) for c in description)

    def count(self, reading: Reading) -> int:
        """Rows that will come."""
        return cast("int", self._value(queries.counted(reading)))

    def days(self, reading: Reading) -> tuple[str | None, str | None, int]:
        """Least and greatest text of `as_of`, and how many."""
        assert reading.as_of is not None
        row = self._connection.execute(queries.days(reading, reading.as_of)).fetchone()
        return cast("tuple[str | None, str | None, int]", row)

    def newest(self, reading: Reading) -> str | None:
        """The greatest `changed`."""
        assert reading.changed is not None
        return cast("str | None", self._value(queries.newest(reading, reading.changed)))

    def page(self, reading: Reading, after: tuple[str, ...] | None, rows: int) -> pa.Table:
        """Rows after a key."""
        copied = bytearray()
        with (
            self._connection.cursor() as cursor,
            cursor.copy(queries.page(reading, after, rows)) as copy,
        ):
            while data := copy.read():
                copied += data
                if len(copied) > self._limits.bytes_most:
                    raise SourceRefused(
                        f"{self.view} 的一页超过限额 {self._limits.bytes_most} 字节",
                        "请核对视图；确需全量时调高 bytes_most 或调低 rows_per_page",
                    )
        return _texts(copied, [c.name for c in reading.read], view=self.view)

    def _value(self, statement: SQL | Composed) -> object:
        row = self._connection.execute(statement).fetchone()
        return None if row is None else row[0]


def _texts(copied: bytearray, names: list[str], *, view: str) -> pa.Table:
    """CSV of COPY as text columns. Raises SourceLied for bytes that are not UTF-8 (a database without an encoding passes on anything)."""
    schema = pa.schema([(name, pa.string()) for name in names])
    if not copied:
        return schema.empty_table()
    try:
        return pc.read_csv(
            pa.py_buffer(copied),
            read_options=pc.ReadOptions(column_names=names, block_size=len(copied) + 1),
            parse_options=pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pc.ConvertOptions(
                column_types=schema,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        ).combine_chunks()
    except pa.ArrowInvalid:
        raise SourceLied(
            f"{view} 的内容不是 UTF-8 文本", "请来源查明该库的编码（server_encoding）"
        ) from None
