"""The outside as a caller gives it: the clock, waiting, chance, the environment, and who is acting. Nothing here reads any of them.

Whoever starts a pull (command, Dagster, a test) makes one of these; that is what keeps every connector repeatable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from pathlib import Path

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a connector may know of the world.

    Attributes:
        now: the time, with its zone. sleep: waits so many seconds. chance: a number in [0, 1), for jitter.
        by: who pulls or asks, as it stands in the log: an account, never a person's number.
        environ: environment variables that secrets may be in. mounts: the folder that a secret store mounts its files in.

    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    chance: Callable[[], float]
    by: str
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    mounts: Path | None = None

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).date()

    @property
    def stamp(self) -> str:
        """The time as logs hold it: ISO 8601 to the second, at the offset of Asia/Shanghai."""
        return self.now().astimezone(SHANGHAI).isoformat(timespec="seconds")
