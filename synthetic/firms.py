"""Enterprises, individual businesses and cooperatives with the people in them.

As market regulation registers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, choose, choose_index, days_before, happens
from synthetic.numbers import credit_codes

if TYPE_CHECKING:
    from synthetic.people import People

FIRST_SERIAL = 500_000  # keeps these credit codes apart from those of employers
_KINDS = ("个体工商户", "企业", "农民专业合作社")
_PREFIXES = ("92", "91", "93")


def draw_owners(rng: np.random.Generator, people: People, *, poor: Array, planted: Array) -> Array:
    """People with a part in some entity: the `planted` last, in their order."""
    adults = people.adults(20, 70)
    owners = adults[happens(rng, len(adults), chance=np.where(poor[adults], 0.008, 0.02))]
    ordered: Array = np.r_[np.setdiff1d(owners, planted), planted]
    return ordered


def entity_rows(
    rng: np.random.Generator, people: People, *, owners: Array, planted: int
) -> pl.DataFrame:
    """market_regulation.entity: one entity an owner.

    The last `planted` owners run an existing business of their own.
    """
    count = len(owners)
    is_planted = np.arange(count) >= count - planted
    kind = np.where(is_planted, 0, choose_index(rng, 3, count=count, weights=(0.66, 0.26, 0.08)))
    serial = FIRST_SERIAL + np.arange(count)
    uscc = pl.concat(
        [credit_codes(prefix, serial[kind == k]) for k, prefix in enumerate(_PREFIXES)]
    ).gather(np.argsort(np.argsort(kind, kind="stable"), kind="stable"))
    company_role = choose(
        rng, ["法定代表人", "股东", "监事"], count=count, weights=(0.4, 0.45, 0.15)
    )
    capital = rng.integers(1, 400, count) * 50
    share = rng.integers(5, 101, count)
    rows = pl.DataFrame(
        {
            "_p": owners,
            "kind": kind,
            "uscc": uscc,
            "entity_name": "示范" + pl.Series(["商行", "贸易有限公司", "种植合作社"]).gather(kind)
            + pl.Series(serial - FIRST_SERIAL).cast(pl.String),
            "entity_kind": pl.Series(_KINDS).gather(kind),
            "role": company_role,
            "capital": capital,
            "share": share,
            "status": choose(rng, ["存续", "注销", "吊销"], count=count, weights=(0.78, 0.17, 0.05)),
            "established_on": days_before(rng, people.as_of, least=60, most=5000, count=count),
            "region_code": choose(rng, ["990101"], count=count),
            "planted": is_planted,
        }
    )  # fmt: skip
    return rows.with_columns(
        pl.when(pl.col("kind") == 0)
        .then(pl.lit("经营者"))
        .when(pl.col("kind") == 2)
        .then(pl.lit("成员"))
        .otherwise("role")
        .alias("role"),
        pl.when(pl.col("kind") == 1).then("share").alias("share"),
        pl.when("planted").then(pl.lit("存续")).otherwise("status").alias("status"),
    ).drop("planted", "kind")
