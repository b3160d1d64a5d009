"""What state each request is in on a day, when its answer is due, and whose turn it is: a function of the book and nothing else.

Due days are those agreed with an institution, in working days after the hand-over. Alert A07 has a measure of its own
(`source.reply_days`, assessment §10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.calendar import Calendar, working_calendar
from household.inquiries.log import ESCALATED, FAILED, REMINDED, SENT, InquiryLog

if TYPE_CHECKING:
    from datetime import date

STATES = (
    "prepared",
    "asked",
    "late",
    "found",
    "none",
    "identity_mismatch",
    "no_answer",
    "failed",
)
"""prepared: written down, not handed over yet. asked: handed over, within the time for an answer. late: past the due day, no answer yet.
found, none, identity_mismatch: as answered. no_answer: the institution said so, its answer had to be left out, or the day of giving up has
passed. failed: could not be handed over."""

OPEN = ("prepared", "asked", "late")
ANSWERED = ("found", "none")

_KEPT = (
    "request_id",
    "batch",
    "attempt",
    "application_id",
    "person_ref",
    "programme",
    "source",
    "institution_code",
    "name",
    "id_no",
    "asked_on",
)
_PAIR = ["source", "institution_code", "person_ref"]
_BATCH = ["source", "institution_code", "batch"]


def request_states(log: InquiryLog, on: date, *, calendar: Calendar | None = None) -> pl.DataFrame:
    """Every request written by a day, as it stands on that day; what was written, sent or taken in later is not known yet.

    Args:
        log: the book. on: the day. calendar: working days; the installed ones when None.

    Returns:
        The request's columns (less id_type, birth and authorisation_no), institution, the agreed times (`INSTITUTION_SCHEMA`), and:
        state (STATES). sent_on: of the hand-over that stands. due_on, remind_on, give_up_on: null without a hand-over or without agreed
        times. calendar_known: false where Monday to Friday had to be counted. replied_on, taken_on, rows, note: of the newest reply; the note of a failed hand-over.
        conflicting: replies of different states came; the newest stands. answered_on: replied_on where it lies between hand-over and
        taking in, else taken_on. working_days, days: from hand-over to answered_on. in_time. reminded_on, escalated_on: newest.
        superseded: the person was asked again there.
    """
    calendar = calendar or working_calendar()
    found = (
        log.requests.filter(pl.col("asked_on") <= on)
        .select(_KEPT)
        .join(log.institutions, on=["source", "institution_code"], how="left")
        .join(_handed_over(log, on), on="request_id", how="left")
        .join(_replies(log, on), on="request_id", how="left")
        .join(_superseded(log, on), on="request_id", how="left")
        .with_columns(pl.col("superseded").fill_null(value=False))
    )
    found = _dated(found, calendar)
    return (
        found.with_columns(_state(on).alias("state"), _answered_on().alias("answered_on"))
        .pipe(_timed, calendar)
        .sort("source", "institution_code", "request_id")
    )


def _superseded(log: InquiryLog, on: date) -> pl.DataFrame:
    """request_id, superseded (true) of requests after which the person was asked again there."""
    asked = log.requests.filter(pl.col("asked_on") <= on)
    again = (
        asked.filter(pl.col("attempt") > 1)
        .group_by(_PAIR)
        .agg(pl.col("attempt").max().alias("last"))
    )
    return (
        asked.select("request_id", "attempt", *_PAIR)
        .join(again, on=_PAIR)
        .filter(pl.col("attempt") < pl.col("last"))
        .select("request_id", pl.lit(value=True).alias("superseded"))
    )


def _handed_over(log: InquiryLog, on: date) -> pl.DataFrame:
    """request_id, sent_on, failed (the newest hand-over failed), why (its note), reminded_on, escalated_on."""
    events = _events(log, on)
    kind, day = pl.col("kind"), pl.col("on")
    # maxima of prepared columns, not filters within groups: a book may hold a million requests
    newest = (
        events.with_columns(
            pl.when(kind == FAILED).then("_seq").alias("last_failed"),
            pl.when(kind == SENT).then("_seq").alias("last_sent"),
            pl.when(kind == REMINDED).then(day).alias("reminded_on"),
            pl.when(kind == ESCALATED).then(day).alias("escalated_on"),
        )
        .group_by("request_id")
        .agg(pl.col("last_failed", "last_sent", "reminded_on", "escalated_on").max())
    )
    failures = newest.select("request_id", "last_failed").drop_nulls()
    why = events.join(
        failures, left_on=["request_id", "_seq"], right_on=["request_id", "last_failed"]
    )
    sent = (
        events.filter(kind == SENT)
        .join(failures, on="request_id", how="left")
        .filter(pl.col("last_failed").is_null() | (pl.col("_seq") > pl.col("last_failed")))
        .group_by("request_id")
        .agg(day.min().alias("sent_on"))
    )
    failed = pl.col("last_failed") > pl.col("last_sent")
    return (
        newest.join(sent, on="request_id", how="left")
        .join(why.select("request_id", pl.col("note").alias("why")), on="request_id", how="left")
        .with_columns(
            (pl.col("last_failed").is_not_null() & failed.fill_null(value=True)).alias("failed")
        )
        .drop("last_failed", "last_sent")
    )


def _events(log: InquiryLog, on: date) -> pl.DataFrame:
    """request_id, _seq, kind, on, note of what was entered by a day; what was said of a batch is said of each of its requests."""
    kept = ("request_id", "_seq", "kind", "on", "note")
    events = log.events.with_row_index("_seq").filter(pl.col("on") <= on)
    of_batch = events.filter(pl.col("request_id").is_null()).drop("request_id")
    spread = log.requests.select("request_id", *_BATCH).join(of_batch, on=_BATCH)
    named = events.filter(pl.col("request_id").is_not_null())
    return pl.concat([named.select(kept), spread.select(kept)])


def _replies(log: InquiryLog, on: date) -> pl.DataFrame:
    """request_id, reply, replied_on, taken_on, rows, note of the newest reply, and conflicting."""
    replies = log.replies.filter(pl.col("taken_on") <= on, pl.col("request_id").is_not_null())
    newest = replies.unique("request_id", keep="last", maintain_order=True)
    others = replies.join(
        newest.select("request_id", pl.col("state").alias("newest")), on="request_id"
    ).filter(pl.col("state") != pl.col("newest"))
    conflicting = pl.lit(value=True).alias("conflicting")
    return newest.select(
        "request_id", pl.col("state").alias("reply"), "replied_on", "taken_on", "rows", "note"
    ).join(
        others.select("request_id").unique().with_columns(conflicting), on="request_id", how="left"
    )


def _dated(found: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """With due_on, remind_on, give_up_on and calendar_known."""
    due = calendar.add_working_days(found["sent_on"], found["answer_days"])
    found = found.with_columns(due.alias("due_on"))
    remind = calendar.add_working_days(due, found["remind_days"])
    give_up = calendar.add_working_days(due, found["give_up_days"])
    at_once = pl.col("remind_days") == 0
    return found.with_columns(
        remind.alias("remind_on"),
        give_up.alias("give_up_on"),
        calendar.arranged(found["sent_on"], due).alias("calendar_known"),
    ).with_columns(pl.when(at_once).then("due_on").otherwise("remind_on").alias("remind_on"))


def _state(on: date) -> pl.Expr:
    day = pl.lit(on)
    return (
        pl.when(pl.col("reply").is_not_null())
        .then("reply")
        .when("failed")
        .then(pl.lit("failed"))
        .when(pl.col("sent_on").is_null())
        .then(pl.lit("prepared"))
        .when(day > pl.col("give_up_on"))
        .then(pl.lit("no_answer"))
        .when(day > pl.col("due_on"))
        .then(pl.lit("late"))
        .otherwise(pl.lit("asked"))
    )


def _answered_on() -> pl.Expr:
    said, taken = pl.col("replied_on"), pl.col("taken_on")
    believable = (said <= taken) & (pl.col("sent_on").is_null() | (said >= pl.col("sent_on")))
    return pl.when(believable).then(said).otherwise(taken)


def _timed(found: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    worked = calendar.working_days_between(found["sent_on"], found["answered_on"])
    return found.with_columns(
        worked.cast(pl.Int64).alias("working_days"),
        (pl.col("answered_on") - pl.col("sent_on")).dt.total_days().alias("days"),
        (pl.col("answered_on") <= pl.col("due_on")).alias("in_time"),
        pl.col("conflicting").fill_null(value=False),
        pl.when(pl.col("state") == "failed").then("why").otherwise("note").alias("note"),
    ).drop("reply", "failed", "why")
