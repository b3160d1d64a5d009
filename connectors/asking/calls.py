"""Institutions that are asked by calls: the request leaves and its answer comes back in one, or with the same call made again later.

Every call bears a key made of our own request number or batch, so that one that is made again after a crash is the same request.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.asking.book import SEGMENT, Book, add_events, read_book
from connectors.asking.carriers import Exchanger, Opener, Trouble, reach_all, trouble_of
from connectors.asking.entering import ORIGIN, enter, note
from connectors.asking.handing import WITHHELD, event_rows, hand_overs, waiting
from connectors.asking.layouts.answer_cells import in_our_words
from connectors.asking.layouts.answer_files import rows_of
from connectors.asking.layouts.request_cells import Terms, request_cells
from connectors.asking.matching import match
from connectors.asking.sending import not_sent, write_down
from connectors.asking.taking import Taken, take
from connectors.errors import ConnectorError
from connectors.pulling.landing import clear_uncommitted
from connectors.pulling.source_lock import source_held
from connectors.sources.agreement import hold_agreement
from household.inquiries.log import FAILED, SENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.asking.errand import Errand
    from connectors.asking.layouts.institution import Call, Institution
    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.store import Store
    from household.inquiries.door import Admitted


@dataclass(frozen=True)
class Called:
    """What came of calling.

    Attributes:
        requests: went out (also again). failed: as `sending.Sent`. answers, records, withheld, unasked: as `collecting.Collected`.
        troubles: of institutions. events: in the pull log.

    """

    requests: int
    failed: pl.DataFrame
    answers: int
    records: int
    withheld: int
    unasked: int
    troubles: tuple[Trouble, ...]
    events: tuple[PullEvent, ...]


@dataclass(frozen=True)
class _Batch:
    """What is to be said to one institution: texts by request_id, and who cannot be told."""

    name: str
    cells: pl.DataFrame
    failed: pl.DataFrame


@dataclass
class _Said:
    """What one institution said: per batch the request numbers that went out and the answers that could be read."""

    went: list[tuple[str, list[str]]]
    rows: list[tuple[str, pl.DataFrame, str]]
    troubles: list[Trouble]


def call(errand: Errand, admitted: Admitted) -> Called:
    """Ask the institutions of a source that are asked by calls, and take what they answer. Arguments and errors as `sending.send`."""
    source, opener, store = errand.source, errand.opener, errand.store
    inbox, outside = errand.inbox, errand.outside
    hold_agreement(source, outside.today)
    admitted.held_to(outside.today)
    by_call = {code: i for code, i in errand.institutions.items() if i.call is not None}
    before = opener.made
    with source_held(store, source.name):
        clear_uncommitted(store, source.name)
        write_down(source, by_call, admitted, store=store)
        book = read_book(store, source.name)
        batches = {
            code: list(_batches(source, institution, book, admitted))
            for code, institution in by_call.items()
        }
        reached = reach_all(
            {code: by_call[code] for code, some in batches.items() if some},
            lambda one: _talk(one, batches[one.code], opener),
        )
        taken: list[Taken] = []
        failed: list[pl.DataFrame] = []
        troubles: list[Trouble] = []
        went = 0
        for code, got in reached.items():
            said = got.value or _Said([], [], [got.trouble] if got.trouble else [])
            entered_here, refused = _take_all(
                source, by_call[code], said, book, admitted, store=store, outside=outside
            )
            taken += entered_here
            troubles += said.troubles + refused + [t for one in entered_here for t in one.troubles]
            went += sum(len(ids) for _, ids in said.went)
            lost = _note_sent(source, code, batches[code], said, store=store, outside=outside)
            failed.append(lost.with_columns(pl.lit(code).alias("institution_code")))
        lines = [(t.outcome, f"{ORIGIN}/{t.institution}", t.message) for t in troubles]
        noted = note(source, lines, store=store, outside=outside, calls=opener.made - before)
        entered = enter(
            source,
            read_book(store, source.name),
            admitted,
            store=store,
            inbox=inbox,
            outside=outside,
        )
    return Called(
        requests=went,
        failed=not_sent(failed),
        answers=sum(t.answers for t in taken),
        records=sum(t.records for t in taken),
        withheld=sum(t.withheld for t in taken),
        unasked=sum(t.unasked for t in taken),
        troubles=tuple(troubles),
        events=(*noted, *entered),
    )


def _batches(
    source: Source, institution: Institution, book: Book, admitted: Admitted
) -> Iterator[_Batch]:
    """Who is to be asked now: what waits, and where the page says so, what was asked and not answered. Everybody passes today's door."""
    how = institution.call
    if how is None:
        return
    due = unsent = waiting(book)
    if how.poll:
        out = hand_overs(book).filter(pl.col("kind") == SENT)
        due = pl.concat([due, book.requests.drop(SEGMENT).join(out, on="request_id", how="semi")])
    answered = book.replies.drop_nulls("request_id")
    due = due.filter(pl.col("institution_code") == institution.code)
    open_ = due.join(answered, on="request_id", how="anti")
    terms = Terms(source.agreement.purpose, source.agreement.no)
    for (name,), rows in sorted(open_.partition_by("batch", as_dict=True).items()):
        may = rows.join(admitted.passed.select("request_id"), on="request_id", how="semi")
        held = rows.join(admitted.held.select("request_id"), on="request_id", how="semi").join(
            unsent, on="request_id", how="semi"
        )
        cells, failed = request_cells(may, how.columns, institution, terms=terms)
        withheld = held.select("request_id", pl.lit(WITHHELD).alias("note"))
        yield _Batch(str(name), cells, pl.concat([failed, withheld]))


