"""Birthdays that change what somebody may draw: 18, 60, the local age of extra amounts, 80 (handbook §4, H03).

Told by the month: benefits change by months, and so no birthday is published. A birthday that passed stays until the benefit is reviewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.reviews.events import events_of, reached, with_parameter
from household.reviews.seats import APPLICATIONS, births, living_applications

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.alerts.watch import Ledger, Watch

FIXED: dict[str, tuple[int, tuple[str, ...]]] = {
    "turns_18": (18, ("dibao", "dibao_edge", "rigid", "tekun", "orphan", "de_facto_orphan")),
    "turns_60": (60, ("dibao", "dibao_edge", "single_person", "tekun")),
    "turns_80": (80, ("dibao", "dibao_edge", "single_person", "tekun", "rigid")),
}
"""Kind -> age and the programmes whose class, amount or alternative it changes."""

ELDER = ("dibao", "single_person")
"""Programmes whose amount has an extra from `extra.elder_age` on."""


def age_events(watch: Watch, ledger: Ledger, dead: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Entries of birthdays.

    Args:
        watch, ledger: the run.
        dead: person: who is shown dead, and turns nothing any more.
    """
    drawing = _drawing(watch, ledger).join(dead, on="person", how="anti")
    sitting = _sitting(watch, ledger).join(dead, on="person", how="anti")
    for kind, (years, programmes) in FIXED.items():
        yield from _turning(kind, pl.lit(years), drawing, sitting, programmes=programmes)
    with_age = (with_parameter(rows, watch, "extra.elder_age") for rows in (drawing, sitting))
    yield from _turning("turns_elder", pl.col("limit_n"), *with_age, programmes=ELDER)


def _drawing(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Running benefits with the birth of their person."""
    return (
        ledger.benefits.filter("running")
        .join(births(watch), on="person", how="inner")
        .filter(pl.col("birth").is_not_null())
        .with_columns(
            pl.lit("benefit").alias("subject_kind"), pl.col("benefit_id").alias("subject_id")
        )
    )


def _sitting(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Members of living applications with their birth; the day of applying is the last look at them."""
    living = living_applications(watch, ledger)
    return (
        watch.member_seats.select("app", "person")
        .join(living, on="app")
        .join(births(watch), on="person", how="inner")
        .filter(pl.col("birth").is_not_null())
        .with_columns(
            pl.lit("application").alias("subject_kind"),
            pl.col("application_id").alias("subject_id"),
            pl.lit(APPLICATIONS).alias("dataset"),
        )
    )


def _turning(
    kind: str,
    years: pl.Expr,
    drawing: pl.DataFrame,
    sitting: pl.DataFrame,
    *,
    programmes: tuple[str, ...],
) -> Iterator[pl.DataFrame]:
    """Who turns, on the benefit; on an application only who has no entry of a benefit of their own."""
    day = reached(pl.col("birth"), years).alias("turned_on")
    of_kind = pl.col("programme").is_in(programmes)
    if kind == "turns_80":
        old = drawing.filter(pl.col("programme") == "old_age").select("person").unique()
        drawing = drawing.join(old, on="person", how="anti")
        sitting = sitting.join(old, on="person", how="anti")
    turned = drawing.filter(of_kind).with_columns(day)
    since = pl.max_horizontal("last_reviewed_on", "from_month")
    turned = turned.filter(pl.col("turned_on") > since)
    coming = sitting.filter(of_kind).with_columns(day)
    coming = coming.filter(pl.col("turned_on") > pl.col("applied_on")).join(
        turned.select("person"), on="person", how="anti"
    )
    month = pl.col("turned_on").dt.month_end()
    for rows in (turned, coming):
        yield events_of(rows, kind, on_date=month, region_code="of_region")
