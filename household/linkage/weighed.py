"""What weighing made of a dataset's rows, small enough to be kept with a run: whom a row was compared with, and how that ended.

How probable a candidate is hangs on all rows: which blocks were too large, who of the register stood against them, who was found
elsewhere. What each field said hangs on the two lines and the model alone. So the former is kept, the latter made again when asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.blocking import Pairs
from household.linkage.engine.deciding import CANDIDATES
from household.linkage.engine.records import encode
from household.linkage.engine.scoring import compare, weigh
from household.linkage.plans import plan_of
from household.linkage.residual import Scored
from household.linkage.sifting import engine_rows

if TYPE_CHECKING:
    from household.linkage.engine.model import Model
    from household.linkage.subjects import Subject

_DECIDED = ("odds", "probability", "rank", "runner_up", "runner_up_odds")
_ROW = ("_file", "_line")

WEIGHED: dict[str, pl.DataType] = {
    "_place": pl.Int8(),
    "_file": pl.UInt32(),
    "_line": pl.Int32(),
    "person": pl.Int64(),
    "nth": pl.Int32(),
    **{name: CANDIDATES[name] for name in _DECIDED},
}
"""A line for every row looked at and everybody compared with it; `person` is null where nobody shares a block with the row.

`_place`: which of the dataset's subjects. `person`: below zero somebody of the household register. `nth`: which line of that person's
(`residual.people_lines`) spoke for the pair, from 0. The rest as in `deciding.CANDIDATES`, null where the pair was fainter than is kept.
"""


def tell_weighed(scored: Scored, people: pl.DataFrame, *, place: int) -> pl.DataFrame:
    """What is kept of a scored dataset (WEIGHED), row by row, candidates by rank before the faint ones.

    Args:
        scored: from `residual.score_residual`. people: that were compared. place: which of the dataset's subjects.
    """
    pairs = scored.pairs
    compared = pl.DataFrame(
        {
            "row": scored.left.owner[pairs.li],
            "person": scored.right.owner[pairs.ri],
        }
    ).filter(pl.col("person") >= 0)
    faint = compared.unique().join(scored.table, on=["row", "person"], how="anti")
    found = pl.concat(
        [
            scored.table.with_columns(_nth(scored, people)).select(
                "row", "person", "nth", *_DECIDED
            ),
            faint.with_columns(pl.lit(0, dtype=pl.Int32).alias("nth")),
        ],
        how="diagonal",
    )
    return (
        scored.rows.select("row", *_ROW)
        .join(found, on="row", how="left")
        .with_columns(pl.lit(place, dtype=pl.Int8).alias("_place"))
        .sort(*_ROW, "rank", "person", nulls_last=True)
        .select(list(WEIGHED))
        .cast(pl.Schema(WEIGHED))
    )


def weigh_again(
    weighed: pl.DataFrame,
    rows: pl.DataFrame,
    subject: Subject,
    people: pl.DataFrame,
    *,
    place: int,
    model: Model,
) -> Scored:
    """Some rows as they were scored among all, with the candidates that they had there.

    Args:
        weighed: WEIGHED, all lines of these rows among them. rows: of the dataset's core frame. people, model: of the same run.
        subject, place: which person of the row.

    Returns:
        Of the household register only what was decided (`table`, where `pair` is null), not the records compared.
    """
    plan = plan_of(subject.dataset)
    own = weighed.filter(_place=place).join(rows, on=_ROW, how="semi")
    looked_at = engine_rows(rows.join(own, on=_ROW, how="semi", maintain_order="left"), subject)
    told = looked_at.select("row", *_ROW).join(own, on=_ROW, how="inner").drop_nulls("person")
    known, at = _lines_of(told, people)
    left = encode(looked_at, plan, "rows", "row")
    right = encode(
        people[known["line"].to_numpy()].cast({"person": pl.Int64}), plan, "people", "person"
    )
    pairs = Pairs(at["row"].to_numpy(), at["right"].to_numpy(), {})
    compared = compare(left, right, pairs, plan, model)
    table = (
        told.drop_nulls("rank")
        .join(at.select("row", "person", "pair"), on=["row", "person"], how="left")
        .sort("row", "rank")
        .select(list(CANDIDATES))
        .cast(pl.Schema(CANDIDATES))
    )
    return Scored(
        looked_at,
        table,
        left,
        right,
        pairs,
        compared,
        weigh(compared, model),
        known["line"].to_numpy(),
    )


def _nth(scored: Scored, people: pl.DataFrame) -> pl.Series:
    """Of each line of the table, which of the person's lines its pair has; 0 for the household register."""
    lines = np.concatenate([scored.lines, np.zeros(len(scored.right), dtype=np.int64)])
    line = lines[scored.pairs.ri[scored.table["pair"].to_numpy()]]
    first = people["person"].cast(pl.Int64).search_sorted(scored.table["person"], side="left")
    nth = pl.when(pl.col("person") >= 0).then(pl.lit(pl.Series(line)) - pl.lit(first)).otherwise(0)
    return scored.table.select(nth.cast(pl.Int32).alias("nth"))["nth"]


def _lines_of(told: pl.DataFrame, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of the people who were compared (line), and the pairs: row, person, right (position among these), pair."""
    theirs = told.filter(pl.col("person") >= 0).select("row", "person", "nth")
    first = people["person"].cast(pl.Int64).search_sorted(theirs["person"], side="left")
    lines = theirs.with_columns((first.cast(pl.Int64) + theirs["nth"]).alias("line"))
    known = lines.select("line").unique().sort("line").with_row_index("right")
    pairs = lines.join(known, on="line", how="left", maintain_order="left")
    return known, pairs.select(
        "row", "person", pl.col("right").cast(pl.Int64), pl.int_range(pl.len()).alias("pair")
    )
