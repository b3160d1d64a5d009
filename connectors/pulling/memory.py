"""What a source's log remembers, asked of it: marks taken, the extract before this one, the next part. Pure functions of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import FileRefused
from connectors.intake.naming import parse_name
from connectors.pulling.pull_log import RESTING, SPENT, TAKEN, UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from connectors.pulling.pull_log import PullEvent

OWN = "_"
"""Begins the keys that the pull adds to a transport's mark."""
MAPPING, SAID, UNKNOWN = "_mapping", "_said", "_unknown"
"""Digests of source.yaml's words for the dataset (`landed.mapping_digest`) and of all that the landed manifest says of the file; and how
many titles the catalogue does not know."""


def taken_marks(
    events: Iterable[PullEvent], dataset: str, *, mapping: str
) -> dict[str, Mapping[str, object]]:
    """By origin, the mark of what was taken last.

    What was taken under other words for columns and codes is not remembered: it has to be read again under the new ones. Nor is what another
    origin has replaced since under the same name: should the source bring it back, that is news.

    Args:
        events: the source's log, in order. dataset: `source.subject`. mapping: digest of what source.yaml says of it now.

    """
    last: dict[str, PullEvent] = {}
    holds: dict[str, str] = {}
    for event in events:
        if event.dataset == dataset and event.outcome in (TAKEN, UNCHANGED):
            last[event.origin] = event
            holds[event.file] = event.origin
    return {
        origin: {k: v for k, v in event.mark.items() if not k.startswith(OWN)}
        for origin, event in last.items()
        if event.mark.get(MAPPING) == mapping and holds[event.file] == origin
    }


def in_turn(events: Iterable[PullEvent], named: Mapping[str, str]) -> list[str]:
    """Subjects in the order in which they are to be tried: whose last try lies furthest back, then as declared.

    A pull may end before the last dataset (the day's calls are spent, the source is left alone); so none is kept out for ever.

    Args:
        events: the source's log, in order. named: `source.subject` by subject, as declared.

    """
    tried = {e.dataset: e.seq for e in events if e.calls or e.outcome not in (RESTING, SPENT)}
    return sorted(named, key=lambda subject: tried.get(named[subject], 0))


def taken_of(
    events: Iterable[PullEvent], dataset: str, *, region: str, as_of: date | None = None
) -> list[PullEvent]:
    """What was taken of a dataset for a region, in order; of one day only where `as_of` is given."""
    return [
        e
        for e in events
        if e.outcome == TAKEN
        and (e.dataset, e.region) == (dataset, region)
        and as_of in (None, e.as_of)
    ]


def newest_day(taken: Iterable[PullEvent]) -> date | None:
    """The newest day that was taken for."""
    return max((e.as_of for e in taken if e.as_of is not None), default=None)


def before(taken: Sequence[PullEvent], *, as_of: date, part: str | None) -> PullEvent | None:
    """The extract to compare one of that day and part with: the newest not after it, the one taken last of these.

    `part` None: whichever part (increments number theirs anew each day). One that is known to have no rows tells nothing and is passed over.
    """
    of_part = [
        (e.as_of, e.seq, e)
        for e in taken
        if e.as_of is not None and e.as_of <= as_of and e.rows != 0 and part in (None, _part(e))
    ]
    return max(of_part, key=lambda found: found[:2])[2] if of_part else None


def next_part(taken_that_day: Sequence[PullEvent]) -> str:
    """The part of the next increment of a day: padded with zeros, so that later parts win."""
    return f"{len(taken_that_day) + 1:06d}"


def _part(event: PullEvent) -> str:
    try:
        return parse_name(event.file.rpartition("/")[2]).part
    except FileRefused:  # an event of another kind of work in the same log
        return ""
