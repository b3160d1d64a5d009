"""`hedui accounts`: who may come in by the pages and the API. Each command has a file of its own and is added here."""

from __future__ import annotations

import click

from command.accounts_add import add, list_accounts
from command.accounts_change import disable, enable, link, reset, role, scope

HELP = """账号：谁可以登录页面、哪些业务系统可以调用接口，各能看到哪些地区与救助类型。

角色：analyst 核对员、supervisor 核对主管、auditor 审计员、data_steward 数据管理员、
system_administrator 系统管理员、service 业务系统（用密钥，见 hedui keys）。

\b
例：
  hedui accounts add --warehouse 县.duckdb --login admin --name 王某 --role system_administrator
  hedui accounts add --warehouse 县.duckdb --login lisi --name 李某 --role analyst --region 330000
  hedui accounts list --warehouse 县.duckdb
  hedui accounts scope --warehouse 县.duckdb --login lisi --region 330000 --region 340000 --programme dibao
  hedui accounts disable --warehouse 县.duckdb --login lisi
  hedui accounts reset --warehouse 县.duckdb --login lisi
"""


@click.group(help=HELP)
def accounts() -> None:
    """Group of the commands about accounts; its help is HELP."""


for added in (add, list_accounts, scope, role, disable, enable, reset, link):
    accounts.add_command(added)
