"""What of a book was handed over, what waits, and how requests are dealt into batches. Pure: frames in, frames out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT
from household.inquiries.log import EVENT_SCHEMA, FAILED, SENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.asking.book import Book
    from connectors.asking.layouts.institution import Institution
    from connectors.outside import Outside

WITHHELD = "withheld"
"""Note of a failed hand-over: the authorisation was not live any more."""

_BATCH = ["source", "institution_code", "batch"]


def hand_overs(book: Book) -> pl.DataFrame:
    """request_id, kind (sent or failed, whichever came last), note, on, SEGMENT (of that event) of every request that came so far."""
    events = book.events.filter(pl.col("kind").is_in([SENT, FAILED])).with_row_index("_seq")
    kept = ("_seq", "kind", "note", "on", SEGMENT)
    of_batch = events.filter(pl.col("request_id").is_null()).select(*_BATCH, *kept)
    named = events.filter(pl.col("request_id").is_not_null()).select("request_id", *kept)
    spread = book.requests.select("request_id", *_BATCH).join(of_batch, on=_BATCH)
    return (
        pl.concat([named, spread.select(named.columns)])
        .sort("_seq")
        .unique("request_id", keep="last", maintain_order=True)
        .drop("_seq")
    )


def waiting(book: Book) -> pl.DataFrame:
    """Requests that are written down and neither handed over nor failed."""
    return book.requests.drop(SEGMENT).join(hand_overs(book), on="request_id", how="anti")


def answerable(book: Book) -> pl.DataFrame:
    """Requests for which an answer may come, in the order of asking.

    Those written down count before the log knows of the hand-over: a process may have been killed between the two. Those that could not be
    written in the institution's layout do not count.
    """
    unwritten = hand_overs(book).filter(
        pl.col("kind") == FAILED, (pl.col("note") == WITHHELD).fill_null(value=False).not_()
    )
    return book.requests.join(unwritten, on="request_id", how="anti")


def in_batches(
    fresh: pl.DataFrame, book: Book, institutions: Mapping[str, Institution]
) -> pl.DataFrame:
    """New requests with their batches: the round's name, a dash and a number, none with more persons than the institution takes.

    Numbers go on where the book ends, so that no two hand-overs share a file name.
    """
    sizes = {code: institution.batch for code, institution in institutions.items()}
    used = (
        book.requests.select(
            "institution_code",
            pl.col("batch").str.extract(r"^(.*)-[0-9]+$", 1).alias("batch"),
            pl.col("batch").str.extract(r"-([0-9]+)$", 1).cast(pl.Int64).alias("used"),
        )
        .group_by("institution_code", "batch")
        .agg(pl.col("used").max())
    )
    size = pl.col("institution_code").replace_strict(sizes, return_dtype=pl.Int64)
    place = pl.int_range(pl.len()).over("institution_code", "batch")
    number = pl.col("used").fill_null(0) + place // size + 1
    return (
        fresh.sort("institution_code", "batch", "request_id")
        .join(used, on=["institution_code", "batch"], how="left", maintain_order="left")
        .with_columns(
            pl.format("{}-{}", "batch", number.cast(pl.String).str.zfill(3)).alias("batch")
        )
        .drop("used")
    )


def event_rows(
    source: str,
    institution: str,
    outside: Outside,
    *,
    batch: str,
    kind: str,
    requests: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Rows of the book of events, of one kind.

    Args:
        source, institution, batch, kind: as they stand there. outside: the day, the time and who.
        requests: request_id and note; None makes one row for the whole batch.

    """
    told = (
        requests if requests is not None else pl.DataFrame({"request_id": [None], "note": [None]})
    )
    return told.select(
        pl.col("request_id").cast(pl.String),
        pl.lit(source).alias("source"),
        pl.lit(institution).alias("institution_code"),
        pl.lit(batch).alias("batch"),
        pl.lit(kind).alias("kind"),
        pl.lit(outside.today).alias("on"),
        pl.lit(outside.stamp).alias("at"),
        pl.lit(outside.by).alias("by"),
        pl.col("note").cast(pl.String),
    ).select(pl.col(name).cast(dtype) for name, dtype in EVENT_SCHEMA.items())
