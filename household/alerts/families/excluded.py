"""Declared away on one roster, and present elsewhere: D05 (民发〔2021〕57号 第七条 第八条; 民发〔2021〕43号: 宣告失踪的终止)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.recipients import running_benefits
from household.periods import add_months

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

RECENT_MONTHS = 12
MISSING, CLERGY = "missing", "clergy"
TITLES = {MISSING: "宣告失踪", CLERGY: "宗教教职人员"}
FAMILY = "dibao"
OF_THE_MISSING = (FAMILY, "single_person", "tekun")
"""What nobody draws who is declared missing. Clergy may draw by themselves (第八条 第三项), but not in a family that left them out."""


def away_but_present(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """D05: left out of a roster as missing or clergy within 12 months, and `member` of another one of that time, or drawing.

    Clergy who apply or draw alone do so by right: for them only a family counts, one with other members or other people on its benefit.
    An earlier application of the same applicant is a household that changed, no contradiction.
    """
    recent = watch.case.applications.filter(
        pl.col("applied_on").is_between(
            pl.lit(add_months(watch.as_of, -RECENT_MONTHS)), pl.lit(watch.as_of)
        )
    ).select("app", "application_id", "applied_on", pl.col("region_code").alias("of_region"))
    lines = (
        watch.roster.members.filter("stands")
        .drop("application_id")
        .join(recent, on="app")
        .join(watch.refs.rename({"person_ref": "subject"}), on="person")
        .with_columns(
            pl.col("person")
            .filter(pl.col("relation") == "self")
            .first()
            .over("app")
            .alias("applicant"),
            pl.lit("approval.member").alias("dataset"),
            pl.col("_record_key").alias("record_key"),
        )
    )
    away = lines.filter(pl.col("role") == "excluded", pl.col("excluded_reason").is_in(TITLES))
    present = _elsewhere(lines, away)
    drawn = _drawn(watch, ledger, away)
    found = pl.concat(
        [present.select("person", "away_in"), drawn.select("person", "away_in")]
    ).unique()
    shown = away.join(found, left_on=["person", "app"], right_on=["person", "away_in"], how="semi")
    title = pl.col("excluded_reason").replace_strict(TITLES, return_dtype=pl.String)
    fact = pl.format("{}={}", "application_id", "excluded_reason")
    return fold(
        "D05",
        hits_of(shown, subject="subject", fact=fact, detail=title),
        hits_of(present, subject="subject", fact=pl.format("{}=member", "application_id")),
        hits_of(drawn, subject="subject", fact=pl.format("{}=drawn", "benefit_id")),
    )


def _elsewhere(lines: pl.DataFrame, away: pl.DataFrame) -> pl.DataFrame:
    """Lines of the same people as members of another roster, with away_in (app)."""
    members = lines.filter(pl.col("role") == "member").with_columns(
        pl.col("person").n_unique().over("app").alias("heads")
    )
    declared = away.select(
        "person",
        pl.col("app").alias("away_in"),
        pl.col("applied_on").alias("away_on"),
        pl.col("applicant").alias("away_with"),
        "excluded_reason",
    )
    before = (pl.col("applicant") == pl.col("away_with")) & (
        pl.col("applied_on") < pl.col("away_on")
    )
    alone = (pl.col("excluded_reason") == CLERGY) & (pl.col("heads") == 1)
    return (
        members.drop("excluded_reason")
        .join(declared, on="person")
        .filter(
            pl.col("app") != pl.col("away_in"), before.fill_null(value=False).not_(), alone.not_()
        )
    )


def _drawn(watch: Watch, ledger: Ledger, away: pl.DataFrame) -> pl.DataFrame:
    """Their running benefits, with away_in (app)."""
    benefits = running_benefits(watch, ledger, OF_THE_MISSING)
    family = (
        ledger.benefits.filter("running", pl.col("programme") == FAMILY)
        .group_by("household_no")
        .agg(pl.col("person").drop_nulls().n_unique().alias("heads"))
    )
    missing = pl.col("excluded_reason") == MISSING
    with_others = (pl.col("programme") == FAMILY) & (pl.col("heads") > 1)
    declared = away.select("person", pl.col("app").alias("away_in"), "excluded_reason")
    return (
        benefits.join(family, on="household_no", how="left")
        .join(declared, on="person")
        .filter(missing | with_others.fill_null(value=False))
    )
