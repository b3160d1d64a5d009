"""Failed sign-ins, counted for each account and each address, with a delay that grows. Names and addresses are kept as digests only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.accounts import SIGN_IN_FAILURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.store import CaseworkStore

FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 30
"""Failures without a delay. An office shares an address."""
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempted:
    """On whose count an attempt goes: a login name as typed (in its one form), or an address."""

    digest: str
    free: int


def of_login(login: str) -> Attempted:
    """The count of a login name, whether or not there is such an account."""
    return Attempted(_digest(f"login:{login}"), FREE_OF_ACCOUNT)


def of_address(address: str) -> Attempted:
    """The count of an address."""
    return Attempted(_digest(f"address:{address}"), FREE_OF_ADDRESS)


def claim_attempt(store: CaseworkStore, counts: Sequence[Attempted], now: datetime) -> int:
    """Count an attempt as failed before it is tried, so that many at once cannot outrun the count.

    Returns 0 where it may be tried; else nothing is counted, and the seconds to wait.
    """
    with store.writing() as connection:
        kept = {one.digest: _read(connection, one, now) for one in counts}
        waits = [closed - now for _, closed in kept.values() if closed is not None and closed > now]
        if waits:
            return ceil(max(waits).total_seconds())
        for one in counts:
            _write(connection, one, kept[one.digest][0] + 1, now)
    return 0


def forgive(store: CaseworkStore, login: Attempted, address: Attempted, now: datetime) -> None:
    """After a success: the account's count begins anew, the address's is what it was before."""
    with store.writing() as connection:
        connection.execute(
            SIGN_IN_FAILURE.delete().where(SIGN_IN_FAILURE.c.subject_digest == login.digest)
        )
        failures, _ = _read(connection, address, now)
        _write(connection, address, max(0, failures - 1), now)


def _read(connection: sa.Connection, one: Attempted, now: datetime) -> tuple[int, datetime | None]:
    row = connection.execute(
        sa.select(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.subject_digest == one.digest)
    ).first()
    if row is None or now - datetime.fromisoformat(row.last_at) > FORGOTTEN_AFTER:
        return 0, None
    return row.failures, datetime.fromisoformat(row.closed_until) if row.closed_until else None


def _write(connection: sa.Connection, one: Attempted, failures: int, now: datetime) -> None:
    connection.execute(
        SIGN_IN_FAILURE.delete().where(SIGN_IN_FAILURE.c.subject_digest == one.digest)
    )
    beyond = failures - one.free
    delay = timedelta(seconds=2 ** min(beyond, 20)) if beyond >= 0 else timedelta(0)
    connection.execute(
        SIGN_IN_FAILURE.insert().values(
            subject_digest=one.digest,
            failures=failures,
            last_at=now.isoformat(timespec="microseconds"),
            closed_until=(now + min(delay, LONGEST_DELAY)).isoformat(timespec="microseconds"),
        )
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
