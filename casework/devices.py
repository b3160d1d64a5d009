"""Browsers from which an account came in before: whoever guesses elsewhere does not slow them down. Only digests of their marks are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.accounts import ACCOUNT, KNOWN_DEVICE

if TYPE_CHECKING:
    from casework.store import CaseworkStore

KNOWN_FOR = timedelta(days=180)
"""After so long without coming in a browser is a stranger's again."""
MOST = 20
"""Browsers known of one account; the oldest is forgotten first."""


def is_known(store: CaseworkStore, token: str, *, login: str, now: datetime) -> bool:
    """Whether an account of this login name came in from the browser that holds this mark. Asks the same whether or not there is one."""
    asked = (
        sa.select(KNOWN_DEVICE.c.seen_at)
        .join(ACCOUNT, ACCOUNT.c.account_id == KNOWN_DEVICE.c.account_id)
        .where(KNOWN_DEVICE.c.device_digest == _digest(token), ACCOUNT.c.login == login)
    )
    with store.reading() as connection:
        seen = connection.execute(asked).scalar_one_or_none()
    return seen is not None and now - datetime.fromisoformat(seen) < KNOWN_FOR


def know_device(
    store: CaseworkStore, account_id: str, token: str, *, former: str, now: datetime
) -> None:
    """Note that an account came in, and give its browser a new mark in the place of the former one.

    A mark that somebody else put into the browser, or took from it, is worth nothing afterwards.

    Args:
        store, account_id: whose. token: the new mark, which nobody can guess. former: the one that the browser held, or nothing.

    """
    stamp = now.isoformat(timespec="microseconds")
    mine = KNOWN_DEVICE.c.account_id == account_id
    with store.writing() as connection:
        connection.execute(
            KNOWN_DEVICE.delete().where(mine, KNOWN_DEVICE.c.device_digest == _digest(former))
        )
        connection.execute(
            KNOWN_DEVICE.update()
            .where(KNOWN_DEVICE.c.device_digest == _digest(former))
            .values(device_digest=_digest(token))
        )
        connection.execute(
            KNOWN_DEVICE.insert().values(
                device_digest=_digest(token), account_id=account_id, made_at=stamp, seen_at=stamp
            )
        )
        rows = connection.execute(
            sa.select(KNOWN_DEVICE.c.device_digest, KNOWN_DEVICE.c.seen_at).where(mine)
        ).all()
        old = [row[0] for row in sorted(rows, key=lambda row: row[1], reverse=True)[MOST:]]
        if old:
            connection.execute(
                KNOWN_DEVICE.delete().where(mine, KNOWN_DEVICE.c.device_digest.in_(old))
            )


def _digest(token: str) -> str:
    return hashlib.sha256(f"device:{token}".encode()).hexdigest()
