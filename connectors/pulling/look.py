"""Looking at a source without taking anything: does it answer, and what would be taken. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError, SourceUnreachable
from connectors.pulling.honesty import clock_skew
from connectors.pulling.landed import mapping_digest
from connectors.pulling.memory import taken_marks
from connectors.sources.agreement import hold_agreement
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.transports.transport import Offer, Transport


@dataclass(frozen=True, slots=True)
class Answered:
    """A source answered. `server`: kind and version. `skew`: seconds that its clock is ahead of ours, where it tells the time."""

    server: str
    skew: float | None


@dataclass(frozen=True, slots=True)
class WouldTake:
    """What would be taken of one dataset (`source.subject`), and the one line of trouble that ends the list, where there is any."""

    dataset: str
    offers: tuple[Offer, ...]
    trouble: str = ""


def probe_source(source: Source, transport: Transport, outside: Outside) -> Answered:
    """Ask whether a source answers.

    Args:
        source: as declared. transport: made for it, not entered yet. outside: the clock to hold theirs against.

    Raises:
        SourceUnreachable: no answer. SourceRefused: no agreement in force, or we are not let in. SourceLied: its clock is off.

    """
    hold_agreement(source, outside.today)
    with transport:
        probe = transport.probe()
    skew = clock_skew(probe.clock, outside.now(), limit=source.limits.clock_skew_seconds)
    return Answered(probe.server, skew)


def preview(
    source: Source, transport: Transport, log: Sequence[PullEvent], *, only: str | None = None
) -> tuple[WouldTake, ...]:
    """What a pull would take now, dataset by dataset; trouble with one does not hide the others.

    Args:
        source: as declared. transport: made for it, not entered yet. log: the source's events so far. only: one dataset's subject.

    Raises:
        SourceUnreachable, SourceRefused: the source cannot be connected to at all.

    """
    found = []
    with transport:
        for subject, spec in source.datasets.items():
            if only not in (None, subject):
                continue
            dataset = f"{source.department}.{subject}"
            marks = taken_marks(log, dataset, mapping=mapping_digest(spec))
            offers: list[Offer] = []
            trouble = ""
            try:
                offers.extend(transport.offers(subject, spec, marks))
            except HouseholdError as error:
                if isinstance(error, ConnectorError) and not isinstance(error, SourceUnreachable):
                    raise
                trouble = str(error)
            found.append(WouldTake(dataset, tuple(offers), trouble))
    return tuple(found)
