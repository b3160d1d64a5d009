"""Time and memory of `hedui watch` over a county in which almost everybody draws, beside the floor of merely reading its files.

    python tests/bench/watch.py [--people 1220000] [--applications 2000] [--folder DIR]

Makes one county (not timed), looks at it cold, and looks again a month later: no new file, another day, so that every alert is asked again
and only differences are told. Nothing is asserted: a figure is for people to read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from main_job import HEDUI, read_floor

from warehouse.current import read_current

DAY, LATER = "2026-05-20", "2026-06-20"
DRAWING = 1.0
"""Every household that does not apply draws or drew; one benefit in eight has ended."""


@dataclass(frozen=True)
class Look:
    """One `hedui watch`: wall seconds, peak MiB, seconds of each stage, and how many differences it told."""

    wall: float
    peak_mib: float
    stages: dict[str, float]
    told: int


def look(inbox: Path | None, warehouse: Path, day: str, out: Path) -> Look:
    """Run `hedui watch` as a user would, and measure that process alone."""
    command = [str(HEDUI), "watch", "--warehouse", str(warehouse), "--as-of", day, "--json"]
    command += ["--inbox", str(inbox)] if inbox else []
    with out.open("wb") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    if status:
        raise SystemExit("hedui watch failed")
    told = json.loads(out.read_text(encoding="utf-8"))
    stages = {str(k): float(v) for k, v in told["seconds"].items()}
    return Look(wall, used.ru_maxrss / 1024, stages, len(told["changes"]))


def table(looks: dict[str, Look], floor: float) -> str:
    """The figures as a Markdown table."""
    names = list(dict.fromkeys(name for one in looks.values() for name in one.stages))
    lines = [
        "| | " + " | ".join(looks) + " |",
        "|---|" + "---:|" * len(looks),
        f"| merely reading the files (s) | {floor:.1f} |" + " |" * (len(looks) - 1),
        *(
            f"| {name} (s) | "
            + " | ".join(f"{one.stages.get(name, 0):.1f}" for one in looks.values())
            + " |"
            for name in names
        ),
        "| whole command, wall (s) | "
        + " | ".join(f"{one.wall:.1f}" for one in looks.values())
        + " |",
        "| peak memory (MiB) | "
        + " | ".join(f"{one.peak_mib:,.0f}" for one in looks.values())
        + " |",
        "| differences told | " + " | ".join(f"{one.told:,}" for one in looks.values()) + " |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Make the county, look twice, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_220_000)
    parser.add_argument("--applications", type=int, default=2_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        make = f"from synthetic.county import write_county; from pathlib import Path; c = write_county(Path({str(folder)!r}), households={asked.applications}, people={asked.people}, drawing={DRAWING}); print(c.rows)"
        # in a process of its own: what the generator held is given back before anything is measured
        made = subprocess.run([sys.executable, "-c", make], check=True, stdout=subprocess.PIPE)
        rows = int(made.stdout)
        floor = read_floor(folder / "inbox")
        warehouse = folder / "w.duckdb"
        looks = {
            "first look": look(folder / "inbox", warehouse, DAY, folder / "first.json"),
            "a month later": look(None, warehouse, LATER, folder / "second.json"),
        }
        drawn = read_current(warehouse, "current_benefit")
        people = drawn["person_ref"].drop_nulls().n_unique()
        print(
            f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, Polars {pl.__version__}"
        )
        print(f"{people:,} people who draw {drawn.height:,} benefits; {rows:,} source rows\n")
        print(table(looks, floor))


if __name__ == "__main__":
    main()
