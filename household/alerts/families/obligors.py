"""Obligors of people who draw 特困: D04 (民发〔2021〕43号 第四条 第八条: no obligor, or none who can support)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.recipients import running_benefits
from household.linkage.links import STANDS
from household.rules.library.people import OBLIGORS
from household.rules.persons import obligors_judged
from household.rules.rule import Outcome, answer_column

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

TEKUN = "tekun"
ASKED_FOR_IT = "ineligible"
"""What the newest application is suggested when an obligor is capable for certain; an open objection or a doubtful link makes it another."""


def obligor_capable_now(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """D04: draws tekun, and the newest application for it has an obligor who is judged capable today, for certain (assessment §9).

    A recipient without an application on record has no obligor on record, and nothing is said.
    """
    failed = watch.judged.filter(answer_column(OBLIGORS) == int(Outcome.FAIL)).select("app")
    certain = watch.verdicts.filter(
        pl.col("programme") == TEKUN, pl.col("suggestion") == ASKED_FOR_IT
    )
    newest = (
        watch.case.applications.filter(pl.col("programme") == TEKUN)
        .select("app", "application_id", "applied_on")
        .join(watch.measured.counted.select("app", pl.col("person").alias("drawing")), on="app")
        .sort("drawing", "applied_on", "application_id")
        .unique("drawing", keep="last", maintain_order=True)
        .join(failed, on="app", how="semi")
        .join(certain, on="app", how="semi")
    )
    benefits = running_benefits(watch, ledger, (TEKUN,)).join(
        newest, left_on="person", right_on="drawing", how="inner"
    )
    seats = watch.case.seats.join(newest.select("app"), on="app", how="semi")
    capable = obligors_judged(watch.case, watch.case.lines.where(STANDS), seats)
    lines = watch.roster.members.select(
        "app", "member_no", pl.col("_record_key").alias("obligor_line")
    )
    obligors = (
        capable.filter("capable")
        .select("app", "member_no", pl.col("person").alias("obligor"))
        .join(lines, on=["app", "member_no"])
        .join(
            benefits.select("app", "application_id", "subject", "of_region").unique(),
            on="app",
            how="inner",
        )
        .with_columns(
            pl.col("obligor").alias("person"),
            pl.lit("approval.member").alias("dataset"),
            pl.col("obligor_line").alias("record_key"),
        )
    )
    fact = pl.format("{}={}", "application_id", "member_no")
    return fold(
        "D04",
        hits_of(obligors, subject="subject", fact=fact),
        hits_of(benefits, subject="subject", fact=None),
    )
