"""Calls under limits: tries, backoff with jitter, Retry-After, pace, the day's calls, the end of a pull."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pull_fakes import Clock, view_source

from connectors.errors import SourceLied, SourceUnreachable
from connectors.outside import SHANGHAI
from connectors.pulling.breaker import breaker_of
from connectors.pulling.calling import CallsSpent, PullTooLong, SourceCaller, calls_on, last_call_of
from connectors.pulling.pull_log import PullEvent
from connectors.sources.declaration import Limits

if TYPE_CHECKING:
    from collections.abc import Callable


def failing(times: int, *, wait: float | None = None) -> Callable[[], str]:
    """Fails so often, then answers."""
    left = [times]

    def what() -> str:
        if left[0]:
            left[0] -= 1
            raise SourceUnreachable("没有应答", "请稍后", wait=wait)
        return "answer"

    return what


def test_tries_again_with_growing_jittered_waits() -> None:
    clock = Clock()
    source = view_source(limits={"backoff_seconds": 2, "backoff_most_seconds": 5, "attempts": 5})
    caller = SourceCaller(source, clock.outside)
    assert caller.call(failing(4)) == "answer"
    assert clock.slept == [1.0, 2.0, 2.5, 2.5]  # chance 0.5 of 2, 4, and then of the longest
    assert caller.made == 5


def test_gives_up_after_the_last_attempt_and_at_once_where_it_is_no_use() -> None:
    clock = Clock()
    caller = SourceCaller(view_source(limits={"attempts": 3}), clock.outside)
    with pytest.raises(SourceUnreachable, match="没有应答"):
        caller.call(failing(9))
    assert caller.made == 3

    def lies() -> None:
        raise SourceLied("说谎", "请核对")

    with pytest.raises(SourceLied):
        caller.call(lies)
    assert caller.made == 4


def test_waits_as_long_as_the_source_asks_or_not_at_all() -> None:
    clock = Clock()
    source = view_source(limits={"backoff_seconds": 1, "backoff_most_seconds": 10})
    caller = SourceCaller(source, clock.outside)
    assert caller.call(failing(1, wait=90)) == "answer"
    assert clock.slept == [90.5]
    with pytest.raises(SourceUnreachable):
        caller.call(failing(1, wait=101))  # more patience than a pull has: never sooner than asked
    assert clock.slept == [90.5]


def test_keeps_the_pace() -> None:
    clock = Clock()
    caller = SourceCaller(view_source(calls_per_minute=6), clock.outside)
    begun = clock.at
    for _ in range(4):
        caller.call(lambda: None)
    assert clock.slept == [10.0, 10.0, 10.0]
    assert clock.at - begun == timedelta(seconds=30)
    clock.later(minutes=5)
    caller.call(lambda: None)
    assert len(clock.slept) == 3


def test_keeps_the_pace_from_one_process_to_the_next() -> None:
    clock = Clock()
    source = view_source(calls_per_minute=6)
    at = clock.outside.stamp
    called = PullEvent(1, at, "a", "public_security", "public_security.vehicle", "taken", calls=1)
    log = [called, replace(called, seq=2, outcome="resting", calls=0)]
    clock.later(seconds=4)
    caller = SourceCaller(source, clock.outside, last_call=last_call_of(log))
    caller.call(lambda: None)
    caller.call(lambda: None)
    assert clock.slept == [6.0, 10.0]
    ahead = SourceCaller(source, clock.outside, last_call=clock.at + timedelta(days=9))
    ahead.call(lambda: None)
    assert clock.slept == [6.0, 10.0, 10.0]


def test_calls_of_the_day_are_counted_tries_included() -> None:
    clock = Clock(datetime(2026, 5, 8, 23, 59, 30, tzinfo=SHANGHAI))
    limits = {"attempts": 9, "backoff_seconds": 0}
    caller = SourceCaller(view_source(calls_per_day=10, limits=limits), clock.outside, 7)
    with pytest.raises(CallsSpent, match="10 次"):
        caller.call(failing(9))
    assert caller.made == 3
    clock.later(minutes=1)  # the next day
    assert caller.call(failing(2)) == "answer"


def test_a_pull_ends() -> None:
    clock = Clock()
    caller = SourceCaller(view_source(), clock.outside)
    caller.call(lambda: None)
    clock.later(hours=7)
    with pytest.raises(PullTooLong):
        caller.call(lambda: None)


def event(outcome: str, *, at: str = "2026-05-08T11:00:00+08:00", calls: int = 1) -> PullEvent:
    return PullEvent(1, at, "tests", "s", "s.d", outcome, calls=calls)


def test_calls_are_counted_by_the_day_of_shanghai() -> None:
    events = [
        event("taken", at="2026-05-07T15:59:00+00:00", calls=3),
        event("failed", at="2026-05-07T16:01:00+00:00", calls=4),
        event("taken", at="2026-05-08T23:59:00+08:00", calls=5),
    ]
    assert calls_on(events, Clock().at.date()) == 9


@pytest.mark.parametrize(
    ("outcomes", "minutes", "state"),
    [
        ("", 0, "closed"),
        ("FF", 0, "closed"),
        ("FFF", 0, "open"),
        ("FRF", 0, "open"),
        ("FFF", 30, "half_open"),
        ("FFFg", 0, "closed"),
        ("FFLF", 0, "closed"),  # a source that lies did answer
        ("FFfF", 0, "open"),  # one for which nobody was called says nothing
        ("FFf", 0, "closed"),
        ("FFFzs", 0, "open"),
        ("FFFzF", 29, "open"),
    ],
)
def test_the_breaker_is_read_from_the_log(outcomes: str, minutes: int, state: str) -> None:
    signs = {"F": "failed", "R": "refused", "L": "lied", "g": "taken", "z": "resting", "s": "spent"}
    events = [
        event("failed", calls=0) if sign == "f" else event(signs[sign], calls=sign not in "zs")
        for sign in outcomes
    ]
    now = datetime(2026, 5, 8, 11, minutes, tzinfo=SHANGHAI)
    assert breaker_of(events, Limits(breaker_failures=3), now=now).state == state


def test_a_failure_from_the_future_keeps_nobody_away_for_long() -> None:
    events = [event("failed", at="2099-01-01T00:00:00+08:00")] * 3
    now = datetime(2026, 5, 8, 11, 0, tzinfo=SHANGHAI)
    breaker = breaker_of(events, Limits(breaker_failures=3), now=now)
    assert breaker.until == now + timedelta(minutes=30)


def test_a_source_that_asked_to_be_left_alone_is() -> None:
    told = replace(event("failed"), mark={"_wait": 3600.0})
    now = datetime(2026, 5, 8, 11, 59, tzinfo=SHANGHAI)
    breaker = breaker_of([told], Limits(), now=now)
    assert (breaker.state, breaker.until) == ("open", now + timedelta(minutes=1))
    assert breaker_of([told], Limits(), now=now + timedelta(minutes=2)).state == "closed"
    assert breaker_of([told, event("taken")], Limits(), now=now).state == "closed"
