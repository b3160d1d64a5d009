"""Keys of systems: given once, kept as a digest, found at every call with the account as it is now, revoked at once.

The secret has 256 bits of chance, so a plain SHA-256 of it cannot be searched; a slow hash is for what people choose and would only
slow every call down.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.accounts import SERVICE, Account, read_account
from casework.errors import BusyError
from casework.tables.accounts import ACCOUNT, API_KEY
from household.errors import InputError

if TYPE_CHECKING:
    from casework.store import CaseworkStore

MOST_AT_ONCE = 2
"""Keys of one account that are valid at one time: the old one and the one that follows it."""
USED_EVERY = timedelta(minutes=1)
_KEY = re.compile(r"hedui_([0-9a-f]{12})_([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key. Instants as texts; `used_at` is exact to USED_EVERY."""

    key_id: str
    account_id: str
    created_by: str
    created_at: str
    expires_at: str
    used_at: str | None
    revoked_at: str | None

    def valid(self, now: datetime) -> bool:
        """Whether it opens the door now."""
        return self.revoked_at is None and now < datetime.fromisoformat(self.expires_at)


def add_key(
    store: CaseworkStore,
    account_id: str,
    *,
    chance: bytes,
    now: datetime,
    expires: datetime,
    by: str,
) -> str:
    """Make a key of a system's account and return its text, which is shown once and kept nowhere.

    Args:
        account_id: a service account. chance: 38 bytes that nobody can guess. expires: when it ends. by: who makes it.

    Raises:
        InputError: no such service account, or it has two valid keys. The rest as `CaseworkStore.writing`.

    """
    key_id, secret = chance[:6].hex(), chance[6:38].hex()
    if len(secret) != 64:
        raise ValueError("a key needs 38 bytes of chance")
    if expires <= now:
        raise InputError("密钥的有效期已过", "请给出以后的日期")
    with store.writing() as connection:
        account = read_account(
            connection, ACCOUNT.c.account_id == account_id, ACCOUNT.c.disabled_at.is_(None)
        )
        if account is None or account.role != SERVICE:
            raise InputError("密钥只发给启用中的业务系统账号", "请先建立角色为 service 的账号")
        if sum(one.valid(now) for one in _keys(connection, account_id)) >= MOST_AT_ONCE:
            raise InputError("该账号已有两个有效密钥", "请先撤销旧密钥，再发新密钥")
        connection.execute(
            API_KEY.insert().values(
                key_id=key_id,
                account_id=account_id,
                secret_digest=_digest(secret),
                created_by=by,
                created_at=_stamp(now),
                expires_at=_stamp(expires),
            )
        )
    return f"hedui_{key_id}_{secret}"


def find_key(store: CaseworkStore, text: str, now: datetime) -> tuple[Key, Account] | None:
    """The key of a text with its account as it is now; None where it is none, ended, revoked, or the account is closed."""
    parts = _KEY.fullmatch(text)
    if parts is None:
        return None
    with store.reading() as connection:
        row = connection.execute(sa.select(API_KEY).where(API_KEY.c.key_id == parts[1])).first()
        if row is None or not hmac.compare_digest(row.secret_digest, _digest(parts[2])):
            return None
        key = _key(row)
        account = read_account(
            connection,
            ACCOUNT.c.account_id == key.account_id,
            ACCOUNT.c.disabled_at.is_(None),
            ACCOUNT.c.role == SERVICE,
        )
    if account is None or not key.valid(now):
        return None
    if key.used_at is None or now - datetime.fromisoformat(key.used_at) >= USED_EVERY:
        with suppress(BusyError):  # another call notes it
            _note_used(store, key.key_id, now)
    return key, account


def keys_of(store: CaseworkStore, account_id: str | None = None) -> tuple[Key, ...]:
    """The keys of an account, or all, in the order of making."""
    with store.reading() as connection:
        return tuple(_keys(connection, account_id))


def revoke_key(store: CaseworkStore, key_id: str, now: datetime, *, by: str) -> None:
    """Close a key from its next call on. Raises InputError: no such key, or it is revoked already."""
    with store.writing() as connection:
        done = connection.execute(
            API_KEY.update()
            .where(API_KEY.c.key_id == key_id, API_KEY.c.revoked_at.is_(None))
            .values(revoked_at=_stamp(now), revoked_by=by)
        )
        if not done.rowcount:
            raise InputError("没有这个有效的密钥", "请用 hedui keys list 查看密钥编号")


def _keys(connection: sa.Connection, account_id: str | None) -> list[Key]:
    wanted = sa.select(API_KEY)
    if account_id is not None:
        wanted = wanted.where(API_KEY.c.account_id == account_id)
    found = [_key(row) for row in connection.execute(wanted)]
    return sorted(found, key=lambda one: (one.created_at, one.key_id))


def _note_used(store: CaseworkStore, key_id: str, now: datetime) -> None:
    with store.writing() as connection:
        connection.execute(
            API_KEY.update().where(API_KEY.c.key_id == key_id).values(used_at=_stamp(now))
        )


def _key(row: sa.Row[tuple[object, ...]]) -> Key:
    told = row._mapping
    return Key(*(told[name] for name in Key.__dataclass_fields__))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="microseconds")
