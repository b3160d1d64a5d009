"""What the law wants done within days: A06 (民发〔2021〕57号 第十五条 to 第二十二条, and the clocks of `deadlines`)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Watch, by_region


def deadline_near(watch: Watch, deadlines: pl.DataFrame) -> pl.DataFrame:
    """A06: a clock of an application is open and due within `signal.deadline_days` from as_of; one alert names all such steps.

    Args:
        watch: the run.
        deadlines: rows of table `deadline`.

    """
    clocks = deadlines.filter(
        pl.col("subject_kind") == "application", pl.col("state") == "open"
    ).with_columns(pl.col("region_code").alias("of_region"))
    days = by_region(
        watch, clocks["of_region"], key="signal.deadline_days", convert=int, dtype=pl.Int64()
    )
    left = (pl.col("due_on") - pl.lit(watch.as_of)).dt.total_days()
    near = (
        clocks.join(days, on="of_region")
        .filter(left.is_between(0, pl.col("value_of_region")))
        .select("subject_id", "step", "step_zh", "due_on", "of_region")
    )
    applicants = watch.case.seats.filter(pl.col("relation") == "self", pl.col("role") == "member")
    asked = (
        watch.case.applications.select("app", "application_id", "_record_key")
        .join(applicants.select("app", "person"), on="app", how="left")
        .unique("app", keep="first", maintain_order=True)
    )
    rows = near.join(
        asked, left_on="subject_id", right_on="application_id", how="left"
    ).with_columns(
        pl.lit("approval.application").alias("dataset"), pl.col("_record_key").alias("record_key")
    )
    fact = pl.concat_str("step", pl.lit("="), pl.col("due_on").cast(pl.String))
    detail = pl.format("{}{}到期", "step_zh", "due_on")
    return fold("A06", hits_of(rows, subject="subject_id", fact=fact, detail=detail))
