"""From weights to links: how probable each candidate of a row is beside the others and nobody, who comes second, who may stand once.

A row belongs to one person at most. Its candidates compete with one another and with "nobody on this side":
P(j) = odds_j / (1 + sum of odds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.linkage.engine.blocking import Pairs
    from household.linkage.engine.records import Records

AGAIN = -7.0
"""Bits against a second row of a person in a register where everybody stands once: such registers hold some duplicates."""

FAINT = 1e-4
"""Probability below which a candidate is not kept."""

CANDIDATES = {
    "row": pl.Int64(),
    "person": pl.Int64(),
    "pair": pl.Int64(),
    "odds": pl.Float64(),
    "probability": pl.Float64(),
    "rank": pl.UInt32(),
    "runner_up": pl.Int64(),
    "runner_up_odds": pl.Float64(),
}


def candidates(
    pairs: Pairs, odds: npt.NDArray[np.float64], rows: Records, people: Records
) -> pl.DataFrame:
    """Each row's candidates: the best pair of lines for every row and person: row, person, pair (position), odds (log2)."""
    table = pl.DataFrame(
        {
            "row": rows.owner[pairs.li],
            "person": people.owner[pairs.ri],
            "pair": np.arange(len(pairs)),
            "odds": odds,
        }
    ).filter(pl.col("odds") > -40)
    return table.sort(
        ["row", "person", "odds", "pair"], descending=[False, False, True, False]
    ).unique(["row", "person"], keep="first", maintain_order=True)


def decide(found: pl.DataFrame, *, once: bool, taken: pl.Series | None = None) -> pl.DataFrame:
    """Probabilities, ranks and runners-up of candidates.

    Args:
        found: row, person, pair, odds. once: whether a person stands on one row at most. taken: people who have theirs already.

    Returns:
        CANDIDATES, sorted by row and rank (1 is best); those fainter than FAINT are left out, though they counted.
    """
    if once and taken is not None:
        again = pl.col("person").is_in(taken.implode())
        odds = pl.when(again).then(pl.col("odds") + AGAIN).otherwise("odds")
        found = found.with_columns(odds.alias("odds"))
    ranked = _ranked(found.with_columns(pl.lit(value=False).alias("yielded")))
    while once and (lost := _lost(ranked)).any():
        odds = pl.when(lost).then(pl.col("odds") + AGAIN).otherwise("odds")
        ranked = _ranked(
            ranked.with_columns(odds.alias("odds"), pl.col("yielded") | lost).select(
                "row", "person", "pair", "odds", "yielded"
            )
        )
    return (
        ranked.filter(pl.col("probability") >= FAINT)
        .select(list(CANDIDATES))
        .cast(pl.Schema(CANDIDATES))
    )


def _lost(ranked: pl.DataFrame) -> pl.Series:
    """Claims that yield: the best candidate of a row, whom another row claims better. Each claim yields once, so this ends."""
    claim = (pl.col("rank") == 1) & ~pl.col("yielded")
    holder = (
        ranked.filter(pl.col("rank") == 1)
        .sort(["person", "odds", "row"], descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", pl.col("row").alias("holder"))
    )
    beside = ranked.join(holder, on="person", how="left", maintain_order="left")
    lost = claim & (pl.col("holder") != pl.col("row")).fill_null(value=False)
    return beside.select(lost.alias("lost"))["lost"]


def _ranked(found: pl.DataFrame) -> pl.DataFrame:
    ordered = found.sort(["row", "odds", "person"], descending=[False, True, False])
    row, odds = ordered["row"].to_numpy(), ordered["odds"].to_numpy()
    if not len(row):
        return _with_ranks(
            ordered, np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        )
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    sizes = np.diff(starts, append=len(row))
    top = np.repeat(odds[starts], sizes)
    share = np.exp2(odds - top)
    # 1 + sum of odds, both scaled by the best so that nothing overflows
    whole = np.repeat(np.add.reduceat(share, starts), sizes) + np.exp2(-top)
    first = np.repeat(starts, sizes)
    rank = np.arange(len(row)) - first
    beside = np.where(rank == 0, first + 1, first)
    beside[(rank == 0) & (np.repeat(sizes, sizes) == 1)] = -1
    return _with_ranks(ordered, share / whole, rank, beside)


def _with_ranks(
    ordered: pl.DataFrame,
    probability: npt.NDArray[np.float64],
    rank: npt.NDArray[np.int64],
    beside: npt.NDArray[np.int64],
) -> pl.DataFrame:
    """Columns of the decision; `beside` is where the runner-up of a line stands (of the second and further ones, the best), or -1."""
    at = pl.Series(beside).replace(-1, None)
    return ordered.with_columns(
        pl.Series("probability", probability),
        pl.Series("rank", rank + 1, dtype=pl.UInt32),
        ordered["person"].gather(at).alias("runner_up"),
        ordered["odds"].gather(at).alias("runner_up_odds"),
    )
