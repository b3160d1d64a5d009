"""Estimating a model without labels: expectation-maximisation over patterns of levels, with relatives as a class of their own.

Dempster, Laird and Rubin (1977) on the mixture of Fellegi and Sunter (1969). How often strangers agree is counted, not
estimated: equal values by their frequencies on both sides, the rest by pairs taken evenly from all. How relatives agree is
counted in the households of the people side. What remains for the loop is how one person's records differ, and the priors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from household.linkage.engine import numbers
from household.linkage.engine.blocking import Pairs
from household.linkage.engine.model import (
    COMMON_FROM,
    Levels,
    Model,
    rounded,
    shipped_levels,
    shipped_model,
)
from household.linkage.engine.scoring import compare

if TYPE_CHECKING:
    from household.linkage.engine.plan import Plan
    from household.linkage.engine.records import Records
    from household.linkage.engine.scoring import Floats

ROUNDS = 60
STILL = 1e-6
TRUST = 30.0
"""Pairs that the shipped probabilities count for: a source of few rows stays with them, a large one outgrows them."""

EVEN_PAIRS = 60_000

WRONG_NUMBER = 2e-3
"""Share of rows assumed to bear another person's valid number before any is found: the data can raise it, never wish it away."""


@dataclass(frozen=True)
class Patterns:
    """Distinct combinations of levels: code (one a field), and how many pairs show each."""

    codes: npt.NDArray[np.int64]
    counts: Floats


@dataclass(frozen=True)
class Evidence:
    """What a model is estimated from.

    Attributes:
        settled, settled_people, settled_pairs: rows whose number and name are a person's, each standing for `settled_weight`.
        open, open_people, open_pairs: the rows to be scored, with every blocked pair.
        even, even_people: rows and people taken evenly from all.
        all_rows, population: rows in the whole extract and people on the other side, over which the priors are spread.
    """

    settled: Records
    settled_people: Records
    settled_pairs: Pairs
    settled_weight: float
    open: Records
    open_people: Records
    open_pairs: Pairs
    even: Records
    even_people: Records
    all_rows: int
    population: int


def estimate(
    evidence: Evidence,
    plan: Plan,
    *,
    kin: Pairs | None,
    relatives: float | None,
    origin: str,
) -> Model:
    """Estimate a model.

    Args:
        evidence: pairs on both sides of the question. plan: what is compared.
        kin: pairs of lines of `even_people` that are relatives (of one household), or None. relatives: how many of them a person has
            on the people side. origin: one line on where it came from.
    """
    if not evidence.all_rows or not evidence.population:
        return shipped_model(plan)
    start, people = shipped_model(plan), evidence.even_people
    many = max(people, evidence.open_people, key=len)
    chances = _frequencies(many, plan)
    u = _strangers(evidence.even, people, plan, start)
    r = _relatives(people, plan, start, kin, u)
    known = {
        f.name: Levels(shipped_levels(f.kind).words, shipped_levels(f.kind).m, u[f.name], r[f.name])
        for f in plan.fields
    }
    settled = _patterns(
        evidence.settled, evidence.settled_people, evidence.settled_pairs, plan, start
    )
    opened = _patterns(evidence.open, evidence.open_people, evidence.open_pairs, plan, start)
    counts = np.concatenate([settled.counts * evidence.settled_weight, opened.counts])
    codes = np.concatenate([settled.codes, opened.codes])
    base = replace(
        start,
        levels=known,
        population=evidence.population,
        origin=origin,
        frequencies=chances[0],
        rare=chances[1],
        related=start.related if relatives is None else relatives,
    )
    return rounded(_maximise(base, codes, counts, plan, rows=evidence.all_rows))


