"""The same key in several files: which rows a later file replaced. Hashes narrow the search, the keys themselves decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.settling.settled import DROPPED_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.intake.arrivals import Arrival
    from connectors.store import Store
    from household.schema.column import Dataset


def find_replaced(dataset: Dataset, files: Sequence[Arrival], store: Store) -> pl.DataFrame:
    """Rows whose key stands in a later file.

    Args:
        dataset: the declaration; its typed key values are compared, nulls being equal.
        files: read files in the order in which later ones win; inside one file keys do not repeat.
        store: where the rows are.

    Returns:
        `_file` UInt32 (the arrival's number), `_line` Int32.

    """
    files = [a for a in files if a.rows_read]
    if len(files) < 2:
        return pl.DataFrame(schema=DROPPED_SCHEMA)
    keys = [c.name for c in dataset.keys]
    hashes = [_hashes(dataset, a, store) for a in files]
    suspects = pl.concat(hashes).is_duplicated()
    if not suspects.any():
        return pl.DataFrame(schema=DROPPED_SCHEMA)
    parts = []
    at = 0
    for rank, arrival in enumerate(files):
        height = len(hashes[rank])
        mask = suspects.slice(at, height)
        at += height
        if mask.any():
            # only rows whose hash came twice are held in memory with their keys
            rows = pl.read_parquet(
                store.rows(dataset.name, arrival.rows_name), columns=[*keys, "_line"]
            )
            parts.append(
                rows.filter(mask).with_columns(
                    pl.lit(rank, dtype=pl.Int32).alias("_rank"),
                    pl.lit(arrival.seq, dtype=pl.UInt32).alias("_file"),
                )
            )
    candidates = pl.concat(parts)
    winner = candidates.group_by(keys).agg(pl.col("_rank").max().alias("_winner"))
    return (
        candidates.join(winner, on=keys, how="left", nulls_equal=True)
        .filter(pl.col("_rank") < pl.col("_winner"))
        .select("_file", "_line")
        .sort("_file", "_line")
    )


def _hashes(dataset: Dataset, arrival: Arrival, store: Store) -> pl.Series:
    """One 64-bit hash a row of the typed key."""
    keys = [c.name for c in dataset.keys]
    return pl.read_parquet(store.rows(dataset.name, arrival.rows_name), columns=keys).hash_rows()
