"""Our engine's errors by group of people: names by family, length and rare characters, numbers by what is wrong with them. One page.

    make bench-linkage-groups
    python tests/bench/linkage/groups.py [--people N] [--rows N] [--seeds S ...] [--errors E] [--folder DIR] --out FILE

Corpora are made, every register is linked by a model estimated from itself without labels, and what was found is counted against the
truth. Counts of all seeds are added up before a share is taken. Nothing is asserted here: tests/household/linkage/test_groups.py does.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from accuracy import (
    STATED,
    best_links,
    best_point,
    errors_by_group,
    mark,
    recall_by_group,
    row_groups,
)
from group_tables import COUNTS, group_page
from measure import Runs, engines, make_corpus, say
from truth import SOURCES, read_truth

if TYPE_CHECKING:
    from truth import Truth

COMMAND = "make bench-linkage-groups"
CHANNELS = ("number_noise", "name_noise")
"""Groupings of true pairs only: of a wrong link nobody can say what happened to it."""

_EVIDENCE = {"birth_date": "birth", "phone": "phone", "address": "address"}


def told_of(marked: pl.DataFrame, truth: Truth, rows: pl.DataFrame) -> pl.DataFrame:
    """Counts of one register by group, at `STATED` and at the threshold of the best F1.

    Args:
        marked: see `accuracy.mark`. rows: row, name, id_no of the register.

    Returns:
        at (stated, best), grouping, group, and COUNTS. The grouping `all` has one group.
    """
    groups = row_groups(rows)
    best = best_point(marked, len(truth.pairs)).threshold
    return pl.concat(
        [
            counted(marked, truth, groups, threshold).select(
                pl.lit(at).alias("at"), "grouping", pl.col("group").fill_null("none"), *COUNTS
            )
            for at, threshold in (("stated", STATED), ("best", best))
        ]
    )


def counted(
    marked: pl.DataFrame, truth: Truth, groups: pl.DataFrame, threshold: float | None
) -> pl.DataFrame:
    """grouping, group, COUNTS at one threshold: by row, by channel, by what a row without a number still says, and all together."""
    by_row = errors_by_group(marked, truth, groups, threshold)
    by_channel = recall_by_group(marked, truth, threshold).filter(
        pl.col("grouping").is_in(CHANNELS)
    )
    numberless = _numberless(truth, groups)
    left = errors_left(marked.join(numberless, on="row", how="semi"), numberless, threshold)
    none = pl.lit(0, dtype=pl.Int64)
    every = by_row.filter(grouping="family").select(
        pl.lit("all").alias("grouping"), pl.lit("all").alias("group"), pl.col(COUNTS).sum()
    )
    return pl.concat(
        [
            by_row.select("grouping", "group", *COUNTS),
            by_channel.with_columns(none.alias("wrong"), none.alias("hard_wrong")).select(
                "grouping", "group", pl.col(COUNTS).cast(pl.Int64)
            ),
            left.select("grouping", "group", *COUNTS),
            every.select("grouping", "group", *COUNTS),
        ]
    )


def _numberless(truth: Truth, groups: pl.DataFrame) -> pl.DataFrame:
    """row, person, group of true pairs whose row gives no number: what it gives beside a name, filled on both sides and still true."""
    kinds = groups.filter(pl.col("number_kind").is_in(["missing", "placeholder"]))
    filled, noise = pl.col("fields").str.split("+"), pl.col("other_noise").str.split("+")
    parts = [
        pl.when(
            filled.list.contains(field)
            # another way of writing the same number or place is no damage
            & ~noise.list.eval(
                pl.element().str.starts_with(prefix) & ~pl.element().str.ends_with("_form")
            )
            .list.any()
            .fill_null(value=False)
        ).then(pl.lit(field))
        for field, prefix in _EVIDENCE.items()
    ]
    left = pl.concat_str(parts, separator=" + ", ignore_nulls=True)
    return truth.pairs.join(kinds, on="row", how="semi").select(
        "row",
        "person",
        "hard",
        pl.when(left == "").then(pl.lit("name only")).otherwise(left).alias("group"),
    )


def errors_left(
    marked: pl.DataFrame, numberless: pl.DataFrame, threshold: float | None
) -> pl.DataFrame:
    """grouping `left`: of rows of somebody that give no number, what was found, and what was linked to somebody else."""
    linked = marked.filter(pl.col("probability") >= threshold).select("row", "true")
    found, hard = pl.col("true").fill_null(value=False), pl.col("hard")
    wrong = (~pl.col("true")).fill_null(value=False)
    counts = {"pairs": pl.col("row").is_not_null(), "found": found, "wrong": wrong}
    return (
        numberless.join(linked, on="row", how="left")
        .group_by("group")
        .agg(
            *(told.sum().cast(pl.Int64).alias(name) for name, told in counts.items()),
            *((hard & told).sum().cast(pl.Int64).alias(f"hard_{n}") for n, told in counts.items()),
        )
        .with_columns(pl.lit("left").alias("grouping"))
    )


def linked(corpus: Path, source: str) -> pl.DataFrame:
    """Link one register by a model estimated from it, in a process of its own; its counts (`told_of`)."""
    run = Runs(next(e for e in engines(long_pairs=None) if e.name == "ours train"), corpus, source)
    run.once()
    truth = read_truth(corpus, source)
    best = best_links(pl.read_parquet(run.out), one_row_a_person=truth.one_row_a_person)
    rows = pl.read_parquet(corpus / f"{source}.parquet", columns=["row", "name", "id_no"])
    return told_of(mark(best, truth), truth, rows)


def arguments() -> argparse.Namespace:
    """What is asked on the command line."""
    parser = argparse.ArgumentParser(description="Our linkage's errors by group")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--seeds", nargs="+", type=int, default=[101, 102])
    parser.add_argument("--errors", type=float, default=1.0)
    parser.add_argument("--folder", type=Path, help="keep corpora, models and links here")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main() -> None:
    """Make what is missing, link, count, write the page."""
    asked = arguments()
    parts = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        for seed in asked.seeds:
            corpus = make_corpus(
                folder,
                people=asked.people,
                rows=asked.rows,
                seed=seed,
                errors=asked.errors,
                sources=SOURCES,
            )
            for source in SOURCES:
                parts.append(linked(corpus, source).with_columns(pl.lit(source).alias("source")))
                say(f"seed {seed} {source}")
    setting = (
        f"{asked.people:,} people, registers of {asked.rows:,} rows, seeds "
        f"{', '.join(map(str, asked.seeds))}, error rates × {asked.errors:g}; {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, Polars {pl.__version__}"
    )
    page = group_page(pl.concat(parts), setting=setting, command=COMMAND)
    asked.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
