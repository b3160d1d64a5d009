"""`hedui run`: an inbox into a warehouse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from household.errors import HouseholdError, InputError

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.outcome import Outcome
    from pipelines.settings import Order

INTERRUPTED = ("已中断，未发布任何内容", "再次运行即可继续")

HELP = """把收件目录中的新文件收进来，经过质量、身份、核算与预警，整体发布到结果库。

没有新的内容时什么也不发布，并说明这一点；中途被打断，再运行一次即可。

\b
例：
  hedui run --inbox 收件 --warehouse 县.duckdb --as-of 2026-05-20
  hedui run --inbox 收件 --warehouse 县.duckdb --as-of 2026-05-20 --region 990101
  hedui run --inbox 收件 --warehouse 县.duckdb --as-of 2026-05-20 --packs 本地规则 --json

\b
收件目录：每个来源一个文件夹，文件名为 <数据集>_<区划>_<日期>[_<分卷>].<扩展名>，
  例如 收件/public_security/vehicle_990101_20260430.csv
结果库旁边会有 县.store 目录：原件、读出的行与运行日志，含个人信息，请一并保管。
"""


@click.command(help=HELP)
@click.option("--inbox", required=True, type=click.Path(path_type=Path), help="收件目录")
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option(
    "--as-of",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="核对基准日，例如 2026-05-20；一切“今天”都是这一天",
)
@click.option("--packs", type=click.Path(path_type=Path), help="另外的规则包目录；同名的替换自带的")
@click.option("--region", metavar="CODE", help="只核对此区划及其下的申请，例如 990101")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="计算引擎；本版本只有 duckdb",
)
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出一个 JSON 摘要")
def run(
    *,
    inbox: Path,
    warehouse: Path,
    as_of: datetime,
    packs: Path | None,
    region: str | None,
    engine: str,
    as_json: bool,
) -> None:
    """Take in, assess, publish; print the summary."""
    if engine == "spark":
        raise InputError(
            "本版本没有 spark 引擎", "请使用 --engine duckdb，四百万行以内在一台机器上足够"
        )
    from pipelines.settings import REGION, Order, read_settings

    if region is not None and not REGION.fullmatch(region):
        raise click.BadParameter("应为 2 至 12 位数字，例如 990101", param_hint="--region")
    order = Order(inbox, warehouse, as_of.date(), packs, region, read_settings().person_key)
    outcome, seconds = carry_out(order)
    if as_json:
        said = outcome.to_dict() | {"seconds": seconds}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        from command.summary import summary_lines

        click.echo("\n".join(summary_lines(outcome)), err=True)


def carry_out(order: Order) -> tuple[Outcome, dict[str, float]]:
    """Run with progress on stderr. Returns the outcome and the seconds of each stage.

    Raises:
        HouseholdError: nothing was published.

    """
    from pipelines.settings import check_order

    check_order(order)
    from command.progress import Progress

    try:
        with Progress() as progress:
            from pipelines.drive import drive

            outcome = drive(order, progress.hear)
    except KeyboardInterrupt:
        raise HouseholdError(*INTERRUPTED) from None
    except (HouseholdError, OSError, MemoryError):
        raise
    except BaseException as error:
        raise _unforeseen(error, order.warehouse) from None
    return outcome, progress.seconds


def _unforeseen(error: BaseException, warehouse: Path) -> HouseholdError:
    """An error that no step stands for, as one line; its call stack goes beside the warehouse."""
    from pipelines.trouble import TROUBLE, describe_error, write_trouble

    target = warehouse.with_name(f"{warehouse.name}.{TROUBLE}")
    written = write_trouble(error, target)
    todo = f"请将 {target} 交给维护人员" if written else "请将这一行交给维护人员"
    return HouseholdError(describe_error(error), todo)
