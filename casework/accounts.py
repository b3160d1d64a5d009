"""Accounts: added, found, changed. Rules that must hold whoever asks (nobody raises himself, one administrator stays) are kept here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.sealed import sealed_for, unsealed
from casework.tables.accounts import ACCOUNT, ACCOUNT_SCOPE, API_KEY, KNOWN_DEVICE, ROLES, SESSION
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.store import CaseworkStore

ADMINISTRATOR = "system_administrator"
SERVICE = "service"
EVERYTHING = "*"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_REGION = re.compile(r"\*|[0-9]{2,12}")
_PROGRAMME = re.compile(r"\*|[a-z][a-z0-9_]{0,63}")
_LONG_NUMBER = re.compile(r"[0-9]{11,}")


@dataclass(frozen=True, slots=True)
class Account:
    """Who may come in.

    Attributes:
        account_id: what logs hold. login: what is typed. name: for the screen.
        regions, programmes: what may be seen; `*` is everything, nothing is nothing.
        password_hash: None where the account has none (a system, or one that signs in elsewhere).
        must_change: the password was set by somebody else. second_factor: whether it has one; its secret is not here.
        oidc_subject: `sub` at the identity provider. disabled_at: since when it is closed.

    """

    account_id: str
    login: str
    name: str
    role: str
    regions: tuple[str, ...] = ()
    programmes: tuple[str, ...] = (EVERYTHING,)
    language: str = "zh"
    password_hash: str | None = field(default=None, repr=False)
    must_change: bool = False
    second_factor: bool = False
    oidc_subject: str | None = None
    created_at: str = ""
    disabled_at: str | None = None


def login_of(text: str) -> str:
    """A login name in its one form: full-width letters and capitals are the plain ones."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def add_account(store: CaseworkStore, account: Account, *, by: str, at: str) -> None:
    """Add an account. `by`: account id (or `cli:` and the system's user) of who adds it; `at`: instant as text.

    Raises:
        InputError: a name, role or scope that cannot be, or a login that is taken. The rest as `CaseworkStore.writing`.

    """
    check_account(account)
    with store.writing() as connection:
        taken = sa.select(ACCOUNT.c.account_id).where(ACCOUNT.c.login == account.login)
        if connection.execute(taken).first() is not None:
            raise InputError("登录名已被使用", "请换一个登录名")
        connection.execute(
            ACCOUNT.insert().values(
                account_id=account.account_id,
                login=account.login,
                name=account.name,
                role=account.role,
                language=account.language,
                password_hash=account.password_hash,
                must_change=int(account.must_change),
                password_at=at if account.password_hash else None,
                oidc_subject=account.oidc_subject,
                created_by=by,
                created_at=at,
            )
        )
        _write_scope(connection, account.account_id, account.regions, account.programmes)


def find_account(
    store: CaseworkStore,
    *,
    login: str | None = None,
    account_id: str | None = None,
    oidc_subject: str | None = None,
) -> Account | None:
    """The account of a login name, an id or a subject at the identity provider (one of them is given)."""
    wanted = {"login": login, "account_id": account_id, "oidc_subject": oidc_subject}
    with store.reading() as connection:
        return read_account(
            connection, *(ACCOUNT.c[k] == v for k, v in wanted.items() if v is not None)
        )


