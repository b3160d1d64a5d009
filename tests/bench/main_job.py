"""Time and memory of the main job, from a cold inbox to a published warehouse, beside the floor of merely reading the same files.

    python tests/bench/main_job.py [--applications 5000 20000] [--folder DIR]

A county of twenty times as many people is made for each size (not timed with the job), `hedui run` is started as a user would start
it, and its own stage times, wall time and peak memory are put into a table. Nothing is asserted: a figure is for people to read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from synthetic.county import write_county

AS_OF = "2026-05-20"
HEDUI = Path(sys.executable).with_name("hedui")


@dataclass(frozen=True)
class Measured:
    """One run of the main job."""

    applications: int
    rows: int
    floor_seconds: float
    wall_seconds: float
    peak_mib: float
    stages: dict[str, float]


def read_floor(inbox: Path) -> float:
    """Seconds that Polars takes to read every file of the inbox into text columns, and nothing else."""
    start = time.perf_counter()
    for path in sorted(p for p in inbox.rglob("*") if p.is_file()):
        match path.suffix:
            case ".csv":
                data = path.read_bytes()
                try:
                    data.decode()
                except UnicodeDecodeError:
                    data = data.decode("gb18030").encode()
                head = data.split(b"\n", 1)[0]
                separator = max(",|\t", key=lambda s: head.count(s.encode()))
                pl.read_csv(
                    data, separator=separator, infer_schema=False, truncate_ragged_lines=True
                )
            case ".parquet":
                pl.read_parquet(path)
            case ".xlsx":
                CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            case ".txt":
                path.read_bytes().decode("gb18030").split("\n")
    return time.perf_counter() - start


def run_job(inbox: Path, warehouse: Path) -> tuple[float, float, dict[str, float]]:
    """Wall seconds, peak MiB and stage seconds of one cold `hedui run`."""
    command = [
        str(HEDUI),
        "run",
        "--inbox",
        str(inbox),
        "--warehouse",
        str(warehouse),
        "--as-of",
        AS_OF,
        "--json",
    ]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out, _ = process.communicate()
    wall = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if process.returncode:
        raise SystemExit(f"hedui run ended with {process.returncode}")
    told = json.loads(out)
    return wall, peak, {str(k): float(v) for k, v in (told["seconds"]).items()}


def measure(applications: int, folder: Path) -> Measured:
    """Make a county of a size and run it once, cold."""
    county = write_county(
        folder / f"county-{applications}", households=applications, people=20 * applications
    )
    floor = read_floor(county.inbox)
    wall, peak, stages = run_job(county.inbox, folder / f"county-{applications}" / "w.duckdb")
    return Measured(applications, county.rows, floor, wall, peak, stages)


def table(runs: list[Measured]) -> str:
    """The figures as a Markdown table."""
    names = list(dict.fromkeys(name for run in runs for name in run.stages))
    lines = [
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, Polars {pl.__version__}",
        "",
        "| | " + " | ".join(f"{run.applications:,} applications" for run in runs) + " |",
        "|---|" + "---:|" * len(runs),
        "| source rows | " + " | ".join(f"{run.rows:,}" for run in runs) + " |",
        "| merely reading the files (s) | "
        + " | ".join(f"{run.floor_seconds:.1f}" for run in runs)
        + " |",
        *(
            f"| {name} (s) | " + " | ".join(f"{run.stages.get(name, 0):.1f}" for run in runs) + " |"
            for name in names
        ),
        "| whole command, wall (s) | "
        + " | ".join(f"{run.wall_seconds:.1f}" for run in runs)
        + " |",
        "| times the floor | "
        + " | ".join(f"{run.wall_seconds / run.floor_seconds:.1f}" for run in runs)
        + " |",
        "| peak memory (MiB) | " + " | ".join(f"{run.peak_mib:,.0f}" for run in runs) + " |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure the sizes asked for, smallest first (peak memory is that of the largest child so far)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--applications", type=int, nargs="+", default=[5_000, 20_000])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        print(table([measure(n, Path(folder)) for n in sorted(asked.applications)]))


if __name__ == "__main__":
    main()
