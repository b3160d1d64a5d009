"""Who the people of the county are: numbers, names, births, deaths and kin.

What they own or earn stands elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.draws import Array, blank_where, choose_index, happens
from synthetic.households import (
    FATHER,
    FIRST_CHILD,
    HEAD,
    SPOUSE,
    URBAN_TOWNS,
    Households,
    draw_households,
)
from synthetic.names import PEOPLE_WEIGHTS, PEOPLES, SURNAME_WEIGHTS, SURNAMES, draw_names
from synthetic.numbers import AREA_WEIGHTS, AREAS, identity_numbers, number_sequences

FORMER_NAME_SHARE = 0.012
FORMER_NUMBER_SHARE = 0.006
LATEST_BIRTH = (
    8  # days before the date of the county on which nobody is born any more: not yet reported
)


@dataclass(frozen=True, slots=True)
class People:
    """One element a person, in household order; a person is named by the position.

    `kin` is a grown child who lives in another household (-1 = none), `died` NaT for the living; in
    `death_in` bit 1 says that the population register knows the death, bit 2 the funeral house.
    """

    households: Households
    as_of: np.datetime64
    male: Array
    birth: Array
    age: Array
    town: Array
    urban: Array
    ethnicity: Array
    number: pl.Series
    former_number: pl.Series
    name: pl.Series
    former_name: pl.Series
    died: Array
    death_in: Array
    kin: Array

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def alive(self) -> Array:
        """Who lives on the date of the county."""
        return np.isnat(self.died)

    @property
    def everyone(self) -> Array:
        """All positions."""
        return np.arange(len(self.birth))

    def adults(self, least: int = 18, most: int = 200) -> Array:
        """Positions of the living of these ages (both inclusive)."""
        return np.flatnonzero(self.alive & (self.age >= least) & (self.age <= most))


def draw_people(rng: np.random.Generator, count: int, *, as_of: np.datetime64) -> People:
    """A population of about `count` people as of a day."""
    households = draw_households(rng, count)
    total = len(households.household)
    birth = as_of - (households.age * 365.25).astype(np.int64)
    birth = birth - rng.integers(LATEST_BIRTH, 365, total)
    area = np.array(AREAS)[choose_index(rng, len(AREAS), count=total, weights=AREA_WEIGHTS)]
    number = identity_numbers(
        area, birth, sequence=number_sequences(area, birth, male=households.male)
    )
    kin = _draw_kin(rng, households)
    surname, ethnicity = _draw_families(rng, households, kin=kin)
    father = np.where(
        np.isin(households.slot, (HEAD, FIRST_CHILD, FIRST_CHILD + 1)), households.household, 0
    )
    father = np.where(father == 0, rng.integers(0, 997, total), father)
    name = draw_names(rng, people=ethnicity, male=households.male, surname=surname, father=father)
    died, death_in = _draw_deaths(rng, households, as_of=as_of)
    town = households.town[households.household]
    return People(
        households=households,
        as_of=as_of,
        male=households.male,
        birth=birth,
        age=completed_years(birth, as_of),
        town=town,
        urban=town < URBAN_TOWNS,
        ethnicity=ethnicity,
        number=number,
        former_number=_former_numbers(rng, area, birth=birth, male=households.male, number=number),
        name=name,
        former_name=_former_names(
            rng, name, surname=surname, male=households.male, ethnicity=ethnicity
        ),
        died=died,
        death_in=death_in,
        kin=kin,
    )


def completed_years(birth: Array, on: np.datetime64 | Array) -> Array:
    """Completed years of life; a birthday counts from its day on."""
    month_birth, month_on = birth.astype("datetime64[M]"), np.asarray(on).astype("datetime64[M]")
    day_birth, day_on = birth - month_birth, np.asarray(on).astype("datetime64[D]") - month_on
    months = (month_on - month_birth).astype(np.int64) - (day_on < day_birth)
    years: Array = months // 12
    return years


def _draw_kin(rng: np.random.Generator, households: Households) -> Array:
    """A head elsewhere, 22 to 38 years younger, for most heads of 58 and more."""
    kin = np.full(len(households.household), -1, dtype=np.int64)
    heads = households.slot == HEAD
    parents = np.flatnonzero(heads & (households.age >= 58))
    parents = parents[happens(rng, len(parents), chance=0.8)]
    grown = np.flatnonzero(heads & (households.age >= 24) & (households.age <= 62))
    if not len(grown) or not len(parents):
        return kin
    grown = rng.permutation(grown)
    grown = grown[np.argsort(households.age[grown], kind="stable")]
    wanted = households.age[parents] - rng.integers(22, 39, len(parents))
    slot = np.searchsorted(households.age[grown], wanted) + rng.integers(0, 40, len(parents))
    child = grown[np.clip(slot, 0, len(grown) - 1)]
    gap = households.age[parents] - households.age[child]
    fits = (gap >= 18) & (households.household[child] != households.household[parents])
    kin[parents[fits]] = child[fits]
    return kin


def _draw_families(
    rng: np.random.Generator, households: Households, *, kin: Array
) -> tuple[Array, Array]:
    """Surname and people of every person.

    A household's, the kin's household's where there is one; wives keep their own.
    """
    count = len(households.start)
    surname = choose_index(rng, len(SURNAMES), count=count, weights=SURNAME_WEIGHTS)
    ethnicity = choose_index(rng, len(PEOPLES), count=count, weights=PEOPLE_WEIGHTS)
    parents = np.flatnonzero(kin >= 0)
    surname[households.household[parents]] = surname[households.household[kin[parents]]]
    ethnicity[households.household[parents]] = ethnicity[households.household[kin[parents]]]
    own = surname[households.household]
    married_in = np.isin(households.slot, (SPOUSE, FATHER + 1))
    other = choose_index(rng, len(SURNAMES), count=len(own), weights=SURNAME_WEIGHTS)
    return np.where(married_in, other, own), ethnicity[households.household]


def _draw_deaths(
    rng: np.random.Generator, households: Households, *, as_of: np.datetime64
) -> tuple[Array, Array]:
    """Days of death (NaT for the living) of the last three years, and who knows of them.

    Heads with family live.
    """
    total = len(households.age)
    chance = 0.004 * np.exp(np.maximum(households.age - 40, 0) * 0.075)
    alone = households.size[households.household] == 1
    chance = np.where((households.slot == HEAD) & ~alone, 0.0, np.minimum(chance, 0.4))
    chance[households.age < 1] = 0.0
    dead = happens(rng, total, chance=chance)
    died = as_of - rng.integers(15, 1000, total)
    known = np.array([3, 1, 2])[choose_index(rng, 3, count=total, weights=(0.75, 0.15, 0.10))]
    return blank_where(~dead, died), np.where(dead, known, 0)


def _former_numbers(
    rng: np.random.Generator, area: Array, *, birth: Array, male: Array, number: pl.Series
) -> pl.Series:
    """Earlier numbers of a few, of another area or another day of birth.

    That are nobody's number now.
    """
    total = len(area)
    elsewhere = np.array(AREAS)[rng.integers(1, len(AREAS), total)]
    shifted = birth - rng.integers(1, 400, total) * happens(rng, total, chance=0.5)
    sequence = rng.integers(450, 500, total) * 2 + male
    former = identity_numbers(elsewhere, shifted, sequence=sequence)
    has = pl.Series(happens(rng, total, chance=FORMER_NUMBER_SHARE))
    free = former.is_in(number.implode()).not_() & former.is_duplicated().not_()
    return pl.select(pl.when(has & free).then(former).alias("former"))["former"]


def _former_names(
    rng: np.random.Generator, name: pl.Series, *, surname: Array, male: Array, ethnicity: Array
) -> pl.Series:
    """Earlier names of a few Han people: the same surname with another given name."""
    former = draw_names(
        rng, people=np.zeros_like(ethnicity), male=male, surname=surname, father=surname
    )
    has = pl.Series(happens(rng, len(name), chance=FORMER_NAME_SHARE) & (ethnicity == 0))
    return pl.select(pl.when(has & (former != name)).then(former).alias("former"))["former"]
