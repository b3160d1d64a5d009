"""Requests out: written down first, then handed over, then noted as sent; and the intake is told that these people wait for an answer.

Killed anywhere it is done again without doubling: what is written down keeps its request number and batch, the same batch is the same file
with the same bytes, and what was handed over is known from the book.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT, Book, add_events, add_requests, read_book
from connectors.asking.carriers import Opener, Reached, Trouble, reach_all, trouble_of
from connectors.asking.entering import ORIGIN, enter, note
from connectors.asking.handing import WITHHELD, event_rows, in_batches, waiting
from connectors.asking.layouts.request_cells import Terms
from connectors.asking.layouts.request_files import RequestFile, request_file
from connectors.pulling.landing import clear_uncommitted
from connectors.pulling.source_lock import source_held
from connectors.sources.agreement import hold_agreement
from household.errors import HouseholdError
from household.inquiries.log import FAILED, SENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connectors.asking.errand import Errand
    from connectors.asking.layouts.institution import Institution
    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.store import Store
    from household.inquiries.door import Admitted


@dataclass(frozen=True)
class Sent:
    """What came of sending.

    Attributes:
        files, requests: handed over. failed: institution_code, request_id, note (a code of `request_files.FAILURES`, or withheld).
        troubles: of institutions that could not be reached; what waits for them goes out next time. events: in the pull log.

    """

    files: int
    requests: int
    failed: pl.DataFrame
    troubles: tuple[Trouble, ...]
    events: tuple[PullEvent, ...]


@dataclass(frozen=True)
class _Batch:
    """One batch to be handed over, and who of it may not go out any more."""

    name: str
    file: RequestFile
    withheld: pl.DataFrame


def send(errand: Errand, admitted: Admitted) -> Sent:
    """Hand requests over to the institutions of a source that are asked by files.

    Args:
        errand: requests to institutions that it does not have, and to those that are asked by calls, are left alone.
        admitted: the door of today over the new requests (`needs.needs`) and every request of the book (`book_requests`).

    Raises:
        SourceRefused: no agreement in force. InputError: `admitted` is of another day. ConnectorError: the store cannot be written, or the
            source is held by another process.

    """
    source, opener, store = errand.source, errand.opener, errand.store
    inbox, outside = errand.inbox, errand.outside
    hold_agreement(source, outside.today)
    admitted.held_to(outside.today)
    by_file = {code: i for code, i in errand.institutions.items() if i.request is not None}
    before = opener.made
    with source_held(store, source.name):
        clear_uncommitted(store, source.name)
        write_down(source, by_file, admitted, store=store)
        book = read_book(store, source.name)
        batches = _batches(source, by_file, book, admitted)
        reached = reach_all(
            {code: by_file[code] for code in batches},
            lambda one: _hand_over(one, batches[one.code], opener),
        )
        sent = _note_sent(source, batches, reached, store=store, outside=outside)
        book = read_book(store, source.name)
        lines = [(t.outcome, f"{ORIGIN}/{t.institution}", t.message) for t in sent.troubles]
        noted = note(source, lines, store=store, outside=outside, calls=opener.made - before)
        entered = enter(source, book, admitted, store=store, inbox=inbox, outside=outside)
    return Sent(sent.files, sent.requests, sent.failed, sent.troubles, (*noted, *entered))


def not_sent(failed: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """`Sent.failed` of its parts."""
    columns = ("institution_code", "request_id", "note")
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat([empty, *(part.select(columns) for part in failed)])


def book_requests(store: Store, source: str) -> pl.DataFrame:
    """Every request of a source's book, in REQUEST_SCHEMA: what the door has to look at again before sending or collecting."""
    return read_book(store, source).requests.drop(SEGMENT)


def write_down(
    source: Source, institutions: Mapping[str, Institution], admitted: Admitted, *, store: Store
) -> None:
    """Enter new admitted requests into the book, in batches. Hold the source. Raises ConnectorError."""
    book = read_book(store, source.name)
    codes = pl.Series(list(institutions), dtype=pl.String)
    fresh = admitted.passed.filter(
        pl.col("source") == source.name, pl.col("institution_code").is_in(codes.implode())
    ).join(book.requests, on="request_id", how="anti")
    if fresh.height:
        add_requests(store, source.name, in_batches(fresh, book, institutions))


def _batches(
    source: Source, institutions: Mapping[str, Institution], book: Book, admitted: Admitted
) -> dict[str, list[_Batch]]:
    """What waits in the book, by institution: the files of those who pass the door today, and who does not."""
    terms = Terms(source.agreement.purpose, source.agreement.no)
    door = pl.concat(
        [
            admitted.passed.select("request_id", pl.lit(value=True).alias("_may")),
            admitted.held.select("request_id", pl.lit(value=False).alias("_may")),
        ]
    ).unique("request_id")
    judged = waiting(book).join(door, on="request_id", how="left", maintain_order="left")
    out: dict[str, list[_Batch]] = {}
    for (code, name), rows in _grouped(judged):
        institution = institutions.get(code)
        if institution is None or institution.request is None:
            continue
        may = rows.filter("_may").drop("_may")
        withheld = rows.filter(pl.col("_may").not_()).select(
            "request_id", pl.lit(WITHHELD).alias("note")
        )
        if may.height + withheld.height < rows.height:
            continue  # somebody of the batch was not looked at: the file would not be the same next time
        file = (
            request_file(may, institution, institution.request, terms=terms) if may.height else None
        )
        nobody = RequestFile("", None, 0, withheld.clear())
        out.setdefault(code, []).append(_Batch(name, file or nobody, withheld))
    return out


def _grouped(rows: pl.DataFrame) -> Iterator[tuple[tuple[str, str], pl.DataFrame]]:
    parts = rows.partition_by("institution_code", "batch", as_dict=True, maintain_order=True)
    for (code, batch), part in sorted(parts.items()):
        yield (str(code), str(batch)), part


def _hand_over(
    institution: Institution, batches: list[_Batch], opener: Opener
) -> tuple[int, Trouble | None]:
    """Hand over in order; how many batches are through, and what stopped the next."""
    through = 0
    try:
        with opener.carrier(institution) as carrier:
            for batch in batches:
                if batch.file.content is not None:
                    carrier.put(batch.file.content, batch.file.path)
                through += 1
    except HouseholdError as error:
        return through, trouble_of(institution, error)
    return through, None


def _note_sent(
    source: Source,
    batches: Mapping[str, list[_Batch]],
    reached: Mapping[str, Reached[tuple[int, Trouble | None]]],
    *,
    store: Store,
    outside: Outside,
) -> Sent:
    """Enter into the book what is through: the batch as sent, then those of it who are not in its file."""
    files = requests = 0
    rows: list[pl.DataFrame] = []
    lost: list[pl.DataFrame] = []
    troubles: list[Trouble] = []
    for code, (through, trouble) in ((c, r.value or (0, r.trouble)) for c, r in reached.items()):
        for batch in batches[code][:through]:
            if batch.file.content is not None:
                files, requests = files + 1, requests + batch.file.rows
                rows.append(event_rows(source.name, code, outside, batch=batch.name, kind=SENT))
            failed = pl.concat([batch.file.failed, batch.withheld])
            rows.append(
                event_rows(
                    source.name, code, outside, batch=batch.name, kind=FAILED, requests=failed
                )
            )
            lost.append(failed.with_columns(pl.lit(code).alias("institution_code")))
        if trouble is not None:
            troubles.append(trouble)
    if rows:
        add_events(store, source.name, pl.concat(rows))
    return Sent(files, requests, not_sent(lost), tuple(troubles), ())
