"""The circuit breaker of a source: a pure function of its log, so every process sees the same and nothing has to be kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from connectors.pulling.pull_log import FAILED, REFUSED, RESTING, SPENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Limits

WAIT = "_wait"
"""Key in a failed event's mark: seconds for which the source asked to be left alone."""
_ASKED_MOST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether a source may be called.

    Attributes:
        state: closed; open: not before `until`; half_open: one more failure opens it again.
        failures: in a row, at the end of the log. until: None unless open.

    """

    state: Literal["closed", "open", "half_open"]
    failures: int
    until: datetime | None = None


def breaker_of(events: Sequence[PullEvent], limits: Limits, *, now: datetime) -> Breaker:
    """Read a source's breaker from its log.

    A failure is an event `failed` or `refused` for which the source was called; a source that lies did answer, and so closes it.
    After `breaker_failures` in a row it is open for `breaker_rest_minutes` from the last of them, then half open. It is open too while the
    source itself asked to be left alone (Retry-After), for a day at most.

    Args:
        events: the whole log, in order. limits: of the source. now: the time, with a zone.

    """
    failures, last, asked = 0, now, timedelta()
    for event in events:
        if event.outcome in (FAILED, REFUSED):
            if event.calls:
                failures += 1
                last = datetime.fromisoformat(event.at)
                asked = min(timedelta(seconds=float(str(event.mark.get(WAIT, 0)))), _ASKED_MOST)
        elif event.outcome not in (RESTING, SPENT):
            failures, asked = 0, timedelta()
    tripped = failures >= limits.breaker_failures
    rest = timedelta(minutes=limits.breaker_rest_minutes) if tripped else timedelta()
    # an event from the future (our clock was wrong) must not keep a source away for longer than a rest
    until = min(last, now) + max(rest, asked)
    if now < until:
        return Breaker("open", failures, until)
    return Breaker("half_open" if tripped else "closed", failures)
