"""Calls to one source under its limits: pace and the day's calls as agreed, tries with backoff and jitter, an end to every pull.

Waiting, chance and the clock are the caller's (`connectors.outside`), so tests run the same code without waiting.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connectors.errors import SourceUnreachable
from connectors.outside import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source

T = TypeVar("T")

ASKED_WAIT_TIMES = 10
"""A source may ask to be left alone (Retry-After) for so many times the longest backoff; when it asks for longer this pull ends."""
PULL_MOST = timedelta(hours=6)
"""No pull makes calls for longer, nor for longer than the hours after which its source is overdue."""


class CallsSpent(SourceUnreachable):
    """The calls that the agreement allows in a day are used up; the source was not called."""


class PullTooLong(SourceUnreachable):
    """The pull took too long as a whole; the source was not called again."""


class SourceCaller:
    """Makes calls to one source (`transport.Caller`). May be shared between threads; they then wait for each other's pace.

    Attributes:
        made: calls made so far, tries included.

    """

    def __init__(
        self,
        source: Source,
        outside: Outside,
        calls_today: int = 0,
        *,
        last_call: datetime | None = None,
    ) -> None:
        """Begin a pull. By whichever process, before it: `calls_today` made (`calls_on`), the last at `last_call` (`last_call_of`)."""
        self.made = 0
        self._limits = source.limits
        self._agreement = source.agreement
        self._outside = outside
        self._day = outside.today
        self._spent = calls_today
        self._free_at = begin = outside.now()
        if last_call is not None and self._agreement.calls_per_minute is not None:
            # one from the future (our clock was wrong) is not waited for longer than the pace asks
            self._free_at = min(last_call, begin) + self._spacing(self._agreement.calls_per_minute)
        self._end = begin + min(PULL_MOST, timedelta(hours=source.cadence.overdue_hours))
        self._turn = threading.Lock()

    def call(self, what: Callable[[], T]) -> T:
        """Call, again where SourceUnreachable was raised, with exponential backoff and full jitter, and give what the call gave.

        Raises:
            SourceUnreachable: still, after the last attempt, or the source asked for more patience than a pull has.
            CallsSpent, PullTooLong: the source was not called (again). SourceRefused, SourceLied: at once.

        """
        tries = Retrying(
            sleep=self._outside.sleep,
            stop=stop_after_attempt(self._limits.attempts),
            wait=self._wait,
            retry=retry_if_exception(self._worth_another),
            reraise=True,
        )
        answer: T = tries(self._once, what)
        return answer

    def _once(self, what: Callable[[], T]) -> T:
        with self._turn:
            self._take_turn()
        return what()

    def _take_turn(self) -> None:
        """Wait for the agreement's pace, and count the call. Evenly spaced, so that two processes one after the other keep it too."""
        now = self._outside.now()
        if now > self._end:
            raise PullTooLong(
                "取数总时长超过上限，未再调用来源", "请检查来源的速度，或调小每次取数的范围"
            )
        self._count(now)
        if self._agreement.calls_per_minute is not None:
            if now < self._free_at:
                self._outside.sleep((self._free_at - now).total_seconds())
            spacing = self._spacing(self._agreement.calls_per_minute)
            self._free_at = max(now, self._free_at) + spacing
        self.made += 1

    @staticmethod
    def _spacing(calls_per_minute: int) -> timedelta:
        return timedelta(minutes=1) / calls_per_minute

    def _count(self, now: datetime) -> None:
        today = now.astimezone(SHANGHAI).date()
        if today != self._day:
            self._day, self._spent = today, 0
        most = self._agreement.calls_per_day
        if most is not None and self._spent >= most:
            raise CallsSpent(
                f"今日调用次数已达协议上限（{most} 次），未再调用",
                "次日自动继续；经常如此时请与来源单位商定提高上限",
            )
        self._spent += 1

    def _worth_another(self, error: BaseException) -> bool:
        if not isinstance(error, SourceUnreachable) or isinstance(error, CallsSpent | PullTooLong):
            return False
        return error.wait is None or error.wait <= self._most_asked()

    def _most_asked(self) -> float:
        return ASKED_WAIT_TIMES * self._limits.backoff_most_seconds

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next try: never sooner than the source asked for."""
        grown = self._limits.backoff_seconds * (1 << state.attempt_number - 1)
        jittered = self._outside.chance() * min(grown, self._limits.backoff_most_seconds)
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.wait if isinstance(error, SourceUnreachable) and error.wait else 0.0
        return asked + jittered


def calls_on(events: Iterable[PullEvent], day: date) -> int:
    """Calls that the log of a source counts on a day of Asia/Shanghai. Calls of a killed pull that came to no event are not in it."""
    return sum(
        e.calls for e in events if datetime.fromisoformat(e.at).astimezone(SHANGHAI).date() == day
    )


def last_call_of(events: Sequence[PullEvent]) -> datetime | None:
    """When a source was last called, as its log knows it: not before the call itself. None where it never was."""
    called = next((e for e in reversed(events) if e.calls), None)
    return None if called is None else datetime.fromisoformat(called.at)
