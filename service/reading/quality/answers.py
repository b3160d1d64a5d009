"""How institutions answer: what the coverage of people says, and the questions asked person by person. Only of the actor's area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.inquiries.turnaround import HALF, MOST, nearest_rank
from service.reading.quality.areas import asked_in, sees_all

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables

REPLIED = ("found", "none", "identity_mismatch")
OPEN = ("asked", "late")


STATES = ("found", "none", "identity_mismatch", "no_answer", "stale", "not_delivered")
"""Of a line of coverage. The first two are answers."""


def institutions(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """What is known of the people by institution: source, institution, lines by state, answered_share, newest_as_of; the silent first."""
    lines = tables.ask("quality_coverage", **asked_in(scope))
    count, state = pl.col("lines"), pl.col("state").cast(pl.String)
    return (
        lines.group_by("source", "institution")
        .agg(
            *(count.filter(state == s).sum().alias(s) for s in STATES),
            (count.filter(state.is_in(STATES[:2])).sum() / count.sum()).alias("answered_share"),
            pl.col("newest_as_of").max(),
        )
        .sort("answered_share", "source", "institution", nulls_last=True)
    )


def responses(tables: CurrentTables, scope: Scope, source: str) -> pl.DataFrame:
    """Questions to each institution of a source about people of the area, as the newest run has them.

    Columns: institution_code, institution, asked (all but the prepared), found, none, identity_mismatch, waiting, late, no_answer, failed,
    answered_share (of the asked), asked_newest, replied_newest, open_oldest (days; the oldest hand-over without an answer), reminded,
    escalated (questions), median_working_days, p95_working_days (of the answered, nearest rank). Empty where nobody was ever asked.
    """
    if not tables.holds("inquiry"):
        return pl.DataFrame()
    asked = tables.frame("inquiry", source=source).with_columns(
        pl.col("state", "source").cast(pl.String)
    )
    asked = asked.filter(pl.col("state") != "prepared")
    if not sees_all(tables, scope):
        own = tables.ask("quality_own_applications", **asked_in(scope))["application_id"]
        asked = asked.filter(pl.col("application_id").is_in(own.implode()))
    state, days = pl.col("state"), pl.col("working_days")
    replied = state.is_in(REPLIED)
    return (
        asked.group_by("institution_code")
        .agg(
            pl.col("institution").drop_nulls().first(),
            pl.len().cast(pl.Int64).alias("asked"),
            *(
                (state == said).sum().cast(pl.Int64).alias(name)
                for name, said in (
                    *((one, one) for one in REPLIED),
                    ("waiting", "asked"),
                    *((one, one) for one in ("late", "no_answer", "failed")),
                )
            ),
            (replied.sum() / pl.len()).alias("answered_share"),
            pl.col("asked_on").max().alias("asked_newest"),
            pl.col("replied_on").max().alias("replied_newest"),
            pl.col("sent_on").filter(state.is_in(OPEN)).min().alias("open_oldest"),
            pl.col("reminded_on").is_not_null().sum().cast(pl.Int64).alias("reminded"),
            pl.col("escalated_on").is_not_null().sum().cast(pl.Int64).alias("escalated"),
            nearest_rank(days.filter(replied), HALF).alias("median_working_days"),
            nearest_rank(days.filter(replied), MOST).alias("p95_working_days"),
        )
        .sort("answered_share", "institution_code")
    )
