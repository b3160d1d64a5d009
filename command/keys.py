"""`hedui keys`: the keys by which other systems call the API. A key is shown once; only its digest is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from command.accounts_store import account_called, keeping, login_option, warehouse_option

if TYPE_CHECKING:
    from pathlib import Path

HELP = """密钥：业务系统调用接口的凭证，只显示一次，本程序只留摘要。

更换密钥：先发新的（同一账号可同时有两个），业务系统换用后再撤销旧的。

\b
例：
  hedui accounts add --warehouse 县.duckdb --login shenpi --name 审批系统 --role service --region 330000
  hedui keys add --warehouse 县.duckdb --login shenpi --days 180
  hedui keys list --warehouse 县.duckdb
  hedui keys revoke --warehouse 县.duckdb --key 0123456789ab
"""
DAYS = 180


@click.group(help=HELP)
def keys() -> None:
    """Group of the commands about keys; its help is HELP."""


@keys.command(help="给业务系统账号发一个密钥。")
@warehouse_option
@login_option
@click.option(
    "--days", type=click.IntRange(1, 366), default=DAYS, show_default=True, help="有效天数"
)
def add(*, warehouse: Path, login: str, days: int) -> None:
    """Make one and show it once."""
    from command.auditing import record_door
    from service.access.keeping import new_key

    with keeping(warehouse) as (store, outside, by):
        account = account_called(store, login)
        record_door(
            warehouse,
            "key.add",
            subject_kind="account",
            subject_id=account.account_id,
            details={"days": days},
        )
        key = new_key(store, outside, account.account_id, days=days, by=by)
    click.echo(key)
    click.echo("只显示这一次；请直接放进业务系统的密钥库", err=True)


@keys.command(name="list", help="列出密钥编号、账号、有效期、最近使用与状态。")
@warehouse_option
def list_keys(*, warehouse: Path) -> None:
    """List them; no secret is kept that could be shown."""
    from rich.console import Console

    from casework.accounts import all_accounts
    from casework.keys import keys_of
    from command.tables import table, words
    from service.pages.formats import moment

    with keeping(warehouse) as (store, outside, _):
        logins = {one.account_id: one.login for one in all_accounts(store)}
        found, now = keys_of(store), outside.now()
    page = table("密钥", "编号", "账号", "有效期至", "最近使用", "状态")
    for one in found:
        state = "已撤销" if one.revoked_at else "有效" if one.valid(now) else "已过期"
        used = moment(one.used_at) if one.used_at else None
        until = moment(one.expires_at)[:10]
        page.add_row(one.key_id, logins[one.account_id], until, words(used), state)
    Console(markup=False, highlight=False).print(page)


@keys.command(help="撤销密钥，下一次调用即失效。")
@warehouse_option
@click.option("--key", "key_id", required=True, help="密钥编号")
def revoke(*, warehouse: Path, key_id: str) -> None:
    """Close one."""
    from casework.keys import revoke_key
    from command.auditing import record_door

    record_door(warehouse, "key.revoke", subject_kind="key", subject_id=key_id)
    with keeping(warehouse) as (store, outside, by):
        revoke_key(store, key_id, outside.now(), by=by)
    click.echo(f"已撤销 {key_id}")
