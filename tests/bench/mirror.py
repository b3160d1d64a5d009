"""Rows a second of `hedui publish --postgres`: a first run, a second one with 1 % changes, point look-ups, beside a bare COPY of the same rows.

    python tests/bench/mirror.py [--copies 358] [--whole] [--folder DIR]

One copy is 2,793 verdicts of 399 applications; 358 are a million verdicts. Without `--whole` only the verdicts are that many. Starts its
own PostgreSQL on loopback (fsync off). Nothing is asserted: a figure is for people to read. Timings on a loaded machine are rough.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
from big_county import big_county, run_again
from psycopg import sql
from pydantic import SecretStr
from servers.postgresql import OWNER, PostgresqlServer, postgresql_server

from warehouse.mirror.mirroring import mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VERDICTS = "household_verdict"
CHANGED = 0.01


def told(called: str, rows: int, took: float) -> None:
    """One line of the table."""
    print(f"| {called} | {rows:,} | {took:.2f} | {rows / took:,.0f} |", flush=True)


def timed(called: str, work: Callable[[], int]) -> None:
    """Do it and print how long it took."""
    start = time.perf_counter()
    rows = work()
    told(called, rows, time.perf_counter() - start)


def mirrored(path: Path, server: PostgresqlServer) -> int:
    """Rows written by our mirror."""
    address = f"host={server.folder} port={server.port} user={OWNER} dbname=postgres"
    done = mirror(path, SecretStr(address))
    return sum(sum(w.added.values()) + sum(w.ended.values()) for w in done.written)


def csv_of(path: Path, folder: Path) -> Path:
    """The verdicts as a CSV file that COPY reads as it is; lists in PostgreSQL's spelling."""
    made = folder / "verdicts.csv"
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(
            "COPY (SELECT * REPLACE ('{' || array_to_string(pack_ids, ',') || '}' AS pack_ids) "
            f"FROM publish.{VERDICTS}) TO '{made}' (HEADER false)"
        )
    return made


def bare_copy(server: PostgresqlServer, file: Path) -> int:
    """COPY of a ready file into a bare table with the same columns."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare AS SELECT * FROM publish.{VERDICTS} LIMIT 0")
        with cursor.copy("COPY bare FROM STDIN (FORMAT csv)") as copy, file.open("rb") as lines:
            while piece := lines.read(1 << 20):
                copy.write(piece)
        return cursor.rowcount


def bare_index(server: PostgresqlServer) -> int:
    """The two indexes that the mirror has on the same table."""
    with server.connect() as connection:
        connection.execute("CREATE INDEX ON bare (verdict_id)")
        connection.execute("CREATE INDEX ON bare (application_id)")
        return connection.execute("ANALYZE bare").rowcount


def look_up(server: PostgresqlServer) -> None:
    """One household and one verdict through the views, a hundred times each, warm."""
    print("\n| look-up, ms | median | slowest of 100 |\n|---|---:|---:|")
    with server.connect() as connection:
        sampled = f"SELECT application_id, verdict_id FROM hedui_mirror.{VERDICTS} TABLESAMPLE SYSTEM (1) LIMIT 100"
        ids = connection.execute(sampled).fetchall()
        for schema in ("current", "publish"):
            for column, place in (("application_id", 0), ("verdict_id", 1)):
                query = sql.SQL("SELECT * FROM {} WHERE {} = %s").format(
                    sql.Identifier(schema, VERDICTS), sql.Identifier(column)
                )
                took = []
                for row in ids:
                    start = time.perf_counter()
                    connection.execute(query, (row[place],)).fetchall()
                    took.append((time.perf_counter() - start) * 1000)
                print(f"| `{schema}.{VERDICTS}` by {column} | {statistics.median(took):.2f} | {max(took):.2f} |")  # fmt: skip


def measured(folder: Path, copies: int, *, whole: bool) -> None:
    """Everything, once."""
    only = frozenset() if whole else frozenset({VERDICTS})
    path = folder / "w.duckdb"
    shutil.copy(big_county(folder, copies, only=only), path)
    with postgresql_server(folder) as server:
        print("| | rows written | s | rows/s |\n|---|---:|---:|---:|", flush=True)
        timed("mirror, first run", lambda: mirrored(path, server))
        timed("mirror, the same run again", lambda: mirrored(path, server) or 1)
        run_again(path, CHANGED)
        timed(f"mirror, second run, {CHANGED:.0%} of verdicts changed", lambda: mirrored(path, server))  # fmt: skip
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        file = csv_of(big_county(folder, copies, only=only), folder)
        timed("bare COPY of the verdicts from a ready file", lambda: bare_copy(server, file))
        timed("its two indexes and ANALYZE", lambda: bare_index(server) or 1)
        look_up(server)
    print(f"\npeak memory of the publisher: {peak:,.0f} MiB; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Into a temporary folder where none is named."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--copies", type=int, default=358)
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--folder", type=Path)
    args = asked.parse_args()
    for folder in [args.folder] if args.folder else _temporary():
        measured(folder, args.copies, whole=args.whole)


def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


if __name__ == "__main__":
    main()
