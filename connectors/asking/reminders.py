"""Reminders: those whose answer is overdue once more in the institution's own layout, marked 催办, and noted in the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.asking.book import SEGMENT, add_events, read_book
from connectors.asking.carriers import Opener, Trouble, reach_all
from connectors.asking.entering import ORIGIN, note
from connectors.asking.handing import event_rows
from connectors.asking.layouts.request_cells import Terms
from connectors.asking.layouts.request_files import RequestFile, request_file
from connectors.pulling.source_lock import source_held
from connectors.sources.agreement import hold_agreement
from household.inquiries.log import REMINDED

if TYPE_CHECKING:
    from connectors.asking.errand import Errand
    from connectors.asking.layouts.institution import Institution
    from household.inquiries.door import Admitted

MARK = "催办"
PREFIX = "CB_"
"""What stands before the name of the file that was sent first: answers still name its batch."""


def remind(
    errand: Errand, admitted: Admitted, overdue: pl.Series
) -> tuple[int, tuple[Trouble, ...]]:
    """Hand over a reminder per institution and batch; institutions that are asked by calls get none.

    Args:
        errand: as for `sending.send`. admitted: today's door over every request of the book; about
            anybody else nothing is repeated. overdue: request_ids (`household.inquiries.escalation`).

    Returns:
        How many requests were reminded of, and the trouble with institutions; what did not get through is tried again when asked.

    Raises:
        SourceRefused, InputError, ConnectorError: as `sending.send`.

    """
    source, institutions, opener = errand.source, errand.institutions, errand.opener
    store, outside = errand.store, errand.outside
    hold_agreement(source, outside.today)
    may = admitted.held_to(outside.today).among(overdue).passed.select("request_id").unique()
    terms = Terms(source.agreement.purpose, source.agreement.no, MARK)
    before = opener.made
    files: dict[str, list[tuple[str, pl.DataFrame, RequestFile]]] = {}
    with source_held(store, source.name):
        late = (
            read_book(store, source.name)
            .requests.drop(SEGMENT)
            .join(may, on="request_id", how="semi")
        )
        for (code, batch), rows in sorted(
            late.partition_by("institution_code", "batch", as_dict=True).items()
        ):
            institution = institutions.get(str(code))
            if institution is not None and institution.request is not None:
                file = request_file(rows, institution, institution.request, terms=terms)
                files.setdefault(str(code), []).append((str(batch), rows, file))
        reached = reach_all(
            {code: institutions[code] for code in files},
            lambda one: _hand_over(one, [file for _, _, file in files[one.code]], opener),
        )
        through = {code: files[code] for code, one in reached.items() if one.trouble is None}
        events = [
            event_rows(
                source.name,
                code,
                outside,
                batch=batch,
                kind=REMINDED,
                requests=rows.select("request_id", pl.lit(None, dtype=pl.String).alias("note")),
            )
            for code, some in through.items()
            for batch, rows, _ in some
        ]
        if events:
            add_events(store, source.name, pl.concat(events))
        troubles = tuple(one.trouble for one in reached.values() if one.trouble is not None)
        lines = [(t.outcome, f"{ORIGIN}/{t.institution}", t.message) for t in troubles]
        note(source, lines, store=store, outside=outside, calls=opener.made - before)
    return sum(e.height for e in events), troubles


def _hand_over(institution: Institution, files: list[RequestFile], opener: Opener) -> None:
    with opener.carrier(institution) as carrier:
        for file in files:
            if file.content is not None:
                folder, _, name = file.path.rpartition("/")
                carrier.put(file.content, f"{folder}/{PREFIX}{name}".lstrip("/"))
