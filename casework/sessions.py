"""Sessions: begun at sign-in, found at every request with the account as it is now, ended for good. Only a digest of a token is kept."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.accounts import Account, read_account
from casework.errors import BusyError
from casework.tables.accounts import ACCOUNT, SESSION

if TYPE_CHECKING:
    from casework.store import CaseworkStore

SEEN_EVERY = timedelta(minutes=1)
"""A session that was seen within this time is not written again: reading must not write at every request."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session. Instants as texts; `address` is the client's."""

    session_id: str
    account_id: str
    address: str
    started_at: str
    seen_at: str


def start_session(
    store: CaseworkStore, account_id: str, token: str, now: datetime, *, address: str = ""
) -> str:
    """Begin a session of an account; `token` is what nobody can guess, new each time. Returns its id, which may be shown."""
    session_id = f"S{_digest('id:' + token)[:20]}"
    with store.writing() as connection:
        connection.execute(
            SESSION.insert().values(
                session_id=session_id,
                token_digest=_digest(token),
                account_id=account_id,
                address=address,
                started_at=_stamp(now),
                seen_at=_stamp(now),
            )
        )
    return session_id


def find_session(
    store: CaseworkStore, token: str, now: datetime, *, idle: timedelta, longest: timedelta
) -> tuple[Session, Account] | None:
    """The session of a token with its account as it is now; None where it ended, or the account is closed.

    `idle` is counted from when it was last seen, to within SEEN_EVERY; `longest` from its beginning.
    """
    with store.reading() as connection:
        row = connection.execute(
            sa.select(SESSION).where(
                SESSION.c.token_digest == _digest(token), SESSION.c.ended_at.is_(None)
            )
        ).first()
        if row is None or not _alive(row.started_at, row.seen_at, now, idle=idle, longest=longest):
            return None
        account = read_account(
            connection,
            ACCOUNT.c.account_id == row.account_id,
            ACCOUNT.c.disabled_at.is_(None),
        )
    if account is None:
        return None
    if now - datetime.fromisoformat(row.seen_at) >= SEEN_EVERY:
        with suppress(BusyError):  # another request notes it
            _note_seen(store, row.session_id, now)
    return _session(row), account


def sessions_of(
    store: CaseworkStore, account_id: str, now: datetime, *, idle: timedelta, longest: timedelta
) -> tuple[Session, ...]:
    """The sessions of an account that are open now, the newest first."""
    with store.reading() as connection:
        rows = connection.execute(
            sa.select(SESSION).where(
                SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None)
            )
        ).all()
    found = [
        _session(row)
        for row in rows
        if _alive(row.started_at, row.seen_at, now, idle=idle, longest=longest)
    ]
    return tuple(sorted(found, key=lambda one: one.started_at, reverse=True))


def end_session(
    store: CaseworkStore, session_id: str, now: datetime, *, account_id: str, why: str
) -> bool:
    """End one session of this account. False where it has no such open session."""
    return bool(
        _end(
            store, now, why, SESSION.c.session_id == session_id, SESSION.c.account_id == account_id
        )
    )


def end_sessions(
    store: CaseworkStore, account_id: str, now: datetime, *, why: str, but: str = ""
) -> int:
    """End every session of an account, save that of id `but`. Returns how many were open."""
    return _end(store, now, why, SESSION.c.account_id == account_id, SESSION.c.session_id != but)


def _end(store: CaseworkStore, now: datetime, why: str, *where: sa.ColumnElement[bool]) -> int:
    with store.writing() as connection:
        done = connection.execute(
            SESSION.update()
            .where(*where, SESSION.c.ended_at.is_(None))
            .values(ended_at=_stamp(now), ended_why=why)
        )
        return done.rowcount


def _note_seen(store: CaseworkStore, session_id: str, now: datetime) -> None:
    with store.writing() as connection:
        connection.execute(
            SESSION.update()
            .where(SESSION.c.session_id == session_id, SESSION.c.ended_at.is_(None))
            .values(seen_at=_stamp(now))
        )


def _alive(started: str, seen: str, now: datetime, *, idle: timedelta, longest: timedelta) -> bool:
    return (
        now - datetime.fromisoformat(seen) < idle
        and now - datetime.fromisoformat(started) < longest
    )


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    told = row._mapping
    return Session(
        told["session_id"], told["account_id"], told["address"], told["started_at"], told["seen_at"]
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="microseconds")
