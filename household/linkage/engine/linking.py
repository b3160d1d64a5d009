"""The order of a linkage: exact pass, what is left, blocks, levels, weights, decision. Each step is a module beside this one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.numbers import number_keys
from household.linkage.engine.blocking import Pairs, block
from household.linkage.engine.deciding import candidates, decide
from household.linkage.engine.estimate import Evidence, estimate
from household.linkage.engine.exact import Exact, match_exactly
from household.linkage.engine.numbers import usable_keys
from household.linkage.engine.plan import Field, Plan
from household.linkage.engine.records import Records, encode
from household.linkage.engine.scoring import compare, weigh

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.linkage.engine.model import Model

CERTAIN = 1.0 - 1e-6
"""What is stated of a row whose valid number and name are a person's."""

KEY = "_key"
"""Column of the identity keys of either side."""

SAMPLE = 12_000
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


@dataclass(frozen=True)
class Prepared:
    """Two sides read, the exact pass made, the rest coded and blocked: all that needs no model.

    Attributes:
        rows, people, plan: as given, with their identity keys. exact: what the numbers said.
        left, standing: records of the lines left to compare. pairs: pairs of them that share a block.
    """

    rows: pl.DataFrame
    people: pl.DataFrame
    plan: Plan
    exact: Exact
    left: Records
    standing: Records
    pairs: Pairs


def prepare(rows: pl.DataFrame, people: pl.DataFrame, plan: Plan) -> Prepared:
    """Everything before the model.

    Args:
        rows: `row` (whole number) and the plan's columns; a row with several names has a line for each.
        people: `person` and the plan's columns, likewise. plan: what is compared.
    """
    rows, people, plan = keyed(rows, people, plan)
    exact = exact_pass(rows, people, plan)

    def encode_people() -> Records:
        return encode(people[_waiting(people, plan, exact)], plan, "people", "person")

    with ThreadPoolExecutor(max_workers=1) as beside:
        coming = beside.submit(encode_people)
        left = encode(rows[open_lines(rows, people, plan, exact)], plan, "rows", "row")
        standing = coming.result()
    return Prepared(
        rows, people, plan, exact, left, standing, pairs_to_compare(left, standing, plan, exact)
    )


def link(rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, model: Model) -> Links:
    """Link rows to people: `prepare`, then `link_prepared`."""
    return link_prepared(prepare(rows, people, plan), model)


def link_prepared(ready: Prepared, model: Model) -> Links:
    """Score the pairs by a model and decide."""
    left, standing, pairs, plan = ready.left, ready.standing, ready.pairs, ready.plan
    weights = weigh(compare(left, standing, pairs, plan, model), model)
    taken = ready.exact.settled["person"].unique() if plan.once else None
    scored = decide(candidates(pairs, weights.odds, left, standing), once=plan.once, taken=taken)
    return Links(ready.exact.settled, scored, pairs, left, standing)


def train(
    rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, *, household: str | None, origin: str
) -> Model:
    """Estimate a model: `prepare`, then `train_prepared`."""
    return train_prepared(prepare(rows, people, plan), household=household, origin=origin)


