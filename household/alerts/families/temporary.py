"""Temporary assistance: the same cause too soon (T01), papers of 先行救助 overdue (T03) (assessment §10; 国发〔2014〕47号)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, by_region
from household.people.standing import GRANTS
from household.periods import months_later


def granted_too_soon(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """T01: two grants of one household_no and cause, the first's paid_on + `temp.repeat_months` > the second's; amount = the later ones.

    Neighbours in time are enough: where any two grants are too close, so are two neighbours.
    """
    group = ["household_no", "cause"]
    grants = (
        ledger.payments.filter(
            pl.col("programme").is_in(GRANTS),
            pl.col("household_no").is_not_null(),
            pl.col("cause").is_not_null(),
        )
        .sort(*group, "paid_on", "payment_no")
        .with_columns(
            pl.col("paid_on").shift(1).over(group).alias("before_on"),
            pl.col("payment_no").shift(1).over(group).alias("before_no"),
        )
    )
    months = by_region(
        watch, grants["of_region"], key="temp.repeat_months", convert=int, dtype=pl.Int64()
    )
    later = (
        grants.join(months, on="of_region", how="left", maintain_order="left")
        .filter(pl.col("before_on").is_not_null())
        .filter(months_later(pl.col("before_on"), pl.col("value_of_region")) > pl.col("paid_on"))
    )
    earlier = grants.join(
        later.select(pl.col("before_no").alias("payment_no")).unique(), on="payment_no", how="semi"
    )
    sums = later.group_by(pl.col("household_no").alias("subject_id")).agg(
        pl.col("paid").sum().alias("amount")
    )
    fact = pl.concat_str("cause", pl.lit("="), "payment_no")
    return fold(
        "T01",
        hits_of(later, subject="household_no", fact=fact),
        hits_of(earlier, subject="household_no", fact=fact),
        amounts=sums,
    )


def papers_due(watch: Watch) -> pl.DataFrame:
    """Applications for temp_emergency with `due`: relieved_on + `temp.paperwork_days`, null where one of the two is not known.

    And `on_time`: the papers were completed by then.
    """
    days = watch.case.terms.values.select("app", "temp_paperwork_days")
    due = pl.col("relieved_on").dt.offset_by(pl.format("{}d", "temp_paperwork_days"))
    on_time = (pl.col("paperwork_on") <= pl.col("due")).fill_null(value=False)
    return (
        watch.case.applications.drop("temp_paperwork_days", strict=False)
        .join(days, on="app")
        .filter(pl.col("programme") == "temp_emergency")
        .with_columns(due.alias("due"))
        .with_columns(on_time.alias("on_time"))
    )


def papers_overdue(watch: Watch) -> pl.DataFrame:
    """T03: temp_emergency with papers due before as_of, and not completed by the day they were due."""
    late = papers_due(watch).filter(pl.col("due") < pl.lit(watch.as_of), pl.col("on_time").not_())
    applicants = watch.case.seats.filter(pl.col("relation") == "self", pl.col("role") == "member")
    rows = late.join(
        applicants.select("app", "person"), on="app", how="left", maintain_order="left"
    ).with_columns(
        pl.lit("approval.application").alias("dataset"), pl.col("_record_key").alias("record_key")
    )
    papers = pl.coalesce(pl.col("paperwork_on").cast(pl.String), pl.lit("none"))
    fact = pl.concat_str(pl.col("relieved_on").cast(pl.String), pl.lit(">"), papers)
    detail = (
        pl.when(pl.col("paperwork_on").is_null())
        .then(pl.lit("至今未补办"))
        .otherwise(pl.lit("已补办但逾期"))
    )
    hits = hits_of(rows, subject="application_id", fact=fact, detail=detail, region="region_code")
    return fold("T03", hits)
