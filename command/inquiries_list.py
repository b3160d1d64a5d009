"""`hedui inquiries list`: questions to institutions and where they stand. No name and no number: request numbers and person references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.source import json_option

if TYPE_CHECKING:
    from datetime import date, datetime

    import polars as pl

HELP = """列出逐人查询的进展，到期早的在前。不给 --state 时只列还有事要办的。

答复说了此人什么（有无记录、身份不符），只在其授权今天仍有效时列出。

\b
状态：prepared 待送出，asked 已送出，late 超期未答复，found 有记录，none 无记录，
  identity_mismatch 身份不符，no_answer 未答复，failed 未能送出，all 全部

\b
例：
  hedui inquiries list --warehouse 县.duckdb
  hedui inquiries list banking --warehouse 县.duckdb --institution B1 --overdue
  hedui inquiries list --warehouse 县.duckdb --application SQ2026000001 --state all --json
"""

STATE_WORDS = {
    "prepared": "待送出",
    "asked": "已送出",
    "late": "超期未答复",
    "found": "有记录",
    "none": "无记录",
    "identity_mismatch": "身份不符",
    "no_answer": "未答复",
    "failed": "未能送出",
}

name_argument = click.argument("name", required=False)
book_option = click.option(
    "--warehouse",
    required=True,
    type=click.Path(path_type=Path),
    help="结果库，DuckDB 文件；查询簿在它旁边的 .store 目录",
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="按这一天的进展；不给则为今天",
)


@click.command("list", help=HELP)
@name_argument
@book_option
@click.option("--state", type=click.Choice([*STATE_WORDS, "all"]), help="只列这个状态")
@click.option("--institution", help="只列这个机构代码")
@click.option("--application", help="只列这份申请的")
@click.option("--overdue", is_flag=True, help="只列超期的")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几条")
@as_of_option
@json_option
def list_inquiries(
    *,
    name: str | None,
    warehouse: Path,
    state: str | None,
    institution: str | None,
    application: str | None,
    overdue: bool,
    limit: int,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Print requests."""
    import polars as pl

    from pipelines.inquiring import Books, readable
    from pipelines.outside import outside_now
    from pipelines.roster_today import roster_today
    from pipelines.settings import Order, read_settings

    wanted = [pl.lit(value=True)]
    if state is None:
        wanted.append(pl.col("step").is_not_null())
    elif state != "all":
        wanted.append(pl.col("state") == state)
    if institution is not None:
        wanted.append(pl.col("institution_code") == institution)
    if application is not None:
        wanted.append(pl.col("application_id") == application)
    if overdue:
        wanted.append(pl.col("overdue"))
    today = outside_now().today
    found = Books(warehouse, day_of(as_of, today), source=name).requests().filter(wanted)
    if found.height:
        order = Order(warehouse.parent, warehouse, today, None, None, read_settings().person_key)
        shown = readable(found, roster_today(order, today))
    else:
        shown = found
    rows = shown.sort("due_on", "request_id", nulls_last=True)
    _print(rows.head(limit), as_json=as_json)
    hidden = found.height - shown.height
    unreadable = f"；另有 {hidden} 条的授权已失效，不予显示" if hidden else ""
    click.echo(f"共 {rows.height} 条，列出 {min(limit, rows.height)} 条{unreadable}", err=True)


def day_of(as_of: datetime | None, today: date) -> date:
    """The day that was asked for, else today."""
    return as_of.date() if as_of else today


def _print(rows: pl.DataFrame, *, as_json: bool) -> None:
    if as_json:
        told = rows.drop("step", "overdue").to_dicts()
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    for row in rows.iter_rows(named=True):
        click.echo("  ".join(_cells(row)))


def _cells(row: dict[str, Any]) -> list[str]:
    from household.inquiries.escalation import ACTORS

    due = f"应于 {row['due_on']} 前答复" if row["due_on"] else "-"
    if row["due_on"] and not row["calendar_known"]:
        due += "（暂按周一至周五计）"
    step = f"{ACTORS[row['actor']]}：{row['next_step']}" if row["actor"] else "-"
    return [
        row["request_id"],
        row["institution"] or row["institution_code"],
        row["application_id"],
        row["person_ref"],
        f"第 {row['attempt']} 次",
        STATE_WORDS[row["state"]],
        f"{row['asked_on']} 发起",
        due,
        step,
    ]
