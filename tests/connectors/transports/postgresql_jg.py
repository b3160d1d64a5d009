"""The vehicle and settlement tables of a made-up department in PostgreSQL, for the tests of its transport."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from servers.postgresql import postgresql_server
from table_sources import PASSWORD, login, transport_of

from connectors.sources.declaration import Postgresql, TableDataset
from connectors.transports.postgresql import PostgresqlTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.postgresql import PostgresqlServer

SETUP = """
CREATE SCHEMA jg;
CREATE TABLE jg.vehicle (
    hphm text, hpzl varchar(20), sfzmhm char(18), syr text, zt text, pgjz numeric(18,2), extra bytea,
    PRIMARY KEY (hphm, hpzl, sfzmhm));
CREATE VIEW jg.v_vehicle AS SELECT * FROM jg.vehicle;
CREATE TABLE jg.mz_js (
    settlement_no text PRIMARY KEY, id_no text, name text, settled_on date, total money, basic_paid float8, other_paid float4,
    care_kind boolean, disease_code timestamptz, gxsj timestamp, xh bigint, gxrq date, tjr date);
CREATE ROLE reader LOGIN PASSWORD '{password}';
CREATE ROLE tls_only LOGIN PASSWORD '{password}';
CREATE ROLE nobody_admitted LOGIN PASSWORD '{password}';
CREATE ROLE writer LOGIN PASSWORD '{password}';
GRANT USAGE ON SCHEMA jg TO reader, tls_only, writer;
GRANT SELECT ON ALL TABLES IN SCHEMA jg TO reader, tls_only, writer;
GRANT INSERT, UPDATE, DELETE ON jg.vehicle TO writer;
CREATE TABLE jg.secret (hphm text);
CREATE VIEW jg.slow AS SELECT v.* FROM jg.vehicle v, pg_sleep(30);
GRANT SELECT ON jg.slow TO reader;
"""
SETTLEMENT = TableDataset(
    view="jg.mz_js",
    key=("settlement_no",),
    absent=("critical_paid", "assistance_paid", "refund_of"),
)


@contextmanager
def department(certificates: Path) -> Iterator[PostgresqlServer]:
    """A server with these tables."""
    with postgresql_server(certificates) as running:
        with running.connect() as owner:
            owner.execute("CREATE DATABASE jg")
        with running.connect("jg") as owner:
            owner.execute(SETUP.format(password=PASSWORD))
        yield running


@contextmanager
def emptied(server: PostgresqlServer) -> Iterator[psycopg.Connection]:
    """Their side; the tables are empty."""
    with server.connect("jg") as connection:
        connection.execute("TRUNCATE jg.vehicle, jg.mz_js")
        yield connection


def opener(server: PostgresqlServer) -> Callable[..., PostgresqlTransport]:
    """Makes transports to that server; keywords of its declaration, and of `transport_of`."""

    def opened(department: str = "public_security", **said: Any) -> PostgresqlTransport:
        limits = {k: said.pop(k) for k in list(said) if k in ("attempts", "rows_per_page", "timeout_seconds", "rows_most")}  # fmt: skip
        spec = Postgresql(kind="postgresql", **login(**{"port": server.port, **said}))
        made = transport_of(PostgresqlTransport, spec, department=department, **limits)
        assert isinstance(made, PostgresqlTransport)
        return made

    return opened


def vehicles(owner: psycopg.Connection, *plates: str) -> None:
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO jg.vehicle VALUES (%s, '小型汽车', '990101198003011234', '张三', '正常', 1450.00)",
            [(plate,) for plate in plates],
        )


def settled(owner: psycopg.Connection, number: str, **values: object) -> None:
    said = {"settlement_no": number, "id_no": "990101198003011234", "name": "张三", "settled_on": "2026-04-30", "total": "1", "basic_paid": "0", **values}  # fmt: skip
    names = psycopg.sql.SQL(", ").join(psycopg.sql.Identifier(n) for n in said)
    places = psycopg.sql.SQL(", ").join(psycopg.sql.Placeholder() for _ in said)
    owner.execute(
        psycopg.sql.SQL("INSERT INTO jg.mz_js ({}) VALUES ({})").format(names, places),
        list(said.values()),
    )
