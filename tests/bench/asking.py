"""Asking banks person by person: 100,000 people at nine banks of nine layouts, from the need to the file and back. `make bench-connectors`.

    PYTHONPATH=.:tests python tests/bench/asking.py [--people 100000] [--people-in-a-file 10000]

Real files in a real folder, through the door, the book and the pull log into the inbox. The floor is the same bytes written, or read, and
nothing else. Making the banks' answers is not in the clock. Nothing is asserted: a figure is for people to read.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))

from nine_banks import ACCOUNT, DAY, Folders, answer_bytes, banks, outside, source

from connectors.asking.book import read_book
from connectors.asking.collecting import collect
from connectors.asking.errand import Errand
from connectors.asking.layouts.institutions import institution_rows
from connectors.asking.sending import book_requests, send
from connectors.store import open_store
from household.identity.numbers import number_text
from household.inquiries.door import admit
from household.inquiries.log import InquiryLog
from household.inquiries.needs import Round, needs
from household.inquiries.people import people_to_ask
from household.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connectors.asking.layouts.institution import Answer, Institution

LATER = DAY + timedelta(days=4)
NAMES = ("陈一", "林二", "王三", "赵四", "买买提·吐尔逊", "欧阳静")


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--people-in-a-file", type=int, default=10_000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), told.people, told.people_in_a_file)


def run(root: Path, people: int, size: int) -> None:
    """One round out and back."""
    site, inbox = root / "site", root / "inbox"
    inbox.mkdir(parents=True)
    bank = source(site)
    asked_of = {c: i.model_copy(update={"batch": size}) for c, i in banks(site).items()}
    for code in asked_of:
        (site / code.lower() / "in").mkdir(parents=True)
    store = open_store(root / "store")
    roster, papers = town(people)
    times: dict[str, float] = {}
    with timed(times, "need, door, request numbers"):
        log = InquiryLog(institutions=institution_rows({"banking": bank}, {"banking": asked_of}))
        found = needs(
            people_to_ask(roster),
            log,
            Round("banking", f"{DAY:%Y%m%d}", DAY),
            roster=roster,
            papers=papers,
            secret=b"bench",
        )
    with timed(times, "book, nine layouts, hand-over, landing"):
        sent = send(
            Errand(bank, asked_of, Folders(bank, outside()), store, inbox, outside()),
            found.admitted,
        )
    out = [p for p in site.rglob("*") if p.is_file()]
    floors = {"book, nine layouts, hand-over, landing": write_bare(out, root / "bare")}
    answers(site, asked_of, read_book(store, "banking").requests)
    back = [p for p in site.rglob("*") if p.is_file() and p not in set(out)]
    with timed(times, "read the banks' files, match, door, book, landing"):
        known = book_requests(store, "banking")
        got = collect(
            Errand(bank, asked_of, Folders(bank, outside(LATER)), store, inbox, outside(LATER)),
            admit(known, roster=roster, papers=papers, on=LATER),
        )
    floors["read the banks' files, match, door, book, landing"] = read_bare(back)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Polars {pl.__version__}")
    print(
        f"{people:,} people x {len(asked_of)} banks: {sent.requests:,} requests in {sent.files} files"
    )
    print(f"{got.answers:,} answers, {got.records:,} records, {got.unasked} lines of strangers")
    for trouble in sorted({(t.institution, t.message[:60]) for t in got.troubles})[:9]:
        print("  ", *trouble)
    for name, seconds in times.items():
        floor = f"; the same bytes bare {floors[name]:.2f} s" if name in floors else ""
        print(f"  {seconds:7.1f} s  {name} ({sent.requests / seconds:,.0f} requests/s{floor})")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  peak {peak:.1f} GiB")


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    """Seconds of a block, under its name."""
    begin = time.perf_counter()
    yield
    times[name] = time.perf_counter() - begin


def town(people: int) -> tuple[Roster, pl.DataFrame]:
    """One person an application, each with a paper; numbers begin with 99."""
    app = pl.int_range(0, people, eager=True).cast(pl.UInt32).alias("app")
    members = pl.DataFrame({"app": app}).with_columns(
        pl.format("A{}", "app").alias("application_id"),
        pl.lit(1, dtype=pl.Int64).alias("member_no"),
        pl.col("app").alias("person"),
        pl.lit("self").alias("relation"),
        pl.lit("member").alias("role"),
        pl.lit(value=True).alias("stands"),
        (
            pl.lit(99_010_119_700_101_000)
            + pl.col("app") % 999
            + 1
            + pl.col("app") // 999 * 100_000_000_000
        )
        .cast(pl.Int64)
        .alias("key"),
        pl.lit(date(1970, 1, 1)).alias("birth"),
        pl.lit(56).cast(pl.Int32).alias("age"),
        pl.lit(None, dtype=pl.String).alias("id_type"),
        pl.Series("name", NAMES).gather(pl.Series(range(people)) % len(NAMES)).alias("name"),
    )
    members = members.with_columns(number_text(pl.col("key")).alias("number"))
    applications = members.select(
        "app",
        "application_id",
        pl.lit("dibao").alias("programme"),
        pl.lit("990101001001").alias("region_code"),
    )
    persons = members.select("person", pl.format("P{}", "person").alias("person_ref"))
    papers = members.select(
        pl.format("S{}", "app").alias("authorisation_no"),
        "application_id",
        pl.col("number").alias("id_no"),
        pl.col("key").alias("id_no__key"),
        pl.lit(None, dtype=pl.String).alias("signed_by"),
        pl.lit(None, dtype=pl.Int64).alias("signed_by__key"),
        pl.lit("dibao").alias("programme"),
        pl.lit(date(2026, 1, 1)).alias("signed_on"),
        pl.lit(None, dtype=pl.Date).alias("valid_to"),
        pl.lit(None, dtype=pl.Date).alias("revoked_on"),
        pl.lit(None, dtype=pl.String).alias("sources"),
    )
    return Roster(applications, members, persons), papers


def answers(site: Path, asked_of: Mapping[str, Institution], asked: pl.DataFrame) -> None:
    """Each bank answers each batch: every third person has an account."""
    for (code, batch), rows in asked.partition_by(
        "institution_code", "batch", as_dict=True
    ).items():
        bank = asked_of[str(code)]
        said = [
            {
                "request_no": row["request_id"],
                "id_no": row["id_no"],
                "name": row["name"],
                "state": "found" if int(row["id_no"][14:17]) % 3 == 0 else "none",
                "replied_on": f"{LATER}",
            }
            for row in rows.iter_rows(named=True)
        ]
        held = [s | ACCOUNT | {"account_no": "****1001"} for s in said if s["state"] == "found"]
        nothing = [s for s in said if s["state"] == "none"]
        if bank.receipt is None:
            put(site, bank, bank.answer, str(batch), [*held, *nothing])
            continue
        put(site, bank, bank.answer, str(batch), held)
        counted = [s | {"rows": "1"} for s in held] + [s | {"rows": "0"} for s in nothing]
        put(site, bank, bank.receipt, str(batch), counted)


def put(
    site: Path, bank: Institution, page: Answer, batch: str, rows: list[dict[str, str]]
) -> None:
    """One file of a bank, as its page names and writes it."""
    name = page.file.replace("{institution}", bank.code).replace("{batch}", batch)
    name = name.replace("{date}", f"{LATER:%Y%m%d}").replace("{any}", batch)
    (site / page.folder / name).write_bytes(answer_bytes(page, rows))
    if page.ready:
        (site / page.folder / (name + page.ready)).write_bytes(b"")


def write_bare(files: list[Path], folder: Path) -> float:
    """Seconds to write the same bytes, brought to the disk."""
    folder.mkdir()
    contents = [path.read_bytes() for path in files]
    begin = time.perf_counter()
    for number, content in enumerate(contents):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - begin


def read_bare(files: list[Path]) -> float:
    """Seconds to read the same bytes."""
    begin = time.perf_counter()
    for path in files:
        path.read_bytes()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
