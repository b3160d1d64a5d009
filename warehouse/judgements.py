"""Judgements and review samples in the casework store: added and read, nothing else."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError
from household.linkage.judgements import JUDGEMENT_SCHEMA, Judgement, check_judgement
from household.linkage.review import BATCH_SCHEMA
from warehouse.casework import add_rows, open_casework, read_rows
from warehouse.db import statement

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def add_judgements(path: Path, said: Iterable[Judgement]) -> int:
    """Add judgements to the log in their order, all or none. Returns how many.

    Raises:
        InputError: one of them is not complete. The rest as `open_casework`.

    """
    rows = [asdict(check_judgement(one)) for one in said]
    if rows:
        with open_casework(path, create=True) as connection:
            add_rows(connection, statement("judgement_insert"), list(rows))
    return len(rows)


def read_judgements(path: Path) -> pl.DataFrame:
    """The whole log (JUDGEMENT_SCHEMA) in the order of entry. Raises as `open_casework`."""
    return read_rows(path, "judgement_log", JUDGEMENT_SCHEMA)


def add_batch(path: Path, batch: pl.DataFrame) -> None:
    """Keep a drawn sample (BATCH_SCHEMA). The same sample drawn again is kept once.

    Raises:
        InputError: a sample of that name with other pairs is kept. The rest as `open_casework`.

    """
    name = batch["batch"][0]
    kept = read_batches(path).filter(pl.col("batch") == name)
    if len(kept):
        if not kept.sort("pair_code").equals(batch.sort("pair_code")):
            raise InputError(f"批次 {name} 已有另一份样本", "请换一个 --seed")
        return
    with open_casework(path, create=True) as connection:
        add_rows(connection, statement("review_pair_insert"), list(batch.to_dicts()))


def read_batches(path: Path) -> pl.DataFrame:
    """Every sample ever drawn (BATCH_SCHEMA), in the order of drawing. Raises as `open_casework`."""
    return read_rows(path, "review_pair_all", BATCH_SCHEMA)
