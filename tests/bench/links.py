"""Looking at links: one explanation of a large county, and the review pages with tens of thousands of pairs waiting.

    python tests/bench/links.py [--county WAREHOUSE] [--pairs 50000] [--folder DIR]

`--county` is a warehouse that `hedui run` made, its store beside it; tests/bench/main_job.py makes one. Without it only pages are measured, on
a made-up warehouse: a small county many times over, of which the source rows of the first copy alone are in the store. Times are wall and
processor, one after the other, in this process. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
from big_county import big_county, small_county
from served_counties import outside
from signing import sign_in

from casework.store import address_of
from pipelines.explaining import Bench
from pipelines.settings import DEMONSTRATION_KEY
from pipelines.workplace import store_root
from service.access.roles import Role
from service.app import create_app
from service.opening import opened
from service.settings import ServiceSettings
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS = 12
_LINK = re.compile(r'href="/links/([0-9a-f]{16})\?')


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print wall and processor milliseconds, and the memory at the end."""
    wall, spent = time.perf_counter(), time.process_time()
    yield
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    print(f"{what:<44}{wall * 1000:8.0f} ms{spent * 1000:8.0f} ms cpu{_resident():8.0f} MiB")


def ask(warehouse: Path) -> None:
    """The first questions of a run: links by weight of several datasets, then links by number of the largest."""
    links = """SELECT dataset, record_key, person_ref FROM (
        SELECT *, row_number() OVER (PARTITION BY dataset, tier ORDER BY record_key, person_ref) AS nth,
            count(*) OVER (PARTITION BY dataset) AS size FROM "current".person_link)
        WHERE nth = 1 ORDER BY tier IN ('C', 'D') DESC, size DESC, dataset LIMIT $limit"""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        asked = connection.execute(links, {"limit": QUESTIONS}).fetchall()
    with timed("opened"):
        bench = Bench(warehouse, key=DEMONSTRATION_KEY)
    for nth, pair in enumerate(asked, start=1):
        with timed(f"question {nth}, {pair[0]}"):
            found = bench.explain(*pair)
        assert not found.moved
    print(f"kept with the run: {'yes' if bench.kept else 'no'}")


def turn_pages(warehouse: Path, casework: Path) -> None:
    """Lists, the way to the next pair, and pairs, as one analyst turns them."""
    settings = ServiceSettings(requests_a_minute=10_000_000)
    with opened(
        warehouse, address_of(casework), outside=outside(), settings=settings
    ) as deployment:
        everything = {"regions": ("*",), "programmes": ("*",)}
        client = sign_in(
            create_app(deployment), deployment, role=Role.ANALYST, name=None, **everything
        )
        for page in ("", "", "?page=2", "?page=200", "?queue=second_reader"):
            with timed(f"/links{page}"):
                shown = client.get(f"/links{page}")
            assert shown.status_code == 200
        waiting = _LINK.findall(client.get("/links").text)
        for link in waiting[:3]:
            with timed("/links/<id>"):
                shown = client.get(f"/links/{link}")
            assert shown.status_code in {200, 422}, shown.text
            with timed("/links/next"):
                client.get(f"/links/next?but={link}")


def county_of_pairs(folder: Path, pairs: int) -> Path:
    """A made-up warehouse in which at least that many pairs wait; the store of the small county beside it."""
    small = small_county(folder)
    with reading(small) as tables:
        links = tables.frame("person_link", columns=["tier"])
    waiting = int(links["tier"].cast(pl.String).is_in(["C", "D"]).sum())
    tables_large = frozenset({"person_link", "person", "household_verdict"})
    made = big_county(folder, -(-pairs // waiting), only=tables_large)
    if not store_root(made).exists():
        shutil.copytree(store_root(small), store_root(made))
    return made


def _resident() -> float:
    told = Path("/proc/self/statm")
    pages = int(told.read_text().split()[1]) if told.exists() else 0
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--county", type=Path)
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.county is not None:
        ask(asked.county)
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        folder = asked.folder or Path(scratch)
        turn_pages(county_of_pairs(folder, asked.pairs), Path(scratch) / "own")
        if asked.county is not None:
            turn_pages(asked.county, Path(scratch) / "other")


if __name__ == "__main__":
    main()
