"""Digests tell apart whatever differs, and nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from warehouse.digest import digest_rows

ROWS = {
    "t": ["ab", "c", None],
    "l": [["x", "y"], [], ["z"]],
    "m": [Decimal("1.00"), None, Decimal("-0.05")],
    "d": [dt.date(2026, 5, 20), None, None],
    "b": [True, False, None],
}


def test_equal_rows_have_one_digest_however_they_were_built() -> None:
    frame = pl.DataFrame(ROWS)
    pieces = pl.concat([frame.slice(0, 1), frame.slice(1, 2)], rechunk=False)
    assert digest_rows(frame) == digest_rows(pieces)
    assert len(digest_rows(frame)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"t": ["a", "bc", None]},  # the same characters, cut elsewhere
        {"t": ["ab", "c", ""]},  # empty is not null
        {"l": [["x"], ["y"], ["z"]]},
        {"l": [["x", "y"], None, ["z"]]},
        {"m": [Decimal("1.00"), Decimal("0.00"), Decimal("-0.05")]},
        {"b": [True, None, False]},
    ],
)
def test_any_difference_shows(change: dict[str, list[object]]) -> None:
    assert digest_rows(pl.DataFrame(ROWS)) != digest_rows(pl.DataFrame(ROWS | change))


def test_order_and_names_count() -> None:
    frame = pl.DataFrame(ROWS)
    assert digest_rows(frame) != digest_rows(frame.reverse())
    assert digest_rows(frame) != digest_rows(frame.rename({"t": "u"}))
