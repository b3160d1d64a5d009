"""No group of people is found less than others (issue 3, item 7): names by family, length, rare characters; numbers by what is wrong.

Fresh seeds, small registers (4,000 people, 16,000 rows of each), models estimated here from the registers themselves. All registers and
seeds are added up, and groups of 200 true pairs or more are held against all pairs. docs/linkage-errors.md has the same at 100,000 people.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

from synthetic.linkage import SOURCES, write_corpus

sys.path[:0] = [str(Path(__file__).parents[2] / "bench" / "linkage")]
import ours  # noqa: E402  # stands beside the benchmark
from accuracy import best_links, mark  # noqa: E402
from group_tables import UNDATED, lagging, summed  # noqa: E402
from groups import told_of  # noqa: E402
from truth import read_truth  # noqa: E402

SEEDS = (211, 307, 401)
PEOPLE, ROWS = 4_000, 16_000
OF_NAMES = ("family", "length", "rare")

WITHOUT_DIGITS = {"missing", "placeholder", "masked", "scientific"}
"""Kinds of number of which nothing or a few digits are left. Where a register states no birth date either, there is only a name with a
telephone or an address, and at p >= .95 these kinds are found less: measured 4.6 to 10.6 points less than all with these seeds. The
field itself is not there: in the registers that state it they are found as well as all others."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Counts by register, seed, threshold and group (`groups.told_of`)."""
    parts = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"groups{seed}")
        write_corpus(folder, people=PEOPLE, rows=ROWS, seed=seed)
        for source in SOURCES:
            out = folder / f"{source}.links.parquet"
            ours.run(folder, source, "train", folder / f"{source}.yaml", out)
            truth = read_truth(folder, source)
            links = best_links(pl.read_parquet(out), one_row_a_person=truth.one_row_a_person)
            rows = pl.read_parquet(folder / f"{source}.parquet", columns=["row", "name", "id_no"])
            counts = told_of(mark(links, truth), truth, rows)
            parts.append(counts.with_columns(pl.lit(source).alias("source")))
    return pl.concat(parts)


def groups(counts: pl.DataFrame) -> set[tuple[str, str]]:
    """Where and by what a group lags: (threshold, group)."""
    return set(counts.select("at", "group").iter_rows())


def whole(told: pl.DataFrame, at: str) -> float:
    """Recall of all pairs."""
    return float(summed(told).filter(at=at, grouping="all")["recall"].item())


def test_there_is_enough_of_every_group_to_be_held_against_all(told: pl.DataFrame) -> None:
    enough = summed(told).filter(pl.col("at") == "stated", pl.col("pairs") >= 200)
    by = {grouping: set(enough.filter(grouping=grouping)["group"]) for grouping in OF_NAMES}
    assert by == {
        "family": {"Han", "interpunct"},
        "length": {"2", "3", "4", "5+"},
        "rare": {"false", "true"},
    }
    kinds = set(enough.filter(grouping="number_kind")["group"])
    assert kinds >= {"valid18", "valid15", "missing", "placeholder", "masked", "check_failed"}
    assert kinds >= {"short"}


def test_names_of_every_kind_are_found_alike(told: pl.DataFrame) -> None:
    """Measured: interpunct names at most 0.7 points under all, rare characters at most 0.6."""
    assert groups(lagging(told).filter(pl.col("grouping").is_in(OF_NAMES))) == set()


def test_every_kind_of_number_is_found_alike_where_a_birth_date_is_stated(
    told: pl.DataFrame,
) -> None:
    dated = lagging(told.filter(~pl.col("source").is_in(UNDATED)))
    assert groups(dated.filter(pl.col("grouping") != "number_noise")) == set()
    # a valid number of another person is no damage that a row shows: there the link is left to a clerk
    channels = groups(dated.filter(grouping="number_noise"))
    assert {group for _, group in channels} <= {"other_persons_number"}


def test_every_kind_of_number_is_found_alike_at_the_best_threshold(told: pl.DataFrame) -> None:
    """All registers. Measured: at most 1.1 points under all. Among 100,000 people names have more bearers, and it is 4."""
    kinds = lagging(told).filter(grouping="number_kind")
    assert {group for at, group in groups(kinds) if at == "best"} == set()


def test_only_numbers_without_digits_lag_and_only_where_no_birth_date_is(
    told: pl.DataFrame,
) -> None:
    lags = lagging(told).filter(grouping="number_kind", at="stated")
    assert set(lags["group"]) <= WITHOUT_DIGITS
    dated = summed(told.filter(~pl.col("source").is_in(UNDATED)))
    for group, pairs, found in lags.select("group", "pairs", "found").iter_rows():
        same = dated.filter(at="stated", grouping="number_kind", group=group)
        missed_there = int((same["pairs"] - same["found"]).sum())
        # measured: 0 to 7 in 100 of the missed
        assert missed_there <= 0.2 * (pairs - found), group


def test_rows_without_a_number_that_say_enough_else_are_found(told: pl.DataFrame) -> None:
    """What limits recall is what a row says: most of the missed carry nothing but a name."""
    left = summed(told).filter(at="stated", grouping="left")
    enough = left.filter(
        pl.col("group").str.starts_with("birth_date") | (pl.col("group") == "phone + address")
    )
    assert enough["pairs"].sum() >= 200
    assert enough["found"].sum() / enough["pairs"].sum() >= whole(told, "stated") - 0.02
    missed = left.select("group", (pl.col("pairs") - pl.col("found")).alias("missed"))
    assert missed.filter(group="name only")["missed"].sum() > 0.5 * missed["missed"].sum()


@pytest.mark.parametrize("grouping", ["family", "length", "rare", "number_kind"])
def test_what_is_accepted_is_right_in_every_group(told: pl.DataFrame, grouping: str) -> None:
    """At p >= .95 of the links of any group of 200 or more, 99 in 100. Measured: none below .998."""
    counts = summed(told).filter(pl.col("pairs") >= 200, at="stated", grouping=grouping)
    assert len(counts) >= 2
    precision = counts.select(
        "group", (pl.col("found") / (pl.col("found") + pl.col("wrong"))).alias("precision")
    )
    assert precision.filter(pl.col("precision") < 0.99).rows() == []