def _maximise(
    model: Model, codes: npt.NDArray[np.int64], counts: Floats, plan: Plan, *, rows: int
) -> Model:
    """Rounds of expectation and maximisation from the shipped probabilities on."""
    trust = {f.name: shipped_levels(f.kind).m * TRUST for f in plan.fields}
    before, kin = None, model.related
    for _ in range(ROUNDS):
        same = _same(model, codes, plan)
        weight = counts * same
        levels = {}
        for place, field in enumerate(plan.fields):
            held = trust[field.name] + np.bincount(
                codes[:, place], weights=weight, minlength=len(trust[field.name])
            )
            held[0] = 0.0
            m = held / held.sum()
            m[0] = 1.0
            levels[field.name] = replace(model.levels[field.name], m=m)
        if plan.number is not None:
            levels[plan.number] = _equal_by_chance(
                levels[plan.number],
                codes[:, [f.name for f in plan.fields].index(plan.number)],
                counts * (1 - same),
                rows,
                model.population,
            )
        matched = min(max(float(weight.sum()) / rows, 1e-6), 1.0)
        # pairs of relatives that share no block are not seen: what a household has, not what was found, says how many there are
        model = replace(model, levels=levels, matched=matched, related=max(matched * kin, 1e-6))
        now = np.concatenate([levels[f.name].m for f in plan.fields] + [[matched]])
        if before is not None and np.abs(now - before).max() < STILL:
            break
        before = now
    return model


def _equal_by_chance(
    levels: Levels, codes: npt.NDArray[np.int64], others: Floats, rows: int, population: int
) -> Levels:
    """How often strangers have one valid number: rows that bear another person's number, counted where they were found."""
    found = float(others[codes == numbers.EQUAL].sum())
    u = levels.u.copy()
    u[numbers.EQUAL] = (found + WRONG_NUMBER * rows) / (rows * population)
    return replace(levels, u=u)


def _same(model: Model, codes: npt.NDArray[np.int64], plan: Plan) -> Floats:
    """Probability of each pattern to be of one person."""
    bits = np.zeros((3, len(codes)))
    bits[0] += model.prior
    bits[1] += model.relative_prior
    for place, field in enumerate(plan.fields):
        levels = model.levels[field.name]
        for row, chances in enumerate((levels.m, levels.r, levels.u)):
            bits[row] += np.log2(chances)[codes[:, place]]
    bits = np.exp2(bits - bits.max(axis=0))
    same: Floats = bits[0] / bits.sum(axis=0)
    return same


def _patterns(rows: Records, people: Records, pairs: Pairs, plan: Plan, model: Model) -> Patterns:
    """Pairs counted by their combination of levels."""
    compared = compare(rows, people, pairs, plan, model)
    sizes = [len(f.handling.comparison.levels) for f in plan.fields]
    joined = np.zeros(len(pairs), dtype=np.int64)
    for field, size in zip(plan.fields, sizes, strict=True):
        joined = joined * size + compared.levels[field.name]
    distinct = pl.Series(joined).value_counts().sort("")
    left = distinct[""].to_numpy().copy()
    codes = np.zeros((len(left), len(sizes)), dtype=np.int64)
    for place in range(len(sizes) - 1, -1, -1):
        codes[:, place] = left % sizes[place]
        left //= sizes[place]
    return Patterns(codes, distinct["count"].to_numpy().astype(np.float64))


def _strangers(even: Records, people: Records, plan: Plan, model: Model) -> dict[str, Floats]:
    """U of every field: levels among pairs taken evenly, equal values by their frequencies."""
    count = EVEN_PAIRS if len(even) and len(people) else 0
    step = np.arange(count, dtype=np.int64)
    # two whole numbers without a common pattern walk through both sides evenly; nothing here is random
    pairs = Pairs(step * 7919 % max(len(even), 1), step * 104_729 % max(len(people), 1), {})
    compared = compare(even, people, pairs, plan, model)
    found = {}
    for field in plan.fields:
        shipped = shipped_levels(field.kind)
        seen = np.bincount(compared.levels[field.name], minlength=len(shipped.u)).astype(np.float64)
        seen += shipped.u * TRUST
        for code, level in enumerate(field.handling.comparison.levels):
            form = _FORMS.get(level.by_value or "")
            if (
                level.by_value == _FIRST.get(field.kind)
                and form is not None
                and f"{field.name}.{form}" in even.forms
            ):
                told = seen[1:].sum()
                seen[code] = told * _meeting(
                    even.forms[f"{field.name}.{form}"], people.forms[f"{field.name}.{form}"]
                )
                break
        seen[0] = 0.0
        u = seen / seen.sum()
        u[0] = 1.0
        found[field.name] = np.maximum(u, 1e-9)
    return found


