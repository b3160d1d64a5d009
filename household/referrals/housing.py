"""Households whose only homes are unsafe, and households of dibao and tekun without any (社会救助暂行办法 第七章)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.assets.things import DWELLINGS, HOLDING, UNSAFE
from household.referrals.lines import of_units

if TYPE_CHECKING:
    from household.referrals.supported import Supported

ESTATE = "housing.real_estate"
ANCESTRAL = "祖屋"
HOMELESS_OF = ("dibao", "tekun")
"""Whom 第三十七条 names: 最低生活保障家庭、分散供养的特困人员."""


def in_need_of_homes(supported: Supported) -> pl.DataFrame:
    """Households of which every home on the register is graded C or D, or, of dibao and tekun, none is there (LINE).

    Everybody who is counted must be known: one member of whom the register may not be asked, or may have another row, and nothing is said.
    A home without a grade is a home.
    """
    everybody = supported.everybody
    known = supported.knowable(everybody, ESTATE).select("unit", "person")
    unsure = everybody.join(known, on=["unit", "person"], how="anti").select("unit").unique()
    units = everybody.join(unsure, on="unit", how="anti")
    homes = (
        supported.rows(ESTATE, "use", "status", "hazard_grade", people=units)
        .filter(pl.col("use").is_in([*DWELLINGS, ANCESTRAL]), pl.col("status").is_in(HOLDING))
        .select("person", "record_key", "hazard_grade")
        .join(units.select("unit", "person"), on="person")
    )
    unsafe = pl.col("hazard_grade").str.to_uppercase().is_in(UNSAFE).fill_null(value=False)
    found = homes.group_by("unit").agg(
        unsafe.all().alias("unsafe"), pl.col("record_key").sort().first()
    )
    poor = units.filter(
        pl.col("standing").is_not_null(), pl.col("programme").is_in(HOMELESS_OF)
    ).select("unit")
    without = units.join(poor.unique(), on="unit", how="semi").join(found, on="unit", how="anti")
    keys = found.filter("unsafe").select("unit", "record_key")
    refs = supported.watch.refs
    return pl.concat(
        [
            of_units(
                "housing.unsafe_only",
                units.join(keys, on="unit", how="semi"),
                refs,
                dataset=ESTATE,
                keys=keys,
            ),
            of_units("housing.no_home", without, refs, dataset=ESTATE),
        ]
    )
