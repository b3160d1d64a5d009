"""What a run stands on: the settled rows of each dataset, which extracts were delivered, and the day it is run for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

COMMISSIONER = "approval"
"""The commissioning body itself; what it sends is the request, not evidence."""

OWN_LEDGERS = ("civil_affairs.benefit", "civil_affairs.payment")
"""The commissioning body's own ledgers, which may be read without authorisation (assessment §2)."""

SOURCES: tuple[str, ...] = tuple(
    dict.fromkeys(d.source for d in DATASETS.values() if d.source != COMMISSIONER)
)
"""The sources that need an authorisation, in the catalogue's order; a grant is a set of bits in this order."""

ALL_SOURCES = (1 << len(SOURCES)) - 1
SOURCE_BIT = {source: 1 << place for place, source in enumerate(SOURCES)}


FILES_SCHEMA = {
    "dataset": pl.String(),
    "_file": pl.UInt32(),
    "file": pl.String(),
    "sha256": pl.String(),
}


REFUSED_SCHEMA = {
    "dataset": pl.String(),
    "region_code": pl.String(),
    "_file": pl.UInt32(),
    "whole": pl.Boolean(),
}


RECEIPTS_SCHEMA = {"dataset": pl.String(), "region_code": pl.String()}


@dataclass(frozen=True)
class Extracts:
    """Settled input of one run.

    Attributes:
        rows: gives a dataset's core frame (its columns, `<id>__key`, `_line`, `_record_key`, `_file`, `_extract_as_of`,
            `_part`), lazily. A dataset of which nothing was delivered gives an empty frame.
        delivered: one row per extract taken in: dataset, region_code, as_of.
        as_of: today, everywhere.
        files: dataset, _file, file, sha256: where the rows of a core frame were read from.
        refused: dataset, region_code, _file, whole: files of which rows, or which as a whole, were refused. What is not among the rows
            may have been in them: it is not known to be missing.
        receipts: dataset, region_code: where receipts beyond the catalogue arrived, also such as could not be used. Those delivered need
            not be named.
    """

    rows: Callable[[str], pl.LazyFrame]
    delivered: pl.DataFrame
    as_of: date
    files: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FILES_SCHEMA))
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED_SCHEMA))
    receipts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RECEIPTS_SCHEMA))


def dataset_of_source(source: str) -> tuple[str, ...]:
    """The datasets of a source that need its authorisation."""
    return tuple(
        name for name, d in DATASETS.items() if d.source == source and name not in OWN_LEDGERS
    )
