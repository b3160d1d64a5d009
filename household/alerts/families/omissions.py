"""Who may have been left out: O01, O02, O03 (assessment §10; 国办发〔2023〕39号). Not against anybody: a reason to go and ask."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, seated_rows
from household.linkage.links import STANDS
from household.money import AMOUNT, times_rate
from household.periods import in_force, month_of
from household.rules.persons import SEVERE

ALLOWANCES = ("old_age", "disability_living", "disability_care")
"""Allowances that are no assistance for a household in need."""

JOBLESS = "失业登记"
SINGLE = "single_person"
FAMILY = "dibao"
SPENDING = {"rigid": "刚性支出困难家庭", "temp_expenditure": "支出型临时救助"}
"""Programmes that look at what a household has to spend (民发〔2024〕57号; 民发〔2018〕23号)."""
LATELY = 12
"""Months since dibao ended."""


def possibly_left_out(watch: Watch) -> pl.DataFrame:
    """O01: no counted member draws anything but allowances, one is in need, and per capita income < edge multiple x standard.

    In need: seriously ill, certificate of grade 1 or 2, or an open 失业登记. Income is what is known; where an income source or who is
    counted is silent the sentence says so. Applications without authorisation are left out: of them nothing is known.
    """
    facts = watch.judged.filter(pl.col("persons") > 0)
    line = times_rate(pl.col("standard"), pl.col("edge_multiple"))
    limit = line * pl.col("persons").cast(AMOUNT) * pl.col("income_window_months").cast(AMOUNT)
    unsure = pl.col("income_silent") | pl.col("n_silent") | pl.col("support_unknown")
    refused = watch.verdicts.filter(
        pl.col("programme") == "dibao", pl.col("suggestion") == "not_authorised"
    )
    poor = (
        facts.filter(pl.col("income") < limit)
        .select("app", unsure.alias("unsure"))
        .join(refused.select("app"), on="app", how="anti")
        .join(
            _drawing(watch).filter(pl.col("programme").is_in(ALLOWANCES).not_()),
            on="app",
            how="anti",
        )
        .join(watch.places.select("app", "application_id"), on="app")
    )
    rows = _in_need(watch).join(poor, on="app")
    detail = pl.when(pl.col("unsure")).then(pl.lit("收入数据尚不完整，以现有数据计"))
    fact = pl.format("{}={}", "member_no", "need")
    return fold("O01", hits_of(rows, subject="application_id", fact=fact, detail=detail))


def single_person_not_offered(watch: Watch) -> pl.DataFrame:
    """O02: single_person suggested eligible, neither asked for nor drawn by a counted member."""
    eligible = watch.verdicts.filter(
        pl.col("programme") == SINGLE, pl.col("suggestion") == "eligible"
    ).select("app")
    drawn = _drawing(watch).filter(pl.col("programme") == SINGLE)
    offered = watch.case.applications.filter(pl.col("programme") != SINGLE)
    named = watch.judged.select("app", pl.col("single_person_no").alias("member_no"))
    lines = watch.roster.members.select(
        "app", "member_no", "person", pl.col("_record_key").alias("record_key")
    )
    rows = (
        eligible.join(offered.select("app", "application_id", "region_code"), on="app")
        .join(drawn, on="app", how="anti")
        .join(named, on="app")
        .join(lines, on=["app", "member_no"], how="left")
        .with_columns(pl.lit("approval.member").alias("dataset"))
    )
    fact = pl.format("member={}", "member_no")
    return fold("O02", hits_of(rows, subject="application_id", fact=fact, region="region_code"))


def spending_not_offered(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """O03: a counted member's dibao ended in the 12 months before as_of's, none runs, and rigid or temp_expenditure is suggested eligible.

    And neither was asked for, nor does a member draw it. Spending is what keeps such a household down: its dibao ended over income or assets.
    """
    today = month_of(watch.as_of)
    counted = watch.measured.counted.select("app", "person")
    ended = ledger.benefits.filter(
        pl.col("programme") == FAMILY,
        pl.col("to_no").is_between(today - LATELY, today - 1),
        pl.col("to_no") >= pl.col("from_no"),
    ).join(counted, on="person", how="inner")
    drawn = _drawing(watch)
    eligible = (
        watch.verdicts.filter(
            pl.col("programme").is_in(SPENDING), pl.col("suggestion") == "eligible"
        )
        .select("app", "programme")
        .join(
            watch.case.applications.select("app", "programme"), on=["app", "programme"], how="anti"
        )
        .join(drawn, on=["app", "programme"], how="anti")
        .join(watch.places.select("app", "application_id", "of_region"), on="app")
    )
    rows = (
        ended.drop("of_region", "programme")
        .join(drawn.filter(pl.col("programme") == FAMILY), on="app", how="anti")
        .join(eligible, on="app", how="inner")
    )
    detail = pl.col("programme").replace_strict(SPENDING, return_dtype=pl.String)
    fact = pl.format("{}={}={}", "programme", "benefit_id", "to_no")
    return fold("O03", hits_of(rows, subject="application_id", fact=fact, detail=detail))


def _drawing(watch: Watch) -> pl.DataFrame:
    """app, programme drawn by counted members on as_of."""
    lines = watch.case.lines["drawing"].filter(STANDS, pl.col("why_not").is_null())
    counted = watch.measured.counted.select("app", "person")
    mine = lines.join(counted, on=["app", "person"], how="semi")
    return mine.select("app", "programme").unique()


def _in_need(watch: Watch) -> pl.DataFrame:
    """app, member_no, person, need, of_region, dataset, record_key of counted members in need."""
    counted = watch.measured.counted
    columns = ("app", "member_no", "person", "of_region", "dataset", "record_key")
    keys = watch.roster.members.select(
        "app", "member_no", pl.col("_record_key").alias("record_key")
    )
    ill = (
        counted.filter("ill")
        .join(keys, on=["app", "member_no"])
        .join(watch.places, on="app")
        .with_columns(pl.lit("approval.member").alias("dataset"))
    )
    severe = (
        watch.case.lines["certificate"]
        .filter(STANDS, pl.col("why_not").is_null(), pl.col("grade").is_in(SEVERE))
        .join(counted.select("app", "person"), on=["app", "person"], how="semi")
        .join(watch.places, on="app")
    )
    jobless = seated_rows(watch, counted, "human_resources.employment").filter(
        pl.col("kind") == JOBLESS,
        in_force(pl.col("started_on"), pl.col("ended_on"), watch.as_of),
    )
    needs = {"ill": ill, "disabled": severe, "jobless": jobless}
    return pl.concat(
        [rows.select(*columns, pl.lit(need).alias("need")) for need, rows in needs.items()]
    )
