"""Bulk harvesting: somebody who looks at more households within an hour than their work asks for is told of, and goes on being told of.

The alarm is an entry of the log like any other. It refuses nothing: limits of the doors do that.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count, takewhile
from typing import TYPE_CHECKING

from casework.audit.entry import DONE, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

READS = frozenset(
    {"read", "show", "explain", "list", "page", "search", "unmask", "print", "export", "download"}
)
"""Last part of the actions that let somebody see personal data; with these, a list that is taken away: `export.queue`."""
_TAKEN = "export"
_ASKED = ("_ask", "_propose")
"""Endings of actions that only ask for it; what is given is an entry of its own."""
NOT_OF_HOUSEHOLDS = frozenset({"account", "alarm", "audit", "key", "quality", "run", "session"})
"""First part of the actions behind which there is no household."""
ALARM = "alarm.bulk_reading"
LIMITS: Mapping[str, int] = {"service": 20_000}
LIMIT = 200
"""Households or lists an hour, for a role without a limit of its own."""
WINDOW = timedelta(hours=1)


def is_reading(entry: Entry) -> bool:
    """Whether an entry tells that somebody saw data of households."""
    first, last = entry.action.split(".", 1)[0], entry.action.rsplit(".", 1)[-1]
    seen = last in READS or (first == _TAKEN and not last.endswith(_ASKED))
    return entry.outcome == DONE and seen and first not in NOT_OF_HOUSEHOLDS


class HarvestWatch:
    """Counts what each account looked at within the last hour: every household once, a list without named households once each time.

    Args:
        limit: for a role without one of its own. limits: by role. window: the hour.

    """

    def __init__(
        self,
        *,
        limit: int = LIMIT,
        limits: Mapping[str, int] = LIMITS,
        window: timedelta = WINDOW,
    ) -> None:
        self._limit, self._limits, self._window = limit, limits, window
        self._seen: dict[str, dict[tuple[str, str], datetime]] = {}
        self._told: dict[str, datetime] = {}
        self._lists = count()

    def see(self, entries: Iterable[Entry]) -> None:
        """Take note of entries that are in the log, in their order."""
        for entry in entries:
            if entry.action == ALARM:
                self._told[entry.subject_id] = datetime.fromisoformat(entry.at)
            elif is_reading(entry):
                self._count(entry, datetime.fromisoformat(entry.at))

    def alarms(self, entries: Sequence[Entry], *, at: str) -> list[Entry]:
        """Take note of entries about to be written, and tell of those who pass the limit with them, once an hour."""
        now = datetime.fromisoformat(at)
        found = []
        for entry in entries:
            if not is_reading(entry):
                continue
            self._count(entry, now)
            seen, limit = self._within(entry.actor_id, now), self.limit_of(entry.role)
            told = self._told.get(entry.actor_id)
            if seen > limit and (told is None or now - told >= self._window):
                self._told[entry.actor_id] = now
                found.append(_alarm(entry, seen, limit, self._window))
        return found

    def limit_of(self, role: str) -> int:
        """How many households an hour a role may look at before it is told of."""
        return self._limits.get(role, self._limit)

    def _count(self, entry: Entry, at: datetime) -> None:
        seen = self._seen.setdefault(entry.actor_id, {})
        for subject in self._subjects(entry):
            seen.pop(subject, None)  # moves to the end: the dict stays in the order of time
            seen[subject] = at
        self._within(entry.actor_id, at)

    def _subjects(self, entry: Entry) -> list[tuple[str, str]]:
        named = entry.details.get("applications")
        if isinstance(named, list) and named:
            return [("application", str(one)) for one in named]
        if isinstance(named, int) and named > 0:  # too many to be named
            return [("list", str(next(self._lists))) for _ in range(named)]
        if entry.subject_id:
            return [(entry.subject_kind, entry.subject_id)]
        return [("list", str(next(self._lists)))]

    def _within(self, actor: str, now: datetime) -> int:
        seen = self._seen[actor]
        old = [*takewhile(lambda subject: now - seen[subject] >= self._window, seen)]
        for subject in old:  # the others, which may be very many, are not walked over
            del seen[subject]
        return len(seen)


def _alarm(entry: Entry, seen: int, limit: int, window: timedelta) -> Entry:
    told = {"subjects": seen, "limit": limit, "minutes": int(window.total_seconds() // 60)}
    return Entry(
        ALARM,
        entry.actor_id,
        entry.actor_name,
        entry.role,
        subject_kind="account",
        subject_id=entry.actor_id,
        correlation_id=entry.correlation_id,
        details=told,
    )
