"""Illness and disability.

Settlements with their refunds, insured people, certificates of disability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.schema.codes import DISABILITY_TYPE
from synthetic.draws import (
    Array,
    amounts,
    choose,
    choose_index,
    codes,
    days_before,
    happens,
)

if TYPE_CHECKING:
    from synthetic.people import People

DISABILITIES = tuple(DISABILITY_TYPE.titles)
REFUND_SHARE = 0.02


def settlement_rows(
    rng: np.random.Generator, people: People, *, poor: Array, ill: Array
) -> pl.DataFrame:
    """medical_insurance.settlement.

    Treatment of the living, dear for the `ill`, and refunds with negative amounts.
    """
    living = np.flatnonzero(people.alive)
    treated = living[
        happens(rng, len(living), chance=np.where(people.age[living] >= 60, 0.3, 0.14))
    ]
    treated = np.r_[treated, np.repeat(ill, 3)]
    person = np.repeat(treated, rng.integers(1, 4, len(treated)))
    count = len(person)
    is_ill = np.isin(person, ill)
    kind = choose_index(rng, 3, count=count, weights=(0.25, 0.2, 0.55))
    median = np.where(is_ill, 21_000.0, np.array([5200.0, 900.0, 210.0])[kind])
    total = amounts(rng, median, spread=0.6, count=count)
    basic = total * rng.integers(35, 68, count) // 100
    rest = total - basic
    critical = np.where(is_ill, rest * rng.integers(5, 30, count) // 100, 0)
    assistance = np.where(poor[person] & happens(rng, count, chance=0.3), (rest - critical) // 4, 0)
    other = np.where(happens(rng, count, chance=0.03), (rest - critical - assistance) // 5, 0)
    rows = pl.DataFrame(
        {
            "_p": person,
            "settlement_no": codes("JS", np.arange(count), width=8),
            "settled_on": days_before(rng, people.as_of, least=14, most=480, count=count),
            "care_kind": pl.Series(["住院", "门诊慢特病", "普通门诊"]).gather(kind),
            "disease_code": choose(
                rng, ["I10", "E11.9", "J18.9", "M54.5", "C34.9", "N18.5"], count=count
            ),
            "total": total,
            "basic_paid": basic,
            "critical_paid": critical,
            "assistance_paid": assistance,
            "other_paid": other,
        }
    )
    return pl.concat([rows, _refunds(rng, people, rows=rows)], how="diagonal")


def _refunds(rng: np.random.Generator, people: People, *, rows: pl.DataFrame) -> pl.DataFrame:
    """Reversals of some settlements a few days later.

    Every amount negative, naming the settlement.
    """
    reversed_rows = rows.filter(pl.Series(happens(rng, len(rows), chance=REFUND_SHARE)))
    latest = pl.lit(people.as_of - 13).cast(pl.Date)
    paid = ("total", "basic_paid", "critical_paid", "assistance_paid", "other_paid")
    return reversed_rows.with_columns(
        *[(-pl.col(name)).alias(name) for name in paid],
        refund_of="settlement_no",
        settlement_no=pl.col("settlement_no") + "T",
        settled_on=pl.min_horizontal(pl.col("settled_on") + pl.duration(days=9), latest),
    )


def insured_rows(rng: np.random.Generator, people: People, *, employed: Array) -> pl.DataFrame:
    """medical_insurance.insured: nearly everybody, the employed in the employee scheme."""
    living = np.flatnonzero(people.alive)
    person = living[happens(rng, len(living), chance=0.94)]
    count = len(person)
    works = np.isin(person, employed)
    return pl.DataFrame(
        {
            "_p": person,
            "scheme": pl.Series(["居民", "职工"]).gather(works.astype(np.int64)),
            "status": choose(
                rng, ["正常", "暂停", "终止"], count=count, weights=(0.97, 0.02, 0.01)
            ),
            "funded_as": choose(
                rng, ["无", "低保", "特困", "孤儿", "边缘"], count=count, weights=(94, 3, 1, 0.3, 1)
            ),
        }
    )


def certificate_rows(rng: np.random.Generator, people: People, *, disabled: Array) -> pl.DataFrame:
    """disabled_federation.certificate: the `disabled` certainly, and others.

    Type and grade in the number's last digits.
    """
    living = np.flatnonzero(people.alive & (people.age >= 3))
    chance = np.where(people.age[living] >= 60, 0.06, 0.018)
    person = np.union1d(living[happens(rng, len(living), chance=chance)], disabled)
    count = len(person)
    kind = choose_index(rng, 7, count=count, weights=(12, 12, 3, 45, 10, 13, 5))
    grade = 1 + choose_index(rng, 4, count=count, weights=(0.14, 0.25, 0.3, 0.31))
    suffix = pl.Series((kind + 1) * 10 + grade).cast(pl.String)
    return pl.DataFrame(
        {
            "_p": person,
            "certificate_no": people.number.gather(person) + suffix,
            "type": pl.Series(DISABILITIES).gather(kind),
            "grade": grade,
            "valid_to": people.as_of + rng.integers(-200, 3200, count),
            "status": choose(rng, ["有效", "注销"], count=count, weights=(0.96, 0.04)),
        }
    ).with_columns(pl.when(pl.col("_p") % 9 != 0).then("valid_to").alias("valid_to"))
