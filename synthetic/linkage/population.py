"""The people a corpus is about: households, kin, births, numbers and phones.

One element a person in household order, as arrays; names are `naming`'s, addresses `places`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.draws import Array, choose_index, happens
from synthetic.households import (
    FATHER,
    FIRST_CHILD,
    HEAD,
    MOTHER,
    SECOND_CHILD,
    SPOUSE,
    Households,
    draw_households,
)
from synthetic.linkage.naming import Names, draw_names
from synthetic.linkage.places import Places, draw_places
from synthetic.linkage.pools import PEOPLE_SHARES, PEOPLES, SURNAMES
from synthetic.numbers import identity_numbers, number_sequences

if TYPE_CHECKING:
    import polars as pl

AS_OF = np.datetime64("2026-05-20")
COUNTIES = (990101, 990102, 990103, 990104, 990121, 990122, 990123, 990181)
COUNTY_WEIGHTS = (0.3, 0.2, 0.12, 0.1, 0.09, 0.08, 0.06, 0.05)
BORN_ELSEWHERE = 0.08
KIN_SHARE = 0.35
TWINS = 0.04
OWN_PHONE_FROM = 12
MOBILE_PREFIXES = (130, 133, 135, 138, 139, 150, 152, 158, 159, 177, 180, 182, 186, 187, 188, 189)


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody; a person is named by the position.

    `household`, `start` (first person) and `size` of the household are given per person, `birth`
    is datetime64[D], `number` the true 18 characters, `phone` 11 digits as integers (a child's is
    the head's), `old_phone` the one before.
    """

    household: Array
    start: Array
    size: Array
    male: Array
    age: Array
    birth: Array
    county: Array
    number: pl.Series
    phone: Array
    old_phone: Array
    names: Names
    places: Places

    def __len__(self) -> int:
        return len(self.birth)


def draw_population(rng: np.random.Generator, count: int) -> Population:
    """At least `count` people in whole households."""
    homes = draw_households(rng, count + 10)
    kin = _kin(rng, len(homes.start))
    county_of = np.array(COUNTIES)[
        choose_index(rng, len(COUNTIES), count=len(homes.start), weights=COUNTY_WEIGHTS)
    ][kin]
    birth, male = _births(rng, homes)
    county = county_of[homes.household]
    moved = happens(rng, len(birth), chance=BORN_ELSEWHERE)
    issued = np.where(moved, np.array(COUNTIES)[rng.integers(0, len(COUNTIES), len(birth))], county)
    number = identity_numbers(issued, birth, sequence=number_sequences(issued, birth, male=male))
    phone, old_phone = _phones(rng, homes)
    return Population(
        household=homes.household,
        start=homes.start[homes.household],
        size=homes.size[homes.household],
        male=male,
        age=homes.age,
        birth=birth,
        county=county,
        number=number,
        phone=phone,
        old_phone=old_phone,
        names=_names(rng, homes, kin=kin, male=male),
        places=draw_places(rng, county_of, kin=kin),
    )


def relatives(rng: np.random.Generator, population: Population, person: Array) -> Array:
    """Another member of each one's household; somebody near for those who live alone."""
    start, size = population.start[person], population.size[person]
    step = rng.integers(1, np.maximum(size, 2))
    other = start + (person - start + step) % size
    near = (person + rng.integers(1, 50, len(person))) % len(population)
    found: Array = np.where(size > 1, other, near)
    return found


def _kin(rng: np.random.Generator, count: int) -> Array:
    """Per household the household whose family it belongs to: itself, or the one before it."""
    follows = happens(rng, count, chance=KIN_SHARE)
    follows[0] = False
    first: Array = np.maximum.accumulate(np.where(follows, 0, np.arange(count)))
    return first


def _births(rng: np.random.Generator, homes: Households) -> tuple[Array, Array]:
    """Days of birth and sex; some second children are the first one's twins."""
    total = len(homes.age)
    birth = AS_OF - (homes.age * 365.25).astype(np.int64) - rng.integers(1, 365, total)
    at = np.flatnonzero((homes.slot == SECOND_CHILD) & happens(rng, total, chance=TWINS))
    at = at[homes.slot[at - 1] == FIRST_CHILD]
    birth[at] = birth[at - 1]
    return birth, homes.male


def _phones(rng: np.random.Generator, homes: Households) -> tuple[Array, Array]:
    """Own mobile number of most from a certain age on, the head's for the others; and an old one."""
    total = len(homes.age)
    own, old = (
        np.array(MOBILE_PREFIXES)[rng.integers(0, len(MOBILE_PREFIXES), total)] * 10**8
        + rng.integers(0, 10**8, total)
        for _ in range(2)
    )
    chance = np.where(homes.age < OWN_PHONE_FROM, 0.0, np.where(homes.age > 75, 0.5, 0.93))
    has = happens(rng, total, chance=chance) | (homes.slot == HEAD)
    return np.where(has, own, own[homes.start[homes.household]]), old


def _names(rng: np.random.Generator, homes: Households, *, kin: Array, male: Array) -> Names:
    """Names by family: surname and father's name run in the male line, also across kin."""
    count = len(homes.start)
    weights = 1.0 / (np.arange(len(SURNAMES)) + 3)
    line = choose_index(rng, len(SURNAMES), count=count, weights=list(weights))[kin]
    ethnicity = choose_index(rng, len(PEOPLES), count=count, weights=PEOPLE_SHARES)[kin]
    elder = rng.integers(0, 10**6, count)[kin]
    surname = line[homes.household]
    other = choose_index(rng, len(SURNAMES), count=len(male), weights=list(weights))
    married_in = ((homes.slot == SPOUSE) & (male == 0)) | (homes.slot == MOTHER)
    head_male = male[homes.start] == 1
    married_in |= (homes.slot == HEAD) & (male == 0) & (homes.size[homes.household] > 1)
    return draw_names(
        rng,
        people=ethnicity[homes.household],
        male=male,
        surname=np.where(married_in, other, surname),
        parent=_fathers(homes, head_male=head_male, male=male),
        elder=np.where(married_in, rng.integers(0, 10**6, len(male)), elder[homes.household]),
        sibling=np.where(homes.slot == SECOND_CHILD, np.arange(len(male)) - 1, -1),
    )


def _fathers(homes: Households, *, head_male: Array, male: Array) -> Array:
    """The person who is each one's father, -1 where he is not in the household."""
    start, slot = homes.start[homes.household], homes.slot
    father = np.full(len(male), -1, dtype=np.int64)
    children = (slot == FIRST_CHILD) | (slot == SECOND_CHILD)
    father[children] = start[children]
    led_by_her = children & ~head_male[homes.household]
    spouse = np.minimum(start + 1, len(male) - 1)
    father[led_by_her] = np.where(slot[spouse] == SPOUSE, spouse, -1)[led_by_her]
    elders = np.flatnonzero(slot == FATHER)
    heads = homes.start[homes.household[elders]]
    sons = male[heads] == 1
    father[heads[sons]] = elders[sons]
    return father
