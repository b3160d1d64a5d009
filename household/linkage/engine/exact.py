"""The first pass: a valid number that both sides have, and the same name. What it settles is never compared again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.names import normal_names
from household.linkage.engine.limits import MOST_PAIRS, MOST_PEOPLE

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class Exact:
    """What the numbers say.

    Attributes:
        settled: row, person: number and name agree. named_otherwise: row, person: the number agrees, no name does.
        unmatched: lines of rows with a valid number that nobody has. open: lines of rows without a valid number.
        crowded: lines of rows whose number a crowd bears, which are in none of these.
    """

    settled: pl.DataFrame
    named_otherwise: pl.DataFrame
    unmatched: npt.NDArray[np.int64]
    open: npt.NDArray[np.int64]
    crowded: int = 0


def match_exactly(rows: pl.DataFrame, people: pl.DataFrame) -> Exact:
    """Join two sides on the identity key and compare names: as sent first, in normal form where that differs.

    Args:
        rows: row, key (Int64, null where there is no valid number), name as sent; a line for each name of a row.
        people: person, key, name, likewise.

    Returns:
        Whose rows are whose. A row whose number two people have stands for both.
    """
    crowded = _crowded(rows, people)
    met = rows.filter(
        pl.col("key").is_not_null() & pl.col("key").is_in(crowded.implode()).not_()
    ).join(people.drop_nulls("key"), on="key", how="inner", maintain_order="left_right")
    same = (met["name"] == met["name_right"]).fill_null(value=False)
    differing = (~same).arg_true()
    if len(differing):
        again = met[differing]
        normal = normal_names(pl.concat([again["name"], again["name_right"]]))
        alike = (normal.head(len(again)) == normal.tail(len(again))).fill_null(value=False)
        same = same.scatter(differing, alike)
    pairs = met.select(pl.col("row").cast(pl.Int64), pl.col("person").cast(pl.Int64))
    settled = pairs.filter(same)
    others = pairs.filter(~same)
    if len(others):
        settled = settled.unique(maintain_order=True)
        others = others.unique(maintain_order=True).join(settled, on=["row", "person"], how="anti")
    known = (
        rows["key"].is_in(people["key"].drop_nulls().implode()).fill_null(value=False).to_numpy()
    )
    valid = rows["key"].is_not_null().to_numpy()
    lost = int(rows["key"].is_in(crowded.implode()).sum())
    return Exact(settled, others, np.flatnonzero(valid & ~known), np.flatnonzero(~valid), lost)


def _crowded(rows: pl.DataFrame, people: pl.DataFrame) -> pl.Series:
    """Numbers that so many people bear that they tell nobody: they are left out, and the rows that bear them told."""
    shared = people.drop_nulls("key").group_by("key").len("people").filter(pl.col("people") > 1)
    if not len(shared):
        return shared["key"]
    met = rows.join(shared, on="key", how="semi").group_by("key").len("rows").join(shared, on="key")
    pairs = pl.col("people").cast(pl.Int64) * pl.col("rows")
    return met.filter((pl.col("people") > MOST_PEOPLE) | (pairs > MOST_PAIRS))["key"]
