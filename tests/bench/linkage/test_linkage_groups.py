from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from accuracy import mark
from group_tables import (
    COUNTS,
    group_page,
    group_table,
    lagging,
    lagging_table,
    limit_table,
    share,
    summed,
    wilson,
)
from groups import told_of
from truth import Truth

KEYS = {"row": pl.UInt32, "person": pl.UInt32}
WHOLE, FILLER = "990101198001010010", "无"


def told(*given: tuple[Any, ...]) -> pl.DataFrame:
    """source, at, grouping, group, pairs, found, wrong; nothing is hard."""
    lines = [(*line, 0, 0, 0) for line in given]
    return pl.DataFrame(lines, schema=["source", "at", "grouping", "group", *COUNTS], orient="row")


def both(*line: Any) -> list[tuple[Any, ...]]:
    return [(line[0], at, *line[1:]) for at in ("stated", "best")]


def row_of(table: str, *first: str) -> str:
    start = "| " + " | ".join(first) + " |"
    return next(line for line in table.splitlines() if line.startswith(start))


@pytest.mark.parametrize(
    ("found", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson(found: int, count: int, low: float, high: float) -> None:
    """81 of 263: Newcombe (1998), table I, method 3."""
    assert wilson(found, count) == pytest.approx((low, high), abs=5e-5)


def test_nothing_has_no_share() -> None:
    assert wilson(0, 0) is None
    assert share(0, 0) == "–"
    assert share(5, 10) == "0.5000 (0.2366–0.7634)"


def test_counts_are_added_up_before_a_share_is_taken() -> None:
    given = told(
        *both("hukou", "all", "all", 100, 90, 0),
        *both("bank", "all", "all", 300, 250, 0),
        *both("hukou", "rare", "true", 10, 10, 0),
        *both("bank", "rare", "true", 30, 20, 0),
    )
    rare = summed(given).filter(at="stated", grouping="rare")
    assert rare.select("pairs", "found").row(0) == (40, 30)
    assert rare["recall"].item() == 0.75
    assert rare["under"].item() == pytest.approx(0.1)
    assert row_of(group_table(given, "rare"), "true", "40").count("-10.00") == 1


@pytest.mark.parametrize(
    ("pairs", "found", "lags"), [(200, 175, True), (200, 176, False), (199, 100, False)]
)
def test_a_group_lags_past_two_points_and_from_200_pairs(
    pairs: int, found: int, lags: bool
) -> None:
    """All: .9; 176 of 200 is .88, two points under."""
    given = told(
        *both("bank", "all", "all", 1000, 900, 0),
        *both("bank", "number_kind", "masked", pairs, found, 0),
    )
    assert bool(len(lagging(given))) == lags


def test_a_lagging_group_is_told_with_the_registers_that_state_a_birth_date() -> None:
    given = told(
        *both("bank", "all", "all", 1000, 800, 0),
        *both("hukou", "all", "all", 1000, 1000, 0),
        *both("bank", "number_kind", "missing", 300, 100, 0),
        *both("hukou", "number_kind", "missing", 100, 99, 0),
    )
    line = row_of(lagging_table(given), "p ≥ .95", "number_kind", "missing")
    assert [cell.strip() for cell in line.split("|")[4:-1]] == [
        "400", "0.4975", "-40.25", "201", "200", "-1.00",
    ]  # fmt: skip


@pytest.fixture
def counts() -> pl.DataFrame:
    """Five rows of five people; 1 to 4 give no number: an old telephone, a telephone written otherwise and a date, an address, a name."""
    pairs = pl.DataFrame(
        {
            "row": range(5),
            "person": range(5),
            "hard": [False, True, True, True, True],
            "family": ["Han"] * 5,
            "length": ["2"] * 5,
            "rare": ["false"] * 5,
            "number_noise": ["", "number_missing", "number_missing", "placeholder", "placeholder"],
            "name_noise": [""] * 5,
            "other_noise": ["", "phone_old", "phone_form", "phone_missing", ""],
            "fields": [
                "id_no+name+phone", "name+phone", "name+birth_date+phone", "id_no+name+address", "name",
            ],
        },
        schema_overrides=KEYS,
    )  # fmt: skip
    keys = pl.DataFrame({"key": [1, None, None, None, None]})["key"]
    truth = Truth(
        pairs=pairs,
        row_keys=pairs.select("row", keys.alias("row_key")),
        person_keys=pairs.select("person", pl.Series("person_key", range(1, 6))),
        one_row_a_person=False,
    )
    links = pl.DataFrame(
        {
            "row": range(5),
            "person": [0, 1, 2, 4, 4],
            "probability": [1.0, 0.5, 0.99, 0.96, 0.97],
        },
        schema_overrides=KEYS,
    )
    rows = pl.DataFrame(
        {"row": range(5), "name": ["张三"] * 5, "id_no": [WHOLE, None, None, FILLER, FILLER]},
        schema_overrides=KEYS,
    )
    return told_of(mark(links, truth), truth, rows).with_columns(pl.lit("bank").alias("source"))


def test_rows_without_a_number_are_told_by_what_is_still_true_in_them(
    counts: pl.DataFrame,
) -> None:
    left = counts.filter(at="stated", grouping="left").sort("group")
    assert left.select("group", "pairs", "found", "wrong").rows() == [
        ("address", 1, 0, 1),
        ("birth_date + phone", 1, 1, 0),
        ("name only", 2, 1, 0),
    ]
    assert row_of(limit_table(counts), "name only").startswith("| name only | 2 | 0.5000")


def test_the_groups_of_a_grouping_add_up_to_all(counts: pl.DataFrame) -> None:
    stated = counts.filter(at="stated")
    every = stated.filter(grouping="all").select("pairs", "found", "wrong").row(0)
    assert every == (5, 3, 1)
    for grouping in ("family", "length", "rare", "number_kind"):
        some = stated.filter(grouping=grouping).select(pl.col("pairs", "found", "wrong").sum())
        assert some.row(0) == every
    best = counts.filter(at="best", grouping="all")
    # the link of p .5 is right and comes in at the best threshold
    assert best.select("found", "wrong").row(0) == (4, 1)


def test_the_page_holds_every_table_and_says_how_it_was_made(counts: pl.DataFrame) -> None:
    page = group_page(counts, setting="5 people, seed 7", command="make something")
    assert "    make something\n\n5 people, seed 7." in page
    assert page.count("\n## ") == 11
    assert "None" not in page
    assert "nan" not in page
