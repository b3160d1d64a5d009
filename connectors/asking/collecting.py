"""Answers back: what lies ready at each institution is read, matched with what was asked, written down, and told to the intake.

One institution's trouble is its own, and so is one file's. A file is taken once; with other bytes under its name it is a correction.
Lines about somebody who was not asked there are counted and dropped before anything is written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT, Book, read_book
from connectors.asking.carriers import Opener, Trouble, reach_all, trouble_of
from connectors.asking.entering import ORIGIN, enter, note
from connectors.asking.handing import answerable
from connectors.asking.layouts.answer_files import read_answer
from connectors.asking.layouts.answer_names import Named, answers_among
from connectors.asking.matching import match
from connectors.asking.taking import Taken, take
from connectors.errors import ConnectorError
from connectors.pulling.landing import clear_uncommitted
from connectors.pulling.pull_log import NOTHING
from connectors.pulling.source_lock import source_held
from connectors.sources.agreement import hold_agreement
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connectors.asking.errand import Errand
    from connectors.asking.layouts.institution import Answer, Institution
    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.store import Store
    from connectors.transports.transport import Carrier
    from household.inquiries.door import Admitted

OLD_DAYS = 180
"""A file that was taken is looked at again, for corrections, until its batch was asked so many days ago."""


@dataclass(frozen=True)
class Collected:
    """What came of collecting.

    Attributes:
        files: taken. answers, records: that entered. withheld: answers that were left out, for the authorisation was not live any more.
        unasked: lines about somebody who was not asked there. waiting: files whose other half has not come.
        troubles: of institutions and files. events: in the pull log.

    """

    files: int
    answers: int
    records: int
    withheld: int
    unasked: int
    waiting: int
    troubles: tuple[Trouble, ...]
    events: tuple[PullEvent, ...]


@dataclass(frozen=True)
class _Brought:
    """One answer as it was brought over: details, and the receipts where they come in a file of their own."""

    details: tuple[Named, bytes] | None
    receipts: tuple[Named, bytes] | None = None

    @property
    def halves(self) -> list[tuple[Named, bytes]]:
        return [half for half in (self.receipts, self.details) if half is not None]


@dataclass(frozen=True)
class _Visit:
    """What one institution had: answers that may be news, halves that wait, files that could not be brought."""

    brought: list[_Brought]
    waiting: int
    troubles: list[Trouble]


def collect(errand: Errand, admitted: Admitted) -> Collected:
    """Collect what the institutions of a source have answered in files.

    Args:
        errand: institutions that are asked by calls are left alone.
        admitted: the door of today over every request of the book (`sending.book_requests`).

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
        book = read_book(store, source.name)
        most = source.limits.bytes_most
        old = _old_batches(book, outside)
        reached = reach_all(by_file, lambda one: _visit(one, book, old, opener=opener, most=most))
        visits = {code: visit.value for code, visit in reached.items() if visit.value is not None}
        taken, refused = _take_all(
            source, by_file, visits, book, admitted, store=store, outside=outside
        )
        troubles = [visit.trouble for visit in reached.values() if visit.trouble is not None]
        troubles += [trouble for visit in visits.values() for trouble in visit.troubles]
        troubles += refused + [trouble for one in taken for trouble in one.troubles]
        lines = [
            (t.outcome, "/".join(p for p in (ORIGIN, t.institution, t.file) if p), t.message)
            for t in troubles
        ]
        if visits:
            lines.append((NOTHING, ORIGIN, ""))  # somebody answered, whatever there was
        noted = note(source, lines, store=store, outside=outside, calls=opener.made - before)
        entered = enter(
            source,
            read_book(store, source.name),
            admitted,
            store=store,
            inbox=inbox,
            outside=outside,
        )
    return Collected(
        files=sum(t.files for t in taken),
        answers=sum(t.answers for t in taken),
        records=sum(t.records for t in taken),
        withheld=sum(t.withheld for t in taken),
        unasked=sum(t.unasked for t in taken),
        waiting=sum(visit.waiting for visit in visits.values()),
        troubles=tuple(troubles),
        events=(*noted, *entered),
    )


def _take_all(
    source: Source,
    institutions: Mapping[str, Institution],
    visits: Mapping[str, _Visit],
    book: Book,
    admitted: Admitted,
    *,
    store: Store,
    outside: Outside,
) -> tuple[list[Taken], list[Trouble]]:
    """Write down what was brought, institution by institution; a file that is refused is its own trouble."""
    taken, refused = [], []
    asked = answerable(book).drop(SEGMENT)
    for code, visit in visits.items():
        theirs = pl.col("institution_code") == code
        here, may = asked.filter(theirs), admitted.where(theirs)
        for brought in visit.brought:
            try:
                one = _take(
                    source, institutions[code], brought, here, may, store=store, outside=outside
                )
            except ConnectorError:
                raise  # our own disk
            except Exception as error:
                refused.append(trouble_of(institutions[code], error, file=_shown(brought)))
            else:
                taken.append(one)
    return taken, refused


