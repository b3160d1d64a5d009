"""Pupils and students, as education registers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, blank_where, choose, happens

if TYPE_CHECKING:
    from synthetic.people import People

# age from, to, years of the stage, share enrolled, fee of a public school year in fen
_STAGES = (
    ("幼儿园", 3, 5, 3, 0.7, 360_000),
    ("小学", 6, 11, 6, 0.97, 120_000),
    ("初中", 12, 14, 3, 0.97, 150_000),
    ("高中", 15, 17, 3, 0.62, 240_000),
    ("中职", 15, 17, 3, 0.28, 200_000),
    ("专科", 18, 20, 3, 0.22, 620_000),
    ("本科", 18, 21, 4, 0.24, 650_000),
    ("研究生", 22, 24, 3, 0.05, 900_000),
)


def enrolment_rows(rng: np.random.Generator, people: People, *, planted: Array) -> pl.DataFrame:
    """education.enrolment; the `planted` stand as 在读 past the end of their course."""
    living = people.alive
    # the school year that runs on the date of the county
    autumn = ((people.as_of.astype("datetime64[M]") - 8).astype("datetime64[Y]")).astype(
        "datetime64[M]"
    ) + 8
    parts = []
    taken = np.zeros(len(people), dtype=bool)
    taken[planted] = True
    for stage, least, most, years, share, fee in _STAGES:
        pool = np.flatnonzero(living & ~taken & (people.age >= least) & (people.age <= most))
        person = pool[happens(rng, len(pool), chance=share)]
        taken[person] = True
        since = np.minimum(people.age[person] - least, years - 1)
        start = autumn - 12 * since
        parts.append(
            _stage(rng, people, person=person, stage=stage, start=start, years=years, fee=fee)
        )
    # five years ago for a course of four: over since last summer
    late = _stage(
        rng,
        people,
        person=planted,
        stage="本科",
        start=np.full(len(planted), autumn - 60),
        years=4,
        fee=650_000,
    )
    over = (autumn - 15).astype("datetime64[D]") + 29
    parts.append(late.with_columns(status=pl.lit("在读"), leaves_on=pl.lit(over).cast(pl.Date)))
    return pl.concat(parts)


def _stage(
    rng: np.random.Generator,
    people: People,
    *,
    person: Array,
    stage: str,
    start: Array,
    years: int,
    fee: int,
) -> pl.DataFrame:
    """Rows of one stage; `start` is the month of entry."""
    count = len(person)
    town = pl.Series(people.town[person] + 1).cast(pl.String)
    leaves = (start + 12 * years - 3).astype("datetime64[M]").astype("datetime64[D]") + 29
    return pl.DataFrame(
        {
            "_p": person,
            "school": "示范县第" + town + "学校",
            "stage": choose(rng, [stage], count=count),
            "ownership": choose(rng, ["公办", "民办"], count=count, weights=(0.9, 0.1)),
            "enrolled_on": start.astype("datetime64[D]"),
            "leaves_on": blank_where(happens(rng, count, chance=0.05), leaves),
            "status": choose(
                rng,
                ["在读", "休学", "毕业", "退学"],
                count=count,
                weights=(0.96, 0.015, 0.01, 0.015),
            ),
            "public_fee": np.full(count, fee, dtype=np.int64),
        }
    )
