"""Whoever draws a benefit today, as several alerts look at them: their running benefits, their age, what sources hold of them.

A person who draws is covered while the benefit runs (assessment §2). An alert that rests on what is *not* there asks `where_fresh` first:
a region whose source was not delivered, or is too old, has not answered, and no answer is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.watch import Ledger, Watch, by_region
from household.identity.numbers import key_birth
from household.linkage.links import STANDS
from household.people.counting import is_dead
from household.periods import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

REGISTER, FUNERAL, CUSTODY = (
    "public_security.population",
    "civil_affairs.funeral",
    "justice.custody",
)


def running_benefits(watch: Watch, ledger: Ledger, programmes: Sequence[str]) -> pl.DataFrame:
    """Running benefits of known persons who are not seen dead, each once; with subject (person_ref) and born (null: not known).

    The dead are D01's, whatever else their age or papers would say.
    """
    people = watch.roster.persons.select(
        "person", pl.col("person_ref").alias("subject"), key_birth(pl.col("key")).alias("born")
    )
    rows = ledger.benefits.filter(
        "running", pl.col("person").is_not_null(), pl.col("programme").is_in(programmes)
    ).unique("benefit_id", keep="first", maintain_order=True)
    return rows.join(people, on="person", how="left").join(
        seen_dead(watch), on="person", how="anti"
    )


def seen_dead(watch: Watch) -> pl.DataFrame:
    """person: dead by as_of in a row of tier A or B, dated or not."""
    register = watch.linked[REGISTER].filter(STANDS, is_dead(watch.as_of))
    funeral = watch.linked[FUNERAL].filter(STANDS, pl.col("died_on") <= pl.lit(watch.as_of))
    return pl.concat([register.select("person"), funeral.select("person")]).unique()


def seen_held(watch: Watch) -> pl.DataFrame:
    """person: in custody on as_of in a row of tier A or B."""
    held = in_force(pl.col("from_date"), pl.col("to_date"), watch.as_of)
    return watch.linked[CUSTODY].filter(STANDS, held).select("person").unique()


def rows_of(watch: Watch, dataset: str, people: pl.DataFrame, *, tiers: pl.Expr) -> pl.DataFrame:
    """Linked rows of `people` (column person) of some tiers, with dataset and record_key."""
    return (
        watch.linked[dataset]
        .filter(tiers)
        .join(people.select("person").unique(), on="person", how="semi")
        .with_columns(pl.lit(dataset).alias("dataset"), pl.col("_record_key").alias("record_key"))
    )


def where_fresh(watch: Watch, rows: pl.DataFrame, *datasets: str) -> pl.DataFrame:
    """The rows (column of_region) of regions for which every one of the datasets was delivered within `source.max_age_days`.

    A file that was refused as a whole, for a part of the region or all of it, leaves the region without an answer.
    """
    regions = rows.select("of_region").drop_nulls().unique()
    limits = by_region(
        watch, regions["of_region"], key="source.max_age_days", convert=int, dtype=pl.Int64()
    )
    of, within = pl.col("of_region"), pl.col("region_code")
    lacking = (
        watch.extracts.refused.filter("whole", pl.col("dataset").is_in(datasets))
        .select("region_code")
        .unique()
    )
    gaps = regions.join(lacking, how="cross").filter(
        of.str.starts_with(within) | within.str.starts_with(of)
    )
    delivered = watch.extracts.delivered.filter(pl.col("dataset").is_in(datasets))
    age = (pl.lit(watch.as_of) - pl.col("as_of")).dt.total_days()
    fresh = (
        regions.join(delivered, how="cross")
        .filter(of.str.starts_with(within))
        .join(limits, on="of_region")
        .filter(age <= pl.col("value_of_region"))
        .group_by("of_region")
        .agg(pl.col("dataset").n_unique().alias("answering"))
        .filter(pl.col("answering") == len(set(datasets)))
        .join(gaps, on="of_region", how="anti")
    )
    return rows.join(fresh, on="of_region", how="semi")