_FORMS = {
    "name": "name",
    "folded": "folded",
    "ordered": "ordered",
    "sound": "sound",
    "date": "birth",
    "phone": "phone",
    "address": "address",
    "word": "word",
    "code": "code",
}
"""by_value -> the form whose equality it is."""

_FIRST = {
    "name": "name",
    "birth": "date",
    "phone": "phone",
    "address": "address",
    "latin": "word",
    "code": "code",
}
"""Kind -> the by_value of its `equal` level."""


def _meeting(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> float:
    """The chance that two records taken at random have one value: sum of the products of its shares."""
    one = pl.Series("value", left[left != 0]).value_counts(name="one")
    other = pl.Series("value", right[right != 0]).value_counts(name="other")
    met = (
        one.join(other, on="value", how="inner")
        .select((pl.col("one").cast(pl.Float64) * pl.col("other")).sum())
        .item()
    )
    pairs = float((left != 0).sum()) * float((right != 0).sum())
    return max(float(met or 0.0) / pairs, 1e-9) if pairs else 1e-6


def _relatives(
    people: Records, plan: Plan, model: Model, kin: Pairs | None, u: dict[str, Floats]
) -> dict[str, Floats]:
    """R of every field from pairs of one household; a number tells as little of a relative as of a stranger."""
    if kin is None or not len(kin):
        return {f.name: shipped_levels(f.kind).r for f in plan.fields}
    compared = compare(people, people, kin, plan, replace(model, rare={}, frequencies={}))
    found = {}
    for field in plan.fields:
        shipped = shipped_levels(field.kind)
        if field.name == plan.number:
            found[field.name] = u[field.name].copy()
            found[field.name][numbers.EQUAL] = shipped.r[numbers.EQUAL]
            continue
        seen = (
            np.bincount(compared.levels[field.name], minlength=len(shipped.r)) + shipped.r * TRUST
        )
        seen[0] = 0.0
        r = seen / seen.sum()
        r[0] = 1.0
        found[field.name] = np.maximum(r, 1e-9)
    return found


def _frequencies(
    people: Records, plan: Plan
) -> tuple[dict[tuple[str, str], dict[str, float]], dict[tuple[str, str], float]]:
    """Shares of common values, and the share that a value has which is not common, of every value that has frequencies."""
    shares: dict[tuple[str, str], dict[str, float]] = {}
    rare: dict[tuple[str, str], float] = {}
    for field in plan.fields:
        kinds = {level.by_value for level in field.handling.comparison.levels} & set(_FORMS)
        for by_value in sorted(str(kind) for kind in kinds):
            held = field.handling.value(people.coded[field.name], by_value, np.arange(len(people)))
            # each person once: nobody makes a value common alone
            values = (
                pl.DataFrame({"owner": people.owner, "value": held})
                .filter(pl.col("value").is_not_null() & (pl.col("value") != "0"))
                .unique()["value"]
            )
            counts = values.value_counts(name="count")
            total = float(counts["count"].sum())
            if not total:
                continue
            # a value is shared with the others who have it: who is compared does not count
            common = counts.filter(pl.col("count") >= COMMON_FROM)
            few = counts.filter(pl.col("count") < COMMON_FROM)["count"].cast(pl.Float64)
            shares[field.name, by_value] = dict(
                zip(common["value"], (common["count"] - 1) / total, strict=True)
            )
            others = float((few * (few - 1)).sum()) / float(few.sum()) if len(few) else 1.0
            rare[field.name, by_value] = max(others, 0.25) / total
    return shares, rare
