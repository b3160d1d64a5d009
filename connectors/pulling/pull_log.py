"""The log of pulls, one a source: what was tried, what came of it, and what is remembered for next time. State is a function of it.

Appending an event *is* the commitment: before it nothing was taken, after it the staged file belongs to the inbox (`pulling.landing`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.event_log import append_events, read_events
from connectors.store import EXCHANGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from connectors.store import Store

TAKEN, UNCHANGED, NOTHING = "taken", "unchanged", "nothing"
FAILED, REFUSED, LIED, RESTING, SPENT = "failed", "refused", "lied", "resting", "spent"
GOOD = (TAKEN, UNCHANGED, NOTHING)
TROUBLE = (FAILED, REFUSED, LIED)


@dataclass(frozen=True, slots=True)
class PullEvent:
    """One attempt at one thing of one source. No personal value, secret or address stands here.

    Attributes:
        seq: from 1, per source. at: ISO 8601 with offset: when we knew. by: who. source: the folder. dataset: `<source>.<subject>`.
        outcome: taken; unchanged (offered again with the same content); nothing (nothing was offered); failed (no answer); refused; lied;
            resting (not called: too many failures); spent (not called: the day's calls are used up).
        message: one Chinese line; empty where all went well. transport: kind. agreement: its number. calls: made to the outside.
        origin: path, view or interface. file: below the inbox. sha256, rows, size: of what was staged. as_of: when it was true.
        region: of the extract. mark: what tells this state of the origin from another. columns: as the source named them, catalogue
            names only where they may be data. clock_skew: seconds that their clock was ahead of ours, where it was told.
        until: as `at`; the source's breaker, after this event, lets no call through before it. Empty where it does.

    """

    seq: int
    at: str
    by: str
    source: str
    dataset: str
    outcome: str
    message: str = ""
    transport: str = ""
    agreement: str = ""
    calls: int = 0
    origin: str = ""
    file: str = ""
    sha256: str = ""
    rows: int | None = None
    size: int | None = None
    as_of: date | None = None
    region: str = ""
    mark: Mapping[str, object] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    clock_skew: float | None = None
    until: str = ""


def blank_event(source: Source, outside: Outside, *, seq: int, subject: str) -> PullEvent:
    """An event before anything is known of what came of it: failed, by this source under its agreement, now and by whom."""
    return PullEvent(
        seq=seq,
        at=outside.stamp,
        by=outside.by,
        source=source.name,
        dataset=f"{source.department}.{subject}",
        outcome=FAILED,
        transport=source.transport.kind,
        agreement=source.agreement.no,
    )


def next_seq(log: Sequence[PullEvent]) -> int:
    """The number of the event that follows a log."""
    return log[-1].seq + 1 if log else 1


def exchange_folder(store: Store, source: str) -> Path:
    """Where everything that is remembered of a source is kept."""
    return store.root / EXCHANGE / source


def read_pulls(store: Store, source: str) -> list[PullEvent]:
    """The log of a source in order. Raises ConnectorError."""
    return read_events(_file(store, source), _event, called="取数日志")


def append_pulls(store: Store, source: str, events: Sequence[PullEvent]) -> None:
    """Append events, on the disk before this returns. Raises ConnectorError."""
    append_events(
        _file(store, source),
        [asdict(e) for e in events],
        called="取数日志",
        written=date.isoformat,
    )


def pulled_sources(store: Store) -> tuple[str, ...]:
    """Every source with a log, sorted."""
    logs = (store.root / EXCHANGE).glob("*/pulls.jsonl")
    return tuple(sorted(log.parent.name for log in logs))


def _file(store: Store, source: str) -> Path:
    return exchange_folder(store, source) / "pulls.jsonl"


def _event(said: dict[str, Any]) -> PullEvent:
    """An event from its JSON; entries that a later version added are left out."""
    known = {f.name for f in fields(PullEvent)}
    values = {k: v for k, v in said.items() if k in known}
    if values.get("as_of") is not None:
        values["as_of"] = date.fromisoformat(values["as_of"])
    values["columns"] = tuple(values.get("columns", ()))
    return PullEvent(**values)
