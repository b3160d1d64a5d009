"""Secrets of the store: put in sealed, taken out again, sealed anew under another key; and what an older program left in clear.

The store notes which key it is sealed with, so that a file of another store, or a new one in the place of one that was lost, is noticed
before anything is sealed with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.sealing import (
    KEY_BYTES,
    SealError,
    SealKey,
    is_sealed,
    make_key_file,
    read_keys,
    replace_keys,
    sealed_with,
)
from casework.tables.accounts import ACCOUNT
from casework.tables.sealing import SEALING
from casework.tables.webhooks import WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casework.store import CaseworkStore

HELD = ((ACCOUNT, "account_id", "totp_secret"), (WEBHOOK, "webhook_id", "secret"))
"""Every column that holds a secret: its table, the key of its rows, its name."""
_MISSING = "请从备份恢复密钥文件（HEDUI_CASEWORK_KEY），或重新设置动态码与 webhook"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret as it lies in the store."""

    table: sa.Table
    key: str
    column: str
    row: str
    text: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is bound to."""
        return (self.table.name, self.row, self.column)


def sealed_for(
    store: CaseworkStore, connection: sa.Connection, text: str, *, place: tuple[str, str, str]
) -> str:
    """A text sealed for its place (table, row, column), within a transaction of writing. Raises SealError."""
    return _own(store, connection).seal(text, place)


def unsealed(store: CaseworkStore, text: str, *, place: tuple[str, str, str]) -> str:
    """The text of what lies in a place.

    Raises:
        SealError: it is not sealed, the key is not there, is another one, or the text is another place's.

    """
    if not is_sealed(text):
        raise SealError(
            "人工判定库中有未加密的密钥，未使用", "请运行 hedui casework upgrade 加密后再试"
        )
    return _opener(store, sealed_with(text)).unseal(text, place)


def make_sealed(store: CaseworkStore, token_bytes: Callable[[int], bytes], *, at: str) -> int:
    """Make the key where the store never had one, and seal what an older program left in clear. Returns how many were.

    Args:
        store: open. token_bytes: so many bytes that nobody can guess. at: instant as text.

    Raises:
        SealError: the key that the store is sealed with is not there, or cannot be made. The rest as `CaseworkStore.writing`.

    """
    with store.reading() as connection:
        held = list(_secrets(connection))
        if noted_key(connection) is not None and held and all(is_sealed(one.text) for one in held):
            _own(store, connection)
            return 0
        if not held and _is_there(store, connection):
            return 0
    with store.writing() as connection:
        key = _first_key(store, connection, token_bytes, at=at)
        found = list(_in_clear(connection))
        _seal_all(connection, found, key)
    if found:
        store.forget_deleted()
    return len(found)


def renew_key(store: CaseworkStore, token_bytes: Callable[[int], bytes], *, at: str) -> int:
    """Seal every secret with a new key and forget the former one. Returns how many there are.

    A service that runs goes on: it reads the file whenever it needs a key. Where this ends halfway, the file holds both keys; do it again.

    Raises:
        SealError: a secret cannot be opened with the keys at hand; nothing is changed. The rest as `CaseworkStore.writing`.

    """
    path = store.address.key_path
    fresh = SealKey(token_bytes(KEY_BYTES))
    with store.writing() as connection:
        _own(store, connection)
        former = read_keys(path)
        texts = [(one, unsealed(store, one.text, place=one.place)) for one in _secrets(connection)]
        assert path is not None
        # both are in the file before anything is sealed with the new one
        replace_keys(path, (fresh, *former))
        _write(connection, [(one, fresh.seal(text, one.place)) for one, text in texts])
        connection.execute(SEALING.delete())
        connection.execute(SEALING.insert().values(key_id=fresh.key_id, since=at))
    replace_keys(path, (fresh,))
    store.forget_deleted()
    return len(texts)


def troubles_of(store: CaseworkStore) -> tuple[str, ...]:
    """What is wrong with the secrets of a store, one line each. Raises as `CaseworkStore.reading`."""
    with store.reading() as connection:
        told = [f"{sum(1 for _ in _in_clear(connection))} 个密钥未加密"]
        if told[0].startswith("0 "):
            told = []
        if noted_key(connection) is not None:
            try:
                _own(store, connection)
            except SealError as error:
                told.append(error.what)
    return tuple(told)


def noted_key(connection: sa.Connection) -> str | None:
    """The id of the key that the store is sealed with; None where it never had one."""
    found: str | None = connection.execute(sa.select(SEALING.c.key_id)).scalar_one_or_none()
    return found


def _own(store: CaseworkStore, connection: sa.Connection) -> SealKey:
    """The key that the store is sealed with. Raises SealError."""
    noted = noted_key(connection)
    if noted is None:
        raise SealError("人工判定库还没有密钥", "请运行 hedui casework upgrade 建立密钥")
    return _opener(store, noted)


def _is_there(store: CaseworkStore, connection: sa.Connection) -> bool:
    """Whether the store has a key and it is at hand."""
    noted = noted_key(connection)
    return noted is not None and noted in {key.key_id for key in read_keys(store.address.key_path)}


def _opener(store: CaseworkStore, key_id: str) -> SealKey:
    keys = read_keys(store.address.key_path)
    for key in keys:
        if key.key_id == key_id:
            return key
    if keys:
        raise SealError("人工判定库的密钥文件不是加密时所用的那一个", _MISSING)
    raise SealError("人工判定库的密钥文件不见了，密文无法使用", _MISSING)


def _first_key(
    store: CaseworkStore,
    connection: sa.Connection,
    token_bytes: Callable[[int], bytes],
    *,
    at: str,
) -> SealKey:
    """The store's key; where there is none, or it is gone and nothing is sealed with it, the one that lies ready or a new one becomes it."""
    if any(is_sealed(one.text) for one in _secrets(connection)) or _is_there(store, connection):
        return _own(store, connection)
    connection.execute(SEALING.delete())  # of a key that is gone, and that nothing needs any more
    path = store.address.key_path
    if not read_keys(path):
        assert path is not None
        make_key_file(path, token_bytes(KEY_BYTES))
    key = read_keys(path)[0]
    connection.execute(SEALING.insert().values(key_id=key.key_id, since=at))
    return key


def _secrets(connection: sa.Connection) -> Iterator[Secret]:
    for table, key, column in HELD:
        query = sa.select(table.c[key], table.c[column]).where(
            table.c[column].is_not(None), table.c[column] != ""
        )
        for row in connection.execute(query).all():
            yield Secret(table, key, column, row[0], row[1])


def _in_clear(connection: sa.Connection) -> Iterator[Secret]:
    return (one for one in _secrets(connection) if not is_sealed(one.text))


def _seal_all(connection: sa.Connection, found: list[Secret], key: SealKey) -> None:
    _write(connection, [(one, key.seal(one.text, one.place)) for one in found])


def _write(connection: sa.Connection, sealed: list[tuple[Secret, str]]) -> None:
    for one, text in sealed:
        connection.execute(
            one.table.update().where(one.table.c[one.key] == one.row).values(**{one.column: text})
        )
