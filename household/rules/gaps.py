"""What rules need and nobody gives: by parameter, the periods in which a region has no value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from household.rules.parameter_uses import Absence, absence_of
from household.rules.parameters import PARAMETERS
from household.rules.relations import changes

if TYPE_CHECKING:
    from household.rules.lookup import Pack, Packs

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """A period without a value; both ends belong to it, None is open."""

    start: date | None
    end: date | None

    @property
    def text_zh(self) -> str:
        """The period in words."""
        match self.start, self.end:
            case None, None:
                return "从未规定"
            case None, end:
                return f"{end} 及以前"
            case start, None:
                return f"{start} 起"
            case start, end:
                return f"{start} 至 {end}"

    @property
    def before_the_first(self) -> bool:
        """Whether it lies before the first value: history, unless old applications are looked at."""
        return self.start is None and self.end is not None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        after = self.start is None or self.start <= day
        return after and (self.end is None or day <= self.end)


def gaps(packs: Packs, pack: Pack) -> dict[str, tuple[Gap, ...]]:
    """Parameter -> periods in which a region of this pack has no value; only where absence means *missing*.

    A pack that is bound to no region is read as it would be bound: itself first, then `cn`.
    """
    chain = packs.chain_of(pack.pack_id)
    told = {}
    for key in PARAMETERS:
        if absence_of(key) is Absence.MISSING:
            found = _gaps_of(packs, chain, key)
            if found:
                told[key] = found
    return told


def _gaps_of(packs: Packs, chain: tuple[str, ...], key: str) -> tuple[Gap, ...]:
    days = changes(entry for pack_id in chain for entry in packs.packs[pack_id].values.get(key, ()))
    found: list[Gap] = []
    since: date | None = None
    for day in days:
        given = packs.find_in(key, chain, day) is not None
        if given and since is not None:
            found.append(Gap(_start(since), day - _ONE))
            since = None
        elif not given and since is None:
            since = day
    if since is not None:
        found.append(Gap(_start(since), None))
    return tuple(found)


def _start(since: date) -> date | None:
    return None if since == date.min else since
