"""Measures of applications: accepted, suggested, refused, objected to; and what sources answered about their people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from household.delivery import ANSWERED
from household.periods import month_of
from household.statistics.tally import tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.alerts.watch import Watch

UNVERIFIED = ("data_incomplete", "not_authorised")
REPLIED = (*ANSWERED, "identity_mismatch")


def application_measures(watch: Watch, tables: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Counts of the run's applications (tally.TALLIED). `tables`: household_verdict and evidence as published."""
    applications = watch.case.applications
    applied = applications.select("application_id", "applied_on")
    asked = tables["household_verdict"].filter("requested").join(applied, on="application_id")
    told: dict[str, Any] = {"programme": pl.col("programme"), "month": pl.col("applied_on")}
    suggestion = pl.col("suggestion").cast(pl.String)
    settled = suggestion.is_in(["eligible", "ineligible"])
    return [
        tally(
            applications,
            "applications_accepted",
            programme=pl.col("programme"),
            month=pl.coalesce("accepted_on", "applied_on"),
        ),
        tally(asked, "suggestions", cause=suggestion, **told),
        tally(
            asked,
            "verified",
            counts=suggestion.is_in(UNVERIFIED).not_(),
            of=pl.lit(value=True),
            **told,
        ),
        tally(asked, "refused", counts=suggestion == "ineligible", of=settled, **told),
        *_objections(watch, tables["evidence"]),
    ]


def _objections(watch: Watch, evidence: pl.DataFrame) -> list[pl.DataFrame]:
    rows = (
        watch.extracts.rows("approval.objection")
        .filter(pl.col("raised_on") <= pl.lit(watch.as_of))
        .select("application_id", "evidence_id", "ground", "raised_on")
        .collect()
        .join(
            watch.case.applications.select("application_id", "region_code", "programme"),
            on="application_id",
        )
    )
    told: dict[str, Any] = {
        "programme": pl.col("programme"),
        "cause": pl.col("ground"),
        "month": pl.col("raised_on"),
    }
    aimed = rows.filter(pl.col("evidence_id").is_not_null() & (pl.col("evidence_id") != ""))
    stands = pl.col("evidence_id").is_in(evidence["evidence_id"].implode())
    return [
        tally(rows, "objections", **told),
        tally(aimed, "objections_changed", counts=stands.not_(), of=pl.lit(value=True), **told),
    ]


def source_measures(watch: Watch, coverage: pl.DataFrame) -> list[pl.DataFrame]:
    """What sources answered about people of applications: found, in time, at all (tally.TALLIED). `coverage`: as published."""
    places = watch.case.applications.select("app", "application_id", "region_code").join(
        watch.case.terms.values.select("app", "source_reply_days"), on="app"
    )
    state = pl.col("state").cast(pl.String)
    rows = coverage.with_columns(pl.col("source").cast(pl.String), state).join(
        places, on="application_id"
    )
    days = pl.col("source_reply_days")
    answer_after = (pl.col("replied_on") - pl.col("asked_on")).dt.total_days()
    asked_before = (pl.lit(watch.as_of) - pl.col("asked_on")).dt.total_days()
    asked = pl.col("asked_on").is_not_null()
    replied = state.is_in(REPLIED) & pl.col("replied_on").is_not_null()
    in_time = pl.when(asked).then(replied & (answer_after <= days)).otherwise(state.is_in(ANSWERED))
    due = asked.not_() | replied | (asked_before > days)
    told: dict[str, Any] = {"cause": pl.col("source"), "month": month_of(watch.as_of)}
    answered = state.is_in(ANSWERED)
    return [
        tally(rows, "detected", counts=state == "found", of=answered, **told),
        tally(rows, "answered_in_time", counts=in_time & due, of=due, **told),
        tally(rows, "complete", counts=answered, of=pl.lit(value=True), **told),
    ]
