"""`hedui inquiries`: the group of commands about asking institutions person by person. Each has a file of its own or shares one."""

from __future__ import annotations

import click

from command.inquiries_ask import ask
from command.inquiries_list import list_inquiries
from command.inquiries_overdue import overdue
from command.inquiries_turnaround import turnaround

HELP = """逐人查询：按有效授权向银行、证券、保险机构逐人查询，收取答复，催办，看答复时效。

问谁由最近一次 hedui run 的申请名册与今天有效的授权决定；没有授权的一个也不问、一行也不收。
机构没有答复就是没有答复，绝不当作没有存款。

\b
例：
  hedui inquiries ask banking --dry-run --sources 来源 --inbox 收件 --warehouse 县.duckdb
  hedui inquiries ask banking --sources 来源 --inbox 收件 --warehouse 县.duckdb
  hedui inquiries list --warehouse 县.duckdb --overdue
  hedui inquiries overdue --warehouse 县.duckdb
  hedui inquiries overdue --warehouse 县.duckdb --remind --sources 来源 --inbox 收件
  hedui inquiries overdue --warehouse 县.duckdb --escalate --clerk 王某
  hedui inquiries turnaround --warehouse 县.duckdb --out 时效.html
"""


@click.group(help=HELP)
def inquiries() -> None:
    """Group of the commands about inquiries; its help is HELP."""


for added in (ask, list_inquiries, overdue, turnaround):
    inquiries.add_command(added)
