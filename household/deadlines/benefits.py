"""What the records know of a benefit's clocks: its reviews, the review after a death, and how long a 刚性支出 status is valid.

A death is read where an authorisation covers it, or while its person draws a benefit, as the alerts read it; of nobody else is
anything told (assessment §2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.families.absences import FUNERAL, REGISTER
from household.alerts.families.reviews import reviews_due
from household.alerts.watch import Ledger, Watch, seen_rows
from household.deadlines.clocks import CLOCKS
from household.deadlines.facts import facts_of
from household.people.counting import is_dead
from household.periods import month_index

if TYPE_CHECKING:
    from collections.abc import Iterator

RIGID = "rigid"


def benefit_facts(watch: Watch, ledger: Ledger) -> Iterator[tuple[str, pl.DataFrame]]:
    """Step and FACTS of every clock of a benefit."""
    yield "review", _reviews(watch, ledger)
    yield "death_review", _death_reviews(watch, ledger)
    yield "rigid_validity", _validities(ledger)


def _reviews(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """A04's own reckoning: an empty last_reviewed_on says that there was none (catalogue)."""
    return facts_of(
        reviews_due(watch, ledger),
        CLOCKS["review"],
        subject_id="benefit_id",
        region_code="of_region",
        key=pl.concat_str(pl.lit("review.months_"), "cycle"),
        read_on=pl.lit(watch.as_of),
        started_on="since",
        given_due="due",
        silence_is_late=pl.lit(value=True),
    )


def _death_reviews(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Benefits drawn in the month of their person's death.

    Done is a review recorded since the death, or the end of the benefit. Where only one of the two registers shows the death, nobody is late.
    """
    drawn = (
        ledger.benefits.drop("of_region")
        .with_columns(pl.col("region_code").alias("of_region"))
        .join(_deaths(watch, ledger), on="person", how="inner")
    )
    died_in = month_index(pl.col("died_on"))
    ended_before = (pl.col("to_no") < died_in).fill_null(value=False)
    began_after = (pl.col("from_no") > month_index(pl.col("died_by"))).fill_null(value=False)
    drawn = drawn.filter(ended_before.not_(), began_after.not_())
    reviewed = pl.when(pl.col("last_reviewed_on") >= pl.col("died_on")).then("last_reviewed_on")
    # The day of the decision to end is not on record; it was taken by the end of the last month that is paid.
    ended = pl.min_horizontal(pl.col("to_month").dt.month_end(), pl.lit(watch.as_of))
    done = pl.min_horizontal(reviewed, pl.when(pl.col("to_month").is_not_null()).then(ended))
    by_review = (reviewed == done).fill_null(value=False)
    remark = (
        pl.when(pl.col("in_both").not_())
        .then(pl.lit("死亡只见于一个来源，待印证"))
        .when(by_review & pl.col("to_month").is_null())
        .then(pl.lit("死亡后有复核记录而待遇仍在享，是否已据此调整请核实"))
    )
    return facts_of(
        drawn,
        CLOCKS["death_review"],
        subject_id="benefit_id",
        region_code="of_region",
        read_on=pl.coalesce("died_on", pl.lit(watch.as_of)),
        started_on="died_on",
        latest_start="died_by",
        done_from=pl.when(by_review & pl.col("in_both")).then(done),
        done_by=done,
        done_inferred=by_review.not_(),
        silence_is_late="in_both",
        remark=remark,
    )


def _deaths(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """person, died_on, died_by (earliest and latest day on record; null: undated), in_both (population and funeral)."""
    return (
        death_rows(watch, ledger)
        .group_by("person")
        .agg(
            pl.col("day").min().alias("died_on"),
            pl.col("day").max().alias("died_by"),
            (pl.col("dataset").n_unique() > 1).alias("in_both"),
        )
    )


def death_rows(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """person, dataset, record_key, day (null: undated) of every death by as_of that may be seen; a row may stand more than once."""
    seats = watch.case.seats
    register = seen_rows(watch, ledger, REGISTER, seats=seats).filter(is_dead(watch.as_of))
    funeral = seen_rows(watch, ledger, FUNERAL, seats=seats).filter(
        pl.col("died_on") <= pl.lit(watch.as_of)
    )
    row = ("person", "dataset", "record_key")
    return pl.concat(
        [
            register.select(*row, pl.col("cancelled_on").alias("day")),
            funeral.select(*row, pl.col("died_on").alias("day")),
        ]
    )


def _validities(ledger: Ledger) -> pl.DataFrame:
    """The last day of a status that runs, reckoned from its first month.

    A review since then may have been a new recognition: then nobody is called late.
    """
    rigid = ledger.benefits.filter("running", pl.col("programme") == RIGID)
    return facts_of(
        rigid,
        CLOCKS["rigid_validity"],
        subject_id="benefit_id",
        region_code="of_region",
        read_on="from_month",
        started_on="from_month",
        silence_is_late=pl.col("last_reviewed_on").is_null(),
        remark=pl.when(pl.col("last_reviewed_on").is_not_null()).then(
            pl.lit("起始以来有复核记录，是否重新认定未登记")
        ),
    )
