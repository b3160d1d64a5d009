"""Which people the roster names, and whose rows every register holds, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthetic.linkage.rates import REGISTERS, Rates

if TYPE_CHECKING:
    from synthetic.draws import Array
    from synthetic.linkage.population import Population

FIELDS = {
    "hukou": ("id_no", "name", "former_name", "birth_date", "sex", "address", "county"),
    "social_security": ("id_no", "name", "phone", "birth_date", "sex", "county"),
    "housing": ("id_no", "name", "phone", "address", "county"),
    "bank": ("id_no", "name", "phone", "county"),
    "medical": ("id_no", "name", "birth_date", "sex", "phone", "address", "county"),
}
ROSTER_FIELDS = (
    "id_no",
    "name",
    "former_name",
    "birth_date",
    "sex",
    "phone",
    "address",
    "county",
)
ONE_ROW_EACH = ("hukou", "social_security", "medical")
LEFT_OUT = 0.05
"""Share of members (but the first) of a roster's household who are not on the roster."""
_CHILDREN = {"social_security": 0.08, "housing": 0.03, "bank": 0.15}
"""How much rarer a row is of somebody under 16 than of an adult."""
MOST_ROWS_OF_ROSTER = 0.9
_SLACK = 1.2


def population_size(people: int, rows: int) -> int:
    """People to draw, so that every register finds enough rows of others."""
    least = min(rates.coverage for rates in REGISTERS.values() if rates.coverage > 0.5)
    outsiders = rows - min(least * people, MOST_ROWS_OF_ROSTER * rows)
    return int((people / (1 - LEFT_OUT) + outsiders) * _SLACK) + 200


def draw_roster(rng: np.random.Generator, population: Population, *, people: int) -> Array:
    """The people of some households, most members of each, in household order."""
    on = (rng.random(len(population)) >= LEFT_OUT) | (
        population.start == np.arange(len(population))
    )
    homes = rng.permutation(population.household[-1] + 1)
    place = np.empty(len(homes), dtype=np.int64)
    place[homes] = np.arange(len(homes))
    chosen = np.flatnonzero(on)
    order = np.argsort(place[population.household[chosen]], kind="stable")
    roster: Array = chosen[order[:people]]
    return roster


def draw_rows(
    rng: np.random.Generator,
    population: Population,
    *,
    source: str,
    roster: Array,
    rows: int,
    rates: Rates,
) -> Array:
    """The true person of each row, shuffled: the roster's by coverage, the others of the rest."""
    weight = np.where(population.age < 16, _CHILDREN.get(source, 1.0), 1.0)
    inside = np.zeros(len(population), dtype=bool)
    inside[roster] = True
    wanted = min(round(rates.coverage * len(roster)), int(MOST_ROWS_OF_ROSTER * rows))
    of_roster = _pick(rng, roster, weight=weight[roster], count=wanted, source=source)
    rest = np.flatnonzero(~inside)
    others = _pick(rng, rest, weight=weight[rest], count=rows - len(of_roster), source=source)
    return rng.permutation(np.concatenate([of_roster, others]))


def _pick(
    rng: np.random.Generator, pool: Array, *, weight: Array, count: int, source: str
) -> Array:
    """`count` people by weight: at most once each, or as often as it falls out."""
    if source not in ONE_ROW_EACH:
        steps = np.cumsum(weight)
        found = np.searchsorted(steps, rng.random(count) * steps[-1], side="right")
        drawn: Array = pool[np.minimum(found, len(pool) - 1)]
        return drawn
    if count >= len(pool):
        return pool
    waits = rng.exponential(size=len(pool)) / weight
    first: Array = pool[np.argpartition(waits, count)[:count]]
    return first