def _talk(institution: Institution, batches: list[_Batch], opener: Opener) -> _Said:
    """Make the calls in order; the first that fails ends it, what was said before stands."""
    said = _Said([], [], [])
    how = institution.call
    if how is None:
        return said
    try:
        with opener.exchanger(institution) as exchanger:
            for batch in batches:
                _ask(exchanger, institution, how, batch, said)
    except Exception as error:
        said.troubles.append(trouble_of(institution, error))
    return said


def _ask(
    exchanger: Exchanger, institution: Institution, how: Call, batch: _Batch, said: _Said
) -> None:
    """One batch. Answers that are not in the agreed layout are trouble of their own; the request was made."""
    titles = [c.title for c in how.columns]
    rows = [(r[0], dict(zip(titles, r[1:], strict=True))) for r in batch.cells.iter_rows()]
    ids: list[str] = []
    frames: list[pl.DataFrame] = []
    digest = hashlib.sha256()
    said.went.append((batch.name, ids))
    try:
        for key, payload, about in _payloads(institution, how, batch.name, rows):
            answer = exchanger.exchange(how.path, payload, idempotency_key=key)
            ids += about
            digest.update(json.dumps(answer, ensure_ascii=False, sort_keys=True).encode())
            try:
                frames.append(_read(answer, institution, about if how.per == "person" else None))
            except Exception as error:
                said.troubles.append(trouble_of(institution, error))
    finally:
        if frames:
            lines = pl.concat(frames).with_columns(
                pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("_line")
            )
            said.rows.append((batch.name, lines, digest.hexdigest()))


def _payloads(
    institution: Institution, how: Call, batch: str, rows: list[tuple[str, dict[str, str]]]
) -> Iterator[tuple[str, dict[str, object], list[str]]]:
    """Key, what is sent, and about which requests."""
    if how.per == "person":
        for request, told in rows:
            yield request, dict(told), [request]
    elif rows:
        payload: dict[str, object] = {"batch": batch, how.rows: [told for _, told in rows]}
        yield f"{institution.code}-{batch}", payload, [request for request, _ in rows]


def _read(answer: Any, institution: Institution, about: list[str] | None) -> pl.DataFrame:
    """Rows of one answer in our words. `about`: the one request that it answers, where it need not say so."""
    page = institution.answer
    frame = in_our_words(rows_of(answer, page, file="接口答复"), page, file="接口答复")
    if about is not None and "request_no" not in frame.columns:
        frame = frame.with_columns(pl.lit(about[0]).alias("request_no"))
    elif about is not None:
        # an answer that names another request is about somebody else
        other = pl.col("request_no").is_not_null() & (pl.col("request_no") != about[0])
        own = pl.when(other).then(pl.lit("")).otherwise(pl.lit(about[0]))
        frame = frame.with_columns(own.alias("request_no"))
    return frame


def _take_all(
    source: Source,
    institution: Institution,
    said: _Said,
    book: Book,
    admitted: Admitted,
    *,
    store: Store,
    outside: Outside,
) -> tuple[list[Taken], list[Trouble]]:
    """Write down what one institution said, batch by batch; one that cannot be taken is trouble of its own."""
    taken, refused = [], []
    for batch, rows, digest in said.rows:
        try:
            one = _take(
                source,
                institution,
                batch,
                rows,
                digest,
                book=book,
                admitted=admitted,
                store=store,
                outside=outside,
            )
        except ConnectorError:
            raise  # our own disk
        except Exception as error:
            refused.append(trouble_of(institution, error))
        else:
            taken.append(one)
    return taken, refused


def _take(
    source: Source,
    institution: Institution,
    batch: str,
    rows: pl.DataFrame,
    digest: str,
    *,
    book: Book,
    admitted: Admitted,
    store: Store,
    outside: Outside,
) -> Taken:
    asked = book.requests.drop(SEGMENT).filter(
        pl.col("institution_code") == institution.code, pl.col("batch") == batch
    )
    by = institution.model_copy(update={"matched_by": "request_no"})
    per_person = institution.call is not None and institution.call.per == "person"
    matched = match(
        rows,
        None,
        asked,
        institution=by if per_person else institution,
        department=source.department,
        answered=None,
        today=outside.today,
    )
    return take(
        source,
        institution,
        matched,
        admitted,
        file=f"接口答复 {batch}",
        digests={f"call/{batch}": digest},
        store=store,
        today=outside.today,
    )


def _note_sent(
    source: Source,
    code: str,
    batches: list[_Batch],
    said: _Said,
    *,
    store: Store,
    outside: Outside,
) -> pl.DataFrame:
    """Enter into the book what went out for the first time, and who could not be asked about: these are given back."""
    before = hand_overs(read_book(store, source.name)).filter(pl.col("kind") == SENT)
    told = {batch.name: batch.failed for batch in batches}
    reached = [told[batch] for batch, _ in said.went]
    rows = []
    for (batch, ids), failed in zip(said.went, reached, strict=True):
        first = pl.DataFrame({"request_id": ids}, schema={"request_id": pl.String}).join(
            before, on="request_id", how="anti"
        )
        out = first.with_columns(pl.lit(None, dtype=pl.String).alias("note"))
        for kind, some in ((SENT, out), (FAILED, failed)):
            rows.append(
                event_rows(source.name, code, outside, batch=batch, kind=kind, requests=some)
            )
    if rows:
        add_events(store, source.name, pl.concat(rows))
    return (
        pl.concat(reached)
        if reached
        else pl.DataFrame(schema={"request_id": pl.String, "note": pl.String})
    )
