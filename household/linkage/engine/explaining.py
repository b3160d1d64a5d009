"""Explanations of scored pairs: what every field said, in bits that add up to the odds, and who else was in question.

Nothing is kept for this: the weights of a pair are a function of the records and the model, and are made again when asked for.

    strangers = prior + sum of bits;  relatives = prior - relative_prior + sum of relative_bits
    odds = -log2(2^-strangers + 2^-relatives) + again * AGAIN
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.blocking import Pairs, block
from household.linkage.engine.deciding import AGAIN
from household.linkage.engine.levels import MISSING
from household.linkage.engine.records import Records, encode
from household.linkage.engine.scoring import Compared, Weights, compare, weigh

if TYPE_CHECKING:
    from household.linkage.engine.linking import Links
    from household.linkage.engine.model import Model
    from household.linkage.engine.plan import Plan
    from household.linkage.engine.scoring import Floats

BY_NUMBER = "number"
"""Name among shared blocks of the way by which damaged and masked numbers find each other."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one field said.

    Attributes:
        field: name in the plan. word, zh: level of the comparison.
        bits: log2(m / u), against strangers. relative_bits: log2(m / r), against relatives.
        chance: share of strangers who have the value on which the pair agrees, where its own frequency counted.
        counted: the number says this already, so that it has weight 0 here; word and zh are what the field says by itself.
    """

    field: str
    word: str
    zh: str
    bits: float
    relative_bits: float
    chance: float | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """One pair, by the sums of the module's head.

    Attributes:
        prior, relative_prior: log2 odds before anything was compared, as in the model. steps: in the order of the plan.
        strangers, relatives: the two sums. again: how often AGAIN was counted (a person who stands once has another row).
        odds: log2 odds of being one person. probability, rank: among the row's candidates; null where the pair was no candidate.
        candidates: how many candidates of the row were kept. runner_up, runner_up_odds: the best other one, if any.
        shared: ways by which the pair is found, as the plan writes blocks; empty where there is none or nobody looked.
    """

    prior: float
    relative_prior: float
    steps: tuple[Step, ...]
    strangers: float
    relatives: float
    again: int
    odds: float
    probability: float | None = None
    rank: int | None = None
    candidates: int = 0
    runner_up: int | None = None
    runner_up_odds: float | None = None
    shared: tuple[str, ...] = ()

    @property
    def kin(self) -> float:
        """Bits by which relatives lower the odds; never above 0."""
        return self.odds - self.again * AGAIN - self.strangers

    @property
    def rivalry(self) -> float:
        """Bits by which the row's other candidates lower the odds; 0 where there was no competition."""
        if self.probability is None or not 0.0 < self.probability < 1.0:
            return 0.0
        alone = float(np.log2(self.probability) - np.log2(1.0 - self.probability))
        return min(alone - self.odds, 0.0)


@dataclass(frozen=True)
class Seen:
    """A scored set, as linking leaves it: candidates (`deciding.CANDIDATES`) whose `pair` points into the rest."""

    table: pl.DataFrame
    left: Records
    right: Records
    pairs: Pairs
    compared: Compared
    weights: Weights


def look_again(links: Links, plan: Plan, model: Model) -> Seen:
    """The candidates of a linkage with their weights, made again: only pairs that were kept are compared."""
    at = links.scored["pair"].to_numpy()
    pairs = Pairs(links.pairs.li[at], links.pairs.ri[at], links.pairs.crowded)
    compared = compare(links.rows, links.people, pairs, plan, model)
    table = links.scored.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("pair"))
    return Seen(table, links.rows, links.people, pairs, compared, weigh(compared, model))


def explain_all(seen: Seen, plan: Plan) -> pl.DataFrame:
    """Every kept candidate, a line a field, in the order of the table and the plan.

    Returns:
        row, person, field, word, bits, relative_bits. Tier, odds and runner-up stand in the table, once a candidate.
    """
    at = seen.table["pair"].to_numpy()
    names = [f.name for f in plan.fields]
    words = {f.name: f.handling.comparison.words for f in plan.fields}
    spoken = pl.Enum(list(dict.fromkeys(w for name in names for w in words[name])))
    starts = np.cumsum([0, *(len(words[name]) for name in names[:-1])])
    every = pl.Series([w for name in names for w in words[name]], dtype=spoken)
    codes = [
        seen.compared.levels[name][at].astype(np.uint32) + np.uint32(start)
        for name, start in zip(names, starts, strict=True)
    ]
    return pl.DataFrame(
        {
            "row": np.repeat(seen.table["row"].to_numpy(), len(names)),
            "person": np.repeat(seen.table["person"].to_numpy(), len(names)),
            "field": pl.Series(names, dtype=pl.Enum(names)).gather(
                pl.Series(np.tile(np.arange(len(names), dtype=np.uint32), len(at)))
            ),
            "word": every.gather(pl.Series(_woven(codes))),
            "bits": _woven([seen.weights.strangers[name][at] for name in names]),
            "relative_bits": _woven([seen.weights.relatives[name][at] for name in names]),
        }
    )


