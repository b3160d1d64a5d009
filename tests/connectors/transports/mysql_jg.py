"""The vehicle and settlement tables of a made-up department in MariaDB, for the tests of its transport."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from servers.mariadb import mariadb_server
from table_sources import PASSWORD, login, transport_of

from connectors.sources.declaration import Mysql, TableDataset
from connectors.transports.mysql import MysqlTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pymysql
    from servers.mariadb import MariadbServer

SETUP = """
CREATE DATABASE jg CHARACTER SET gbk;
CREATE TABLE jg.vehicle (
    hphm varchar(20), hpzl varchar(20), sfzmhm char(18), syr varchar(40), zt varchar(10), pgjz decimal(18,2), extra varbinary(9),
    PRIMARY KEY (hphm, hpzl, sfzmhm)) ENGINE=InnoDB;
CREATE VIEW jg.v_vehicle AS SELECT * FROM jg.vehicle;
CREATE TABLE jg.mz_js (
    settlement_no bigint PRIMARY KEY, id_no varchar(18) CHARACTER SET utf8mb4, name varchar(40) CHARACTER SET utf8mb4, settled_on date,
    total decimal(30,2), basic_paid double, other_paid float, care_kind tinyint(1), disease_code bit(1), refund_of timestamp NULL,
    gxsj datetime(6), xh bigint unsigned, gxrq date, tjr varchar(10)) ENGINE=InnoDB;
CREATE TABLE jg.loose LIKE jg.vehicle;
ALTER TABLE jg.loose DROP PRIMARY KEY, MODIFY hphm varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL;
CREATE VIEW jg.slow AS SELECT v.* FROM jg.vehicle v WHERE sleep(30) = 0;
CREATE TABLE jg.secret (hphm text);
CREATE USER reader@localhost IDENTIFIED BY '{password}';
CREATE USER writer@localhost IDENTIFIED BY '{password}';
CREATE USER tls_only@localhost IDENTIFIED BY '{password}' REQUIRE SSL;
CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{password}';
CREATE USER writer@'127.0.0.1' IDENTIFIED BY '{password}';
CREATE USER tls_only@'127.0.0.1' IDENTIFIED BY '{password}' REQUIRE SSL;
GRANT SELECT ON jg.vehicle TO reader@'127.0.0.1';
GRANT SELECT ON jg.v_vehicle TO reader@'127.0.0.1';
GRANT SELECT ON jg.mz_js TO reader@'127.0.0.1';
GRANT SELECT ON jg.loose TO reader@'127.0.0.1';
GRANT SELECT ON jg.slow TO reader@'127.0.0.1';
GRANT SELECT, INSERT, DELETE ON jg.* TO writer@'127.0.0.1';
GRANT SELECT ON jg.* TO tls_only@'127.0.0.1'"""
SETTLEMENT = TableDataset(
    view="jg.mz_js", key=("settlement_no",), absent=("critical_paid", "assistance_paid")
)


@contextmanager
def department(certificates: Path) -> Iterator[MariadbServer]:
    """A server with these tables."""
    with mariadb_server(certificates) as running:
        with running.connect() as root:
            do(root, *SETUP.format(password=PASSWORD).split(";\n"))
        yield running


def do(connection: pymysql.Connection, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def emptied(server: MariadbServer) -> Iterator[pymysql.Connection]:
    """Their side; the tables are empty."""
    with server.connect("jg") as connection:
        do(connection, "DELETE FROM vehicle", "DELETE FROM mz_js", "DELETE FROM loose")
        yield connection


def opener(server: MariadbServer) -> Callable[..., MysqlTransport]:
    """Makes transports to that server; keywords of its declaration, and of `transport_of`."""

    def opened(department: str = "public_security", **said: Any) -> MysqlTransport:
        limits = {k: said.pop(k) for k in list(said) if k in ("attempts", "rows_per_page", "timeout_seconds", "rows_most")}  # fmt: skip
        spec = Mysql(kind="mysql", **login(**{"port": server.port, **said}))
        made = transport_of(MysqlTransport, spec, department=department, **limits)
        assert isinstance(made, MysqlTransport)
        return made

    return opened


def vehicles(owner: pymysql.Connection, *plates: str | None, table: str = "vehicle") -> None:
    with owner.cursor() as cursor:
        for plate in plates:
            cursor.execute(
                f"INSERT INTO {table} VALUES (%s, '小型汽车', '990101198003011234', '张三', '正常', 1450, NULL)",
                (plate,),
            )


def settled(owner: pymysql.Connection, number: int, **values: object) -> None:
    said = {"settlement_no": number, "id_no": "990101198003011234", "name": "张三", "settled_on": "2026-04-30", "total": "1", "basic_paid": "0", **values}  # fmt: skip
    with owner.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO mz_js ({', '.join(said)}) VALUES ({', '.join(['%s'] * len(said))})",
            list(said.values()),
        )
