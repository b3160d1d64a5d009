"""`hedui casework`: looking after the store of what people decided."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.store import CaseworkStore

HELP = """人工判定库：检查是否完好，升级结构。

判定、预警处理、同意书、抽查、账号与受理记录都在其中，只增不改的记录无法重做，请纳入备份。
默认是结果库旁 .store 目录中的 casework.sqlite；设了 HEDUI_CASEWORK 则是那个 PostgreSQL 数据库。

\b
例：
  hedui casework check --warehouse 县.duckdb
  hedui casework upgrade --warehouse 县.duckdb
  hedui casework rekey --warehouse 县.duckdb     换一把密钥，重新加密库中的密钥与动态码
  hedui casework copy --warehouse 县.duckdb      改用 PostgreSQL 时，带走文件中的全部内容
"""

CHECK_HELP = """检查人工判定库：结构版本、各表行数、是否损坏、只增不改的保护是否还在。只读不写。"""

UPGRADE_HELP = """把人工判定库升级到本程序的结构；还没有时新建。

SQLite 文件在打开时自动升级；PostgreSQL 数据库只由本命令建立与升级，请先备份。
全部完成或全部不做；账号须有建表的权限。较早版本留下的未加密的密钥与动态码随之加密。
"""

REKEY_HELP = """换一把密钥：库中 webhook 的密钥与动态码全部改用新密钥加密，旧密钥作废。

密钥在 .store 目录的 casework.key 中（或 HEDUI_CASEWORK_KEY 指定的文件），请与库分开备份。服务不必停止；
中断后重新运行即可。用于密钥可能泄露、经手人离岗或定期更换。
"""

COPY_HELP = """把结果库旁 casework.sqlite 中的全部内容复制到 HEDUI_CASEWORK 指定的库。

编号不变，因此以后的运行结果不变；去处必须还没有任何记录。复制期间两边都不能写入，请先停止服务。
"""

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)


@click.group(help=HELP)
def casework() -> None:
    """Group of the commands about the store; its help is HELP."""


@casework.command(help=CHECK_HELP)
@warehouse_option
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON")
def check(*, warehouse: Path, as_json: bool) -> None:
    """Print what the store is like; leave with 1 where something is wrong with it."""
    from casework.errors import CaseworkError
    from casework.upkeep import check_store
    from pipelines.workplace import casework_of

    told = check_store(casework_of(warehouse))
    if told.revision == told.today:
        told = replace(told, troubles=(*told.troubles, *_secrets(warehouse)))
    if as_json:
        facts = {
            "kind": told.kind,
            "revision": told.revision,
            "revision_of_program": told.today,
            "rows": dict(told.rows),
            "troubles": list(told.troubles),
        }
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{told.kind}，结构版本 {told.revision or '无'}（本程序 {told.today}）")
        for name, rows in told.rows.items():
            click.echo(f"  {name}  {rows} 行")
        for trouble in told.troubles:
            click.echo(f"问题：{trouble}")
    if told.troubles:
        raise CaseworkError(
            f"人工判定库有 {len(told.troubles)} 处问题：{told.troubles[0]}",
            "请停止写入，从备份恢复（密钥文件亦然）；未加密的用 hedui casework upgrade 加密",
        )
    if told.revision != told.today:
        click.echo("结构较旧或尚未建立：请备份后运行 hedui casework upgrade", err=True)
    elif not as_json:
        click.echo("完好", err=True)


@casework.command(help=UPGRADE_HELP)
@warehouse_option
def upgrade(*, warehouse: Path) -> None:
    """Run the missing steps, and seal what an older program left in clear."""
    from casework import upkeep
    from casework.sealed import make_sealed
    from pipelines.outside import token_bytes
    from pipelines.workplace import casework_of

    before, after = upkeep.upgrade(casework_of(warehouse))
    with _opened(warehouse) as (store, at):
        sealed = make_sealed(store, token_bytes, at=at)
    if sealed:
        click.echo(f"已加密 {sealed} 个密钥或动态码", err=True)
    if before == after:
        click.echo(f"已是结构版本 {after}，无需升级", err=True)
    else:
        click.echo(f"结构版本 {before or '无'} → {after}", err=True)


@casework.command(help=REKEY_HELP)
@warehouse_option
def rekey(*, warehouse: Path) -> None:
    """Seal every secret with a new key."""
    from casework.sealed import renew_key
    from command.auditing import record_door
    from pipelines.outside import token_bytes

    with _opened(warehouse) as (store, at):
        record_door(warehouse, "casework.rekey", subject_kind="casework")
        count = renew_key(store, token_bytes, at=at)
    click.echo(f"已换密钥，重新加密 {count} 个；请另行备份新的密钥文件", err=True)


@casework.command(help=COPY_HELP)
@warehouse_option
def copy(*, warehouse: Path) -> None:
    """Copy the file's rows to where HEDUI_CASEWORK leads."""
    from casework.copying import copy_store
    from casework.store import address_of
    from pipelines.workplace import casework_of, store_root

    copied = copy_store(address_of(store_root(warehouse)), casework_of(warehouse))
    for name, rows in copied.items():
        if rows:
            click.echo(f"  {name}  {rows} 行")
    click.echo(f"已复制 {sum(copied.values())} 行；请妥善保存原文件，不再使用", err=True)


def _secrets(warehouse: Path) -> tuple[str, ...]:
    from casework.sealed import troubles_of

    with _opened(warehouse) as (store, _):
        return troubles_of(store)


@contextmanager
def _opened(warehouse: Path) -> Iterator[tuple[CaseworkStore, str]]:
    """The open store and the time as it is kept. Raises CaseworkError."""
    from casework.store import open_store
    from pipelines.outside import outside_now
    from pipelines.workplace import casework_of

    with open_store(casework_of(warehouse)) as store:
        yield store, outside_now().now().isoformat(timespec="microseconds")