def train_prepared(ready: Prepared, *, household: str | None, origin: str) -> Model:
    """Estimate the model of a plan from the very records that it will link; no labels.

    Args:
        household: the column of `people` that relatives share, if there is one. origin: one line on where the model came from.
    """
    rows, people, plan, exact = ready.rows, ready.people, ready.plan, ready.exact
    some = exact.settled.gather_every(max(1, -(-len(exact.settled) // SAMPLE)))
    settled = encode(
        rows.join(some.select("row").unique(), on="row", how="semi"), plan, "rows", "row"
    )
    known = encode(
        people.join(some.select("person").unique(), on="person", how="semi"),
        plan,
        "people",
        "person",
    )
    even_people = _even_people(people, household)
    evidence = Evidence(
        settled=settled,
        settled_people=known,
        settled_pairs=_lines_of(some, settled, known),
        settled_weight=len(exact.settled) / max(len(some), 1),
        open=ready.left,
        open_people=ready.standing,
        open_pairs=ready.pairs,
        even=encode(rows[_thinned(np.arange(len(rows)))], plan, "rows", "row"),
        even_people=encode(even_people, plan, "people", "person"),
        all_rows=len(rows),
        population=people["person"].n_unique(),
    )
    if household is None:
        return estimate(evidence, plan, kin=None, relatives=None, origin=origin)
    kin = _kin(even_people["person"], even_people[household])
    relatives = _relatives(people[household], people["person"])
    return estimate(evidence, plan, kin=kin, relatives=relatives, origin=origin)


def _even_people(people: pl.DataFrame, household: str | None) -> pl.DataFrame:
    """Lines of about SAMPLE people, evenly; whole households where they are known."""
    every = max(1, -(-len(people) // SAMPLE))
    place = pl.int_range(pl.len()) if household is None else pl.col(household).rank("dense")
    return people.filter(place % every == 0)


def keyed(
    rows: pl.DataFrame, people: pl.DataFrame, plan: Plan
) -> tuple[pl.DataFrame, pl.DataFrame, Plan]:
    """Both sides with their identity keys read once, and the plan that looks there for numbers and what stands inside them."""
    if plan.number is None or len(plan[plan.number].rows) > 1:
        return rows, people, plan
    number = plan[plan.number]
    rows = rows.with_columns(usable_keys(number_keys(rows[number.rows[0]])).alias(KEY))
    people = people.with_columns(usable_keys(number_keys(people[number.people[0]])).alias(KEY))
    fields = tuple(
        Field(
            f.name,
            f.kind,
            _looked_up(f, f.rows, number.rows[0]),
            _looked_up(f, f.people, number.people[0]),
        )
        for f in plan.fields
    )
    return rows, people, replace(plan, fields=fields)


def _looked_up(field: Field, columns: tuple[str, ...], number: str) -> tuple[str, ...]:
    if field.kind == "number":
        return (number, KEY)
    return (columns[0], *(KEY if column == number else column for column in columns[1:]))


def _waiting(people: pl.DataFrame, plan: Plan, exact: Exact) -> npt.NDArray[np.int64]:
    """Lines of people that a row may still turn out to be: all, save where everybody stands once and has been found."""
    if not plan.once:
        return np.arange(len(people))
    found = people["person"].is_in(exact.settled["person"].implode())
    named = people["person"].is_in(exact.named_otherwise["person"].implode())
    return (~found | named).arg_true().to_numpy()


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

    Of the last sort only those that could be somebody whose own number is unusable (born that day, of that sex), that agree as
    sent on one of the plan's `strict` sets of fields, or, in a register, that bear the name of somebody who has no row yet.
    """
    named = exact.named_otherwise.join(exact.settled, on="row", how="anti")["row"]
    otherwise = rows["row"].is_in(named.implode()).to_numpy()
    parts = [exact.open, np.flatnonzero(otherwise)]
    if len(exact.unmatched):
        beside = rows[exact.unmatched]
        keyless = people.filter(_keys(people, plan[str(plan.number)].people).is_null())
        found = _born_like(_keys(beside, plan[str(plan.number)].rows), keyless, plan)
        for names in plan.strict:
            found |= _as_sent(beside, people, [plan[name] for name in names])
        if plan.once:
            away = people["person"].is_in(exact.settled["person"].implode())
            found |= _as_sent(beside, people.filter(~away), [plan["name"]])
        parts.append(exact.unmatched[found])
    return np.unique(np.concatenate(parts))


def _as_sent(
    rows: pl.DataFrame, people: pl.DataFrame, fields: list[Field]
) -> npt.NDArray[np.bool_]:
    """Rows that agree with somebody on all fields, letter by letter; of a name beside another field, on how it begins.

    Interpuncts, and most of what else departments write differently, come after the second character of a name.
    """
    begins = len(fields) > 1
    left, right = (
        frame.select(
            pl.struct(
                pl.col(column)
                .str.slice(0, 2 if begins and f.kind == "name" else None)
                .alias(f.name)
                for f, column in zip(fields, columns, strict=True)
            )
            .hash(seed=5)
            .alias("sent")
        )["sent"]
        for frame, columns in (
            (rows, [f.rows[0] for f in fields]),
            (people, [f.people[0] for f in fields]),
        )
    )
    told = rows.select(pl.all_horizontal(pl.col(f.rows[0]).is_not_null() for f in fields))
    found: npt.NDArray[np.bool_] = (
        left.is_in(right.unique().implode()) & told.to_series()
    ).to_numpy()
    return found


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
    if exact.crowded:
        found.crowded["number.key"] = exact.crowded
    named = _lines_of(exact.named_otherwise, left, standing)
    if not len(named):
        return found
    width = len(standing)
    together = np.unique(np.concatenate([found.li * width + found.ri, named.li * width + named.ri]))
    return Pairs(together // width, together % width, found.crowded)


def _relatives(household: pl.Series, person: pl.Series) -> float:
    """How many others a person's household has on the people side, on average."""
    members = pl.DataFrame({"person": person, "household": household}).unique("person")
    sizes = members["household"].value_counts()["count"].to_numpy().astype(np.float64)
    return float((sizes * (sizes - 1)).sum() / sizes.sum()) if len(sizes) else 0.0


def _kin(person: pl.Series, household: pl.Series) -> Pairs:
    """Pairs of lines of different people of one household, each with the three that stand behind it."""
    lines = (
        pl.DataFrame({"person": person, "household": household})
        .with_row_index("line")
        .unique("person", keep="first", maintain_order=True)
        .sort("household", "line")
    )
    line, home = (
        lines["line"].to_numpy().astype(np.int64),
        lines["household"].to_physical().to_numpy(),
    )
    pairs = [(line[:-s][home[:-s] == home[s:]], line[s:][home[:-s] == home[s:]]) for s in (1, 2, 3)]
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return Pairs(one, other, {})
