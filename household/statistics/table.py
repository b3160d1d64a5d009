"""Table `statistic`: every measure of a run put together, under the titles that readers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.codes import CODES
from household.money import yuan
from household.referrals.grounds import GROUNDS
from household.schema.codes import OBJECTION_GROUND, TEMP_CAUSE
from household.schema.datasets import SOURCE_TITLES
from household.schema.published.verdicts import SUGGESTION_TITLES
from household.statistics.applications import application_measures, source_measures
from household.statistics.measures import MEASURES
from household.statistics.recipients import alert_measures, ledger_measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.alerts.watch import Watch


def cause_titles() -> dict[str, Mapping[str, str]]:
    """Measure -> cause -> title."""
    alerts = {code: kind.title_zh for code, kind in CODES.items()}
    sources = SOURCE_TITLES
    return {
        "suggestions": SUGGESTION_TITLES,
        "grants": TEMP_CAUSE.titles,
        **dict.fromkeys(("alerts", "alerts_confirmed", "over_paid", "under_paid"), alerts),
        "referrals": {code: ground.title_zh for code, ground in GROUNDS.items()},
        **dict.fromkeys(("objections", "objections_changed"), OBJECTION_GROUND.titles),
        **dict.fromkeys(("detected", "answered_in_time", "complete"), sources),
    }


def statistic_rows(watch: Watch, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of `schema.published.statistics.STATISTIC`.

    Args:
        watch: the run as alerts see it.
        tables: its published tables; household_verdict, evidence, coverage, alert, alert_life and referral are read.

    """
    rows = pl.concat(
        [
            *application_measures(watch, tables),
            *source_measures(watch, tables["coverage"]),
            *ledger_measures(watch),
            *alert_measures(watch, tables),
        ]
    )
    year, month = pl.col("month_no") // 12, pl.col("month_no") % 12 + 1
    titles = pl.DataFrame(
        [(m, c, title) for m, causes in cause_titles().items() for c, title in causes.items()],
        schema=["measure", "cause", "cause_zh"],
        orient="row",
    )
    names = {code: measure.title_zh for code, measure in MEASURES.items()}
    return rows.join(titles, on=["measure", "cause"], how="left").with_columns(
        pl.col("measure").replace_strict(names, return_dtype=pl.String).alias("measure_zh"),
        pl.format("{}-{}", year, month.cast(pl.String).str.zfill(2)).alias("month"),
        yuan(pl.col("amount")).alias("amount"),
    )
