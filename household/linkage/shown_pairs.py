"""Many rows and people side by side, masked, for lists: of several names and places on a row those that an explanation would show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.linkage.engine.explaining import see_pairs
from household.linkage.plans import ROW_COLUMNS, plan_of, shipped
from household.linkage.side_by_side import Shown, show_pair
from household.linkage.sifting import engine_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.linkage.subjects import Subject

_OF_PLACE = ("pair", *ROW_COLUMNS)


def row_columns(subject: Subject) -> list[str]:
    """The columns of a core frame that `place_lines` reads."""
    told = (subject.key, subject.number, subject.name, subject.birth, subject.sex)
    return [name for name in told if name]


def place_lines(rows: pl.DataFrame, subject: Subject) -> pl.DataFrame:
    """Rows of a core frame with `pair` (their number) as the engine takes them, for one person that they name."""
    found = engine_rows(rows, subject).with_columns(
        pl.col("birth").cast(pl.Date), pl.col("number", "sex", "name").cast(pl.String)
    )
    return found.select(_OF_PLACE)


def show_pairs(lines: pl.DataFrame, people: pl.DataFrame) -> Mapping[int, tuple[Shown, ...]]:
    """Each pair side by side, by its number.

    Args:
        lines: of `place_lines`, one a pair and place on the row, with `person`. people: `residual.people_lines` of these persons.

    """
    lines = lines.join(people.select("person").unique(), on="person", how="semi")
    if lines.is_empty():
        return {}
    # every line a row of its own, so that each is compared with its own person only
    lines = lines.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
    seen = see_pairs(lines, people, lines.select("row", "person"), plan_of(""), shipped(""))
    best = (
        seen.table.join(lines.select("row", "pair"), on="row", suffix="_at")
        .sort("pair_at", "odds", "row", descending=[False, True, False])
        .unique("pair_at", keep="first", maintain_order=True)
    )
    theirs = people.filter(
        pl.col("person").cast(pl.Int64).is_in(lines["person"].cast(pl.Int64).unique().implode())
    )
    return {
        one["pair_at"]: show_pair(
            lines.slice(one["row"], 1), theirs.slice(int(seen.pairs.ri[one["pair"]]), 1)
        )
        for one in best.iter_rows(named=True)
    }
