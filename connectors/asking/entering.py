"""From the book into the ordinary inbox: receipts and records as files of the exchange, committed and landed as any pull's.

The pull log remembers up to which segments of the book the intake was told. So whoever is killed anywhere finds out next time what is
still to be told, and nothing is told twice. Records are committed before the receipts that vouch for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT, records_of
from connectors.asking.layouts.institution import ACCOUNT_OF
from connectors.asking.receipts import Told, newest, receipts, records, standing_answers
from connectors.pulling.landing import land_if_free, staging, write_manifest
from connectors.pulling.pull_log import (
    NOTHING,
    TAKEN,
    append_pulls,
    blank_event,
    next_seq,
    read_pulls,
)
from connectors.store import digest_of, write_rows
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.asking.book import Book
    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.store import Store
    from household.inquiries.door import Admitted

ORIGIN = "逐人查询"
"""Origin of what comes from the book, in the pull log."""
_ASKED, _SENT, _REPLIES = "asked", "sent", "replies"


def enter(
    source: Source, book: Book, admitted: Admitted, *, store: Store, inbox: Path, outside: Outside
) -> tuple[PullEvent, ...]:
    """Tell the intake what is new in a book. Hold the source (`source_lock.source_held`).

    Args:
        source: whose. book: as it stands. admitted: the door of today over every request of the book; whoever is not in it is left out.
        store, inbox: as ever. outside: today.

    Returns:
        The events that were committed, records before receipts; none where nothing is new. Where a run holds the store, the files land
        when it ends.

    Raises:
        InputError: `admitted` is of another day. ConnectorError: the disk cannot be written.

    """
    admitted.held_to(outside.today)
    log = read_pulls(store, source.name)
    dataset, _ = ACCOUNT_OF[source.department]
    desk = _Desk(source, store, outside, next_seq(log))
    whole = DATASETS[dataset].keep == "snapshot"
    events: list[PullEvent] = []
    known = _told(log, dataset)
    found = _records(book, known, admitted, store=store, dataset=dataset, whole=whole)
    if found is not None and (found.height or whole):
        staged = desk.stage(dataset, found, newest(book), part="" if whole else None)
        if not (whole and _same(log, staged)):
            events.append(staged)
            desk.seq = staged.seq + 1
    receipt = f"{source.department}.receipt"
    said = receipts(book, _told(log, receipt), admitted, again=bool(whole and events))
    if said.height:
        events.append(desk.stage(receipt, said, newest(book), part=None))
    append_pulls(store, source.name, events)
    land_if_free(store, inbox, sleep=outside.sleep)
    return tuple(events)


def _records(
    book: Book, told: Told, admitted: Admitted, *, store: Store, dataset: str, whole: bool
) -> pl.DataFrame | None:
    """Records to be told; None where there can be none. A snapshot is told whole: every standing answer."""
    if not book.replies.height:
        return None
    columns = {c.name: pl.String() for c in DATASETS[dataset].columns}
    segments = standing_answers(book)[SEGMENT]
    held = records_of(
        store, book.source, segments if whole else segments.filter(segments > told.replies)
    )
    if held.width <= 2:
        return pl.DataFrame(schema=columns) if whole else None
    keys = tuple(c.name for c in DATASETS[dataset].keys)
    return records(held, book, admitted, keys=keys).select(columns.keys())


def _told(log: list[PullEvent], dataset: str) -> Told:
    """Up to where the intake was told of the book, for one dataset."""
    last = next(
        (e for e in reversed(log) if (e.dataset, e.origin, e.outcome) == (dataset, ORIGIN, TAKEN)),
        None,
    )
    if last is None:
        return Told()
    return Told(*(int(str(last.mark.get(name, 0))) for name in (_ASKED, _SENT, _REPLIES)))


def _same(log: list[PullEvent], staged: PullEvent) -> bool:
    """Whether the snapshot that was taken last said the same on the same day."""
    last = next(
        (e for e in reversed(log) if (e.dataset, e.outcome) == (staged.dataset, TAKEN)), None
    )
    return last is not None and (last.sha256, last.file) == (staged.sha256, staged.file)


class _Desk:
    """Stages files under the numbers of the events to come."""

    def __init__(self, source: Source, store: Store, outside: Outside, seq: int) -> None:
        self.source, self.store, self.outside, self.seq = source, store, outside, seq

    def stage(self, dataset: str, rows: pl.DataFrame, upto: Told, *, part: str | None) -> PullEvent:
        """Stage one file with its manifest, and give the event that will commit it. `part` None: a number that grows."""
        source, outside = self.source, self.outside
        seq = self.seq
        name = self._name(dataset, seq, part)
        folder = staging(self.store, source.name, seq)
        write_rows(rows, folder / name)
        sha256 = digest_of(folder / name)
        mark = {_ASKED: upto.asked, _SENT: upto.sent, _REPLIES: upto.replies}
        event = replace(
            blank_event(source, outside, seq=seq, subject=dataset.partition(".")[2]),
            outcome=TAKEN,
            origin=ORIGIN,
            file=f"{source.department}/{name}",
            sha256=sha256,
            rows=rows.height,
            size=(folder / name).stat().st_size,
            as_of=outside.today,
            region=source.region,
            mark=mark,
            columns=tuple(rows.columns),
        )
        write_manifest(folder, name, _manifest(event))
        return event

    def _name(self, dataset: str, seq: int, part: str | None) -> str:
        """Two sources of one department never share a name: what stands behind the dash of the folder's name is part of it."""
        word = self.source.name.partition("-")[2]
        parts = [p for p in (f"{seq:06d}" if part is None else part, word) if p]
        tail = "".join(f"_{p}" for p in ["-".join(parts)] if p)
        subject = dataset.partition(".")[2]
        return f"{subject}_{self.source.region}_{self.outside.today:%Y%m%d}{tail}.parquet"


def _manifest(event: PullEvent) -> dict[str, object]:
    return {
        "dataset": event.dataset,
        "region": event.region,
        "as_of": f"{event.as_of}",
        "rows": event.rows,
        "sha256": event.sha256,
        "provenance": {
            "source": event.source,
            "transport": event.transport,
            "origin": event.origin,
            "mark": dict(event.mark),
            "agreement": event.agreement,
            "by": event.by,
            "at": event.at,
        },
    }


def note(
    source: Source,
    said: Sequence[tuple[str, str, str]],
    *,
    store: Store,
    outside: Outside,
    calls: int = 0,
) -> tuple[PullEvent, ...]:
    """Append events without a file to the pull log. Hold the source.

    Args:
        source, store, outside: as ever. said: outcome, origin and message of each. calls: made to the outside; they stand with the last
            event, and one that says nothing else is appended where there is none.

    """
    first = next_seq(read_pulls(store, source.name))
    told = [*said] or ([(NOTHING, ORIGIN, "")] if calls else [])
    events = [
        replace(
            blank_event(source, outside, seq=first + number, subject="receipt"),
            outcome=outcome,
            message=message,
            origin=origin,
            region=source.region,
            calls=calls if number + 1 == len(told) else 0,
        )
        for number, (outcome, origin, message) in enumerate(told)
    ]
    append_pulls(store, source.name, events)
    return tuple(events)