def read_account(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Account | None:
    """The one account that the conditions leave, with its scope."""
    row = connection.execute(sa.select(ACCOUNT).where(*where)).first() if where else None
    return None if row is None else _account(row, _scopes(connection, row.account_id))


def all_accounts(store: CaseworkStore) -> tuple[Account, ...]:
    """Every account, in the order of login names."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(ACCOUNT)).all()
        scopes: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
        for scope in connection.execute(sa.select(ACCOUNT_SCOPE)):
            scopes.setdefault(scope.account_id, []).append(scope)
    found = [_account(row, scopes.get(row.account_id, [])) for row in rows]
    return tuple(sorted(found, key=lambda one: one.login))


def set_scope(
    store: CaseworkStore,
    account_id: str,
    *,
    regions: Iterable[str],
    programmes: Iterable[str],
    by: str,
) -> None:
    """Change what an account may see, from its next request on. Raises InputError: own account, none such, no such code."""
    kept = (tuple(sorted(set(regions))), tuple(sorted(set(programmes))))
    _check_scope(*kept)
    _refuse_own(account_id, by)
    with store.writing() as connection:
        _must_be(connection, account_id)
        connection.execute(ACCOUNT_SCOPE.delete().where(ACCOUNT_SCOPE.c.account_id == account_id))
        _write_scope(connection, account_id, *kept)


def set_role(store: CaseworkStore, account_id: str, role: str, *, by: str) -> None:
    """Change the role, from the next request on. Raises InputError: own account, the last administrator, a system's account."""
    _refuse_own(account_id, by)
    with store.writing() as connection:
        now = _must_be(connection, account_id)
        check_grant(now, role, now.regions, now.programmes)
        if now.role == ADMINISTRATOR and role != ADMINISTRATOR:
            _refuse_last(connection, account_id)
        _update(connection, account_id, role=role)


def check_grant(
    account: Account, role: str, regions: Iterable[str], programmes: Iterable[str]
) -> None:
    """Refuse a role and area that this account can never have. Raises InputError."""
    if role not in ROLES:
        raise InputError("没有这种角色", f"可用：{'、'.join(ROLES)}")
    if SERVICE in (account.role, role) and account.role != role:
        raise InputError("业务系统账号与人员账号不能互换", "请另建一个账号")
    _check_scope(regions, programmes)


def disable_account(store: CaseworkStore, account_id: str, *, by: str, at: str) -> None:
    """Close an account: its sessions and keys end with it. Raises InputError: own account, the last administrator, none such."""
    _refuse_own(account_id, by)
    with store.writing() as connection:
        if _must_be(connection, account_id).role == ADMINISTRATOR:
            _refuse_last(connection, account_id)
        _update(connection, account_id, disabled_by=by, disabled_at=at)
        ended = SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None)
        connection.execute(SESSION.update().where(*ended).values(ended_at=at, ended_why="disabled"))
        live = API_KEY.c.account_id == account_id, API_KEY.c.revoked_at.is_(None)
        connection.execute(API_KEY.update().where(*live).values(revoked_at=at, revoked_by=by))
        _forget_devices(connection, account_id)


def enable_account(store: CaseworkStore, account_id: str, *, by: str) -> None:
    """Open a closed account again; ended sessions and revoked keys stay so. Raises InputError: own account, none such."""
    _refuse_own(account_id, by)
    with store.writing() as connection:
        _must_be(connection, account_id)
        _update(connection, account_id, disabled_by=None, disabled_at=None)


def set_password(
    store: CaseworkStore, account_id: str, password_hash: str, *, must_change: bool, at: str
) -> None:
    """Keep another password's hash. `must_change`: somebody else chose it. Raises InputError: no such account, or a system's."""
    with store.writing() as connection:
        if _must_be(connection, account_id).role == SERVICE:
            raise InputError("业务系统账号没有口令", "请用 hedui keys add 发放密钥")
        _update(
            connection,
            account_id,
            password_hash=password_hash,
            must_change=int(must_change),
            password_at=at,
        )
        if must_change:
            _forget_devices(connection, account_id)


def renew_hash(store: CaseworkStore, account_id: str, *, old: str, new: str) -> None:
    """Put the same password's newer hash in the place of `old`, unless the password was changed meanwhile."""
    with store.writing() as connection:
        same = ACCOUNT.c.account_id == account_id, ACCOUNT.c.password_hash == old
        connection.execute(ACCOUNT.update().where(*same).values(password_hash=new))


def set_second_factor(store: CaseworkStore, account_id: str, secret: str | None) -> None:
    """Keep the secret of the second factor (base32), sealed; None takes it away, without a key. Raises SealError: it cannot be sealed."""
    with store.writing() as connection:
        _must_be(connection, account_id)
        sealed = None
        if secret is not None:
            sealed = sealed_for(store, connection, secret, place=_factor_place(account_id))
        _update(connection, account_id, totp_secret=sealed, totp_step=None)


def second_factor_secret(store: CaseworkStore, account_id: str) -> str | None:
    """The secret of the second factor; None without one. Raises SealError: the key is not there or is another one."""
    mine = ACCOUNT.c.account_id == account_id
    with store.reading() as connection:
        kept = connection.execute(sa.select(ACCOUNT.c.totp_secret).where(mine)).scalar_one_or_none()
        if kept is None:
            return None
        return unsealed(store, kept, place=_factor_place(account_id))


def claim_step(store: CaseworkStore, account_id: str, step: int) -> bool:
    """Use up the code of a time step. False where that step, or a later one, was used before."""
    unused = ACCOUNT.c.totp_step.is_(None) | (ACCOUNT.c.totp_step < step)
    with store.writing() as connection:
        done = connection.execute(
            ACCOUNT.update()
            .where(ACCOUNT.c.account_id == account_id, unused)
            .values(totp_step=step)
        )
        return bool(done.rowcount)


def set_language(store: CaseworkStore, account_id: str, language: str) -> None:
    """Keep the language of the pages."""
    with store.writing() as connection:
        _must_be(connection, account_id)
        _update(connection, account_id, language=language)


