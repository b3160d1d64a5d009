"""The order of a linkage: exact pass, what is left, blocks, levels, weights, decision. Each step is a module beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.numbers import number_keys
from household.linkage.engine.blocking import Pairs, block
from household.linkage.engine.deciding import candidates, decide
from household.linkage.engine.estimate import Evidence, estimate
from household.linkage.engine.exact import Exact, match_exactly
from household.linkage.engine.plan import Plan
from household.linkage.engine.records import Records, encode
from household.linkage.engine.scoring import compare, weigh

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.linkage.engine.model import Model

CERTAIN = 1.0 - 1e-6
"""What is stated of a row whose valid number and name are a person's."""

SAMPLE = 20_000
"""Rows of each sort that a model is estimated from."""


@dataclass(frozen=True)
class Links:
    """What a linkage found.

    Attributes:
        settled: row, person: number and name agree. scored: candidates of all other rows (`deciding.CANDIDATES`).
        pairs: the pairs of lines that `scored.pair` points into. rows, people: the records that were compared.
        crowded: blocks that were too large -> rows that found them so.
    """

    settled: pl.DataFrame
    scored: pl.DataFrame
    pairs: Pairs
    rows: Records
    people: Records

    @property
    def crowded(self) -> dict[str, int]:
        """Blocks that were too large -> rows that found them so."""
        return self.pairs.crowded

    def best(self) -> pl.DataFrame:
        """row, person, probability: the best candidate of every row."""
        sure = self.settled.select("row", "person", pl.lit(CERTAIN).alias("probability"))
        first = self.scored.filter(pl.col("rank") == 1).select("row", "person", "probability")
        return pl.concat([sure, first])


def link(rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, model: Model) -> Links:
    """Link rows to people.

    Args:
        rows: `row` (whole number) and the plan's columns; a row with several names has a line for each.
        people: `person` and the plan's columns, likewise. plan: what is compared. model: by which weights.
    """
    exact = exact_pass(rows, people, plan)
    standing = encode(people, plan, "people", "person")
    left = encode(rows[open_lines(rows, people, plan, exact)], plan, "rows", "row")
    pairs = pairs_to_compare(left, standing, plan, exact)
    weights = weigh(compare(left, standing, pairs, plan, model), model)
    taken = exact.settled["person"].unique() if plan.once else None
    scored = decide(candidates(pairs, weights.odds, left, standing), once=plan.once, taken=taken)
    return Links(exact.settled, scored, pairs, left, standing)


