"""Lines: source rows as they bear on one application. A line is a linked row, seen from one seat on one roster, for one quantity.

Every linked row that may be read becomes a line, also those that count for nothing; `why_not` says at once why a row is out of
play whatever else is known (null = in play). Which lines of those in play count in the end is decided by the measure of its quantity.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from household.authorisation import allowed
from household.extracts import OWN_LEDGERS
from household.schema.datasets import DATASETS
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMON = (
    "line",
    "app",
    "person",
    "member_no",
    "dataset",
    "record_key",
    "_file",
    "_line",
    "as_of",
    "institution",
    "tier",
    "score",
    "note",
    "quantity",
    "amount",
    "why_not",
)
"""Columns that every frame of lines has, whatever it measures. `amount` is in units, as the row has it; null where it has none."""


@dataclass(frozen=True)
class Lines:
    """Frames of lines by quantity group; `line` numbers run through all of them."""

    groups: Mapping[str, pl.DataFrame]

    def __getitem__(self, group: str) -> pl.DataFrame:
        return self.groups[group]

    def where(self, wanted: pl.Expr) -> Lines:
        """The lines that satisfy a condition on common columns."""
        return Lines({name: frame.filter(wanted) for name, frame in self.groups.items()})

    def without(self, lines: pl.DataFrame) -> Lines:
        """All but the given ones (column `line`)."""
        return Lines(
            {name: frame.join(lines, on="line", how="anti") for name, frame in self.groups.items()}
        )

    def all(self) -> pl.DataFrame:
        """Every line, in common columns."""
        return pl.concat([frame.select(COMMON) for frame in self.groups.values()])


def seats_of(members: pl.DataFrame, granted: pl.DataFrame) -> pl.DataFrame:
    """Where each person sits: app, person, member_no, role, granted. A second line of one person on one roster is no seat."""
    return (
        members.filter("stands")
        .select("app", "person", "member_no", "role", "relation", "birth", "age", "ill")
        .join(
            granted.select("app", "member_no", "granted", "newborn", "full"),
            on=["app", "member_no"],
        )
        .sort("app", "member_no")
    )


def seat_rows(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, dataset: str
) -> pl.DataFrame:
    """Linked rows of a dataset as seen from each seat that may see them; tier D is no link."""
    rows = linked[dataset].filter(pl.col("tier") != "D")
    if dataset in OWN_LEDGERS:
        may = seats
    else:
        may = seats.filter(allowed(DATASETS[dataset].source))
    return rows.join(
        may.select("app", "person", "member_no", "role"), on="person", how="inner"
    ).with_columns(
        pl.lit(dataset).alias("dataset"),
        pl.col("_record_key").alias("record_key"),
        pl.col("_extract_as_of").alias("extract_as_of"),
    )


def as_lines(
    rows: pl.DataFrame,
    quantity: str | pl.Expr,
    *,
    amount: pl.Expr,
    why_not: pl.Expr,
    keep: tuple[str, ...] = (),
    as_of: str = "extract_as_of",
    institution: str | None = None,
) -> pl.DataFrame:
    """Seat rows as lines of one quantity, with the further columns that its measure needs."""
    told = pl.lit(quantity) if isinstance(quantity, str) else quantity
    return rows.select(
        pl.lit(0, dtype=pl.UInt32).alias("line"),
        "app",
        "person",
        "member_no",
        "dataset",
        "record_key",
        "_file",
        "_line",
        pl.coalesce(as_of, "extract_as_of").alias("as_of"),
        (pl.col(institution) if institution else pl.lit(None, dtype=pl.String)).alias(
            "institution"
        ),
        "tier",
        "score",
        "note",
        told.alias("quantity"),
        amount.cast(pl.Int128).alias("amount"),
        why_not.alias("why_not"),
        *keep,
    )


def first_reason(*reasons: tuple[pl.Expr, str]) -> pl.Expr:
    """The first reason whose condition holds; null when none does."""
    return pl.coalesce(
        *(
            pl.when(condition.fill_null(value=False)).then(pl.lit(text))
            for condition, text in reasons
        ),
        pl.lit(None, dtype=pl.String),
    )


def numbered(groups: Mapping[str, pl.DataFrame]) -> Lines:
    """Give every line its number, in the order of groups and of the rows' places."""
    out: dict[str, pl.DataFrame] = {}
    start = 0
    for name, frame in groups.items():
        ordered = frame.sort("app", "member_no", "_file", "_line", "quantity")
        out[name] = ordered.with_columns(
            pl.int_range(start, start + len(ordered), dtype=pl.UInt32, eager=True).alias("line")
        )
        start += len(ordered)
    return Lines(out)
