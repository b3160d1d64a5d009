"""Failed sign-ins, counted with a delay that grows. Names, addresses and marks of browsers are kept as digests only.

A login name is counted for each address by itself, so that whoever types a colleague's name elsewhere does not close that account; and for
all strangers together, so that many addresses guess no faster for long. A browser that the account came in from before is counted by itself
only (OWASP, device cookies). Every address has a count over all names, too.
"""

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

FREE, FREE_OF_LOGIN, FREE_OF_ADDRESS = 5, 30, 30
"""Failures without a delay: of one login name at one address, by one browser or by whoever is signed in; of one login name at all addresses
that are strange to it; of one address over all names, because an office shares one."""
LONGEST_DELAY = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempted:
    """On whose count an attempt goes: a login name as typed (in its one form), or an address."""

    digest: str
    free: int


def of_pair(login: str, address: str) -> Attempted:
    """The count of a login name at one address, whether or not there is such an account."""
    return Attempted(_digest(f"pair:{login}\0{address}"), FREE)


def of_login(login: str) -> Attempted:
    """The count of a login name at all addresses from which it is strange."""
    return Attempted(_digest(f"login:{login}"), FREE_OF_LOGIN)


def of_device(token: str, login: str) -> Attempted:
    """The count of a browser that the account came in from before."""
    return Attempted(_digest(f"device:{token}\0{login}"), FREE)


def of_session(account_id: str) -> Attempted:
    """The count of whoever is signed in and is asked for the password again."""
    return Attempted(_digest(f"session:{account_id}"), FREE)


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


def forgive(
    store: CaseworkStore,
    own: Attempted,
    now: datetime,
    *,
    login: Attempted | None = None,
    address: Attempted | None = None,
) -> None:
    """After a success: the own count begins anew; the login name's loses what came from here, the address's the attempt that succeeded."""
    with store.writing() as connection:
        failures, _ = _read(connection, own, now)
        connection.execute(
            SIGN_IN_FAILURE.delete().where(SIGN_IN_FAILURE.c.subject_digest == own.digest)
        )
        for one, forgiven in ((login, failures), (address, 1)):
            if one is not None:
                before, _ = _read(connection, one, now)
                _write(connection, one, max(0, before - forgiven), now)


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
