"""Who studies where, and who no longer does: P10 (民发〔2021〕57号 第十七条) and H04 (民发〔2021〕43号 第二十四条)."""

from __future__ import annotations

import polars as pl

from household.alerts.families.certificates import CERTIFICATE, LINKED, is_valid
from household.alerts.raised import fold, hits_of
from household.alerts.recipients import rows_of, running_benefits, where_fresh
from household.alerts.watch import Ledger, Watch, by_region, seen_rows
from household.identity.numbers import age_on
from household.linkage.links import STANDS
from household.rules.persons import TEKUN_AGE, UNABLE

ENROLMENT = "education.enrolment"
ENROLLED, SUSPENDED = "在读", "休学"
PRIVATE = "民办"
FEE_PAYING = ("小学", "初中", "高中")
"""Stages at which a public place is the rule: compulsory school is free of fees, and senior school has public places."""
MAINTAINED = ("小学", "初中", "高中", "中职")
"""Stages through which 特困供养 goes on beyond the age (43号 第二十四条)."""
TESTED = ("dibao", "dibao_edge", "single_person", "tekun", "rigid")
"""Programmes that look at what a household can afford."""


def fee_paying_school(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """P10: a counted member, or a recipient of a means-tested programme, 在读 at a 民办 school of 小学, 初中 or 高中."""
    rows = seen_rows(
        watch, ledger, ENROLMENT, seats=watch.measured.counted, programmes=TESTED
    ).filter(
        pl.col("status") == ENROLLED,
        pl.col("ownership") == PRIVATE,
        pl.col("stage").is_in(FEE_PAYING),
        pl.col("leaves_on").is_null() | (pl.col("leaves_on") >= pl.lit(watch.as_of)),
    )
    fact = pl.concat_str("stage", pl.lit("="), pl.col("enrolled_on").cast(pl.String))
    return fold("P10", hits_of(rows, subject="subject", fact=fact, detail=pl.col("stage")))


def grown_and_out_of_school(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """H04: draws tekun since before `tekun.minor_age`, is past it, at no school that would prolong it, and does not qualify otherwise.

    Only where both registers have answered. A doubtful link to a school or certificate is enough to say nothing; so is a pupil on leave.
    """
    rows = where_fresh(watch, running_benefits(watch, ledger, ("tekun",)), ENROLMENT, CERTIFICATE)
    ages = by_region(watch, rows["of_region"], key="tekun.minor_age", convert=int, dtype=pl.Int64())
    came_of_age = rows.join(ages, on="of_region").filter(
        age_on(pl.col("born"), pl.col("from_month")) < pl.col("value_of_region"),
        age_on(pl.col("born"), watch.as_of) >= pl.col("value_of_region"),
        age_on(pl.col("born"), watch.as_of) < TEKUN_AGE,
    )
    studies = rows_of(watch, ENROLMENT, came_of_age, tiers=LINKED).filter(
        pl.col("status").is_in([ENROLLED, SUSPENDED])
    )
    unable = rows_of(watch, CERTIFICATE, came_of_age, tiers=LINKED).filter(
        is_valid(watch.as_of), UNABLE
    )
    at_school = studies.filter(pl.col("stage").is_in(MAINTAINED))
    raised = came_of_age.join(at_school, on="person", how="anti").join(
        unable, on="person", how="anti"
    )
    higher = studies.filter(STANDS).select("person").unique().with_columns(higher=True)
    raised = raised.join(higher, on="person", how="left")
    detail = pl.when("higher").then(pl.lit("学籍在高等学校等其他学段"))
    fact = pl.format("{}={}", "benefit_id", pl.col("from_month").cast(pl.String))
    return fold("H04", hits_of(raised, subject="subject", fact=fact, detail=detail))
