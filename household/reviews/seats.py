"""Whom the calendar looks at: persons who draw, and members of applications that are alive, with their birth dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.numbers import key_birth
from household.periods import add_months

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

ALIVE_MONTHS = 12
"""An application is alive for a year, as U09 counts it, and while somebody on its roster draws what it asks for."""

APPLICATIONS = "approval.application"


def living_applications(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """app, application_id, programme, of_region, applied_on, record_key of the applications that are alive."""
    asked = watch.case.applications.select(
        "app",
        "application_id",
        "programme",
        "applied_on",
        pl.col("region_code").alias("of_region"),
        pl.col("_record_key").alias("record_key"),
    )
    drawn = (
        watch.case.seats.select("app", "person")
        .join(ledger.recipients.select("person", "programme"), on="person")
        .select("app", "programme")
        .unique()
    )
    since = add_months(watch.as_of, 0 - ALIVE_MONTHS)
    recent = asked.filter(pl.col("applied_on") > pl.lit(since))
    kept = asked.join(drawn, on=["app", "programme"], how="semi")
    return pl.concat([recent, kept]).unique("app").sort("app")


def living_seats(
    watch: Watch, ledger: Ledger, roles: tuple[str, ...] = ("member",)
) -> pl.DataFrame:
    """The seats of living applications in these roles, as `case.seats` has them."""
    living = living_applications(watch, ledger)
    seats = watch.case.seats.filter(pl.col("role").is_in(roles))
    return seats.join(living.select("app"), on="app", how="semi")


def births(watch: Watch) -> pl.DataFrame:
    """person, birth: of the valid number, else as the roster states it; null where neither says."""
    stated = watch.roster.members.group_by("person").agg(
        pl.col("birth").drop_nulls().min().alias("stated")
    )
    return watch.roster.persons.join(stated, on="person", how="left").select(
        "person", pl.coalesce(key_birth(pl.col("key")), "stated").alias("birth")
    )
