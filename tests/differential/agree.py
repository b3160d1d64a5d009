"""Many random counties through engine and calculator, one after another: `make agree`. Prints what disagrees, and what was reached.

    make agree ARGS="--households 100000 --seed 1 --jobs 2"

Each county has a seed of its own, so that a difference is found again with `--seed <its seed> --households <size>`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from .engine_run import random_county
from .known_readings import sort_out

PER_COUNTY = 500
"""Fewer pay the engine's fixed cost too often; more make the calculator's pairwise questions dear."""


@dataclass(frozen=True)
class CountyResult:
    """What came of one county: how much was compared, what was reached, what disagrees."""

    seed: int
    households: int
    seconds: float
    compared: Counter[str]
    reached: Counter[tuple[str, str, str]]
    explained: Counter[str]
    differences: tuple[str, ...]


def county(seed: int, households: int) -> CountyResult:
    """One county of a seed through both sides."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sides = random_county(Path(folder), seed=seed, applications=households)
        differences, explained = sort_out(sides)
    wanted = sides.expected
    compared = Counter(
        {
            "verdicts": len(wanted.household_verdict),
            "amounts": sum(row["amount"] is not None for row in wanted.household_verdict),
            "income lines": len(wanted.income_line),
            "links": len(wanted.person_link),
            "coverage lines": len(wanted.coverage),
            "alerts": len(wanted.alert),
        }
    )
    return CountyResult(
        seed,
        households,
        time.monotonic() - start,
        compared,
        wanted.reached,
        explained,
        tuple(differences),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the counties; 1 when anything disagrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first county")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--per-county", type=int, default=PER_COUNTY)
    parser.add_argument("--minutes", type=float, help="begin no further county after so long")
    wanted = parser.parse_args(arguments)
    os.environ.setdefault("POLARS_MAX_THREADS", "1" if wanted.jobs > 1 else "2")
    start = time.monotonic()
    sizes = [wanted.per_county] * (wanted.households // wanted.per_county)
    if rest := wanted.households % wanted.per_county:
        sizes.append(rest)
    results: list[CountyResult] = []
    waiting = deque((wanted.seed + i, size) for i, size in enumerate(sizes))
    until = start + 60 * (wanted.minutes or 10**6)
    with ProcessPoolExecutor(wanted.jobs, mp_context=get_context("spawn")) as pool:
        running: set[Future[CountyResult]] = set()
        while running or (waiting and time.monotonic() < until):
            while waiting and len(running) < wanted.jobs and time.monotonic() < until:
                running.add(pool.submit(county, *waiting.popleft()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in done):
                results.append(result)
                _tell(result, results, time.monotonic() - start)
    print(summary(results, time.monotonic() - start))
    return int(any(result.differences for result in results))


def _tell(result: CountyResult, results: list[CountyResult], seconds: float) -> None:
    """What disagrees in a county, and now and then how far the run is."""
    for line in result.differences:
        print(f"seed {result.seed}: {line}", flush=True)
    if len(results) % 10 == 0:
        print(f"... {sum(r.households for r in results):,} households, {seconds:.0f} s", flush=True)


def summary(results: list[CountyResult], seconds: float) -> str:
    """What was reached, what was compared, and how much of it disagrees."""
    reached: Counter[tuple[str, str, str]] = sum((r.reached for r in results), Counter())
    compared: Counter[str] = sum((r.compared for r in results), Counter())
    explained: Counter[str] = sum((r.explained for r in results), Counter())
    households = sum(r.households for r in results)
    differences = sum(len(r.differences) for r in results)
    lines = ["", "| reached | | | times |", "|---|---|---|---:|"]
    lines += [f"| {' | '.join(what)} | {times:,} |" for what, times in sorted(reached.items())]
    told = ", ".join(f"{count:,} {what}" for what, count in compared.items())
    lines += [
        "",
        f"{households:,} households in {len(results)} counties, {seconds:.0f} s. Compared: {told}.",
        *(
            f"Explained, {times:,} times: {reading}."
            for reading, times in sorted(explained.items())
        ),
        f"Unexplained differences: {differences:,}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
