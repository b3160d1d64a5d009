"""Pupils and students of supported households, and children of school age without a school (社会救助暂行办法 第六章)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from household.identity.numbers import age_on
from household.referrals.lines import of_people

if TYPE_CHECKING:
    from household.referrals.supported import Supported

ENROLMENT = "education.enrolment"
ENROLLED = "在读"
PRIMARY = "小学"
SCHOOL_YEAR_MONTH = 9
FIRST_AGE, LAST_AGE = 7, 14
"""Completed years on the first day of the school year. Compulsory schooling is nine years from six; where the conditions are wanting it
begins at seven (义务教育法 第十一条), so that a child of six may be at home and one of fifteen have finished."""


def pupils(supported: Supported) -> pl.DataFrame:
    """Supported people 在读 whose studies have not passed their end, at any stage from kindergarten to graduate school (LINE).

    Whether aid was received is in no dataset: the list says who may have it.
    """
    people = supported.people
    day = pl.lit(supported.watch.as_of)
    rows = (
        supported.rows(ENROLMENT, "status", "stage", "enrolled_on", "leaves_on", people=people)
        .filter(
            pl.col("status") == ENROLLED,
            pl.col("leaves_on").is_null() | (pl.col("leaves_on") >= day),
            pl.col("enrolled_on") <= day,
        )
        .sort("enrolled_on", "record_key", descending=[True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", "stage", "record_key")
    )
    return of_people(
        "education.aid",
        people.join(rows, on="person"),
        supported.watch.refs,
        dataset=ENROLMENT,
        record_key=pl.col("record_key"),
        detail=pl.col("stage"),
    )


def not_enrolled(supported: Supported) -> pl.DataFrame:
    """Supported children of compulsory school age without a school, where the register has answered for them (LINE).

    Who is on leave (休学) has a school. Who has left a school says so in the sentence.
    """
    first = school_year(supported.watch.as_of)
    age = age_on(pl.col("birth"), first)
    children = supported.people.filter(age.is_between(FIRST_AGE, LAST_AGE))
    asked = supported.knowable(children, ENROLMENT)
    rows = supported.rows(ENROLMENT, "status", "stage", "enrolled_on", people=asked)
    # a child who finished primary school only has not finished
    at_school = pl.col("status").is_in([ENROLLED, "休学"])
    finished = (pl.col("status") == "毕业") & pl.col("stage").is_in([PRIMARY, "幼儿园"]).not_()
    there = rows.filter(at_school | finished).select("person").unique()
    last = (
        rows.sort("enrolled_on", "record_key", descending=[True, False])
        .unique("person", keep="first", maintain_order=True)
        .select("person", "record_key", "status")
    )
    people = asked.join(there, on="person", how="anti").join(last, on="person", how="left")
    return of_people(
        "education.not_enrolled",
        people,
        supported.watch.refs,
        dataset=ENROLMENT,
        record_key=pl.col("record_key"),
        detail=pl.when(pl.col("status").is_not_null()).then(pl.format("学籍状态为{}", "status")),
    )


def school_year(day: date) -> date:
    """First day of the school year that a day lies in."""
    year = day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1
    return date(year, SCHOOL_YEAR_MONTH, 1)
