"""Whom the alerts look at: persons drawing a benefit and members of applications. The frame that samples are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.trust.precision import COUNTY_DIGITS
from household.sampling import allocate, digest, draw_strata
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from datetime import date

    from household.alerts.watch import Watch

NO_PROGRAMME, NO_REGION = "none", "unknown"
BY_PROGRAMME, BY_COUNTY = "programme", "county"
"""What strata are made by."""

WAITING_STATES = ("open", "confirmed")

FIRST = ("dibao", "tekun", "single_person", "orphan", "de_facto_orphan")
_RANK = {name: place for place, name in enumerate(dict.fromkeys((*FIRST, *PROGRAMME.titles)))}
"""Who draws several programmes counts under the first of these."""


def screened_rows(watch: Watch) -> pl.DataFrame:
    """Table `screened_person`."""
    drawing = (
        watch.ledger.recipients.with_columns(
            pl.col("programme").replace_strict(_RANK, return_dtype=pl.UInt8).alias("rank")
        )
        .group_by("person")
        .agg(pl.col("of_region").min().alias("region_drawn"), pl.col("rank").min())
    )
    members = (
        watch.member_seats.select("app", "person")
        .join(watch.places.select("app", "of_region"), on="app")
        .group_by("person")
        .agg(pl.col("of_region").min().alias("region_asked"))
    )
    names = {place: name for name, place in _RANK.items()}
    return (
        drawing.join(members, on="person", how="full", coalesce=True)
        .join(watch.refs, on="person")
        .select(
            "person_ref",
            pl.coalesce("region_drawn", "region_asked").alias("region_code"),
            pl.col("rank").replace_strict(names, return_dtype=pl.String).alias("programme"),
        )
    )


def without_alert(
    people: pl.DataFrame,
    alerts: pl.DataFrame,
    *,
    benefits: pl.DataFrame,
    places: pl.DataFrame,
    by: str,
) -> pl.DataFrame:
    """People whom no alert concerns that is open or confirmed.

    An alert about an application concerns everybody on its roster, one about a benefit whoever draws it.

    Args:
        people, alerts, benefits, places: rows of the tables `screened_person`, `alert`, `current_benefit` and `roster_person` of one run.
        by: BY_PROGRAMME or BY_COUNTY.

    Returns:
        people with `stratum` and `population`, the number of people in it.

    """
    waiting = alerts.filter(pl.col("state").cast(pl.String).is_in(WAITING_STATES))
    kind = pl.col("subject_kind").cast(pl.String)
    subjects = {
        name: waiting.filter(kind == name).select(pl.col("subject_id").alias(f"{name}_id"))
        for name in ("application", "benefit")
    }
    concerned = pl.concat(
        [
            waiting.select(pl.col("person_refs").alias("person_ref")).explode("person_ref"),
            places.join(subjects["application"], on="application_id", how="semi").select(
                "person_ref"
            ),
            benefits.join(subjects["benefit"], on="benefit_id", how="semi").select("person_ref"),
        ]
    )
    left = people.join(concerned.drop_nulls().unique(), on="person_ref", how="anti")
    return left.with_columns(_stratum(by).alias("stratum")).with_columns(
        pl.len().over("stratum").cast(pl.Int64).alias("population")
    )


def _stratum(by: str) -> pl.Expr:
    if by == BY_PROGRAMME:
        return pl.coalesce(pl.col("programme").cast(pl.String), pl.lit(NO_PROGRAMME))
    return pl.coalesce(pl.col("region_code").str.slice(0, COUNTY_DIGITS), pl.lit(NO_REGION))


def draw_people(
    frame: pl.DataFrame, *, size: int, seed: int, run_id: str, as_of: date, by: str
) -> pl.DataFrame:
    """Draw a stratified sample of people (`casework.SAMPLE_SCHEMA`, sorted by person reference, which follows from a keyed digest).

    Args:
        frame: see `without_alert`. size: people to draw, all of them when there are fewer.
        seed: whoever gives it can draw the same sample of the same run again. run_id, as_of: the run. by: as the strata were made.

    Raises:
        InputError: the size is below two a stratum, or there is nobody to draw.

    """
    populations = dict(frame.select("stratum", "population").unique().sort("stratum").iter_rows())
    shares = allocate(populations, size, what="无预警人员", unit="人")
    batch = "M" + digest(f"{run_id}|{by}|{size}|{seed}")[:8]
    drawn = draw_strata(frame, shares, by="person_ref", seed=seed)
    return drawn.select(
        pl.lit(batch).alias("batch"),
        "person_ref",
        "region_code",
        pl.lit(run_id).alias("run_id"),
        pl.lit(as_of.isoformat()).alias("as_of"),
        pl.lit(seed, dtype=pl.Int64).alias("seed"),
        "stratum",
        "population",
        pl.len().over("stratum").cast(pl.Int64).alias("drawn"),
    ).sort("person_ref")
