"""Fifty readers at once on a million verdicts: the API's list, the queue, the household page; with and without time to think.

    python tests/bench/load.py [--copies 358] [--readers 50] [--seconds 20] [--think 0 1] [--folder DIR]

One copy is 2,793 verdicts of 399 applications. The service runs in a process of its own as `hedui serve` runs it, only without its limit of
calls a minute; two client processes share the machine's processors with it. The floor is measured in the same run: the address that
does nothing, and a bare DuckDB look-up. Every reader has an account of its own and asks for other things each time. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import httpx
import load_client
import uvicorn
from big_county import big_county
from load_client import WORK, Doors

from casework.accounts import Account, add_account
from casework.keys import add_key
from casework.sessions import start_session
from casework.store import open_store
from pipelines.outside import outside_now, token_bytes
from pipelines.workplace import casework_of, store_root
from service.access.keeping import KEY_BYTES
from service.access.roles import Role
from service.app import create_app
from service.opening import opened
from service.outside import Outside
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = 2
NO_LIMIT = 10_000_000


def be_server(warehouse: Path, port: int) -> None:
    """The service as `hedui serve` runs it."""
    settings = ServiceSettings(requests_a_minute=NO_LIMIT)
    outside = Outside(outside_now().now, token_bytes)
    with opened(
        warehouse, casework_of(warehouse), outside=outside, settings=settings
    ) as deployment:
        uvicorn.run(
            create_app(deployment), port=port, log_level="warning", access_log=False,
            server_header=False, proxy_headers=False,
        )  # fmt: skip


def let_in(warehouse: Path, address: str, readers: int) -> Doors:
    """An analyst and a service account a reader."""
    now, sessions, keys = outside_now().now(), [], []
    with open_store(casework_of(warehouse), create=True) as store:
        for _ in range(readers):
            mark = secrets.token_hex(4)
            person = Account(f"L{mark}", f"reader-{mark}", "读者", Role.ANALYST.value, ("*",))
            add_account(store, person, by="bench", at=now.isoformat())
            token = secrets.token_hex(32)
            start_session(store, person.account_id, token, now)
            sessions.append(token)
            system = Account(f"K{mark}", f"system-{mark}", "系统", Role.SERVICE.value, ("*",))
            add_account(store, system, by="bench", at=now.isoformat())
            chance, expires = token_bytes(KEY_BYTES), now + timedelta(days=1)
            keys.append(add_key(store, system.account_id, chance=chance, now=now, expires=expires, by="bench"))  # fmt: skip
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ids = connection.execute(
            'SELECT DISTINCT application_id FROM "current".roster_person USING SAMPLE 2000 ROWS'
        ).fetchall()
    return Doors(address, sessions, keys, sorted(str(row[0]) for row in ids))


def ask_together(
    name: str, doors: Doors, readers: int, *, seconds: float, think: float
) -> list[tuple[float, int]]:
    """The readers shared out over the client processes; what each saw."""
    cuts = [readers * n // CLIENTS for n in range(CLIENTS + 1)]
    clients = []
    for first, last in itertools.pairwise(cuts):
        asked = {"name": name, "first": first, "last": last, "seconds": seconds, "think": think}
        client = subprocess.Popen(
            [sys.executable, load_client.__file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert client.stdin is not None
        json.dump({"asked": asked, "doors": vars(doors)}, client.stdin)
        client.stdin.close()
        clients.append(client)
    took: list[tuple[float, int]] = []
    for client in clients:
        assert client.stdout is not None
        took += [(float(t), int(s)) for t, s in json.load(client.stdout)]
        client.wait()
    return took


def told(name: str, think: float, took: list[tuple[float, int]], seconds: float) -> None:
    """One line of the table."""
    times = sorted(t * 1000 for t, _ in took)
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * q))] for q in (0.5, 0.95, 0.99))
    bad = sum(status != 200 for _, status in took)
    print(
        f"| {name} | {think:g} | {len(times):,} | {len(times) / seconds:.0f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {bad} |",
        flush=True,
    )


def bare_look_ups(warehouse: Path, doors: Doors) -> None:
    """One household's verdicts out of DuckDB, one after another, without anything around it."""
    chance = random.Random(0)
    with duckdb.connect(str(warehouse), read_only=True, config={"threads": 2}) as connection:
        took = []
        for _ in range(200):
            start = time.perf_counter()
            connection.execute(
                'SELECT * FROM "current".household_verdict WHERE application_id = ?',
                [chance.choice(doors.applications)],
            ).fetchall()
            took.append((time.perf_counter() - start, 200))
    told("bare DuckDB look-up, one reader", 0, took, sum(t for t, _ in took))


def serving(warehouse: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The service as long as it is wanted."""
    command = [sys.executable, __file__, "--serve", str(warehouse), "--port", str(port)]
    server = subprocess.Popen(command)
    try:
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/v1/health")
                break
            except httpx.TransportError:
                if server.poll() is not None:
                    raise SystemExit("the service did not start") from None
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait()


def measure(folder: Path, asked: argparse.Namespace) -> None:
    """Everything, one after another."""
    warehouse = big_county(folder, asked.copies)
    shutil.rmtree(store_root(warehouse), ignore_errors=True)  # accounts and log of an earlier time
    doors = let_in(warehouse, f"http://127.0.0.1:{asked.port}", asked.readers)
    print(
        "| | think (s) | answers | a second | p50 ms | p95 ms | p99 ms | not 200 |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    bare_look_ups(warehouse, doors)
    for server in serving(warehouse, asked.port):
        for name in asked.only or WORK:
            ask_together(
                name, doors, 2, seconds=3, think=0
            )  # warm: a first reader waits for indexes
            for think in asked.think:
                took = ask_together(name, doors, asked.readers, seconds=asked.seconds, think=think)
                told(name, think, took, asked.seconds)
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        print(f"\nserver: {peak}; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Measure, or be one of the processes that measuring starts."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--copies", type=int, default=358)
    asked.add_argument("--readers", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--think", type=float, nargs="+", default=[0, 1])
    asked.add_argument("--only", nargs="+", choices=WORK)
    asked.add_argument("--port", type=int, default=18_437)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = asked.parse_args()
    if args.serve:
        be_server(args.serve, args.port)
    elif args.folder:
        measure(args.folder, args)
    else:
        with tempfile.TemporaryDirectory() as made:
            measure(Path(made), args)


if __name__ == "__main__":
    main()
