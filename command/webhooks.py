"""`hedui webhooks`: where other systems are told of changes. A secret is shown once, when the webhook is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from command.accounts_store import account_called, keeping, login_option, warehouse_option

if TYPE_CHECKING:
    from pathlib import Path

HELP = """Webhook：结果有变更时通知业务系统，消息只含编号，不含个人信息。

主机须先由管理员列入环境变量 HEDUI_WEBHOOK_HOSTS（逗号分隔，如 https://10.0.0.8:8443），
hedui serve 也按它发送；不跟随重定向。签名按 Standard Webhooks，接收方以密钥核验。

\b
例：
  hedui webhooks add --warehouse 县.duckdb --login shenpi --url https://10.0.0.8:8443/hedui
  hedui webhooks list --warehouse 县.duckdb
  hedui webhooks retry --warehouse 县.duckdb --webhook wh_0123456789ab
  hedui webhooks remove --warehouse 县.duckdb --webhook wh_0123456789ab
"""

webhook_option = click.option(
    "--webhook", "webhook_id", required=True, help="编号，见 hedui webhooks list"
)


@click.group(help=HELP)
def webhooks() -> None:
    """Group of the commands about webhooks; its help is HELP."""


@webhooks.command(help="登记一个地址，显示签名密钥；从现在起的变更会发往该处。")
@warehouse_option
@login_option
@click.option("--url", required=True, help="https://主机[:端口]/路径，不带用户与查询串")
def add(*, warehouse: Path, login: str, url: str) -> None:
    """Register one and show its secret once."""
    from command.auditing import record_door
    from pipelines.settings import read_settings
    from service.feed.destinations import check_destination, listed
    from service.feed.registering import register_webhook

    allowed = listed(read_settings().webhook_hosts)
    with keeping(warehouse) as (store, outside, by):
        account = account_called(store, login)
        check_destination(url, allowed)
        record_door(warehouse, "webhook.add", subject_kind="account", subject_id=account.account_id)
        made, secret = register_webhook(store, outside, account, url=url, allowed=allowed, by=by)
    click.echo(f"{made.webhook_id} {secret}")
    click.echo("密钥只显示这一次；请直接放进业务系统的密钥库", err=True)


@webhooks.command(name="list", help="列出编号、账号、地址、状态与在途消息。")
@warehouse_option
def list_webhooks(*, warehouse: Path) -> None:
    """List them; no secret is shown."""
    from rich.console import Console

    from casework.accounts import all_accounts
    from casework.webhooks import undelivered
    from casework.webhooks import webhooks as all_webhooks
    from command.tables import table, words

    titles = {"active": "启用", "stopped": "已停止"}
    page = table("Webhook", "编号", "账号", "地址", "状态", "已发至", "在途尝试", "最近回答")
    with keeping(warehouse) as (store, _, _by):
        logins = {one.account_id: one.login for one in all_accounts(store)}
        for one in all_webhooks(store):
            message = undelivered(store, one.webhook_id)
            page.add_row(
                one.webhook_id,
                logins[one.account_id],
                one.url,
                titles[one.state],
                str(one.position),
                str(message.attempts) if message else "—",
                words(message.last_answer if message else None),
            )
    Console(markup=False, highlight=False).print(page)


@webhooks.command(help="重新启用已停止的地址；未送达的消息立即重发，顺序不变。")
@warehouse_option
@webhook_option
def retry(*, warehouse: Path, webhook_id: str) -> None:
    """Start one again."""
    from casework.webhooks import retry_webhook
    from command.auditing import record_door

    with keeping(warehouse) as (store, outside, _):
        record_door(warehouse, "webhook.retry", subject_kind="webhook", subject_id=webhook_id)
        retry_webhook(store, webhook_id, now=outside.stamp)
    click.echo("已重新启用", err=True)


@webhooks.command(help="删除一个地址，不再发送。")
@warehouse_option
@webhook_option
def remove(*, warehouse: Path, webhook_id: str) -> None:
    """Remove one; its secret is forgotten."""
    from casework.webhooks import remove_webhook
    from command.auditing import record_door

    with keeping(warehouse) as (store, _, _by):
        record_door(warehouse, "webhook.remove", subject_kind="webhook", subject_id=webhook_id)
        remove_webhook(store, webhook_id)
    click.echo("已删除", err=True)
