"""`hedui watch`: takes in what is new, screens everybody who draws, and tells only what differs from the last look."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.run import carry_out
from household.errors import HouseholdError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipelines.outcome import Outcome
    from pipelines.watching import Look

CUT_SHORT = ("已中断，这次观察没有记为已告知", "再次运行会把同样的变化再告知一遍")

HELP = """在享对象动态监测：收进新的数据，比对全部在享待遇，只告知与上次观察相比的变化和近期到期的事项。

与上次观察比较，而不是与上次运行比较：两次观察之间运行过几次都不影响。全部告知之后才记下这次观察；
中途被打断，下一次会把同样的变化再告知一遍，不会遗漏。没有变化时说明这一点。

\b
例：
  hedui watch --inbox 收件 --warehouse 县.duckdb --as-of 2026-06-20 --out 监测
  hedui watch --warehouse 县.duckdb --as-of 2026-07-01            没有新文件，只换基准日
  hedui watch --warehouse 县.duckdb --as-of 2026-07-01 --peek     只看，不记为已告知

\b
预警与到期事项都是请人核实的线索，不是结论；由工作人员决定如何处理。
"""


@click.command(help=HELP)
@click.option("--inbox", type=click.Path(path_type=Path), help="收件目录；不给则没有新文件")
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--as-of",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="基准日，例如 2026-06-20；一切“今天”都是这一天",
)
@click.option(
    "--packs", type=click.Path(path_type=Path), help="另外的规则包目录；与 hedui run 相同"
)
@click.option("--region", metavar="CODE", help="只核对此区划及其下的申请；与 hedui run 相同")
@click.option(
    "--days",
    type=click.IntRange(0, 366),
    default=90,
    show_default=True,
    help="到期事项看到今后多少天",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="把变化和到期事项写成 xlsx 与 csv",
)
@click.option("--peek", is_flag=True, help="只看，不记为已告知")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出一个 JSON，含全部变化")
def watch(
    *,
    inbox: Path | None,
    warehouse: Path,
    as_of: datetime,
    packs: Path | None,
    region: str | None,
    days: int,
    out: Path | None,
    peek: bool,
    as_json: bool,
) -> None:
    """Run, compare, tell, and only then note that it has been told."""
    from pipelines.settings import REGION, Order, read_settings

    if region is not None and not REGION.fullmatch(region):
        raise click.BadParameter("应为 2 至 12 位数字，例如 990101", param_hint="--region")
    with _inbox(inbox, warehouse) as folder:
        order = Order(folder, warehouse, as_of.date(), packs, region, read_settings().person_key)
        outcome, seconds = carry_out(order)
    from pipelines.watching import keep_mark, looking

    try:
        with looking(order, days=days) as look:
            files = _write(look, out, warehouse) if out is not None else []
            if as_json:
                told = _as_dict(look, outcome, days=days, files=files)
                told |= {"marked": not peek, "seconds": seconds}
                click.echo(json.dumps(told, ensure_ascii=False, indent=2))
            else:
                _print(look, outcome, days=days, files=files)
            if not peek:
                keep_mark(order, look)
    except KeyboardInterrupt:
        raise HouseholdError(*CUT_SHORT) from None


@contextmanager
def _inbox(inbox: Path | None, warehouse: Path) -> Iterator[Path]:
    """The inbox, or an empty one: what arrived before stands in the working store."""
    if inbox is not None:
        yield inbox
        return
    if not warehouse.exists():
        raise InputError(f"结果库 {warehouse.name} 不存在", "第一次观察请用 --inbox 给出收件目录")
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as empty:
        yield Path(empty)


def _print(look: Look, outcome: Outcome, *, days: int, files: list[Path]) -> None:
    from rich.console import Console

    from command.watch_told import page

    console = Console(width=118)
    for part in page(look, outcome, days=days):
        console.print(part)
    for file in files:
        click.echo(f"已写入 {file}", err=True)


def _as_dict(look: Look, outcome: Outcome, *, days: int, files: list[Path]) -> dict[str, Any]:
    from command.watch_told import as_dict

    said = {"published": outcome.published, "files": [str(file) for file in files]}
    return as_dict(look, days=days) | said


def _write(look: Look, out: Path, warehouse: Path) -> list[Path]:
    from command.auditing import record_door
    from command.watch_files import write_look

    if look.has_news:
        record_door(warehouse, "watch_sheet.export", subject_id=look.run.run_id)
    return write_look(look, out)
