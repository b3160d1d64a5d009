"""Pairs that linkage looked at, as frames: block by block of the newest run, and run by run. Counts of the whole, for who sees all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipelines.candidate_volume import volumes_of

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.candidate_volume import RunVolume
    from warehouse.current import CurrentTables

BLOCKS = {
    "dataset": pl.String(),
    "block": pl.String(),
    "pairs": pl.Int64(),
    "only": pl.Int64(),
    "crowded": pl.Int64(),
}
RUNS = {
    "run_id": pl.String(),
    "as_of": pl.Date(),
    "rows": pl.Int64(),
    "people": pl.Int64(),
    "pairs": pl.Int64(),
    "crowded": pl.Int64(),
}


def measured(tables: CurrentTables, warehouse: Path) -> list[RunVolume]:
    """What was measured of the runs that are kept, the oldest first."""
    return volumes_of(warehouse, [run.run_id for run in tables.runs])


def by_block(tables: CurrentTables, volumes: list[RunVolume]) -> pl.DataFrame:
    """BLOCKS of the newest run: pairs that a block finds, those that no other does, rows it leaves out. Empty: nobody measured it.

    Blocks that found nothing and left nothing out are not told.
    """
    newest = [one for one in volumes if one.run_id == tables.run.run_id]
    rows = [
        (block.dataset, block.name, block.pairs, block.only, block.crowded)
        for one in newest
        for volume in one.datasets
        for block in volume.blocks
        if block.pairs or block.crowded
    ]
    return pl.DataFrame(rows, schema=BLOCKS, orient="row")


def by_run(tables: CurrentTables, volumes: list[RunVolume]) -> pl.DataFrame:
    """RUNS: rows that no number decides, people, and the pairs looked at, of every run that was measured."""
    days = {run.run_id: run.as_of for run in tables.runs}
    rows = [
        (
            one.run_id,
            days[one.run_id],
            sum(v.rows for v in one.datasets),
            max((v.people for v in one.datasets), default=0),
            sum(v.pairs for v in one.datasets),
            sum(b.crowded for v in one.datasets for b in v.blocks),
        )
        for one in volumes
    ]
    return pl.DataFrame(rows, schema=RUNS, orient="row")
