"""The outside as the service is given it: clock and chance. Nothing else in the service reads either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Outside:
    """What the service may know of the world.

    Attributes:
        now: the time in UTC. token_bytes: so many bytes that nobody can guess.

    """

    now: Callable[[], datetime]
    token_bytes: Callable[[int], bytes]

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).date()

    @property
    def stamp(self) -> str:
        """The time as the casework store holds it: ISO 8601 in UTC, to the microsecond so that it sorts."""
        return self.now().isoformat(timespec="microseconds")
