"""Disability certificates of people who draw: H05, no longer what the benefit asks for; O05, drawn on by nobody (国发〔2015〕52号)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.recipients import rows_of, running_benefits, where_fresh
from household.linkage.links import STANDS
from household.people.standing import runs_on
from household.rules.persons import MIND, SEVERE

if TYPE_CHECKING:
    from datetime import date

    from household.alerts.watch import Ledger, Watch

CERTIFICATE = "disabled_federation.certificate"
BENEFIT = "civil_affairs.benefit"
SUBSIDIES = ("disability_living", "disability_care")
CARE, SINGLE = "disability_care", "single_person"
ENTITLED = ("dibao", "dibao_edge", "single_person")
"""特困 has its own care (国发〔2015〕52号 excludes it). 护理补贴 asks for no income, so 低保边缘 is told of it everywhere."""
COUNTY = 6
LINKED = pl.col("tier") != "D"


def is_valid(as_of: date) -> pl.Expr:
    """A certificate row that is 有效 and not expired on a day."""
    return (pl.col("status") == "有效") & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.lit(as_of))
    )


def certificate_no_longer_fits(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """H05: draws a disability subsidy or single_person, and no certificate is valid today; or 护理补贴, and none is of grade 1 or 2.

    Grade 3 of 智力 or 精神 (or 多重, which may hold one) does not speak for 护理补贴: places may extend it so far, and no parameter says
    which do. A person without any row holds a certificate elsewhere or none: no finding. 单人保 may rest on illness: who is seriously
    ill on a roster is left out.
    """
    drawn = running_benefits(watch, ledger, (*SUBSIDIES, SINGLE))
    ill = watch.roster.members.filter("ill").select("person", pl.lit(SINGLE).alias("programme"))
    drawn = where_fresh(watch, drawn, CERTIFICATE).join(
        ill.unique(), on=["person", "programme"], how="anti"
    )
    rows = _newest(rows_of(watch, CERTIFICATE, drawn, tiers=LINKED))
    valid = rows.filter(is_valid(watch.as_of))
    held = rows.filter(STANDS).join(
        drawn.select("person", "subject", "programme", "benefit_id", "of_region"), on="person"
    )
    ended = held.join(valid.select("person"), on="person", how="anti").with_columns(
        pl.when(pl.col("status") == "有效")
        .then(pl.lit("残疾人证已过有效期"))
        .otherwise(pl.lit("残疾人证已注销"))
        .alias("told")
    )
    enough = pl.col("grade").is_in(SEVERE) | (
        (pl.col("grade") == 3) & pl.col("type").is_in([*MIND, "multiple"])
    )
    lower = (
        held.filter(pl.col("programme") == CARE, is_valid(watch.as_of))
        .join(valid.filter(enough).select("person"), on="person", how="anti")
        .with_columns(pl.lit("残疾等级不再是一级或二级").alias("told"))
    )
    columns = ("subject", "person", "of_region", "dataset", "record_key")
    facts = ("benefit_id", "type", "grade", "status", "valid_to", "told")
    found = pl.concat([part.select(*columns, *facts) for part in (ended, lower)])
    until = pl.coalesce(pl.col("valid_to").cast(pl.String), pl.lit("open"))
    fact = pl.concat_str(
        "benefit_id", "type", pl.col("grade").cast(pl.String), "status", until, separator="="
    )
    drawn = drawn.join(found.select("benefit_id").unique(), on="benefit_id", how="semi")
    return fold(
        "H05",
        hits_of(found, subject="subject", fact=fact, detail=pl.col("told")),
        hits_of(drawn, subject="subject", fact=None),
    )


def _newest(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each certificate what the newest extract says: extracts of nested regions stand side by side."""
    one = ["person", "certificate_no"]
    return rows.filter(pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over(one))


def subsidy_not_drawn(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """O05: draws dibao, dibao_edge or single_person, holds a valid certificate of grade 1 or 2, and draws no disability subsidy.

    Only in counties whose ledger has disability subsidies at all: where it has none they are kept elsewhere, and nothing is known.
    """
    county = pl.col("of_region").str.slice(0, COUNTY)
    subsidies = ledger.benefits.filter("running", pl.col("programme").is_in(SUBSIDIES))
    kept = subsidies.select(county.alias("county")).unique()
    recipients = (
        where_fresh(watch, running_benefits(watch, ledger, ENTITLED), CERTIFICATE, BENEFIT)
        .with_columns(county.alias("county"))
        .join(kept, on="county", how="semi")
    )
    may_draw = watch.linked[BENEFIT].filter(
        LINKED, runs_on(watch.as_of), pl.col("programme").is_in(SUBSIDIES)
    )
    recipients = recipients.join(may_draw.select("person").unique(), on="person", how="anti").join(
        subsidies.select("person").drop_nulls().unique(), on="person", how="anti"
    )
    severe = (
        _newest(rows_of(watch, CERTIFICATE, recipients, tiers=STANDS))
        .filter(is_valid(watch.as_of), pl.col("grade").is_in(SEVERE))
        .join(recipients.select("person", "subject", "of_region").unique(), on="person")
    )
    fact = pl.concat_str("type", pl.lit("="), pl.col("grade").cast(pl.String))
    return fold("O05", hits_of(severe, subject="subject", fact=fact))
