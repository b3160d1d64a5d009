"""A county in a test's folder, with its truth read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from synthetic.county import CountyTruth, write_county

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class SmallCounty:
    counts: CountyTruth
    truth: dict[str, pl.DataFrame]

    @property
    def inbox(self) -> Path:
        return self.counts.inbox


def make_county(out: Path, **arguments: Any) -> SmallCounty:
    counts = write_county(out, **arguments)
    tables = {path.stem: pl.read_parquet(path) for path in counts.truth.iterdir()}
    return SmallCounty(counts, tables)
