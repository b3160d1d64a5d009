"""Content digests of published tables: equal rows give equal digests, whatever file, run or program version holds them.

For proving that the same inputs give the same tables. run_id is left out, since two runs of one content differ in it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from household.schema.published import PUBLISHED
from warehouse.conform import WRITTEN_HERE
from warehouse.current import reading

if TYPE_CHECKING:
    from pathlib import Path

NULL_LENGTH = 0xFFFF_FFFF


def digest_current(path: Path) -> dict[str, str]:
    """SHA-256 of each table of the newest run except `run`, by table name.

    Raises WarehouseError as `reading` does.
    """
    with reading(path) as tables:
        return {
            name: digest_rows(tables.frame(name).drop("run_id"))
            for name in PUBLISHED
            if name != WRITTEN_HERE
        }


def digest_rows(rows: pl.DataFrame) -> str:
    """SHA-256 of a frame's column names, types and values in their order, as hexadecimal text.

    Every value goes in with its length, so that no two different frames read the same; null has a length of its own.
    """
    seal = hashlib.sha256()
    for series in rows.iter_columns():
        seal.update(f"{series.name}\0{series.dtype}\0{series.len()}\0".encode())
        if isinstance(series.dtype, pl.List):
            seal.update(_lengths(series.list.len()))
            series = series.explode(empty_as_null=False, keep_nulls=False)  # noqa: PLW2901
        texts = series.cast(pl.String)
        seal.update(_lengths(texts.str.len_bytes()))
        seal.update("".join(texts.drop_nulls().to_list()).encode())
    return seal.hexdigest()


def _lengths(lengths: pl.Series) -> bytes:
    marked = lengths.cast(pl.UInt32).fill_null(NULL_LENGTH)
    return marked.to_numpy().astype("<u4").tobytes()
