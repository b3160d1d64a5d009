"""What the intake is to be told of a book: receipts by institution and number, and the records that came with answers. Pure.

A request that is written down is silence, whether it could be handed over or not: a receipt `no_answer` without a day of reply. It stays so
until the institution answers, so that nobody is ever taken for answered because others could be reached and have replied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT
from connectors.asking.handing import hand_overs
from household.inquiries.log import SENT

if TYPE_CHECKING:
    from connectors.asking.book import Book
    from household.inquiries.door import Admitted

RECEIPT_COLUMNS = ("institution_code", "id_no", "asked_on", "replied_on", "state")
NO_ANSWER = "no_answer"
_PERSON = ["institution_code", "id_no"]


@dataclass(frozen=True, slots=True)
class Told:
    """Up to which segments of a book the intake has been told."""

    asked: int = 0
    sent: int = 0
    replies: int = 0


def newest(book: Book) -> Told:
    """The segments up to which a book goes now."""
    return Told(_last(book.requests), _last(book.events), _last(book.replies))


def _last(frame: pl.DataFrame) -> int:
    return int(frame[SEGMENT].max() or 0)  # type: ignore[arg-type]  # an Int64 column's


def receipts(book: Book, told: Told, admitted: Admitted, *, again: bool = False) -> pl.DataFrame:
    """Receipts to be told: of requests written down or handed over since, and of answers that came since.

    Args:
        book: the source's. told: up to where the intake knows it. admitted: today's door; an answer about anybody else is silence.
        again: also silence for everybody whose answer stood and who may not be read any more (datasets that are told whole each time).

    Returns:
        RECEIPT_COLUMNS as String, one row an institution and number, sorted.

    """
    out = hand_overs(book).filter(pl.col("kind") == SENT)
    asked = book.requests.join(
        out.select("request_id", pl.col("on").alias("sent_on"), pl.col(SEGMENT).alias("_sent")),
        on="request_id",
        how="left",
        maintain_order="left",
    )
    none = pl.lit(None, dtype=pl.Date)
    open_ = pl.col("request_id").is_in(admitted.passed["request_id"].implode())
    written = (pl.col(SEGMENT) > told.asked) & open_
    news = written | (pl.col("_sent") > told.sent).fill_null(value=False)
    # whoever was answered is not silent, though we only now note that the question went out
    latest = asked.unique(_PERSON, keep="last", maintain_order=True)
    unanswered = latest.join(book.replies.drop_nulls("request_id"), on="request_id", how="anti")
    silent = unanswered.filter(news).select(
        *_PERSON,
        pl.coalesce("sent_on", "asked_on").alias("asked_on"),
        none.alias("replied_on"),
        pl.lit(NO_ANSWER).alias("state"),
    )
    standing = standing_answers(book)
    due = standing.filter((pl.col(SEGMENT) > told.replies) | (open_.not_() if again else False))
    answered = due.with_columns(
        pl.when(open_).then("state").otherwise(pl.lit(NO_ANSWER)).alias("state")
    ).join(asked.select("request_id", "sent_on"), on="request_id", how="left")
    said = answered.select(
        *_PERSON,
        pl.coalesce("sent_on", "asked_on").alias("asked_on"),
        "replied_on",
        "state",
    )
    return (
        pl.concat([silent, said])
        .unique(_PERSON, keep="last", maintain_order=True)
        .sort(_PERSON)
        .select(pl.col(name).cast(pl.String) for name in RECEIPT_COLUMNS)
    )


def standing_answers(book: Book) -> pl.DataFrame:
    """The newest answer about each person of each institution, with its request.

    An answer to an older question counts only when that was asked under the same name and number as the newest one: what was said of
    a misspelt name says nothing of the right one.

    Returns:
        The request's columns, state, replied_on, SEGMENT (of the reply); one row an institution and number.

    """
    asked = book.requests.drop(SEGMENT)
    latest = asked.unique(_PERSON, keep="last", maintain_order=True).select(
        *_PERSON, pl.col("name").alias("_name")
    )
    replies = book.replies.filter(pl.col("request_id").is_not_null()).select(
        "request_id", "state", "replied_on", SEGMENT
    )
    return (
        replies.join(asked, on="request_id", how="inner", maintain_order="left")
        .join(latest, on=_PERSON, how="inner", maintain_order="left")
        .filter(pl.col("name") == pl.col("_name"))
        .unique(_PERSON, keep="last", maintain_order=True)
        .drop("_name")
    )


def records(
    held: pl.DataFrame, book: Book, admitted: Admitted, *, keys: tuple[str, ...]
) -> pl.DataFrame:
    """The records of standing answers about persons who may be read today.

    Args:
        held: `book.records_of` the segments that are to be told. book, admitted: see `receipts`. keys: of the account dataset.

    Returns:
        The account dataset's columns, String, one row a key; of the same key the answer that came last.

    """
    found = standing_answers(book).filter(pl.col("state") == "found")
    sure = found.select("request_id", SEGMENT).join(
        admitted.passed.select("request_id").unique(), on="request_id", how="semi"
    )
    return (
        held.join(sure, on=["request_id", SEGMENT], how="semi", maintain_order="left")
        .sort(SEGMENT, maintain_order=True)
        .drop("request_id", SEGMENT)
        .unique(list(keys), keep="last", maintain_order=True)
        .sort(list(keys), nulls_last=True)
    )
