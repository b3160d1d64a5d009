"""Rows a second through the HTTP transport, against the bare client that gets and parses the same pages in the same run.

    python tests/bench/transports_http.py [--rows 500000] [--page 5000] [--times 3]

A real server in a process of its own gives pages that were made before the clock starts. Bare: `httpx.get` and `json.loads`, rows thrown
away. Ours: `fetch` into a whole Parquet file, numbers exact, every check made; signed and packed as well. Best of so many times.
Nothing is asserted: a figure is for people to read, and rough on a machine that others use.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))

from connectors.outside import SHANGHAI, Outside
from connectors.sources.declaration import PageDataset, Source
from connectors.transports.http_pages import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

PLACES = {"rows": "data.items", "total": "data.total", "paging": {"parameter": "page"}}


class Direct:
    """A Caller that calls."""

    def call(self, what: Callable[[], Any]) -> Any:
        return what()


def page_bodies(rows: int, page: int) -> list[bytes]:
    """Pages of titles of houses that belong to nobody, and an empty one."""
    bodies = []
    for start in range(0, rows + page, page):
        items = ",".join(
            f'{{"title_no":"T{i:09d}","unit_no":"{i:012d}","owner_id_no":"99010119900101{i % 10000:04d}",'
            f'"owner_name":"户主{i % 997}","share":1.00,"use":"住宅","area":{i % 200 + 20}.50,'
            f'"hazard_grade":null,"address":"某路{i % 311}号","registered_on":"2020-01-02","status":"现势"}}'
            for i in range(start, min(start + page, rows))
        )
        bodies.append(f'{{"data":{{"total":{rows},"items":[{items}]}}}}'.encode())
    return bodies


def serve(rows: int, page: int, told: Connection) -> None:
    """Give the pages on a port that is told, until killed."""
    plain = page_bodies(rows, page)
    bodies = {b"plain": plain, b"packed": [gzip.compress(b, 1) for b in plain]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        kind = scope["path"].rsplit("/", 1)[-1].encode()
        number = int(dict(p.split(b"=") for p in scope["query_string"].split(b"&"))[b"page"])
        body = bodies[kind][number - 1]
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        if kind == b"packed":
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    class Telling(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            told.send((self.servers[0].sockets[0].getsockname()[1], sum(map(len, plain))))

    Telling(uvicorn.Config(app, port=0, lifespan="off", log_config=None, ws="none")).run()


def bare(url: str, kind: str, *, rows: int, page: int) -> int:
    """Get and parse every page."""
    count = 0
    with httpx.Client(trust_env=False) as client:
        for number in range(1, -(-rows // page) + 1):
            answer = client.get(f"{url}/{kind}", params={"page": number})
            count += len(json.loads(answer.content)["data"]["items"])
    return count


def ours(url: str, kind: str, *, auth: dict[str, Any] | None) -> int:
    """Fetch every page into a file."""
    source = Source.model_validate(
        {
            "name": "housing",
            "title": "住建",
            "region": "990101",
            "agreement": {"no": "A-1", "purpose": "核对", "valid_from": "2026-01-01"},
            "cadence": {"cron": "0 2 * * *", "overdue_hours": 48},
            "transport": {"kind": "http", "url": url, "auth": auth},
        }
    )
    spec = PageDataset.model_validate({"path": kind, **PLACES})
    outside = Outside(
        now=lambda: datetime.now(SHANGHAI),
        sleep=time.sleep,
        chance=lambda: 0.5,
        by="bench",
        environ={"BENCH_SECRET": "of-no-use"},
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        HttpTransport(source, outside, Direct()) as transport,
    ):
        [offer] = transport.offers("real_estate", spec, {})
        return transport.fetch(offer, spec, Path(folder) / "rows.parquet").rows or 0


def best(times: int, work: Callable[[], int], *, rows: int) -> float:
    """Seconds of the fastest of so many times."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        if work() != rows:
            raise SystemExit("rows were lost")
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--page", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    hear, tell = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(asked.rows, asked.page, tell), daemon=True
    )
    server.start()
    try:
        port, size = hear.recv()
        url = f"http://127.0.0.1:{port}"
        hmac = {"kind": "hmac", "key_id": "bench", "secret": {"env": "BENCH_SECRET"}}
        works: dict[str, Callable[[], int]] = {
            "bare, plain": lambda: bare(url, "plain", rows=asked.rows, page=asked.page),
            "ours, plain": lambda: ours(url, "plain", auth=None),
            "ours, plain, signed": lambda: ours(url, "plain", auth=hmac),
            "bare, gzip": lambda: bare(url, "packed", rows=asked.rows, page=asked.page),
            "ours, gzip": lambda: ours(url, "packed", auth=None),
        }
        print(f"{asked.rows:,} rows, {asked.page:,} a page, {size / 1e6:.0f} MB of JSON")
        for name, work in works.items():
            seconds = best(asked.times, work, rows=asked.rows)
            print(f"{name:22}{seconds:8.2f} s{asked.rows / seconds:12,.0f} rows/s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak:.0f} MiB")
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
