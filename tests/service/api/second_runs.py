"""Another run published into a warehouse, made from the newest one by changing its verdicts. No test stands here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from household.schema.published import PUBLISHED
from warehouse.current import reading
from warehouse.publish import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl


def publish_again(warehouse: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> str:
    """Publish the newest run again with other verdicts; returns its id."""
    with reading(warehouse) as tables:
        frames = {n: tables.frame(n).drop("run_id") for n in PUBLISHED if n != "run"}
        last = tables.run
    run = replace(last, run_id=f"R{last.sequence + 1:06d}-again", sequence=last.sequence + 1)
    frames["household_verdict"] = change(frames["household_verdict"])
    publish(warehouse, run, frames)
    return run.run_id
