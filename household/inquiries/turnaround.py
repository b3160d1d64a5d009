"""How fast and how surely each institution answers. Exact: nearest ranks of whole days, and shares as fractions; no mean, no float.

Two medians are told, for those that answered are the quick ones: of the answers alone, and of all that was asked, where what is still open
counts as not answered so far (Kaplan and Meier, 1958). An institution that answers little has no median of the second kind: not reached.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.calendar import Calendar, working_calendar
from household.inquiries.states import ANSWERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

HALF, MOST = 50, 95
"""Percent of the median and of the other rank that are told."""

_REPLIED = (*ANSWERED, "identity_mismatch")


def turnaround(states: pl.DataFrame, on: date, *, calendar: Calendar | None = None) -> pl.DataFrame:
    """One row per source and institution that was ever asked.

    Args:
        states: see `states.request_states`. on: the same day. calendar: working days; the installed ones when None.

    Returns:
        source, institution_code, institution, asked (handed over or failed), answered (a reply that says something, one that had to be left
        out among them), in_time (of these), waiting (within the time), late, silent (said no answer, or given up), mismatch (of answered),
        failed, median_working_days, p95_working_days, median_days, p95_days (of the answered), median_with_open, p95_with_open (working days
        of all handed over; null: not reached), oldest_open_on (hand-over of the oldest without an answer).
    """
    calendar = calendar or working_calendar()
    told = states.filter(pl.col("state") != "prepared").with_columns(
        (
            pl.col("state").is_in(_REPLIED)
            # an answer that was left out; a hand-over that was is no answer
            | ((pl.col("state") == "no_answer") & (pl.col("note") == "withheld")).fill_null(
                value=False
            )
        ).alias("answered")
    )
    state, answered = pl.col("state"), pl.col("answered")
    # given up is not answered either; only who said that there will be no answer has said something
    still_open = state.is_in(("asked", "late")) | (
        (state == "no_answer") & pl.col("taken_on").is_null()
    )
    counted = told.group_by("source", "institution_code").agg(
        pl.col("institution").first(),
        pl.len().cast(pl.Int64).alias("asked"),
        *(
            which.sum().cast(pl.Int64).alias(name)
            for name, which in {
                "answered": answered,
                "in_time": answered & pl.col("in_time").fill_null(value=False),
                "waiting": state == "asked",
                "late": state == "late",
                "silent": (state == "no_answer") & answered.not_(),
                "mismatch": state == "identity_mismatch",
                "failed": state == "failed",
            }.items()
        ),
        *_ranks(answered),
        pl.col("sent_on").filter(still_open).min().alias("oldest_open_on"),
    )
    return counted.join(
        _with_open(told, on, calendar), on=["source", "institution_code"], how="left"
    ).sort("source", "institution_code")


def _ranks(answered: pl.Expr) -> list[pl.Expr]:
    """Nearest ranks of the answered, in working days and in days."""
    return [
        nearest_rank(pl.col(days).filter(answered), percent).alias(f"{name}_{days}")
        for days in ("working_days", "days")
        for name, percent in (("median", HALF), ("p95", MOST))
    ]


def nearest_rank(values: pl.Expr, percent: int) -> pl.Expr:
    """The smallest value that at least so many percent do not exceed; null where there is none. Nulls are left out."""
    known = values.drop_nulls().sort()
    place = (known.len().cast(pl.Int64) * percent + 99) // 100 - 1
    return known.get(pl.max_horizontal(place, pl.lit(0)), null_on_oob=True)


def _with_open(told: pl.DataFrame, on: date, calendar: Calendar) -> pl.DataFrame:
    """source, institution_code, median_with_open, p95_with_open.

    Who said that it will not answer stays unanswered for ever; who has not answered yet is counted up to the day.
    """
    sent = told.filter(pl.col("sent_on").is_not_null())
    until = calendar.working_days_between(
        sent["sent_on"], pl.Series([on] * sent.height, dtype=pl.Date)
    )
    refused = pl.col("taken_on").is_not_null() & pl.col("answered").not_()
    waited = (
        sent.with_columns(until.alias("until"))
        .select(
            "source",
            "institution_code",
            "answered",
            pl.when("answered")
            .then("working_days")
            .when(refused.not_())
            .then("until")
            .cast(pl.Int64)
            .alias("waited"),
        )
        .group_by("source", "institution_code", "waited")
        .agg(pl.col("answered").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("left"))
        .sort("source", "institution_code", "waited", nulls_last=True)
    )
    rows = [
        {
            "source": str(source),
            "institution_code": str(code),
            "median_with_open": reached(steps, HALF),
            "p95_with_open": reached(steps, MOST),
        }
        for (source, code), part in waited.group_by(
            "source", "institution_code", maintain_order=True
        )
        for steps in [list(part.select("waited", "answered", "left").iter_rows())]
    ]
    return pl.DataFrame(
        rows,
        schema={
            "source": pl.String,
            "institution_code": pl.String,
            "median_with_open": pl.Int64,
            "p95_with_open": pl.Int64,
        },
    )


def reached(steps: Iterable[tuple[int | None, int, int]], percent: int) -> int | None:
    """The first day by which at least so many percent are estimated to have been answered, or None.

    Args:
        steps: by growing days: days waited (None, last: never will be), how many were answered after so many days, and how many left the
            count then, answered or not. percent: 1 to 100.
    """
    for days, unanswered in _unanswered(list(steps)):
        if unanswered * 100 <= 100 - percent:
            return days
    return None


def _unanswered(steps: list[tuple[int | None, int, int]]) -> Iterator[tuple[int, Fraction]]:
    """Days, and the share still unanswered after them."""
    waiting = sum(left for _, _, left in steps)
    share = Fraction(1)
    for days, answered, left in steps:
        if days is None:
            return
        share *= Fraction(waiting - answered, waiting)
        waiting -= left
        yield days, share
