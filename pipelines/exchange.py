"""What the store remembers of pulls and inquiries, as the core reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import book_folder, read_book
from connectors.pulling.declared import read_declared
from connectors.pulling.pull_log import pulled_sources, read_pulls
from household.exchange import PULLS_SCHEMA, Exchange
from household.inquiries.log import EVENT_SCHEMA, REPLY_SCHEMA, REQUEST_SCHEMA, InquiryLog

if TYPE_CHECKING:
    from connectors.store import Store


def read_exchange(store: Store) -> Exchange:
    """Pulls, declared sources and the book of requests of every source, by its name. Raises ConnectorError where a log is damaged."""
    sources, institutions = read_declared(store)
    return Exchange(pulls_of(store), sources, read_inquiries(store, institutions))


def pulls_of(store: Store) -> pl.DataFrame:
    """The events of all logs of pulls (PULLS_SCHEMA). Raises ConnectorError."""
    events = [
        tuple(asdict(event)[name] for name in PULLS_SCHEMA)
        for source in pulled_sources(store)
        for event in read_pulls(store, source)
    ]
    return pl.DataFrame(events, schema=PULLS_SCHEMA, orient="row")


def read_inquiries(store: Store, institutions: pl.DataFrame) -> InquiryLog:
    """The books of all sources that ask, as one. `institutions`: INSTITUTION_SCHEMA. Raises ConnectorError."""
    logs = [
        read_book(store, source).log(institutions)
        for source in institutions["source"].unique().sort()
        if book_folder(store, source).exists()
    ]
    return InquiryLog(
        requests=pl.concat([pl.DataFrame(schema=REQUEST_SCHEMA), *(x.requests for x in logs)]),
        replies=pl.concat([pl.DataFrame(schema=REPLY_SCHEMA), *(x.replies for x in logs)]),
        events=pl.concat([pl.DataFrame(schema=EVENT_SCHEMA), *(x.events for x in logs)]),
        institutions=institutions,
    )
