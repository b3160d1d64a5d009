"""Accounts and keys as an administrator keeps them, the same from a page and from the command line: made, reset, given a key."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

from casework.accounts import Account, add_account, login_of, set_password
from casework.keys import add_key
from casework.sessions import end_sessions
from household.errors import InputError
from service.access.passwords import check_password, hash_password
from service.access.roles import Role

if TYPE_CHECKING:
    from casework.store import CaseworkStore
    from service.outside import Outside

KEY_BYTES = 38
MOST_KEY_DAYS = 366


def new_account(
    store: CaseworkStore,
    outside: Outside,
    *,
    login: str,
    name: str,
    role: str,
    regions: tuple[str, ...],
    programmes: tuple[str, ...],
    by: str,
    password: str | None = None,
) -> tuple[Account, str | None]:
    """Add an account. A person without a `password` gets one made here, returned to be shown once; either must be changed at first.

    Raises:
        InputError: a name, role, scope or password that cannot be. The rest as `CaseworkStore.writing`.

    """
    plain = login_of(login)
    hashed, shown = None, None
    if role == Role.SERVICE:
        if password is not None:
            raise InputError("业务系统账号没有口令", "请用 hedui keys add 发放密钥")
    else:
        if password is None:
            password = shown = one_time_password(outside, login=plain)
        check_password(password, login=plain)
        hashed = hash_password(password)
    account = Account(
        f"A{outside.token_bytes(8).hex()}",
        plain,
        name.strip(),
        role,
        regions,
        programmes,
        password_hash=hashed,
        must_change=hashed is not None,
    )
    add_account(store, account, by=by, at=outside.stamp)
    return account, shown


def reset_password(
    store: CaseworkStore, outside: Outside, account: Account, *, password: str | None = None
) -> str | None:
    """Set another's password, to be changed at the next sign-in; every session ends. Returns one made here, to be shown once."""
    shown = None
    if password is None:
        password = shown = one_time_password(outside, login=account.login)
    check_password(password, login=account.login)
    set_password(
        store, account.account_id, hash_password(password), must_change=True, at=outside.stamp
    )
    end_sessions(store, account.account_id, outside.now(), why="password_reset")
    return shown


def check_days(account: Account, days: str) -> int:
    """The term of a key as it was typed, before anybody is asked. Raises InputError: it cannot be, or the account is a person's."""
    if account.role != Role.SERVICE:
        raise InputError("人员账号没有密钥", "密钥只发给业务系统账号")
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= MOST_KEY_DAYS):
        raise _no_term()
    return int(days)


def new_key(store: CaseworkStore, outside: Outside, account_id: str, *, days: int, by: str) -> str:
    """A key of a system's account, to be shown once. Raises InputError: no such account, two valid keys, a term that cannot be."""
    if not 1 <= days <= MOST_KEY_DAYS:
        raise _no_term()
    now = outside.now()
    return add_key(
        store,
        account_id,
        chance=outside.token_bytes(KEY_BYTES),
        now=now,
        expires=now + timedelta(days=days),
        by=by,
    )


def one_time_password(outside: Outside, *, login: str) -> str:
    """Eighty bits of chance as four groups that can be read out."""
    while True:
        text = base64.b32encode(outside.token_bytes(10)).decode("ascii").lower()
        made = "-".join(text[start : start + 4] for start in range(0, 16, 4))
        try:
            check_password(made, login=login)
        except InputError:
            continue
        return made


def _no_term() -> InputError:
    return InputError("密钥的有效期不可用", f"请给出 1 至 {MOST_KEY_DAYS} 天")
