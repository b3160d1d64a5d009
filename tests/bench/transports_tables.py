"""Rows a second out of PostgreSQL and MariaDB through our transports, beside the clients' own bare reads of the same rows in the same run.

    python tests/bench/transports_tables.py [--rows 1000000] [--mysql-rows 300000] [--folder DIR]

Starts both servers on loopback, fills a vehicle table in each (not timed), and takes the PostgreSQL rows the whole way: a pull into the
inbox, then the intake into the raw layer. Nothing is asserted: a figure is for people to read. Timings on a loaded machine are rough.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
import pymysql
import pymysql.cursors
from servers.mariadb import mariadb_server
from servers.postgresql import OWNER, postgresql_server

from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.outside import Outside
from connectors.pulling.calling import SourceCaller
from connectors.pulling.pull import pull_from
from connectors.sources.declaration import (
    Agreement,
    Cadence,
    Limits,
    Mysql,
    Postgresql,
    Source,
    TableDataset,
)
from connectors.store import open_store
from connectors.transports.opening import open_transport
from quality.rows import examine

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.mariadb import MariadbServer
    from servers.postgresql import PostgresqlServer

_COLUMNS = "plate_no, plate_type, owner_id_no, owner_name, status, value, first_registered_on"
_TABLE = """CREATE TABLE jg.vehicle (plate_no varchar(12), plate_type varchar(12), owner_id_no varchar(18), owner_name varchar(20),
 status varchar(6), value decimal(18,2), first_registered_on date, PRIMARY KEY (plate_no, plate_type, owner_id_no))"""
_FILL = """INSERT INTO jg.vehicle SELECT '990' || lpad(i::text, 8, '0'), '小型汽车', '99010119800301' || lpad((i %% 10000)::text, 4, '0'),
 '王建国', '正常', (i %% 400000) * 1.25, date '2010-01-01' + (i %% 5000) FROM generate_series(1, %s) AS s(i)"""
_FILL_MYSQL = """INSERT INTO jg.vehicle SELECT concat('990', lpad(seq, 8, '0')), '小型汽车', concat('99010119800301', lpad(seq % 10000, 4, '0')),
 '王建国', '正常', (seq % 400000) * 1.25, date '2010-01-01' + interval (seq % 5000) day FROM seq_1_to_{}"""
_VIEW = TableDataset(view="jg.vehicle", key=("plate_no", "plate_type", "owner_id_no"))


def source_of(transport: Postgresql | Mysql) -> Source:
    """A source with the limits that a deployment has."""
    return Source(
        name="public_security",
        title="bench",
        region="990101",
        agreement=Agreement(no="bench", purpose="bench", valid_from=date(2020, 1, 1)),
        cadence=Cadence(cron="0 3 * * *", overdue_hours=48),
        limits=Limits(timeout_seconds=300),
        transport=transport,
        datasets={"vehicle": _VIEW},
    )


OUTSIDE = Outside(
    now=lambda: datetime.now(UTC), sleep=time.sleep, chance=lambda: 0.5, by="bench", environ=os.environ
)  # fmt: skip


class Table:
    """Figures as they come, one line each."""

    def __init__(self) -> None:
        print("| | rows | s | rows/s |\n|---|---:|---:|---:|", flush=True)

    def time(self, called: str, work: Callable[[], int]) -> None:
        """Do it and print how long it took."""
        start = time.perf_counter()
        rows = work()
        took = time.perf_counter() - start
        print(f"| {called} | {rows:,} | {took:.2f} | {rows / took:,.0f} |", flush=True)


def fetched(source: Source, target: Path) -> int:
    """Rows of our fetch into a Parquet file."""
    with open_transport(source, OUTSIDE, SourceCaller(source, OUTSIDE)) as transport:
        (offer,) = transport.offers("vehicle", _VIEW, {})
        return transport.fetch(offer, _VIEW, target).rows or 0


def warm(source: Source) -> None:
    """Import what reading needs: that is not timed."""
    with open_transport(source, OUTSIDE, SourceCaller(source, OUTSIDE)) as transport:
        transport.probe()


def postgresql(server: PostgresqlServer, rows: int, folder: Path, table: Table) -> None:
    """The bare reads, ours, and the whole way."""
    with server.connect() as owner:
        owner.execute("CREATE DATABASE jg")
    with server.connect("jg") as owner:
        owner.execute("CREATE SCHEMA jg")
        owner.execute(_TABLE)
        with psycopg.ClientCursor(owner) as filling:
            filling.execute(_FILL, (rows,))
        owner.execute("VACUUM ANALYZE jg.vehicle")

        def copied() -> int:
            with owner.cursor() as cursor:
                with cursor.copy(f"COPY (SELECT {_COLUMNS} FROM jg.vehicle) TO STDOUT") as copy:
                    while copy.read():
                        pass
                return cursor.rowcount

        def streamed() -> int:
            with owner.transaction(), owner.cursor(name="bench") as cursor:
                cursor.execute(f"SELECT {_COLUMNS} FROM jg.vehicle")
                return sum(len(page) for page in iter(lambda: cursor.fetchmany(50_000), []))

        table.time("PostgreSQL, bare: COPY, bytes thrown away", copied)
        table.time("PostgreSQL, bare: server-side cursor, Python tuples", streamed)
    source = source_of(
        Postgresql(
            kind="postgresql", host=str(server.folder), port=server.port, database="jg", user=OWNER
        )
    )
    warm(source)
    table.time(
        "PostgreSQL, ours: snapshot, count, key pages, Parquet",
        lambda: fetched(source, folder / "pg.parquet"),
    )
    table.time("the same once more", lambda: fetched(source, folder / "pg.parquet"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    inbox, store = folder / "inbox", open_store(folder / "store")

    def pulled() -> int:
        events = pull_from(source, store, inbox, OUTSIDE, opening=open_transport)
        return sum(e.rows or 0 for e in events)

    table.time("PostgreSQL, ours: pull, into the inbox", pulled)
    table.time(
        "intake of it: raw bytes kept, rows read and examined",
        lambda: sum(a.rows_in for a in take_all(survey(inbox), store, examine=examine).fresh),
    )
    print(f"\npeak memory after the fetch: {peak:,.0f} MiB\n", flush=True)


def mysql(server: MariadbServer, rows: int, folder: Path, table: Table) -> None:
    """The bare read, and ours."""
    with server.connect() as root, root.cursor() as cursor:
        cursor.execute("CREATE DATABASE jg CHARACTER SET utf8mb4")
        cursor.execute("USE jg")
        cursor.execute(_TABLE)
        cursor.execute(_FILL_MYSQL.format(rows))

    def streamed() -> int:
        with server.connect() as root, root.cursor(pymysql.cursors.SSCursor) as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM jg.vehicle")
            return sum(1 for _ in cursor)

    def at_once() -> int:
        with server.connect() as root, root.cursor() as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM jg.vehicle")
            return len(cursor.fetchall())

    table.time("MariaDB, bare: unbuffered cursor, Python tuples", streamed)
    table.time("MariaDB, bare: all at once, Python tuples", at_once)
    source = source_of(
        Mysql(kind="mysql", host=str(server.folder / "s"), database="jg", user="root")
    )
    warm(source)
    table.time(
        "MariaDB, ours: snapshot, count, key held, key pages, Parquet",
        lambda: fetched(source, folder / "my.parquet"),
    )


def main() -> None:
    """Both servers, one after the other."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--mysql-rows", type=int, default=300_000)
    asked.add_argument("--folder", type=Path)
    args = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as made:
        folder = Path(made)
        table = Table()
        with postgresql_server(folder) as server:
            postgresql(server, args.rows, folder, table)
        table = Table()
        with mariadb_server(folder) as server:
            mysql(server, args.mysql_rows, folder, table)


if __name__ == "__main__":
    main()
