"""`hedui alerts precision`: how often each rule was right, which rules stepped back, and how much was missed, as the newest run published it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.tables import table, words

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

HELP = """每条预警规则有多准：已办结的预警中查实的比例，带 95% 置信区间；以及抽样复核得出的漏报率。

近四个季度的区间上限低于规则包所定下限（alert.precision_floor）的规则，级别自动下调一级并写明；
区间回到下限以上时自动恢复。不给 --region 时列全部地区合计。

\b
例：
  hedui alerts precision --warehouse 县.duckdb
  hedui alerts precision --warehouse 县.duckdb --code P02 --region 990101
"""

WIDTH = 118


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--code", help="只看这条规则，并列出每个季度")
@click.option("--region", help="只看这个县区，六位代码")
@click.option("--json", "as_json", is_flag=True, help="在标准输出给出 JSON，含全部期间")
def precision(*, warehouse: Path, code: str | None, region: str | None, as_json: bool) -> None:
    """Print both tables of the newest run."""
    import polars as pl

    from warehouse.current import reading

    with reading(warehouse) as tables:
        rules = tables.frame("alert_precision").drop("run_id")
        misses = tables.frame("miss_rate").drop("run_id")
    if code is not None:
        rules = rules.filter(pl.col("code") == code)
    if region is not None:
        rules = rules.filter(pl.col("region_code") == region)
    elif not as_json:
        rules = rules.filter(pl.col("region_code").is_null())
    if as_json:
        told = {"alert_precision": rules.to_dicts(), "miss_rate": misses.to_dicts()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    print_pages(_pages(rules, misses, quarters=code is not None))
    if not len(rules):
        click.echo("最近一次运行中没有已办结的预警；办结见 hedui alerts decide", err=True)


def _pages(rules: pl.DataFrame, misses: pl.DataFrame, *, quarters: bool) -> list[RenderableType]:
    import polars as pl

    window = pl.col("period").str.contains("/", literal=True)
    shown = rules if quarters else rules.filter(window)
    pages: list[RenderableType] = []
    if len(shown):
        pages.append(_rules_page(shown))
    notes = rules.filter(window, "demoted")
    pages += [f"{row['code']}：{row['text_zh']}" for row in notes.iter_rows(named=True)]
    if len(misses):
        pages.append(misses_page(misses))
    return pages


def _rules_page(rules: pl.DataFrame) -> RenderableType:
    head = ("规则", "期间", "#办结", "#查实", "#准确率", "95%区间", "#下限", "级别")
    page = table("预警准确率", *head)
    for row in rules.iter_rows(named=True):
        own, now = words(row["severity"]), words(row["severity_now"])
        page.add_row(
            row["code"],
            row["period"] or "全部",
            *(str(row[name]) for name in ("decided", "right")),
            *(_share(row["precision"]), _between(row), _share(row["floor"])),
            f"{own} 降为 {now}" if row["demoted"] else now,
        )
    return page


def misses_page(misses: pl.DataFrame) -> RenderableType:
    """Rows of table `miss_rate` for the screen."""
    from command.alerts_sample import stratum_title

    head = ("批次", "层", "#无预警", "#抽取", "#答复", "#遗漏", "#不确定", "#漏报率", "95%区间")
    page = table("漏报率（无预警人员抽样）", *head)
    for row in misses.iter_rows(named=True):
        page.add_row(
            row["batch"],
            "全部" if row["stratum"] is None else stratum_title(row["stratum"]),
            *(str(row[name]) for name in ("people", "drawn", "answered", "missed", "unsure")),
            *(_share(row["rate"]), _between(row)),
        )
    return page


def _between(row: dict[str, Any]) -> str:
    return "-" if row["lower"] is None else f"{_share(row['lower'])} 至 {_share(row['upper'])}"


def _share(value: object) -> str:
    from decimal import Decimal

    from household.alerts.trust.demotion import percent

    return percent(value) if isinstance(value, Decimal) else "-"


def print_pages(pages: list[RenderableType]) -> None:
    """Print tables and lines."""
    from rich.console import Console

    console = Console(width=WIDTH, markup=False, highlight=False, soft_wrap=True)
    for page in pages:
        console.print(page)
