"""The true names of a corpus's people, in the parts from which noise can be made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.draws import Array, choose_index, happens
from synthetic.linkage.pools import (
    DOTTED,
    HAN,
    MEN,
    MONGOL,
    PARTS_OF,
    RARE,
    SURNAMES,
    WOMEN,
)

DOUBLE_SHARE = 0.84
RARE_SHARE = 0.012
SHARED_GENERATION = 0.35
FORMER_SHARE = 0.02
INTERPUNCT = "·"
GIVEN = (*WOMEN, *MEN, *RARE)
PARTS = tuple(dict.fromkeys(part for sexes in PARTS_OF for parts in sexes for part in parts))
_AT = {part: at for at, part in enumerate(PARTS)}


@dataclass(frozen=True, slots=True)
class Names:
    """One element a person: `own` and `father` are positions in PARTS, -1 for Han names.

    `people` is a position in `pools.PEOPLES`, `rare` says whose name holds a rare character;
    `former` is null for those who never changed theirs.
    """

    text: pl.Series
    former: pl.Series
    people: Array
    own: Array
    father: Array
    rare: Array


def draw_names(
    rng: np.random.Generator,
    *,
    people: Array,
    male: Array,
    surname: Array,
    parent: Array,
    elder: Array,
    sibling: Array,
) -> Names:
    """Names, one a person.

    Args:
        rng: The corpus's generator.
        people: Position in `pools.PEOPLES`.
        male: 1 for men, 0 for women.
        surname: Position in SURNAMES.
        parent: The father's position among these people, -1 where he is not among them.
        elder: A number that brothers and sisters share: it names an absent father.
        sibling: The elder brother or sister, who may share the first given character; -1 = none.

    """
    first, second = _given(rng, male), _given(rng, male)
    shares = (sibling >= 0) & happens(rng, len(male), chance=SHARED_GENERATION)
    first = np.where(shares, first[sibling], first)
    single = ~happens(rng, len(male), chance=DOUBLE_SHARE)
    rare = happens(rng, len(male), chance=RARE_SHARE) & (people == HAN)
    strange = len(WOMEN) + len(MEN) + rng.integers(0, len(RARE), len(male))
    text = _han_texts(surname, np.where(single, -1, first), second=np.where(rare, strange, second))
    own = _own_parts(rng, people, male=male)
    father = _father_parts(own, people=people, parent=parent, elder=elder)
    others = np.flatnonzero(people != HAN)
    text = text.scatter(others, joined_parts(own[others], father[others], people=people[others]))
    changed = np.flatnonzero(happens(rng, len(male), chance=FORMER_SHARE) & (people == HAN))
    earlier = _han_texts(
        surname[changed], _given(rng, male[changed]), second=_given(rng, male[changed])
    )
    former = pl.Series([None], dtype=pl.String).new_from_index(0, len(male))
    return Names(text, former.scatter(changed, earlier), people, own, father, rare)


def joined_parts(own: Array, father: Array, *, people: Array) -> pl.Series:
    """Names of several parts from positions in PARTS: with the interpunct, or run together."""
    parts = pl.Series(PARTS)
    dot = pl.Series(np.where(np.isin(people, DOTTED), INTERPUNCT, ""))
    second = pl.Series(np.where(father >= 0, father, 0))
    both = pl.DataFrame({"own": parts.gather(own), "dot": dot, "father": parts.gather(second)})
    return both.select(
        pl.when(pl.Series(father >= 0))
        .then(pl.concat_str("own", "dot", "father"))
        .otherwise("own")
        .alias("name")
    )["name"]


def _given(rng: np.random.Generator, male: Array) -> Array:
    """Positions in GIVEN, by sex."""
    of_men, of_women = (
        choose_index(rng, len(pool), count=len(male), weights=list(1 / (np.arange(len(pool)) + 8)))
        for pool in (MEN, WOMEN)
    )
    return np.where(male == 1, of_men + len(WOMEN), of_women)


def _han_texts(surname: Array, first: Array, *, second: Array) -> pl.Series:
    """Surname, first given character (-1 = none), second given character."""
    given = pl.Series([*GIVEN, ""])
    parts = pl.DataFrame(
        {
            "surname": pl.Series(SURNAMES).gather(surname),
            "first": given.gather(np.where(first < 0, len(GIVEN), first)),
            "second": given.gather(second),
        }
    )
    return parts.select(pl.concat_str("surname", "first", "second").alias("name"))["name"]


def _own_parts(rng: np.random.Generator, people: Array, *, male: Array) -> Array:
    """Own part (position in PARTS) of those who are not Han, the first ones of a list often."""
    own = np.full(len(people), -1, dtype=np.int64)
    for position, (men, women) in enumerate(PARTS_OF):
        for sex, pool in ((1, men), (0, women)):
            rows = np.flatnonzero((people == position) & (male == sex))
            if pool and len(rows):
                weights = list(1.0 / (np.arange(len(pool)) + 6))
                drawn = choose_index(rng, len(pool), count=len(rows), weights=weights)
                own[rows] = np.array([_AT[part] for part in pool])[drawn]
    return own


def _father_parts(own: Array, *, people: Array, parent: Array, elder: Array) -> Array:
    """Second part: the father's own; an elder's for those whose father is not here.

    Mongol names have no second part.
    """
    father = np.where(parent >= 0, own[parent], -1)
    for position, (men, _) in enumerate(PARTS_OF):
        rows = np.flatnonzero((people == position) & (father < 0))
        if men and position != MONGOL:
            # the square makes the first ones of a list more frequent
            share = (elder[rows] % 1000 / 1000) ** 2
            father[rows] = np.array([_AT[part] for part in men])[(share * len(men)).astype(int)]
    father[(people == MONGOL) | (people == HAN)] = -1
    return father
