"""`hedui publish`: the published tables in the approval system's own PostgreSQL database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command.source import json_option

if TYPE_CHECKING:
    from warehouse.mirror.mirroring import Leaving, Mirrored

HELP = """把结果库的各张表同步到审批系统自己的 PostgreSQL 数据库，表名、列名与结果库相同。

每次运行一个事务：读者看到的总是完整的一次运行。再次发布只写有变化的行；没有新的运行就什么也不写。
publish 模式为保留的各次运行，current 模式为最近一次；用 --reader 授权的角色只能读这两个模式。

\b
口令不要写在地址里，用 PGPASSWORD、.pgpass 或连接服务文件。
例：
  hedui publish --warehouse 县.duckdb --postgres postgresql://hedui@10.0.0.5/approval --reader approval_read
"""


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--postgres",
    required=True,
    envvar="HEDUI_POSTGRES",
    help="数据库地址，libpq 的 URI 或 key=value；也可用环境变量 HEDUI_POSTGRES",
)
@click.option("--reader", "readers", multiple=True, help="授权哪个角色只读；可写多次")
@click.option(
    "--anew", is_flag=True, help="丢弃镜像中的全部内容，以该结果库整体重写（在一个事务中）"
)
@json_option
def publish(
    *, warehouse: Path, postgres: str, readers: tuple[str, ...], anew: bool, as_json: bool
) -> None:
    """Mirror the warehouse and say which runs were written."""
    from pydantic import SecretStr

    from warehouse.mirror.mirroring import mirror

    done = mirror(
        warehouse,
        SecretStr(postgres),
        readers=readers,
        anew=anew,
        leaving=lambda what: _record(warehouse, what),
    )
    if as_json:
        click.echo(json.dumps(_told(done), ensure_ascii=False))
    for run in done.written:
        added, ended = sum(run.added.values()), sum(run.ended.values())
        click.echo(f"已发布 {run.run_id}：新增 {added} 行，停用 {ended} 行", err=True)
    if done.forgotten:
        click.echo(f"镜像中较早的 {len(done.forgotten)} 次运行已删除", err=True)
    if not done.written:
        click.echo(f"没有新的运行，镜像已是 {done.newest}；未写入任何数据", err=True)
    if readers:
        click.echo(f"已授权只读：{'、'.join(readers)}", err=True)


def _record(warehouse: Path, what: Leaving) -> None:
    from command.auditing import record_door

    told: dict[str, object] = {"runs": list(what.runs), "readers": list(what.readers)}
    told |= {"server": what.server, "database": what.database}
    record_door(
        warehouse,
        "tables.export" if what.runs else "tables.grant",
        subject_kind="mirror",
        subject_id=what.runs[-1] if what.runs else "",
        details=told,
    )


def _told(done: Mirrored) -> dict[str, object]:
    runs = [{"run_id": w.run_id, "added": w.added, "ended": w.ended} for w in done.written]
    return {"run_id": done.newest, "written": runs, "forgotten": list(done.forgotten)}