def _woven(columns: list[Floats]) -> Floats:
    """Columns read row by row."""
    return np.stack(columns, axis=1).ravel()


def explain_candidate(
    seen: Seen, *, row: int, person: int, plan: Plan, model: Model
) -> Explanation | None:
    """A candidate of a scored set as it was decided; None where the pair is none, or fainter than is kept."""
    own = seen.table.filter(pl.col("row") == row, pl.col("person") == person)
    if not len(own):
        return None
    told = own.row(0, named=True)
    found = _explain(seen, int(told["pair"]), plan, model)
    return replace(
        found,
        again=round((told["odds"] - found.odds) / AGAIN),
        odds=told["odds"],
        probability=told["probability"],
        rank=told["rank"],
        candidates=int((seen.table["row"] == row).sum()),
        runner_up=told["runner_up"],
        runner_up_odds=told["runner_up_odds"],
    )


def see_pairs(
    rows: pl.DataFrame, people: pl.DataFrame, wanted: pl.DataFrame, plan: Plan, model: Model
) -> Seen:
    """Any pairs of rows and people compared, whether or not linking ever looked at them: what a number settled, what no block holds.

    Of several names the pair of lines that speaks most for them counts. Competition is unknown here: there is no probability.

    Args:
        rows, people: lines with the plan's columns and `row`, `person`. wanted: row, person.
    """
    pairs_of = wanted.select(pl.col("row", "person").cast(pl.Int64)).unique(maintain_order=True)
    left = encode(_lines_of(rows, pairs_of["row"], "row"), plan, "rows", "row")
    right = encode(_lines_of(people, pairs_of["person"], "person"), plan, "people", "person")
    lines = pairs_of.join(
        pl.DataFrame({"row": left.owner, "li": np.arange(len(left))}), on="row", how="inner"
    ).join(
        pl.DataFrame({"person": right.owner, "ri": np.arange(len(right))}), on="person", how="inner"
    )
    pairs = Pairs(lines["li"].to_numpy(), lines["ri"].to_numpy(), {})
    compared = compare(left, right, pairs, plan, model)
    weights = weigh(compared, model)
    best = lines.select("row", "person").with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("pair"), pl.Series("odds", weights.odds)
    )
    best = best.sort(
        ["row", "person", "odds", "pair"], descending=[False, False, True, False]
    ).unique(["row", "person"], keep="first", maintain_order=True)
    return Seen(best, left, right, pairs, compared, weights)


def _lines_of(frame: pl.DataFrame, owners: pl.Series, name: str) -> pl.DataFrame:
    return frame.filter(pl.col(name).cast(pl.Int64).is_in(owners.unique().implode()))


def explain_two(
    rows: pl.DataFrame, people: pl.DataFrame, plan: Plan, model: Model
) -> tuple[Explanation, Seen]:
    """One row and one person, whether or not they share a block; with what was compared.

    Args:
        rows, people: the lines of one row and of one person, as for `see_pairs`.
    """
    wanted = pl.DataFrame({"row": [rows["row"][0]], "person": [people["person"][0]]})
    seen = see_pairs(rows, people, wanted, plan, model)
    found = _explain(seen, int(seen.table["pair"][0]), plan, model)
    return replace(found, shared=_shared(seen.left, seen.right, plan)), seen


def _shared(left: Records, right: Records, plan: Plan) -> tuple[str, ...]:
    """By which blocks of the plan the two are found, asked of blocking itself."""
    ways = {"+".join(parts): replace(plan, blocks=(parts,), number=None) for parts in plan.blocks}
    if plan.number is not None:
        ways[BY_NUMBER] = replace(plan, blocks=())
    return tuple(name for name, way in ways.items() if len(block(left, right, way)))


def _explain(seen: Seen, at: int, plan: Plan, model: Model) -> Explanation:
    steps = tuple(_step(seen, at, name, plan) for name in seen.compared.levels)
    strangers, relatives = model.prior, model.prior - model.relative_prior
    for step in steps:  # in the order in which `weigh` adds
        strangers += step.bits
        relatives += step.relative_bits
    return Explanation(
        prior=model.prior,
        relative_prior=model.relative_prior,
        steps=steps,
        strangers=strangers,
        relatives=relatives,
        again=0,
        odds=float(seen.weights.odds[at]),
    )


def _step(seen: Seen, at: int, name: str, plan: Plan) -> Step:
    handling = plan[name].handling
    code = int(seen.compared.levels[name][at])
    chance = float(seen.compared.chances[name][at])
    counted = False
    if code == MISSING and name in plan.implied and plan.number is not None:
        here = slice(at, at + 1)
        said, _ = handling.compare(
            seen.left.coded[name], seen.pairs.li[here], seen.right.coded[name], seen.pairs.ri[here]
        )
        counted, code = int(said[0]) != MISSING, int(said[0])
    level = handling.comparison.levels[code]
    return Step(
        field=name,
        word=level.word,
        zh=level.zh,
        bits=float(seen.weights.strangers[name][at]),
        relative_bits=float(seen.weights.relatives[name][at]),
        chance=None if np.isnan(chance) else chance,
        counted=counted,
    )
