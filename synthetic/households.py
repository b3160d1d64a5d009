"""The hukou households of a county: who lives with whom, how old, where.

Shapes only; names and numbers are `people`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.draws import Array, choose_index, happens, spread_ranges

SLOTS = ("head", "spouse", "first_child", "second_child", "father", "mother", "grandchild")
HEAD, SPOUSE, FIRST_CHILD, SECOND_CHILD, FATHER, MOTHER, GRANDCHILD = range(7)

KINDS = (
    "single",
    "couple",
    "nuclear",
    "three_generations",
    "elder_couple",
    "elder_single",
    "one_parent",
    "skipped_generation",
    "orphan",
)
# share of households, age of the head (from, to), chance of each further slot
_SHAPES: tuple[tuple[float, int, int, tuple[float, ...]], ...] = (
    (0.104, 22, 59, (0, 0, 0, 0, 0, 0)),
    (0.12, 25, 59, (1, 0, 0, 0, 0, 0)),
    (0.37, 25, 58, (1, 1, 0.45, 0, 0, 0)),
    (0.14, 30, 56, (1, 1, 0.4, 0.5, 0.8, 0)),
    (0.10, 60, 84, (1, 0, 0, 0, 0, 0)),
    (0.07, 60, 92, (0, 0, 0, 0, 0, 0)),
    (0.06, 24, 52, (0, 1, 0.3, 0, 0, 0)),
    (0.03, 55, 75, (0.6, 0, 0, 0, 0, 1)),
    (0.006, 3, 17, (0, 0, 0, 0, 0, 0)),
)
TOWNS = 12
URBAN_TOWNS = 5
MEAN_SIZE = 2.7


@dataclass(frozen=True, slots=True)
class Households:
    """People in household order.

    Arrays of one element a person, but for the last four: one a household.
    """

    household: Array
    slot: Array
    male: Array
    age: Array
    kind: Array
    town: Array
    start: Array
    size: Array


def draw_households(rng: np.random.Generator, people: int) -> Households:
    """Whole households of together at most `people` people (at most a household fewer)."""
    count = int(people / MEAN_SIZE * 1.2) + 20
    kind = choose_index(rng, len(_SHAPES), count=count, weights=[shape[0] for shape in _SHAPES])
    head_age = rng.integers(
        np.array([shape[1] for shape in _SHAPES])[kind],
        np.array([shape[2] for shape in _SHAPES])[kind] + 1,
    )
    age = _slot_ages(rng, head_age)
    chance = np.array([(1.0, *shape[3]) for shape in _SHAPES])[kind]
    present = (rng.random((count, len(SLOTS))) < chance) & (age >= 0) & (age <= 97)
    present[:, SECOND_CHILD] &= present[:, FIRST_CHILD]
    size = present.sum(axis=1)
    kept = int(np.searchsorted(np.cumsum(size), people, side="right"))
    present, age, kind, size = present[:kept], age[:kept], kind[:kept], size[:kept]
    head_male = happens(rng, kept, chance=np.where(np.isin(kind, (4, 6)), 0.5, 0.78)).astype(
        np.int64
    )
    male = rng.integers(0, 2, (kept, len(SLOTS)))
    male[:, HEAD], male[:, SPOUSE] = head_male, 1 - head_male
    male[:, FATHER], male[:, MOTHER] = 1, 0
    household, slot = np.nonzero(present)
    return Households(
        household=household,
        slot=slot,
        male=male[household, slot],
        age=age[household, slot],
        kind=kind,
        town=rng.integers(0, TOWNS, kept),
        start=np.cumsum(size) - size,
        size=size,
    )


def members_of(households: Households, which: Array) -> tuple[Array, Array]:
    """For the households `which`: position in `which` and person, of every one who lives there."""
    return spread_ranges(households.start[which], households.size[which])


def _slot_ages(rng: np.random.Generator, head: Array) -> Array:
    """Households x slots of ages; negative where nobody of a fitting age can stand there."""
    count = len(head)
    first_child = head - rng.integers(22, 35, count)
    # a quarter of the late-born: young families with a child of the first year of life
    late = (first_child < 0) & (first_child > -8)
    first_child = np.where(late, rng.integers(0, 4, count), first_child)
    first_child = np.where(first_child > 30, -1, first_child)
    ages = np.stack(
        [
            head,
            head + rng.integers(-5, 5, count),
            first_child,
            first_child - rng.integers(1, 7, count),
            head + rng.integers(23, 32, count),
            head + rng.integers(20, 30, count),
            rng.integers(1, 17, count),
        ],
        axis=1,
    )
    return ages.astype(np.int64)
