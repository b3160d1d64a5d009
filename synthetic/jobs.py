"""Work: employers and jobs with their wages.

The rows in which departments see them are `earnings`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import (
    Array,
    amounts,
    blank_where,
    choose_index,
    days_before,
    happens,
)
from synthetic.numbers import credit_codes

if TYPE_CHECKING:
    from synthetic.people import People

FIRMS = ("纺织厂", "建筑有限公司", "商贸有限公司", "农业开发有限公司", "物业服务有限公司")
OFFICES = ("第一中学", "人民医院", "农业农村局", "镇人民政府", "环卫所")
COMPANY, POST, FLEXIBLE, PUBLIC = range(4)
KIND_TITLES = ("单位就业", "公益性岗位", "灵活就业", "单位就业")
MONTHS_BACK = (
    15  # months of monthly rows, so that every income window of the applications is covered
)


@dataclass(frozen=True, slots=True)
class Jobs:
    """One element a job. `wage` is fen a month; `ended` NaT while it runs.

    Employers by position in `uscc` and `employer`.
    """

    person: Array
    kind: Array
    employer_no: Array
    started: Array
    ended: Array
    wage: Array
    uscc: pl.Series
    employer: pl.Series

    def monthly(self, rows: Array, as_of: np.datetime64) -> tuple[Array, Array]:
        """Job and month of every month of the last 15 in which the jobs `rows` ran."""
        last = as_of.astype("datetime64[M]") - 1
        job = np.repeat(rows, MONTHS_BACK)
        month = last - np.tile(np.arange(MONTHS_BACK), len(rows))
        started = self.started.astype("datetime64[M]")[job]
        ended = self.ended.astype("datetime64[M]")[job]
        ran = (month >= started) & (np.isnat(ended) | (month <= ended))
        return job[ran], month[ran].astype("datetime64[D]")

    def lasting_posts(self, as_of: np.datetime64) -> Array:
        """Jobs on public posts that ran through every income window of the county."""
        since = as_of - 32 * MONTHS_BACK
        return np.flatnonzero((self.kind == POST) & (self.started < since) & np.isnat(self.ended))

    def employers(self, rows: Array) -> dict[str, pl.Series]:
        """Credit code and name of the employers of the jobs `rows`, null for the self-employed."""
        number = self.employer_no[rows]
        own = pl.Series(self.kind[rows] == FLEXIBLE)
        at = np.clip(number, 0, None)
        return {
            name: pl.select(pl.when(~own).then(series.gather(at)).alias("v"))["v"]
            for name, series in (("employer_uscc", self.uscc), ("employer", self.employer))
        }


def draw_jobs(rng: np.random.Generator, people: People, *, poor: Array, steady: Array) -> Jobs:
    """Jobs of the living of 18 to 62; the `poor` (per person) work less and earn less.

    The `steady` people have exactly one job, in a company, since years.
    """
    candidates = people.adults(18, 62)
    age, is_poor = people.age[candidates], poor[candidates]
    is_urban = people.urban[candidates]
    chance = np.where(is_urban, 0.42, 0.22)
    # families that apply lie around the standards: many work, for little
    chance = np.where(is_poor, np.where(is_urban, 0.62, 0.5), chance)
    chance = np.where(age < 22, chance * 0.3, chance)
    person = candidates[happens(rng, len(candidates), chance=chance)]
    person = np.sort(np.r_[person, person[happens(rng, len(person), chance=0.02)]])
    count = len(person)
    kind = choose_index(rng, 4, count=count, weights=(0.74, 0.05, 0.15, 0.06))
    kind = np.where(poor[person] & (kind == PUBLIC), COMPANY, kind)
    firms = max(30, len(people) // 150)
    serial = np.arange(firms)
    public = np.arange(len(OFFICES))
    uscc = pl.concat([credit_codes("91", serial), credit_codes("12", firms + public)])
    title = pl.Series(FIRMS).gather(serial % len(FIRMS))
    employer = pl.concat(
        ["示范县第" + pl.Series(serial).cast(pl.String) + title, "示范县" + pl.Series(OFFICES)]
    )
    number = np.where(
        kind == PUBLIC,
        firms + rng.integers(0, len(OFFICES), count),
        rng.integers(0, firms, count),
    )
    number = np.where(kind == FLEXIBLE, -1, number)
    started = days_before(rng, people.as_of, least=40, most=3800, count=count)
    length = rng.integers(200, 2500, count)
    ended = blank_where(
        (started + length >= people.as_of) | happens(rng, count, chance=0.75), started + length
    )
    median = np.where(people.urban[person], 3900.0, 3100.0)
    median = np.where(poor[person], 2700.0, median)
    median = np.where(kind == POST, 1700.0, np.where(kind == PUBLIC, 5600.0, median))
    wage = np.maximum(amounts(rng, median, spread=0.38, count=count), 60_000)
    kept = ~np.isin(person, steady)
    kept &= np.r_[True, (person[1:] != person[:-1]) | (number[1:] != number[:-1])]
    more = len(steady)
    return Jobs(
        person=np.r_[person[kept], steady],
        kind=np.r_[kind[kept], np.full(more, COMPANY)],
        employer_no=np.r_[number[kept], rng.integers(0, firms, more)],
        started=np.r_[started[kept], np.full(more, people.as_of - 1500)],
        ended=np.r_[ended[kept], np.full(more, np.datetime64("NaT", "D"))],
        wage=np.r_[wage[kept], np.full(more, 320_000)],
        uscc=uscc,
        employer=employer,
    )
