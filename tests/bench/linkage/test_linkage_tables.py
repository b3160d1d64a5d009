from __future__ import annotations

from typing import Any

import pytest
from tables import find, group_table, markdown, ratios, speed_table, spread
from targets import target_table


def run(engine: str, seconds: float, **more: Any) -> dict[str, Any]:
    size = {"corpus": "small", "people": 100, "rows": 500}
    return {
        **size,
        "source": "bank",
        "engine": engine,
        "seconds": seconds,
        "rss_mib": 100.0 * seconds,
        **more,
    }


def judged(f1: float, missed: int, *, found: int = 6) -> dict[str, Any]:
    group = {"grouping": "family", "group": "Han", "hard_pairs": 8, "hard_found": found}
    return {
        "hard_best": {"f1": f1, "recall": 0.9},
        "sure": {"missed": missed},
        "hard_stated": {"precision": 0.97, "recall": 0.88},
        "family_gap": 0.01,
        "groups": [group],
    }


def line(table: str, first: str) -> str:
    return next(row for row in table.splitlines() if row.startswith(f"| {first} |"))


def test_markdown_is_a_table() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n|---|---|\n| 1 | 2 |"


def test_ratios_need_both_engines() -> None:
    told = [run("ours warm", 2.0), run("Splink warm", 10.0)]
    assert ratios(told, "ours warm", "Splink warm", "seconds") == {("small", "bank"): 5.0}
    assert ratios(told, "ours warm", "Splink staged", "seconds") == {}
    assert find(told, "small", "hukou", "ours warm") is None


def test_speed_table_leaves_a_dash_where_an_engine_did_not_run() -> None:
    other = {**run("Splink warm", 1.5), "source": "hukou"}
    table = speed_table([run("ours warm", 2.0), other])
    assert line(table, "small").endswith("| 2.00 / 200 | – |")
    assert table.splitlines()[-1] == "| small | hukou | – | 1.50 / 150 |"


def test_group_table_adds_registers_up() -> None:
    told = [
        run("ours train", 1.0, accuracy=judged(0.9, 1, found=8)),
        {**run("ours train", 1.0, accuracy=judged(0.9, 1, found=4)), "source": "hukou"},
        run("Splink train", 1.0, accuracy=judged(0.9, 1, found=2)),
    ]
    assert line(group_table(told, "family"), "Han") == "| Han | 16 | 0.7500 | 0.1250 |"


@pytest.mark.parametrize(
    ("number", "measured"),
    [
        ("T1", "median 5.0, 5.0 to 5.0 / median 3.0, 3.0 to 3.0"),
        ("T2", "median 20.0, 20.0 to 20.0"),
        ("T3", "not measured"),
        ("T6", "mean 0.25, at most 0.25"),
        ("T7", "mean 0.50, at most 0.50"),
        ("T9", "bank +0.010"),
        ("T10", "median 0.100, 0.100 to 0.100"),
        ("T11", "not measured"),
    ],
)
def test_targets_compare_with_the_better_training(number: str, measured: str) -> None:
    told = [
        run("ours train", 4.0),
        run("Splink train", 80.0, accuracy=judged(0.8, 10)),
        run("Splink train, long", 800.0, accuracy=judged(0.92, 8)),
        run("ours warm", 2.0, accuracy=judged(0.98, 4), explain_seconds=0.2),
        run("Splink warm", 10.0),
        run("Splink staged", 6.0),
    ]
    assert line(target_table(told), number).endswith(f"| {measured} |")


def test_a_faultless_peer_is_told_and_not_divided_by() -> None:
    told = [
        run("Splink train", 80.0, accuracy=judged(1.0, 0)),
        run("ours warm", 2.0, accuracy=judged(0.98, 4)),
    ]
    assert "not measured; bank 4 against 0" in line(target_table(told), "T7")


def test_the_large_size_is_told_by_register() -> None:
    large = {"people": 1_000_000}
    told = [{**run("ours warm", 2.0), **large}, {**run("Splink warm", 50.0), **large}]
    assert line(target_table(told), "T3").endswith("| bank 25.0x |")
    assert line(target_table(told), "T5").endswith("| bank 0.04x; at most 200 MiB |")


def test_spread_of_nothing() -> None:
    assert spread([]) == "not measured"
