"""Weights: from levels to the odds that two records are of one person. Every number here is a sum that anybody can redo.

The odds against strangers are prior + sum of log2(m / u); against relatives, who share surname, address and telephone, prior +
sum of log2(m / r). A pair must beat both: odds = 1 / (2^-strangers + 2^-relatives).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from household.linkage.engine import numbers
from household.linkage.engine.levels import MISSING

if TYPE_CHECKING:
    from household.linkage.engine.blocking import Pairs
    from household.linkage.engine.levels import Level
    from household.linkage.engine.model import Model
    from household.linkage.engine.plan import Field, Plan
    from household.linkage.engine.records import Records
    from household.linkage.engine.slips import Rows

Floats = npt.NDArray[np.float64]
CHUNK = 250_000
"""Pairs that are compared at one time, which bounds memory."""


@dataclass(frozen=True)
class Compared:
    """Levels of pairs.

    Attributes:
        levels: field -> code a pair. chances: field -> how often strangers agree on the pair's own value (NaN: as the model says).
    """

    levels: dict[str, npt.NDArray[np.uint8]]
    chances: dict[str, Floats]


def compare(rows: Records, people: Records, pairs: Pairs, plan: Plan, model: Model) -> Compared:
    """Compare every field of every pair."""
    parts = [
        _compare(rows, people, pairs.some(slice(at, at + CHUNK)), plan, model)
        for at in range(0, max(len(pairs), 1), CHUNK)
    ]
    names = [f.name for f in plan.fields]
    return Compared(
        {name: np.concatenate([p.levels[name] for p in parts]) for name in names},
        {name: np.concatenate([p.chances[name] for p in parts]) for name in names},
    )


def _compare(rows: Records, people: Records, pairs: Pairs, plan: Plan, model: Model) -> Compared:
    levels, chances = {}, {}
    li, ri = pairs.li, pairs.ri
    for field in plan.fields:
        codes, told = field.handling.compare(
            rows.coded[field.name], li, people.coded[field.name], ri
        )
        chance = np.full(len(li), np.nan) if told is None else told
        for code, level in enumerate(field.handling.comparison.levels):
            at = np.flatnonzero(codes == code)
            if not len(at):
                continue
            if level.by_value and (field.name, level.by_value) in model.rare:
                chance[at] = _shares(people, field, level, ri[at], model)
            if level.beside:
                given = model.levels[field.name]
                chance[at] *= given.u[code] + given.u[given.words.index(level.beside)]
        levels[field.name], chances[field.name] = codes, chance
    compared = Compared(levels, chances)
    if plan.number is not None:
        _count_once(compared, rows, people, pairs, plan)
    return compared


def _shares(people: Records, field: Field, level: Level, at: Rows, model: Model) -> Floats:
    """How often strangers have the value on which pairs agree."""
    found = _share(people, field, str(level.by_value), at, model)
    if level.less and (field.name, level.less) in model.rare:
        rare = model.rare[field.name, str(level.by_value)]
        found = np.maximum(found - _share(people, field, level.less, at, model), rare / 2)
    return found


def _share(people: Records, field: Field, by_value: str, at: Rows, model: Model) -> Floats:
    key = (field.name, by_value)
    values = field.handling.value(people.coded[field.name], by_value, at)
    shares = values.replace_strict(
        model.frequencies[key], default=model.rare[key], return_dtype=pl.Float64
    )
    return shares.fill_null(model.rare[key]).to_numpy().copy()


def _count_once(
    compared: Compared, rows: Records, people: Records, pairs: Pairs, plan: Plan
) -> None:
    """What a number has said already is not counted again as a birth date or a sex.

    Read in the number, they count only where the other side has no number to compare. Stated, they do not count beside digits that
    say more than they do; digits that say less do not count beside them, and visible digits count without those of the date.
    """
    number, li, ri = str(plan.number), pairs.li, pairs.ri
    codes = compared.levels[number]
    for name in plan.implied:
        if name not in compared.levels:
            continue
        read = rows.coded[name].inside[li] | people.coded[name].inside[ri]
        drop = np.isin(codes, numbers.TELLING) | (read & (codes != MISSING))
        compared.levels[name][drop] = MISSING
        compared.chances[name][drop] = np.nan
    birth = plan.implied[0]
    if birth in compared.levels:
        at = np.flatnonzero((codes == numbers.VISIBLE) & (compared.levels[birth] != MISSING))
        bits = numbers.birth_bits(rows.coded[number], li[at], people.coded[number], ri[at])
        compared.chances[number][at] *= np.exp2(bits)
        codes[np.isin(codes, numbers.HINTING) & (compared.levels[birth] != MISSING)] = MISSING


@dataclass(frozen=True)
class Weights:
    """Weights of pairs in bits.

    Attributes:
        strangers, relatives: field -> log2(m / u) and log2(m / r) a pair. odds: log2 odds of being one person, prior included.
    """

    strangers: dict[str, Floats]
    relatives: dict[str, Floats]
    odds: Floats


def weigh(compared: Compared, model: Model) -> Weights:
    """Weights and odds of compared pairs."""
    strangers, relatives = {}, {}
    count = len(next(iter(compared.levels.values())))
    against, kin = np.full(count, model.prior), np.full(count, model.prior - model.relative_prior)
    for name, codes in compared.levels.items():
        levels = model.levels[name]
        chance = compared.chances[name]
        usual = np.log2(levels.m / levels.u)[codes]
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.log2(levels.m[codes]) - np.log2(chance)
        strangers[name] = np.where(np.isnan(chance), usual, own)
        relatives[name] = np.log2(levels.m / levels.r)[codes]
        against = against + strangers[name]
        kin = kin + relatives[name]
    # the last digits of a sum depend on where in the array it stands: equal pairs must have equal odds
    return Weights(strangers, relatives, np.round(-np.logaddexp2(-against, -kin), 10))