def _old_batches(book: Book, outside: Outside) -> frozenset[tuple[str, str]]:
    """Institution and batch of everything that was asked long ago."""
    before = outside.today - timedelta(days=OLD_DAYS)
    old = book.requests.filter(pl.col("asked_on") < before)
    return frozenset(old.select("institution_code", "batch").unique().iter_rows())


def _visit(
    institution: Institution,
    book: Book,
    old: frozenset[tuple[str, str]],
    *,
    opener: Opener,
    most: int,
) -> _Visit:
    """Bring over what may be news. Raises HouseholdErrors where the institution as a whole cannot be reached."""
    with opener.carrier(institution) as carrier:
        details = _listed(institution, institution.answer, carrier, book=book, old=old)
        if institution.receipt is None:
            pairs: list[tuple[Named | None, Named | None]] = [(one, None) for one in details]
            return _bring(institution, pairs, carrier, book=book, most=most)
        receipts = _listed(institution, institution.receipt, carrier, book=book, old=old)
        by_key = {(d.batch, d.key): d for d in details}
        pairs = [(by_key.pop((r.batch, r.key), None), r) for r in receipts]
        visit = _bring(institution, pairs, carrier, book=book, most=most)
        return _Visit(visit.brought, visit.waiting + len(by_key), visit.troubles)


def _listed(
    institution: Institution,
    answer: Answer,
    carrier: Carrier,
    *,
    book: Book,
    old: frozenset[tuple[str, str]],
) -> list[Named]:
    named = answers_among(carrier.names(answer.folder), answer, institution)
    return [
        one
        for one in named
        if not ((institution.code, one.batch) in old and (institution.code, one.name) in book.taken)
    ]


def _bring(
    institution: Institution,
    pairs: Iterable[tuple[Named | None, Named | None]],
    carrier: Carrier,
    *,
    book: Book,
    most: int,
) -> _Visit:
    brought, troubles = [], []
    for details, receipts in pairs:
        try:
            one = _Brought(
                _got(carrier, institution.answer, details, most),
                _got(carrier, institution.receipt, receipts, most),
            )
        except HouseholdError as error:
            shown = next(n.shown for n in (receipts, details) if n is not None)
            troubles.append(trouble_of(institution, error, file=shown))
            continue
        if _is_news(institution, one, book):
            brought.append(one)
    return _Visit(brought, 0, troubles)


def _got(
    carrier: Carrier, answer: Answer | None, named: Named | None, most: int
) -> tuple[Named, bytes] | None:
    if answer is None or named is None:
        return None
    path = f"{answer.folder}/{named.name}".lstrip("/")
    return named, carrier.get(path, at_most=most)


def _is_news(institution: Institution, brought: _Brought, book: Book) -> bool:
    """Whether a half has other bytes than were taken under its name, and is not a copy of one that was taken under another.

    Where names tell the batch, only one of the same batch is a copy: the same words may be the answer to another question.
    """
    code = institution.code
    for named, data in brought.halves:
        digest = hashlib.sha256(data).hexdigest()
        last = book.taken.get((code, named.name))
        if last is None:
            names = book.copies.get((code, digest), frozenset())
            if not any(named.batch in name for name in names):
                return True
        elif last != digest:
            return True
    return False


def _shown(brought: _Brought) -> str:
    return "、".join(named.shown for named, _ in brought.halves)


def _take(
    source: Source,
    institution: Institution,
    brought: _Brought,
    asked: pl.DataFrame,
    admitted: Admitted,
    *,
    store: Store,
    outside: Outside,
) -> Taken:
    """Read, match and write down one answer. Raises FileRefused when it is not in the agreed layout."""
    first = brought.halves[0][0]
    if first.batch:
        batch = pl.col("batch") == first.batch
        asked, admitted = asked.filter(batch), admitted.where(batch)
    tables = [
        read_answer(data, answer, file=named.shown)
        for answer, (named, data) in zip(
            [
                a
                for a, half in (
                    (institution.receipt, brought.receipts),
                    (institution.answer, brought.details),
                )
                if half and a
            ],
            brought.halves,
            strict=True,
        )
    ]
    details = tables[-1] if brought.details is not None else _no_details(institution)
    matched = match(
        details,
        tables[0] if brought.receipts is not None else None,
        asked,
        institution=institution,
        department=source.department,
        answered=first.day,
        today=outside.today,
    )
    return take(
        source,
        institution,
        matched,
        admitted,
        file=_shown(brought),
        digests={n.name: hashlib.sha256(d).hexdigest() for n, d in brought.halves},
        store=store,
        today=outside.today,
    )


def _no_details(institution: Institution) -> pl.DataFrame:
    """Details that did not come: nobody may then have been found."""
    schema: dict[str, pl.DataType] = {"_line": pl.Int32()}
    return pl.DataFrame(
        schema=schema | dict.fromkeys(institution.answer.fields.values(), pl.String())
    )
