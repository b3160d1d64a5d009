"""Who applies, for what, with whom: applications, their members and obligors.

Papers and declarations are `applications`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, choose, choose_index, codes, days_before, happens, sample
from synthetic.households import FIRST_CHILD, HEAD, SECOND_CHILD, members_of

if TYPE_CHECKING:
    from synthetic.people import People

PROGRAMME_SHARES = {
    "dibao": 0.34,
    "dibao_edge": 0.13,
    "rigid": 0.12,
    "tekun": 0.11,
    "single_person": 0.07,
    "temp_expenditure": 0.1,
    "temp_emergency": 0.11,
    "orphan": 0.004,
    "de_facto_orphan": 0.004,
    "disability_living": 0.004,
    "disability_care": 0.004,
    "old_age": 0.004,
}
RELATIONS = ("self", "spouse", "child", "child", "parent", "parent", "grandchild")
TWICE_SHARE = (
    0.012  # applications that list people of an earlier one with another set of members (U09)
)
OMITTED_CHILD_SHARE = 0.15  # of households with a grown child: not on the roster (H01)
DEAD_MEMBER_SHARE = 0.4  # of dead people of an applying household: still on the roster (D01)


@dataclass(frozen=True, slots=True)
class Roster:
    """Applications (one element each) and their roster lines (one element each.

    Grouped by application).
    """

    application_id: pl.Series
    programme: pl.Series
    household: Array
    applied_on: Array
    first_of: Array  # the application of the same household that came before, -1 = none
    line_application: Array
    line_person: Array
    line_no: Array
    line_relation: pl.Series
    line_role: pl.Series
    newborn: Array  # per line: on the roster without a number, and in no register yet

    @property
    def applicant(self) -> Array:
        """Person who applies, per application."""
        person: Array = self.line_person[self.line_no == 1]
        return person

    @property
    def unregistered(self) -> Array:
        """People whom no register holds yet."""
        return self.line_person[self.newborn]

    @property
    def people(self) -> Array:
        """Distinct people on any roster, members and obligors."""
        return np.unique(self.line_person)

    def lines_of(self, role: str) -> Array:
        """Positions of the roster lines of a role."""
        return np.flatnonzero((self.line_role == role).to_numpy())


def draw_roster(rng: np.random.Generator, people: People, *, count: int) -> Roster:
    """`count` applications of the three months before the date of the county.

    Raises:
        ValueError: the population has too few households.

    """
    programme = _spread_programmes(rng, count)
    household, first_of = _draw_applying(rng, people, programme=programme)
    application, person = members_of(people.households, household)
    kept = _on_roster(rng, people, application=application, person=person, first_of=first_of)
    application, person = application[kept], person[kept]
    relation = pl.Series(RELATIONS).gather(people.households.slot[person])
    role = pl.Series(["member"]).gather(np.zeros(len(person), dtype=np.int64))
    obligor_of, obligor, obligor_relation = _draw_obligors(rng, people, household=household)
    application = np.r_[application, obligor_of]
    person = np.r_[person, obligor]
    relation = pl.concat([relation, obligor_relation])
    role = pl.concat([role, pl.Series(["obligor"] * len(obligor), dtype=pl.String)])
    order = np.argsort(application, kind="stable")
    application, person = application[order], person[order]
    first = np.searchsorted(application, np.arange(count))
    applied = days_before(rng, people.as_of, least=3, most=85, count=count)
    babies = np.unique(person[people.age[person] == 0])
    babies = babies[happens(rng, len(babies), chance=0.6)]
    return Roster(
        application_id=codes(f"SQ{str(people.as_of)[:4]}", np.arange(1, count + 1), width=6),
        programme=programme,
        household=household,
        applied_on=applied,
        first_of=first_of,
        line_application=application,
        line_person=person,
        line_no=np.arange(len(application)) - first[application] + 1,
        line_relation=relation.gather(order),
        line_role=role.gather(order),
        newborn=np.isin(person, babies),
    )


def _spread_programmes(rng: np.random.Generator, count: int) -> pl.Series:
    """Programmes by share, every one at least once where there are applications enough.

    In random order.
    """
    names = list(PROGRAMME_SHARES)
    shares = np.array(list(PROGRAMME_SHARES.values()))
    filler = choose(rng, names, count=max(0, count - len(names)), weights=shares.tolist())
    return pl.concat([pl.Series(names[:count]), filler]).gather(rng.permutation(count))


def _draw_applying(
    rng: np.random.Generator, people: People, *, programme: pl.Series
) -> tuple[Array, Array]:
    """A household per application.

    And the earlier application of the same household (-1 = none).
    """
    homes = people.households
    head = homes.start
    living_head = people.alive[head]
    alone = np.isin(homes.kind, (5, 8)) & living_head
    family = living_head & ~alone & (people.age[head] >= 18)
    count = len(programme)
    wants_alone = (programme.is_in(["tekun", "orphan", "de_facto_orphan", "old_age"])).to_numpy()
    wants_alone &= happens(rng, count, chance=0.85)
    household = np.full(count, -1, dtype=np.int64)
    for wanted, pool in ((wants_alone, alone), (~wants_alone, family)):
        rows = np.flatnonzero(wanted)
        chosen = rng.permutation(np.flatnonzero(pool))[: len(rows)]
        if len(chosen) < len(rows):
            raise ValueError(
                f"{len(rows)} applications need as many households of a kind, the population has "
                f"{len(chosen)}: raise people to about 20 for each application"
            )
        household[rows] = chosen
    first_of = np.full(count, -1, dtype=np.int64)
    big = np.flatnonzero(~wants_alone & (homes.size[household] >= 3))
    again = sample(rng, big, count=2 * max(1, round(count * TWICE_SHARE)))
    again = again[: len(again) // 2 * 2].reshape(-1, 2)
    if len(again):
        household[again[:, 1]] = household[again[:, 0]]
        first_of[again[:, 1]] = again[:, 0]
    return household, first_of


def _on_roster(
    rng: np.random.Generator, people: People, *, application: Array, person: Array, first_of: Array
) -> Array:
    """Which household people stand on the roster: most of the living, few of the dead.

    A second application is for head and spouse.
    """
    slot = people.households.slot[person]
    total = len(person)
    child = np.isin(slot, (FIRST_CHILD, SECOND_CHILD)) & (people.age[person] >= 18)
    omitted = child & happens(rng, total, chance=OMITTED_CHILD_SHARE)
    dead = ~people.alive[person] & ~happens(rng, total, chance=DEAD_MEMBER_SHARE)
    partial = (first_of[application] >= 0) & (slot > 1)
    kept: Array = (slot == HEAD) | ~(omitted | dead | partial)
    return kept


def _draw_obligors(
    rng: np.random.Generator, people: People, *, household: Array
) -> tuple[Array, Array, pl.Series]:
    """Application, person and relation of obligors.

    Grown children and parents who live elsewhere.
    """
    applicant = people.households.start[household]
    child = people.kin[applicant]
    has_child = np.flatnonzero((child >= 0) & happens(rng, len(household), chance=0.75))
    parents = np.flatnonzero(people.kin >= 0)
    by_child = np.argsort(people.kin[parents], kind="stable")
    at = np.searchsorted(people.kin[parents][by_child], applicant)
    at = np.clip(at, 0, max(0, len(parents) - 1))
    if not len(parents):
        return has_child, child[has_child], choose(rng, ["child"], count=len(has_child))
    parent = parents[by_child][at]
    has_parent = np.flatnonzero(
        (people.kin[parent] == applicant)
        & people.alive[parent]
        & happens(rng, len(household), chance=0.5)
    )
    relation = pl.concat(
        [
            choose(rng, ["child"], count=len(has_child)),
            choose(rng, ["parent"], count=len(has_parent)),
        ]
    )
    return np.r_[has_child, has_parent], np.r_[child[has_child], parent[has_parent]], relation


def town_codes(rng: np.random.Generator, town: Array) -> pl.Series:
    """Township codes 990101100 ... of the towns; every fifth as a village code of twelve digits."""
    township = codes("990101", 100 + town, width=3)
    village = codes("", 1 + choose_index(rng, 20, count=len(town)), width=3)
    deep = pl.Series(happens(rng, len(town), chance=0.2))
    return pl.select(
        (township + pl.when(deep).then(village).otherwise(pl.lit(""))).alias("region")
    )["region"]
