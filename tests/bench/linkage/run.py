"""The linkage benchmark: our engine and Splink 5 on the same records, in the same run, on the same machine.

    make bench-linkage ARGS="--people 10000 --rows 50000"
    python tests/bench/linkage/run.py [--people N] [--rows N] [--seeds S ...] [--errors E ...] [--sizes 1000000x1000000:hukou,bank] [--json FILE]

A labelled corpus is made for every size, seed and error rate. Every engine is started as a process of its own by one command line; those
that train are run once (and judged), those with a trained model several times in turn, and the medians are told. One Markdown page is
printed. Nothing is asserted: a figure is for people to read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from accuracy import judge
from measure import Engine, Runs, engines, make_corpus, repeat, say
from tables import accuracy_table, group_table, speed_table
from targets import target_table
from truth import SOURCES, read_truth

GROUPINGS = ("family", "number_noise", "name_noise")


@dataclass(frozen=True)
class Size:
    """How many people and rows, and which registers."""

    people: int
    rows: int
    sources: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Size:
        """`1000000x1000000:hukou,bank`; without registers, all."""
        numbers, _, names = text.partition(":")
        people, _, rows = numbers.partition("x")
        sources = tuple(names.split(",")) if names else SOURCES
        unknown = [name for name in sources if name not in SOURCES]
        if unknown or not (people.isdigit() and rows.isdigit()):
            raise argparse.ArgumentTypeError(
                f"{text!r} is no size; write PEOPLExROWS:register,register, of {', '.join(SOURCES)}"
            )
        return cls(int(people), int(rows), sources)


def arguments() -> argparse.Namespace:
    """What is asked on the command line."""
    parser = argparse.ArgumentParser(description="Our linkage beside Splink 5")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--sources", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument(
        "--sizes", nargs="+", type=Size.read, default=[], help="in the place of the three above"
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--errors", nargs="+", type=float, default=[1.0])
    parser.add_argument(
        "--repeats", type=int, default=5, help="of the engines with a trained model"
    )
    parser.add_argument(
        "--long",
        type=float,
        metavar="PAIRS",
        help="train Splink a second time, u on so many pairs (5e7)",
    )
    parser.add_argument("--engines", nargs="+", help="only these, by name")
    parser.add_argument("--folder", type=Path, help="keep corpora, models and links here")
    parser.add_argument("--json", type=Path, help="write every figure here")
    return parser.parse_args()


def chosen(asked: argparse.Namespace) -> list[Engine]:
    """The engines that are asked for and are there."""
    known = engines(long_pairs=asked.long)
    wanted = [e for e in known if asked.engines is None or e.name in asked.engines]
    for engine in wanted:
        if not engine.exists():
            say(f"{engine.name} is left out: there is no {engine.script}")
    return [engine for engine in wanted if engine.exists()]


def told_of(run: Runs, size: Size, seed: int, errors: float) -> dict[str, Any]:
    """One entry of the results."""
    names = {
        name for one in run.told for name, value in one.items() if isinstance(value, int | float)
    }
    accuracy = None
    if run.out.is_file():
        accuracy = judge(pl.read_parquet(run.out), read_truth(run.corpus, run.source)).as_dict()
    return {
        "corpus": f"{size.people}×{size.rows} seed {seed} errors {errors:g}",
        "people": size.people,
        "rows": size.rows,
        "seed": seed,
        "errors": errors,
        "source": run.source,
        "engine": run.engine.name,
        **{name: run.figure(name) for name in sorted(names | {"seconds", "rss_mib"})},
        "all_seconds": [one["seconds"] for one in run.told],
        "stages": run.told[-1].get("stages", {}) if run.told else {},
        "accuracy": accuracy,
    }


def bench_corpus(
    asked: argparse.Namespace, folder: Path, size: Size, seed: int, errors: float
) -> list[dict[str, Any]]:
    """All engines on all registers of one corpus: first those that train, then the others in turn."""
    corpus = make_corpus(
        folder, people=size.people, rows=size.rows, seed=seed, errors=errors, sources=size.sources
    )
    wanted = chosen(asked)
    runs = [Runs(engine, corpus, source) for source in size.sources for engine in wanted]
    repeat([run for run in runs if run.engine.trains], 1)
    repeat([run for run in runs if not run.engine.trains], asked.repeats)
    return [told_of(run, size, seed, errors) for run in runs]


def page(told: list[dict[str, Any]], repeats: int) -> str:
    """The Markdown page."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, polars {pl.__version__}"
    parts = [
        f"Medians of {repeats} repetitions in turn (training: one run); {machine}. From raw Parquet files to links.",
        "## Accuracy\n\nEach engine at its own best threshold; *hard* pairs are those whose cleaned numbers do not agree.",
        accuracy_table(told),
        "## Time and memory",
        speed_table(told),
        "## Targets\n\nRatios are Splink's figure over ours where a speed is told, ours over Splink's where an error or memory is.",
        target_table(told),
    ]
    for grouping in GROUPINGS:
        parts += [f"## Recall on hard pairs by {grouping}", group_table(told, grouping)]
    return "\n\n".join(parts)


def main() -> None:
    """Run everything that is asked for, print the page."""
    asked = arguments()
    sizes = asked.sizes or [Size(asked.people, asked.rows, tuple(asked.sources))]
    told: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        for size in sizes:
            for seed in asked.seeds:
                for errors in asked.errors:
                    told += bench_corpus(asked, folder, size, seed, errors)
                    if asked.json:
                        asked.json.write_text(
                            json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
                        )
    print(page(told, asked.repeats))


if __name__ == "__main__":
    main()
