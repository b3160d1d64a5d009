from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from accuracy import (
    best_links,
    best_point,
    errors_by_group,
    family_gap,
    judge,
    mark,
    row_groups,
    stated_point,
    sure_point,
)
from truth import Truth, families, is_rare, read_truth

from household.identity.numbers import check_digit

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = {"row": pl.UInt32, "person": pl.UInt32, "probability": pl.Float64}


def number(serial: int) -> str:
    first17 = f"99010119800101{serial:03d}"
    return first17 + check_digit(first17)


def links(*given: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(list(given), schema=PAIRS, orient="row")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Five persons; rows 0-3 are theirs (2 and 3 with a damaged or missing number), row 4 is of nobody but has person 4's number."""
    names = ["张三", "王小明", "阿不都·热合曼", "李龘", "赵六"]
    pl.DataFrame(
        {
            "person": range(5),
            "id_no": [number(i) for i in range(4)] + [None],
            "name": names,
            "birth_date": ["1980-01-01"] * 5,
            "phone": ["1", None, "3", "4", "5"],
        },
        schema_overrides={"person": pl.UInt32},
    ).write_parquet(tmp_path / "roster.parquet")
    pl.DataFrame(
        {
            "row": range(5),
            "id_no": [" " + number(0).lower(), number(1), number(2)[:-3] + "000", None, number(0)],
            "name": ["张三", "王小明", "阿不都热合曼", "李？", "张三"],
            "birth_date": ["1980-01-01", "1980-01-01", None, "1980-01-01", None],
            "phone": ["1", "2", "3", "4", None],
        },
        schema_overrides={"row": pl.UInt32},
    ).write_parquet(tmp_path / "hukou.parquet")
    (tmp_path / "truth").mkdir()
    pl.DataFrame(
        {
            "row": range(5),
            "person": [0, 1, 2, 3, None],
            "name_noise": ["", "", "interpunct_lost", "rare_lost", ""],
            "number_noise": ["", "", "tail_lost", "missing", ""],
            "birth_noise": ["", "", "missing", "", ""],
        },
        schema_overrides={"row": pl.UInt32, "person": pl.UInt32},
    ).write_parquet(tmp_path / "truth" / "hukou.parquet")
    return tmp_path


@pytest.fixture
def truth(corpus: Path) -> Truth:
    return read_truth(corpus, "hukou")


def test_truth_tells_hard_pairs_and_their_groups(truth: Truth) -> None:
    pairs = truth.pairs.sort("row")
    assert truth.one_row_a_person
    assert pairs["person"].to_list() == [0, 1, 2, 3]
    assert pairs["hard"].to_list() == [False, False, True, True]
    assert pairs["family"].to_list() == ["Han", "Han", "interpunct", "Han"]
    assert pairs["length"].to_list() == ["2", "3", "5+", "2"]
    assert pairs["rare"].to_list() == ["false", "false", "false", "true"]
    assert pairs["other_noise"].to_list() == ["", "", "missing", ""]
    assert pairs["fields"].to_list() == [
        "id_no+name+birth_date+phone",
        "id_no+name+birth_date",
        "id_no+name+phone",
        "name+birth_date+phone",
    ]


@pytest.mark.parametrize(
    ("name", "row_name", "family"),
    [
        ("张三", "张三", "Han"),
        ("扎西·多吉", "扎西多吉", "interpunct"),
        ("扎西多吉", "扎西.多吉", "interpunct"),
        ("扎西多吉", None, "Han"),
        ("买买提吐尔逊", "买买提吐尔逊", "interpunct"),
        ("JOHN", "JOHN", "other"),
        ("张wei", "张伟", "other"),
    ],
)
def test_families(name: str, row_name: str | None, family: str) -> None:
    told = families(
        pl.DataFrame(
            {"name": [name], "row_name": [row_name]}, schema_overrides={"row_name": pl.String}
        )
    )
    assert told["family"].item() == family


def test_rare_is_outside_gb2312() -> None:
    assert is_rare("李龘")
    assert is_rare("王\ue81e")
    assert not is_rare("王伟")


def test_best_links_take_one_of_a_row_and_one_of_a_person() -> None:
    given = links((0, 7, 0.5), (0, 8, 0.9), (1, 8, 0.95), (2, 9, 0.4), (2, 6, 0.4))
    assert best_links(given, one_row_a_person=False).rows() == [
        (1, 8, 0.95),
        (0, 8, 0.9),
        (2, 6, 0.4),
    ]
    assert best_links(given, one_row_a_person=True).rows() == [(1, 8, 0.95), (2, 6, 0.4)]


def test_a_link_is_hard_where_cleaned_numbers_do_not_agree(truth: Truth) -> None:
    marked = mark(links((0, 0, 1.0), (0, 1, 1.0), (2, 2, 1.0), (3, 4, 1.0)), truth)
    assert marked["true"].to_list() == [True, False, True, False]
    assert marked["hard"].to_list() == [False, True, True, True]


def marked(*given: tuple[float, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        list(given), schema={"probability": pl.Float64, "true": pl.Boolean}, orient="row"
    )


def test_best_point_keeps_equal_probabilities_together() -> None:
    best = best_point(marked((0.9, True), (0.8, True), (0.8, False), (0.3, False)), 3)
    assert (best.threshold, best.found, best.wrong, best.missed) == (0.8, 2, 1, 1)
    assert best.f1 == pytest.approx(2 * 2 / (3 + 3))
    alone = best_point(marked((0.9, True), (0.8, False), (0.8, False), (0.8, True)), 2)
    assert (alone.threshold, alone.found, alone.wrong) == (0.9, 1, 0)


def test_best_point_of_nothing() -> None:
    none = best_point(marked(), 4)
    assert (none.threshold, none.precision, none.recall, none.f1, none.missed) == (
        None,
        None,
        0.0,
        0.0,
        4,
    )


def test_sure_point_may_pass_a_dip_and_needs_the_precision() -> None:
    dip = [(0.99, False), *((0.9 - i / 10_000, True) for i in range(1999))]
    sure = sure_point(marked(*dip), 3000)
    assert (sure.found, sure.wrong, sure.missed) == (1999, 1, 1001)
    assert sure.precision == pytest.approx(0.9995)
    short = sure_point(marked(*dip[:-1]), 3000)
    assert (short.found, short.threshold, short.missed) == (0, None, 3000)


def test_stated_point_counts_the_limit_itself() -> None:
    at = stated_point(marked((0.96, True), (0.95, False), (0.9499, True)), 2)
    assert (at.precision, at.recall) == (0.5, 0.5)
    assert stated_point(marked((0.5, True)), 2).precision is None


def test_judge_of_a_small_register(truth: Truth) -> None:
    told = judge(
        links((0, 0, 0.999), (1, 1, 0.99), (2, 2, 0.97), (2, 3, 0.2), (3, 4, 0.96), (4, 1, 0.5)),
        truth,
    )
    assert (told.pairs, told.hard_pairs) == (4, 2)
    assert (told.best.found, told.best.wrong, told.best.threshold) == (3, 0, 0.97)
    assert told.best.recall == pytest.approx(0.75)
    assert (told.hard_best.found, told.hard_best.wrong) == (1, 0)
    assert told.sure.missed == 1
    assert (told.hard_stated.precision, told.hard_stated.recall) == (0.5, 0.5)
    assert told.stated.precision == pytest.approx(0.75)
    by = {(g["grouping"], g["group"]): g for g in told.groups.to_dicts()}
    assert by["family", "Han"]["recall"] == pytest.approx(2 / 3)
    assert by["family", "Han"]["hard_recall"] == 0.0
    assert by["family", "interpunct"]["hard_recall"] == 1.0
    assert by["number_noise", ""]["hard_recall"] is None
    assert by["number_noise", "missing"]["found"] == 0
    assert sum(g["pairs"] for key, g in by.items() if key[0] == "length") == 4
    assert isinstance(told.as_dict()["best"], dict)


def test_family_gap_weighs_like_with_like() -> None:
    """Han: two of two found with a birth date, none of one without; interpunct: one of two with, and a combination of its own."""
    shape = {
        "row": pl.UInt32,
        "person": pl.UInt32,
        "family": pl.String,
        "fields": pl.String,
        "hard": pl.Boolean,
    }
    pairs = pl.DataFrame(
        [
            (0, 0, "Han", "birth", True),
            (1, 1, "Han", "birth", True),
            (2, 2, "Han", "", True),
            (3, 3, "interpunct", "birth", True),
            (4, 4, "interpunct", "birth", True),
            (5, 5, "interpunct", "phone", True),
            (6, 6, "interpunct", "", False),
        ],
        schema=shape,
        orient="row",
    )
    empty = pl.DataFrame()
    truth = Truth(pairs=pairs, row_keys=empty, person_keys=empty, one_row_a_person=False)
    found = pl.DataFrame(
        {"row": [0, 1, 3, 6], "probability": [0.9] * 4, "true": [True] * 4},
        schema_overrides={"row": pl.UInt32},
    )
    assert family_gap(found, truth, 0.5) == pytest.approx(0.5)
    assert family_gap(found, truth, 0.95) == pytest.approx(0.0)
    han_only = Truth(pairs=pairs[:3], row_keys=empty, person_keys=empty, one_row_a_person=False)
    assert family_gap(found, han_only, 0.5) is None


def test_groups_of_a_row_are_told_by_what_stands_in_it(corpus: Path) -> None:
    """Row 3 has a mark for the rare character of its person: by itself it is neither rare nor a Han name."""
    rows = pl.read_parquet(corpus / "hukou.parquet")
    assert row_groups(rows).rows() == [
        (0, "Han", "2", "false", "valid18"),
        (1, "Han", "3", "false", "valid18"),
        (2, "interpunct", "5+", "false", "tail_lost"),
        (3, "other", "2", "false", "missing"),
        (4, "Han", "2", "false", "valid18"),
    ]
    unnamed = rows.with_columns(pl.lit(None, dtype=pl.String).alias("name"))
    assert row_groups(unnamed)["length"].null_count() == 5


def test_errors_by_group_count_true_pairs_by_truth_and_wrong_links_by_the_row(
    truth: Truth, corpus: Path
) -> None:
    groups = row_groups(pl.read_parquet(corpus / "hukou.parquet"))
    given = links((0, 0, 0.999), (1, 1, 0.95), (2, 3, 0.97), (3, 3, 0.9499), (4, 1, 0.96))
    told = errors_by_group(mark(given, truth), truth, groups, 0.95)
    by = {(grouping, group): tuple(counts) for grouping, group, *counts in told.rows()}
    # pairs, found, wrong, and the same of hard ones
    assert by["family", "Han"] == (3, 2, 1, 1, 0, 1)
    assert by["family", "interpunct"] == (1, 0, 1, 1, 0, 1)
    assert by["rare", "true"] == (1, 0, 0, 1, 0, 0)
    assert by["number_kind", "valid18"] == (2, 2, 1, 0, 0, 1)
    assert by["number_kind", "tail_lost"] == (1, 0, 1, 1, 0, 1)
    assert by["number_kind", "missing"] == (1, 0, 0, 1, 0, 0)
    for _, counts in told.group_by("grouping"):
        assert counts.select("pairs", "found", "wrong").sum().row(0) == (4, 2, 2)


def test_a_wrong_link_without_a_name_has_a_group_of_its_own(truth: Truth) -> None:
    rows = pl.DataFrame(
        {"row": [4], "name": [None], "id_no": ["990101********1234"]},
        schema_overrides={"row": pl.UInt32, "name": pl.String},
    )
    told = errors_by_group(mark(links((4, 1, 0.96)), truth), truth, row_groups(rows), 0.95)
    lost = told.filter(pl.col("grouping") == "length", pl.col("group").is_null())
    assert lost.select("pairs", "wrong").row(0) == (0, 1)
    assert told.filter(group="masked")["wrong"].to_list() == [1]
