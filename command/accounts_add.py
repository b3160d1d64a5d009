"""`hedui accounts add` and `list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from command.accounts_store import (
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
    from pathlib import Path

ROLES = ("analyst", "supervisor", "auditor", "data_steward", "system_administrator", "service")


@click.command(help="增加账号。人员的初始口令只显示一次，首次登录须修改。")
@warehouse_option
@login_option
@click.option("--name", required=True, help="姓名，或业务系统名称")
@click.option("--role", required=True, type=click.Choice(ROLES), help="角色")
@region_option
@programme_option
@stdin_option
def add(
    *,
    warehouse: Path,
    login: str,
    name: str,
    role: str,
    regions: tuple[str, ...],
    programmes: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add one."""
    from command.auditing import record_door
    from service.access.keeping import new_account

    scope = {"regions": list(regions), "programmes": list(programmes or ("*",))}
    password = read_password() if password_stdin else None
    record_door(warehouse, "account.add", subject_kind="account", details={"role": role, **scope})
    with keeping(warehouse, create=True) as (store, outside, by):
        account, shown = new_account(
            store,
            outside,
            login=login,
            name=name,
            role=role,
            regions=regions,
            programmes=programmes or ("*",),
            by=by,
            password=password,
        )
    record_door(
        warehouse,
        "account.added",
        subject_kind="account",
        subject_id=account.account_id,
        details={"role": role, **scope},
    )
    click.echo(f"已增加账号 {account.login}（{account.account_id}）")
    show_once(shown)


@click.command(name="list", help="列出全部账号、角色、范围与状态。")
@warehouse_option
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取")
def list_accounts(*, warehouse: Path, as_json: bool) -> None:
    """List them."""
    import json

    from casework.accounts import all_accounts

    with keeping(warehouse) as (store, _, _):
        found = all_accounts(store)
    if as_json:
        told = [
            {
                "account_id": one.account_id,
                "login": one.login,
                "name": one.name,
                "role": one.role,
                "regions": one.regions,
                "programmes": one.programmes,
                "second_factor": one.second_factor,
                "must_change": one.must_change,
                "disabled_at": one.disabled_at,
            }
            for one in found
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from command.tables import table, words

    page = table("账号", "登录名", "姓名", "角色", "地区", "救助类型", "状态")
    for one in found:
        state = "已停用" if one.disabled_at else "待改口令" if one.must_change else "启用"
        page.add_row(
            one.login,
            one.name,
            one.role,
            words("、".join(one.regions) or None),
            words("、".join(one.programmes) or None),
            state,
        )
    Console(markup=False, highlight=False).print(page)
