"""Time and memory of the rules: a million households, seven programmes each, with verdicts and evidence. `make bench-rules`.

    python tests/bench/rules.py [--households 1000000] [--batch 5]

Facts are linked rows settled into lines, as a warehouse would hold them (`rules_facts`): Parquet on disk, read batch by batch. The clock
of each stage runs over all batches. Reading the same files and nothing else is the floor. Nothing is asserted: a figure is for people to read.
"""

from __future__ import annotations

import argparse
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rules_facts import OBJECTED, Stock, case_of, lay_down, read_frames

from household.evidence import counted_lines, evidence_of, name_lines
from household.linkage.links import STANDS
from household.published_rows import as_declared, evidence_rows
from household.rules import worlds as asking
from household.rules.judge import judge, standing
from household.rules.suggestion import suggest
from household.rules.worlds import Objections, ask_all
from household.verdicts import authorised_for, signatures, verdict_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from household.case import CaseFile

STAGES = (
    "read (floor)",
    "open: parameters, deliveries",
    "measure, every world",
    "judge, every world",
    "suggest",
    "verdict rows",
    "evidence rows",
)
MARKS = (125_000, 250_000, 500_000, 1_000_000)


@dataclass
class Clock:
    """Seconds by stage, as `now` counts them: of the wall, or of the processors."""

    now: Callable[[], float] = time.perf_counter
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what stands below."""
        start = self.now()
        yield
        self.seconds[name] += self.now() - start

    @property
    def total(self) -> float:
        """All stages together."""
        return sum(self.seconds.values())


def assess_batch(case: CaseFile, persons: pl.DataFrame, clock: Clock) -> tuple[int, int]:
    """Verdicts and evidence of one batch; how many rows there are of each."""
    objections = _objections(case)
    judging = Clock(clock.now)

    def judged(case: CaseFile, ground: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
        with judging.stage("judge"):
            return judge(case, ground, facts)

    asking.judge = judged
    start = clock.now()
    ground = standing(case)
    worlds = ask_all(case, ground, objections)
    taken = clock.now() - start
    clock.seconds["judge, every world"] += judging.total
    clock.seconds["measure, every world"] += taken - judging.total
    with clock.stage("suggest"):
        signed = signatures(case, worlds.measured.counted)
        suggestions = suggest(worlds, authorised_for(signed))
    with clock.stage("verdict rows"):
        verdicts = verdict_rows(case, worlds.base, suggestions, signed)
        verdicts = as_declared("household_verdict", verdicts)
    with clock.stage("evidence rows"):
        counted = worlds.measured.counted
        named = name_lines(case.lines, case.applications, persons)
        settled = counted_lines(case, case.lines.where(STANDS), counted)
        evidence = evidence_rows(evidence_of(case, named, counted, settled))
        evidence = as_declared("evidence", evidence)
    return len(verdicts), len(evidence)


def _objections(case: CaseFile) -> Objections:
    """Every so many-th line is objected to, and every so many-th application as a whole."""
    lines = case.lines.all().select("line").filter(pl.col("line") % OBJECTED == 0)
    return Objections(lines, case.applications.select("app").filter(pl.col("app") % OBJECTED == 0))


def run(stock: Stock, copies: range, clock: Clock) -> tuple[int, int]:
    """One batch, from disk to rows."""
    with clock.stage("read (floor)"):
        frames = read_frames(stock, copies)
    with clock.stage("open: parameters, deliveries"):
        case = case_of(stock, frames)
    return assess_batch(case, frames["persons"], clock)


def peak_mib() -> float:
    """The largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def all_batches(stock: Stock, batch: int) -> list[str]:
    """Every household, batch by batch: a table of stages at each mark."""
    clock, columns, peaks, rows = Clock(), {}, {}, [0, 0]
    before = time.process_time()
    for first in range(0, stock.copies, batch):
        copies = range(first, min(first + batch, stock.copies))
        made = run(stock, copies, clock)
        rows = [had + more for had, more in zip(rows, made, strict=True)]
        done = copies.stop * stock.households
        reached = [mark for mark in MARKS if mark <= done and mark not in columns]
        for mark in reached:
            columns[mark], peaks[mark] = dict(clock.seconds) | {"all": clock.total}, peak_mib()
        print(f"... {done:,} households, {clock.total:.0f} s", file=sys.stderr, flush=True)
    if not columns or columns[max(columns)]["all"] != clock.total:
        done = stock.copies * stock.households
        columns[done], peaks[done] = dict(clock.seconds) | {"all": clock.total}, peak_mib()
    busy = time.process_time() - before
    head = "".join(f" {mark:,} |" for mark in columns)
    table = [f"| households |{head}", "|---|" + "---:|" * len(columns)]
    for stage in (*STAGES, "all"):
        cells = "".join(f" {column[stage]:.1f} |" for column in columns.values())
        table.append(f"| {stage} (s) |{cells}")
    proper = "".join(f" {c['judge, every world'] + c['suggest']:.1f} |" for c in columns.values())
    table.append(f"| the rules themselves: judge, suggest (s) |{proper}")
    table.append("| peak memory (MiB) |" + "".join(f" {p:,.0f} |" for p in peaks.values()))
    table.append("")
    table.append(
        f"{rows[0]:,} verdicts, {rows[1]:,} rows of evidence; batches of {batch * stock.households:,} households; "
        f"{busy:.0f} s of processor time."
    )
    return table


def by_batch_size(stock: Stock) -> list[str]:
    """One batch alone, ever larger: processor time a household and stage. A step worse than linear would grow to the right."""
    sizes = [size for size in (1, 2, 4, 8, 16) if size <= stock.copies]
    found = {}
    for size in sizes:
        clock = Clock(time.process_time)
        run(stock, range(size), clock)
        found[size] = clock
    head = "".join(f" {size * stock.households:,} |" for size in sizes)
    table = [f"| households in one batch |{head}", "|---|" + "---:|" * len(sizes)]
    for stage in STAGES:
        cells = "".join(
            f" {found[size].seconds[stage] / size / stock.households * 1e6:.0f} |" for size in sizes
        )
        table.append(f"| {stage} (processor µs a household) |{cells}")
    return table


def main() -> None:
    """Lay the facts down, run, and print two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=5, help="copies of the base county in a batch")
    parser.add_argument(
        "--folder", type=Path, help="where the facts are laid down (default: a temporary folder)"
    )
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        start = time.perf_counter()
        stock = lay_down(Path(folder), wanted.households)
        laid = time.perf_counter() - start
        mib = sum(f.stat().st_size for f in Path(folder).rglob("*.parquet")) / 2**20
        whole = all_batches(stock, wanted.batch)
        alone = by_batch_size(stock)
    print(f"{platform.machine()}, Python {platform.python_version()}, Polars {pl.__version__}.")
    print(
        f"Facts: {stock.copies * stock.households:,} households, {stock.copies * stock.lines:,} lines, {mib:,.0f} MiB of Parquet, laid down in {laid:.0f} s.\n"
    )
    print("\n".join(whole), "\n".join(alone), sep="\n\n")


if __name__ == "__main__":
    main()
