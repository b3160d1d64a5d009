"""`hedui accounts scope|role|disable|enable|reset|link`: what changes an account, each written into the audit log before it is done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from command.accounts_add import ROLES
from command.accounts_store import (
    account_called,
    keeping,
    login_option,
    programme_option,
    read_password,
    region_option,
    show_once,
    stdin_option,
    warehouse_option,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.accounts import Account
    from casework.store import CaseworkStore
    from service.outside import Outside


@click.command(help="更改能看到的地区与救助类型，下一次请求即生效。没有给出地区即什么都看不到。")
@warehouse_option
@login_option
@region_option
@programme_option
def scope(
    *, warehouse: Path, login: str, regions: tuple[str, ...], programmes: tuple[str, ...]
) -> None:
    """Change what may be seen."""
    from casework.accounts import set_scope

    told: dict[str, object] = {"regions": list(regions), "programmes": list(programmes or ("*",))}
    with _changing(warehouse, login, "account.scope", told) as (store, _, by, account):
        set_scope(
            store, account.account_id, regions=regions, programmes=programmes or ("*",), by=by
        )
    click.echo(f"已更改 {login} 的范围")


@click.command(help="更改角色，下一次请求即生效。")
@warehouse_option
@login_option
@click.option("--role", "chosen", required=True, type=click.Choice(ROLES), help="角色")
def role(*, warehouse: Path, login: str, chosen: str) -> None:
    """Change the role."""
    from casework.accounts import set_role

    with _changing(warehouse, login, "account.role", {"role": chosen}) as (store, _, by, account):
        set_role(store, account.account_id, chosen, by=by)
    click.echo(f"已更改 {login} 的角色")


@click.command(help="停用账号：登录与密钥立即失效。最后一名系统管理员不能停用。")
@warehouse_option
@login_option
def disable(*, warehouse: Path, login: str) -> None:
    """Close an account."""
    from casework.accounts import disable_account

    with _changing(warehouse, login, "account.disable", {}) as (store, outside, by, account):
        disable_account(store, account.account_id, by=by, at=outside.stamp)
    click.echo(f"已停用 {login}")


@click.command(help="重新启用账号；原有登录与密钥不恢复。")
@warehouse_option
@login_option
def enable(*, warehouse: Path, login: str) -> None:
    """Open an account again."""
    from casework.accounts import enable_account

    with _changing(warehouse, login, "account.enable", {}) as (store, _, by, account):
        enable_account(store, account.account_id, by=by)
    click.echo(f"已启用 {login}")


@click.command(help="重置口令（只显示一次，首次登录须修改），或取消动态码；全部登录随之结束。")
@warehouse_option
@login_option
@click.option("--second-factor", is_flag=True, help="取消动态码（手机遗失），不改口令")
@stdin_option
def reset(*, warehouse: Path, login: str, second_factor: bool, password_stdin: bool) -> None:
    """Set a new first password, or take the second factor away."""
    from casework.accounts import set_second_factor
    from casework.sessions import end_sessions
    from service.access.keeping import reset_password

    if second_factor and password_stdin:
        raise click.UsageError("--second-factor 与 --password-stdin 不能同时使用")
    password = read_password() if password_stdin else None
    what: dict[str, object] = {"what": "second_factor" if second_factor else "password"}
    shown = None
    with _changing(warehouse, login, "account.reset", what) as (store, outside, _, account):
        if second_factor:
            set_second_factor(store, account.account_id, None)
            end_sessions(store, account.account_id, outside.now(), why="second_factor_reset")
        else:
            shown = reset_password(store, outside, account, password=password)
    click.echo(f"已重置 {login}")
    show_once(shown)


@click.command(help="把账号与统一身份认证的用户标识（sub）关联；不给 --subject 即解除。")
@warehouse_option
@login_option
@click.option("--subject", help="统一身份认证中的用户标识 sub")
def link(*, warehouse: Path, login: str, subject: str | None) -> None:
    """Link an account to the identity provider's subject."""
    from casework.accounts import link_subject

    told: dict[str, object] = {"linked": subject is not None}
    with _changing(warehouse, login, "account.subject", told) as (store, _, by, account):
        link_subject(store, account.account_id, subject, by=by)
    click.echo(f"已{'关联' if subject else '解除关联'} {login}")


@contextmanager
def _changing(
    warehouse: Path, login: str, action: str, details: dict[str, object]
) -> Iterator[tuple[CaseworkStore, Outside, str, Account]]:
    """The account to change, once it is written down that it will be."""
    from command.auditing import record_door

    with keeping(warehouse) as (store, outside, by):
        account = account_called(store, login)
        record_door(
            warehouse,
            action,
            subject_kind="account",
            subject_id=account.account_id,
            details=details,
        )
        yield store, outside, by, account
