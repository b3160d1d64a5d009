"""How often somebody may call: counted in memory over a moving minute, before any work is done."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.api.problems import Problem

if TYPE_CHECKING:
    from service.outside import Outside

ADDRESS_TIMES = 10
"""An address may call this many times as often as one account: an office shares one."""
FAILURES_A_MINUTE = 120
"""Calls of one address with a key or session that is none: each is written into the audit log, which must not be flooded."""


class Pace:
    """Counts for one service."""

    def __init__(self, requests_a_minute: int, outside: Outside) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._of_account = RateLimitItemPerMinute(requests_a_minute)
        self._of_address = RateLimitItemPerMinute(requests_a_minute * ADDRESS_TIMES)
        self._of_failures = RateLimitItemPerMinute(FAILURES_A_MINUTE)
        self._outside = outside

    def count_address(self, address: str) -> None:
        """Count a call of an address. Raises Problem 429."""
        if not self._limiter.hit(self._of_address, "address", address):
            raise self._too_many(self._of_address, "address", address)

    def count_account(self, account_id: str) -> None:
        """Count a call of an account. Raises Problem 429."""
        if not self._limiter.hit(self._of_account, "account", account_id):
            raise self._too_many(self._of_account, "account", account_id)

    def count_failure(self, address: str) -> None:
        """Count a call whose key or session was none. Raises Problem 429; others of the address are let in all the same."""
        if not self._limiter.hit(self._of_failures, "failed", address):
            raise self._too_many(self._of_failures, "failed", address)

    def _too_many(self, item: RateLimitItem, *who: str) -> Problem:
        opens = self._limiter.get_window_stats(item, *who).reset_time
        seconds = ceil(opens - self._outside.now().timestamp())
        return too_many(min(60, max(1, seconds)))


def too_many(seconds: int) -> Problem:
    """The answer to whoever calls too often; `seconds`: when to come back."""
    return Problem(
        429,
        "too-many-requests",
        "请求过于频繁",
        detail=f"请在 {seconds} 秒后再试",
        headers={"Retry-After": str(seconds)},
    )
