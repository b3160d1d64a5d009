"""How many entries a second the audit log takes, with one thread and with fifty, beside a bare append and fsync of lines of the same size.

Run: `python tests/bench/audit.py [--seconds 3] [--folder DIR]`. Also how long `verify`, a search and a person's ledger take on what was written.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casework.audit.entry import Entry
from casework.audit.log import AuditLog
from casework.audit.reading import Where, ledger, newest
from casework.audit.segments import segments_of
from casework.audit.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable


def entry(number: int) -> Entry:
    return Entry(
        "household.read",
        "A00000012",
        "王某",
        "analyst",
        subject_kind="application",
        subject_id=f"SQ2026{number % 50_000:06d}",
        correlation_id=f"{number:016x}",
        address="10.0.0.12",
        details={"route": "/applications/{application_id}", "method": "GET"},
    )


def measured(
    work: Callable[[int], object], *, threads: int, seconds: float
) -> tuple[int, list[float]]:
    """Calls made within the time by so many threads, and how long each took."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    def run(first: int) -> None:
        own, number = [], first
        while time.perf_counter() < until:
            start = time.perf_counter()
            work(number)
            own.append(time.perf_counter() - start)
            number += threads
        took.extend(own)

    crew = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return len(took), took


def bare(folder: Path) -> Callable[[int], object]:
    line = b"x" * 480 + b"\n"
    handle = os.open(folder / "bare", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def append(_: int) -> None:
        os.write(handle, line)
        os.fdatasync(handle)

    return append


def tell(name: str, calls: int, took: list[float], seconds: float) -> None:
    cut = statistics.quantiles(took, n=100)
    print(
        f"{name:<34} {calls / seconds:>9,.0f} /s   p50 {cut[49] * 1000:6.2f} ms   p95 {cut[94] * 1000:6.2f} ms"
        f"   p99 {cut[98] * 1000:6.2f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder = Path(made)
        for threads in (1, 50):
            calls, took = measured(bare(folder), threads=threads, seconds=given.seconds)
            tell(f"bare append + fsync, {threads} thread(s)", calls, took, given.seconds)
            log = AuditLog(folder / f"audit{threads}", now=lambda: datetime.now(UTC))
            calls, took = measured(
                lambda n, log=log: log.record(entry(n)), threads=threads, seconds=given.seconds
            )
            log.close()
            tell(f"audit log, {threads} thread(s)", calls, took, given.seconds)
        _read(folder / "audit50")


def _read(folder: Path) -> None:
    size = sum(path.stat().st_size for path in segments_of(folder).values())
    start = time.perf_counter()
    proof = verify(folder)
    spent = time.perf_counter() - start
    assert proof.holds
    print(f"verify: {proof.entries:,} entries, {size / 1e6:.0f} MB in {spent:.2f} s")
    start = time.perf_counter()
    newest(folder, Where(subject="SQ2026000007"), limit=10_000)
    print(f"search of one application: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    ledger(folder, frozenset({"SQ2026000007"}), regions=frozenset({"99"}), limit=1000)
    print(f"ledger of one person: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