def train(
    rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, *, household: str | None, origin: str
) -> Model:
    """Estimate the model of a plan from the very records that it will link; no labels.

    Args:
        household: the column of `people` that relatives share, if there is one.
    """
    exact = exact_pass(rows, people, plan)
    standing = encode(people, plan, "people", "person")
    some = exact.settled.gather_every(max(1, -(-len(exact.settled) // SAMPLE)))
    settled = encode(
        rows.join(some.select("row").unique(), on="row", how="semi"), plan, "rows", "row"
    )
    left = encode(rows[_thinned(open_lines(rows, people, plan, exact))], plan, "rows", "row")
    evidence = Evidence(
        settled=settled,
        settled_pairs=_lines_of(some, settled, standing),
        settled_weight=len(exact.settled) / max(len(some), 1),
        open=left,
        open_pairs=pairs_to_compare(left, standing, plan, exact),
        even=encode(rows[_thinned(np.arange(len(rows)))], plan, "rows", "row"),
        all_rows=len(rows),
    )
    if household is None:
        return estimate(evidence, standing, plan, kin=None, relatives=None, origin=origin)
    kin, relatives = _kin(people.select("person", pl.col(household).alias("household")))
    return estimate(evidence, standing, plan, kin=kin, relatives=relatives, origin=origin)


def exact_pass(rows: pl.DataFrame, people: pl.DataFrame, plan: Plan) -> Exact:
    """The exact pass of a plan; a plan without a number leaves everything open."""
    if plan.number is None:
        none = pl.DataFrame(schema={"row": pl.Int64(), "person": pl.Int64()})
        return Exact(none, none, np.zeros(0, dtype=np.int64), np.arange(len(rows)))
    number, name = plan[plan.number], plan["name"]
    sides = [
        frame.select(
            pl.col(owner).cast(pl.Int64),
            _keys(frame, number_columns).alias("key"),
            pl.col(names[0]).alias("name"),
        )
        for frame, owner, number_columns, names in (
            (rows, "row", number.rows, name.rows),
            (people, "person", number.people, name.people),
        )
    ]
    return match_exactly(sides[0], sides[1])


def open_lines(
    rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, exact: Exact
) -> npt.NDArray[np.int64]:
    """Lines of rows that have to be compared: without a valid number, with one but another name, or with one that nobody has.

    Of the last sort only those that could be somebody whose own number is unusable (born that day, of that sex), or, in a
    register, that bear the name as sent of somebody who has no row yet: two valid numbers are two people, save where one of
    them is somebody else's.
    """
    otherwise = rows["row"].is_in(exact.named_otherwise["row"].implode()).to_numpy()
    parts = [exact.open, np.flatnonzero(otherwise)]
    if len(exact.unmatched):
        keys = _keys(rows, plan[str(plan.number)].rows).gather(pl.Series(exact.unmatched))
        keyless = people.filter(_keys(people, plan[str(plan.number)].people).is_null())
        parts.append(exact.unmatched[_born_like(keys, keyless, plan)])
        if plan.once:
            waiting = people.filter(
                pl.col("person").is_in(exact.settled["person"].implode()).not_()
            )
            names = waiting[plan["name"].people[0]].unique()
            bears = (
                rows[plan["name"].rows[0]].gather(pl.Series(exact.unmatched)).is_in(names.implode())
            )
            parts.append(exact.unmatched[bears.fill_null(value=False).to_numpy()])
    return np.unique(np.concatenate(parts))


def _born_like(keys: pl.Series, keyless: pl.DataFrame, plan: Plan) -> npt.NDArray[np.bool_]:
    """Which keys hold the birth date and the sex of one of the people; of somebody of unknown sex, either."""
    held = {f.name for f in plan.fields}
    if "birth" not in held or not len(keyless):
        return np.zeros(len(keys), dtype=bool)
    known = encode(
        keyless,
        Plan(tuple(f for f in plan.fields if f.kind in {"birth", "sex"}), ()),
        "people",
        "person",
    )
    births = known.coded["birth"].days
    sexes = known.coded["sex"].sexes if "sex" in held else np.zeros(len(births), dtype=np.int64)
    wanted = np.concatenate([births[sexes != 2] * 2 + 1, births[sexes != 1] * 2])
    told = (keys.to_numpy() // 1000 % 100_000_000) * 2 + keys.to_numpy() % 2
    born: npt.NDArray[np.bool_] = (
        pl.Series(told).is_in(pl.Series(wanted).unique().implode()).to_numpy()
    )
    return born


def _keys(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.Series:
    """Identity keys of a side: the column that holds them, or read from the numbers."""
    return frame[columns[1]] if len(columns) > 1 else number_keys(frame[columns[0]])


def _thinned(at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """At most about SAMPLE of them, evenly."""
    return at[:: max(1, -(-len(at) // SAMPLE))]


def _lines_of(pairs: pl.DataFrame, rows: Records, people: Records) -> Pairs:
    """Pairs of lines of pairs of owners."""
    left = pl.DataFrame({"row": rows.owner, "li": np.arange(len(rows))})
    right = pl.DataFrame({"person": people.owner, "ri": np.arange(len(people))})
    lines = pairs.join(left, on="row", how="inner").join(right, on="person", how="inner")
    return Pairs(lines["li"].to_numpy(), lines["ri"].to_numpy(), {})


def pairs_to_compare(left: Records, standing: Records, plan: Plan, exact: Exact) -> Pairs:
    """Blocked pairs, and those whose number agrees though the name does not."""
    found = block(left, standing, plan)
    named = _lines_of(exact.named_otherwise, left, standing)
    if not len(named):
        return found
    width = len(standing)
    together = np.unique(np.concatenate([found.li * width + found.ri, named.li * width + named.ri]))
    return Pairs(together // width, together % width, found.crowded)


def _kin(people: pl.DataFrame) -> tuple[Pairs, float]:
    """Pairs of lines of different people of one household; and how many others a person's household has."""
    members = people.unique("person", maintain_order=True)
    sizes = members["household"].value_counts()["count"].to_numpy().astype(np.float64)
    relatives = float((sizes * (sizes - 1)).sum() / sizes.sum()) if len(sizes) else 0.0
    lines = (
        people.with_row_index("line")
        .unique("person", maintain_order=True)
        .sort("household", "line")
    )
    li, ri = [], []
    for step in (1, 2, 3):
        same = lines.filter(pl.col("household") == pl.col("household").shift(-step))
        other = lines.with_columns(pl.col("line").shift(-step).alias("other")).join(
            same.select("line"), on="line", how="semi"
        )
        li.append(other["line"].to_numpy())
        ri.append(other["other"].to_numpy())
    one, other_line = np.concatenate(li).astype(np.int64), np.concatenate(ri).astype(np.int64)
    thin = max(1, -(-len(one) // SAMPLE))
    return Pairs(one[::thin], other_line[::thin], {}), relatives
