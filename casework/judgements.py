"""Judgements and review samples in the casework store: added and read, nothing else."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from casework.rows import add_rows, newest_row, read_rows
from casework.tables.judgements import JUDGEMENT, REVIEW_PAIR
from household.errors import InputError
from household.linkage.judgements import JUDGEMENT_SCHEMA, Judgement, check_judgement
from household.linkage.review import BATCH_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.store import Place


def add_judgements(place: Place, said: Iterable[Judgement]) -> int:
    """Add judgements to the log in their order, all or none. Returns how many.

    Raises:
        InputError: one of them is not complete. The rest as `open_store`.

    """
    rows = [asdict(check_judgement(one)) for one in said]
    if rows:
        add_rows(place, JUDGEMENT, rows)
    return len(rows)


def read_judgements(place: Place) -> pl.DataFrame:
    """The whole log (JUDGEMENT_SCHEMA) in the order of entry. Raises as `open_store`."""
    return read_rows(place, JUDGEMENT, JUDGEMENT_SCHEMA)


def newest_judgement(place: Place) -> int:
    """The number of the newest judgement, 0 where there is none: the log is only ever added to. Raises as `open_store`."""
    return newest_row(place, JUDGEMENT)


def add_batch(place: Place, batch: pl.DataFrame) -> None:
    """Keep a drawn sample (BATCH_SCHEMA). The same sample drawn again is kept once.

    Raises:
        InputError: a sample of that name with other pairs is kept. The rest as `open_store`.

    """
    name = batch["batch"][0]
    kept = read_batches(place).filter(pl.col("batch") == name)
    if len(kept):
        if not kept.sort("pair_code").equals(batch.sort("pair_code")):
            raise InputError(f"批次 {name} 已有另一份样本", "请换一个 --seed")
        return
    add_rows(place, REVIEW_PAIR, batch.to_dicts())


def read_batches(place: Place) -> pl.DataFrame:
    """Every sample ever drawn (BATCH_SCHEMA), in the order of drawing. Raises as `open_store`."""
    return read_rows(place, REVIEW_PAIR, BATCH_SCHEMA)
