"""Everything of a county that must never be shown: names, numbers, accounts, telephones, addresses, as they were sent. No test stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.store import Store
from household.schema.column import Kind
from household.schema.datasets import DATASETS
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from pathlib import Path

SHORTEST = 2
"""Characters of a value that can be told from chance."""


def secrets_of(warehouse: Path) -> frozenset[str]:
    """Personal texts of all typed rows in the store, as sent. Dates of birth stand in many harmless places and are left out."""
    store = Store(store_root(warehouse))
    found: set[str] = set()
    for name, dataset in DATASETS.items():
        columns = [
            c.name for c in dataset.columns if c.personal and c.kind in (Kind.TEXT, Kind.ID_NO)
        ]
        for file in store.rows(name, "x").parent.glob("*.parquet"):
            rows = pl.read_parquet(file, columns=columns)
            for column in columns:
                found.update(v.strip() for v in rows[column].unique() if v)
    # A number of noughts alone, which some source sent, is nobody's, and stands in every first hash.
    return frozenset(v for v in found if len(v) >= SHORTEST and "*" not in v and v.strip("0"))


def leaks(secrets: frozenset[str], text: str) -> set[str]:
    """The secrets that occur in a text."""
    found = pl.Series([text]).str.extract_many(sorted(secrets), overlapping=True)
    return set(found.explode().drop_nulls())
