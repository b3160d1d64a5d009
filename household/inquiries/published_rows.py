"""From the book of requests to the published tables `inquiry` and `turnaround`. No name, number or birth date passes this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import allowed_for
from household.inquiries.escalation import next_steps
from household.inquiries.turnaround import turnaround
from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from datetime import date

    from household.roster import Roster

TELLS_OF_PERSON = ("found", "none", "identity_mismatch")
"""States that say something about the person; the others say only that a question is under way."""


def inquiry_rows(states: pl.DataFrame, on: date) -> pl.DataFrame:
    """Table `inquiry`. `states`: see `states.request_states`; `on`: the same day."""
    told = next_steps(states, on).rename({"step_zh": "next_step"})
    return told.select(PUBLISHED["inquiry"].polars_schema().keys())


def turnaround_rows(states: pl.DataFrame, on: date) -> pl.DataFrame:
    """Table `turnaround`. `states`: see `states.request_states`; `on`: the same day."""
    counted = turnaround(states, on)
    return counted.with_columns(
        pl.concat_str(
            pl.format("查询{}件，答复{}件（按期{}件）", "asked", "answered", "in_time"),
            *(
                pl.when(pl.col(name) > 0)
                .then(pl.format("，" + said + "{}件", name))
                .otherwise(pl.lit(""))
                for name, said in (
                    ("waiting", "期限内待答复"),
                    ("late", "超期未答复"),
                    ("silent", "未答复"),
                    ("mismatch", "身份不符"),
                    ("failed", "未能送出"),
                )
            ),
            pl.format(
                "；中位用时{}，计入未答复的{}",
                _days("median_working_days", "无"),
                _days("median_with_open", "未达到"),
            ),
        ).alias("text_zh")
    )


def _days(name: str, nothing: str) -> pl.Expr:
    days = pl.format("{}个工作日", name)
    return pl.when(pl.col(name).is_not_null()).then(days).otherwise(pl.lit(nothing))


def readable_inquiries(
    inquiry: pl.DataFrame, roster: Roster, granted: pl.DataFrame
) -> pl.DataFrame:
    """Rows of the applications of a run; what was answered about a person only while the source may be read about them (assessment §2).

    Args:
        inquiry: table `inquiry`. roster: of the run. granted: see `authorisation.grants`.
    """
    seats = (
        roster.members.filter("stands")
        .select("app", "member_no", "person", "application_id")
        .join(granted.select("app", "member_no", "granted"), on=["app", "member_no"])
        .join(roster.persons.select("person", "person_ref"), on="person")
        .select("application_id", "person_ref", "granted")
    )
    department = pl.col("source").str.split("-").list.first()
    return (
        inquiry.join(roster.applications.select("application_id"), on="application_id", how="semi")
        .join(seats, on=["application_id", "person_ref"], how="left")
        .filter(
            pl.col("state").is_in(TELLS_OF_PERSON).not_()
            | allowed_for(department).fill_null(value=False)
        )
        .drop("granted")
    )
