"""Pensions and unemployment benefit as human resources pays them, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, amounts, choose, happens, whole_yuan
from synthetic.jobs import MONTHS_BACK

if TYPE_CHECKING:
    from synthetic.people import People

EMPLOYEE, RESIDENT, UNEMPLOYMENT, SURVIVOR = "职工养老金", "居民养老金", "失业保险金", "遗属待遇"
CENTRAL_BASIC = (12_300, 14_300)  # fen a month, up to 2025 and from 2026 on


@dataclass(frozen=True, slots=True)
class Pensions:
    """One element a running payment: person, kind, fen a month, for how many months back."""

    person: Array
    kind: pl.Series
    amount: Array
    months: Array


def draw_pensions(
    rng: np.random.Generator, people: People, *, poor: Array, planted: Array
) -> Pensions:
    """Who is paid what; the `planted` (60 and older) certainly draw an employee pension."""
    elders = people.adults(60)
    roll = rng.random(len(elders))
    employee = np.where(people.urban[elders], 0.42, 0.07) * np.where(poor[elders], 0.35, 1.0)
    is_employee = (roll < employee) | np.isin(elders, planted)
    is_resident = ~is_employee & (roll < 0.92)
    grown = people.adults(22, 58)
    jobless = grown[happens(rng, len(grown), chance=0.006)]
    survivors = grown[happens(rng, len(grown), chance=0.002)]
    groups = (
        (elders[is_employee], EMPLOYEE, 2500.0, 0.3, MONTHS_BACK),
        (elders[is_resident], RESIDENT, 60.0, 0.5, MONTHS_BACK),
        (np.setdiff1d(jobless, survivors), UNEMPLOYMENT, 1150.0, 0.15, 7),
        (survivors, SURVIVOR, 520.0, 0.2, MONTHS_BACK),
    )
    person = np.concatenate([group[0] for group in groups])
    kind = pl.concat([choose(rng, [group[1]], count=len(group[0])) for group in groups])
    amount = np.concatenate([amounts(rng, g[2], spread=g[3], count=len(g[0])) for g in groups])
    months = np.concatenate([np.full(len(g[0]), g[4]) for g in groups])
    return Pensions(person, kind, whole_yuan(amount), months)


def benefit_rows(pensions: Pensions, people: People) -> pl.DataFrame:
    """human_resources.benefit: one row a person, kind and month.

    Resident pensions name their central basic part.
    """
    last = people.as_of.astype("datetime64[M]") - 1
    at = np.repeat(np.arange(len(pensions.person)), pensions.months)
    back = np.arange(len(at)) - np.repeat(
        np.cumsum(pensions.months) - pensions.months, pensions.months
    )
    month = last - back
    basic = np.where(month < np.datetime64("2026-01"), *CENTRAL_BASIC)
    kind = pensions.kind.gather(at)
    is_resident = kind == RESIDENT
    return pl.DataFrame(
        {
            "_p": pensions.person[at],
            "kind": kind,
            "month": month.astype("datetime64[D]"),
            "amount": pensions.amount[at] + np.where(is_resident.to_numpy(), basic, 0),
            "central_basic": pl.select(pl.when(is_resident).then(pl.Series(basic)).alias("b"))["b"],
        }
    )
