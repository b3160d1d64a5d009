"""What falls due of benefits that run: the next review, the review after a death, the end of a recognition and of a taper.

Days are those of A04 and of the clocks in `deadlines`; nothing is reckoned twice. Rows of other sources are read of whoever draws, while the
benefit runs (assessment §2), and only at tier A or B.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.families.reviews import reviews_due
from household.deadlines.benefits import death_rows
from household.linkage.links import STANDS
from household.periods import months_later
from household.reviews.events import events_of, with_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.alerts.watch import Ledger, Watch

LEDGER = "civil_affairs.benefit"
EMPLOYMENT = "human_resources.employment"
TAPERED = "dibao"
NEW_WORK = ("单位就业", "灵活就业")
"""公益性岗位 is help to work, not the end of a need."""

_BENEFIT: dict[str, pl.Expr | str] = {
    "subject_kind": pl.lit("benefit"),
    "subject_id": "benefit_id",
    "region_code": "of_region",
}


def benefit_events(watch: Watch, ledger: Ledger, deadlines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Entries of benefits. `deadlines`: rows of table `deadline`, with the clocks death_review and rigid_validity."""
    yield _reviews(watch, ledger)
    yield _death_reviews(watch, ledger, deadlines)
    yield _validities(ledger, deadlines)
    yield _tapers(watch, ledger)


def _reviews(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Yearly or half-yearly (民发〔2021〕57号 第三十一条); an empty last_reviewed_on says that there was none."""
    key = pl.concat_str(pl.lit("review.months_"), "cycle")
    rows = with_parameter(reviews_due(watch, ledger), watch, key)
    kind = pl.concat_str(pl.lit("review_"), "cycle")
    return events_of(rows, kind, on_date="due", known_undone=pl.lit(value=True), **_BENEFIT)


def _death_reviews(watch: Watch, ledger: Ledger, deadlines: pl.DataFrame) -> pl.DataFrame:
    """Named by the row of the earliest death; provisional while one register only shows it, or holidays are not decreed yet."""
    deaths = (
        death_rows(watch, ledger)
        .sort("person", "day", "dataset", "record_key", nulls_last=True)
        .group_by("person", maintain_order=True)
        .agg(
            pl.col("dataset").first(),
            pl.col("record_key").first(),
            (pl.col("dataset").n_unique() > 1).alias("in_both"),
        )
    )
    rows = _clocked(deadlines, ledger, "death_review").drop("dataset", "record_key")
    return events_of(
        rows.join(deaths, on="person", how="inner"),
        "death_review",
        source="source_document",
        sure=pl.col("calendar_known") & pl.col("in_both"),
        known_undone=pl.col("state") == "overdue",
        **_BENEFIT,
    )


def _validities(ledger: Ledger, deadlines: pl.DataFrame) -> pl.DataFrame:
    return events_of(
        _clocked(deadlines, ledger, "rigid_validity"),
        "rigid_validity",
        source="source_document",
        known_undone=pl.col("state") == "overdue",
        **_BENEFIT,
    )


def _clocked(deadlines: pl.DataFrame, ledger: Ledger, step: str) -> pl.DataFrame:
    """The clocks of a step that are not met, with the person and the row of their benefit."""
    clocks = deadlines.filter(pl.col("step") == step, pl.col("state") != "met").select(
        pl.col("subject_id").alias("benefit_id"),
        "programme",
        "region_code",
        pl.col("due_on").alias("on_date"),
        "limit_n",
        "source_document",
        "calendar_known",
        "state",
    )
    rows = ledger.benefits.select(
        "benefit_id", "programme", "region_code", "of_region", "person", "dataset", "record_key"
    ).unique(["benefit_id", "programme", "region_code"], keep="first", maintain_order=True)
    return clocks.join(rows, on=["benefit_id", "programme", "region_code"], how="inner")


def _tapers(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Dibao of somebody who took up work while drawing, and still works (民发〔2021〕57号 第三十三条).

    No record says whether a benefit tapers, so the day is never sure and nobody is late: it is the last one that the law allows where
    the taper began the month after. A review since then settles it.
    """
    drawn = ledger.benefits.filter("running", pl.col("programme") == TAPERED)
    work = (
        watch.linked[EMPLOYMENT]
        .filter(
            STANDS,
            pl.col("kind").is_in(NEW_WORK),
            pl.col("started_on") <= pl.lit(watch.as_of),
            pl.col("ended_on").is_null() | (pl.col("ended_on") > pl.lit(watch.as_of)),
        )
        .select("person", "started_on", pl.col("_record_key").alias("record_key"))
    )
    taken_up = (
        drawn.drop("record_key", "dataset")
        .join(work, on="person", how="inner")
        .filter(pl.col("started_on") >= pl.col("from_month"))
        .sort("benefit_id", "started_on", "record_key")
        .unique("benefit_id", keep="first", maintain_order=True)
    )
    rows = with_parameter(taken_up, watch, "taper.max_months")
    start = pl.col("started_on").dt.month_start()
    rows = rows.with_columns(months_later(start, pl.col("limit_n")).dt.month_end().alias("on_date"))
    settled = (pl.col("last_reviewed_on") >= pl.col("on_date")).fill_null(value=False)
    return events_of(
        rows.filter(settled.not_()),
        "taper_end",
        dataset=pl.lit(EMPLOYMENT),
        sure=pl.lit(value=False),
        **_BENEFIT,
    )