def link_subject(store: CaseworkStore, account_id: str, subject: str | None, *, by: str) -> None:
    """Link an account to a subject of the identity provider, or unlink it. Raises InputError: own account, none such, taken."""
    _refuse_own(account_id, by)
    with store.writing() as connection:
        _must_be(connection, account_id)
        other = sa.select(ACCOUNT.c.account_id).where(
            ACCOUNT.c.oidc_subject == subject, ACCOUNT.c.account_id != account_id
        )
        if subject is not None and connection.execute(other).first() is not None:
            raise InputError("该统一身份已关联另一个账号", "请先解除原来的关联")
        _update(connection, account_id, oidc_subject=subject)


def _factor_place(account_id: str) -> tuple[str, str, str]:
    """What the secret is bound to."""
    return (ACCOUNT.name, account_id, "totp_secret")


def _account(row: sa.Row[tuple[object, ...]], scopes: list[sa.Row[tuple[object, ...]]]) -> Account:
    told = row._mapping
    return Account(
        account_id=told["account_id"],
        login=told["login"],
        name=told["name"],
        role=told["role"],
        regions=tuple(
            sorted(s._mapping["value"] for s in scopes if s._mapping["kind"] == "region")
        ),
        programmes=tuple(
            sorted(s._mapping["value"] for s in scopes if s._mapping["kind"] == "programme")
        ),
        language=told["language"],
        password_hash=told["password_hash"],
        must_change=bool(told["must_change"]),
        second_factor=told["totp_secret"] is not None,
        oidc_subject=told["oidc_subject"],
        created_at=told["created_at"],
        disabled_at=told["disabled_at"],
    )


def _scopes(connection: sa.Connection, account_id: str) -> list[sa.Row[tuple[object, ...]]]:
    wanted = sa.select(ACCOUNT_SCOPE).where(ACCOUNT_SCOPE.c.account_id == account_id)
    return list(connection.execute(wanted).all())


def _write_scope(
    connection: sa.Connection, account_id: str, regions: Iterable[str], programmes: Iterable[str]
) -> None:
    rows = [("region", code) for code in sorted(set(regions))]
    rows += [("programme", word) for word in sorted(set(programmes))]
    if rows:
        connection.execute(
            ACCOUNT_SCOPE.insert(),
            [{"account_id": account_id, "kind": kind, "value": value} for kind, value in rows],
        )


def _update(connection: sa.Connection, account_id: str, **values: object) -> None:
    connection.execute(ACCOUNT.update().where(ACCOUNT.c.account_id == account_id).values(**values))


def _forget_devices(connection: sa.Connection, account_id: str) -> None:
    connection.execute(KNOWN_DEVICE.delete().where(KNOWN_DEVICE.c.account_id == account_id))


def _must_be(connection: sa.Connection, account_id: str) -> Account:
    found = read_account(connection, ACCOUNT.c.account_id == account_id)
    if found is None:
        raise InputError("没有这个账号", "请用 hedui accounts list 查看账号")
    return found


def _refuse_own(account_id: str, by: str) -> None:
    if account_id == by:
        raise InputError("不能更改自己的角色、范围或状态", "请由另一名系统管理员办理")


def _refuse_last(connection: sa.Connection, account_id: str) -> None:
    others = sa.select(ACCOUNT.c.account_id).where(
        ACCOUNT.c.role == ADMINISTRATOR,
        ACCOUNT.c.disabled_at.is_(None),
        ACCOUNT.c.account_id != account_id,
    )
    if connection.execute(others).first() is None:
        raise InputError("这是最后一名系统管理员", "请先增加另一名系统管理员")


def check_account(account: Account) -> None:
    """Refuse a login name, name, role or area that no account can have. Raises InputError."""
    if not _LOGIN.fullmatch(account.login) or _LONG_NUMBER.search(account.login):
        raise InputError(
            "登录名不可用", "请用 2 至 64 位小写字母、数字、点、横线，不要用证件号或手机号"
        )
    if not account.name.strip() or len(account.name) > 64 or not account.name.isprintable():
        raise InputError("姓名不可用", "请填写 1 至 64 字")
    if account.role not in ROLES:
        raise InputError("没有这种角色", f"可用：{'、'.join(ROLES)}")
    _check_scope(account.regions, account.programmes)


def _check_scope(regions: Iterable[str], programmes: Iterable[str]) -> None:
    # an empty code would be the beginning of every code, and so open everything
    if not all(_REGION.fullmatch(code) for code in regions):
        raise InputError("地区代码不可用", "请用 2 至 12 位数字，或 * 表示全部")
    if not all(_PROGRAMME.fullmatch(word) for word in programmes):
        raise InputError("救助类型代码不可用", "请用代码表中的代码，或 * 表示全部")
