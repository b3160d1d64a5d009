"""`hedui statistics`: counts by region, programme, cause and month, with each measure's formula; small counts are not shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl

HELP = """统计：按地区、救助类型、事由和月份的数量与金额，每项指标附计算口径。

不给 --month 则为核对基准日所在月；--month all 为全部月份。不给 --region 则为县级合计。
过小的数量不显示（结果库中保留原数），少发与多发并列。

\b
例：
  hedui statistics --warehouse 县.duckdb
  hedui statistics --warehouse 县.duckdb --month all --region 990101 --out 统计.xlsx
"""

COLUMNS = {
    "measure_zh": "指标",
    "region_code": "行政区划代码",
    "programme_zh": "救助类型",
    "cause_zh": "事由",
    "month": "年月",
    "count": "#数量",
    "of_count": "#总数",
    "share": "#比率",
    "amount": "#金额（元）",
}


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--month", help="年月，例如 2026-05；all 为全部月份")
@click.option("--region", default="", help="行政区划代码；给出则逐乡镇列出其下的")
@click.option("--programme", help="救助类型代码，例如 dibao")
@click.option("--measure", help="只要一项指标，代码见统计表 measure 列")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写成 .xlsx 或 .csv 文件"
)
def statistics(
    *,
    warehouse: Path,
    month: str | None,
    region: str,
    programme: str | None,
    measure: str | None,
    out: Path | None,
) -> None:
    """Print or write the newest run's statistics."""
    from household.errors import InputError
    from household.statistics.masking import masked, shown
    from warehouse.current import reading

    if out is not None and out.suffix not in {".xlsx", ".csv"}:
        raise InputError(f"不能写成 {out.suffix or out.name}", "请用 .xlsx 或 .csv 结尾的文件名")
    with reading(warehouse) as tables:
        rows, run = tables.frame("statistic"), tables.run
    chosen = _chosen(
        masked(rows),
        month=month or f"{run.as_of:%Y-%m}",
        region=region,
        programme=programme,
        measure=measure,
    )
    told = _titled(shown(chosen))
    if out is None:
        _print(told, f"统计  基准日 {run.as_of}  批次 {run.run_id}")
    else:
        _write(out, told, run_id=run.run_id, as_of=run.as_of)
    click.echo(f"共 {len(told)} 行；过小的数量不显示，原数在结果库 current.statistic 中", err=True)


def _chosen(
    rows: pl.DataFrame, *, month: str, region: str, programme: str | None, measure: str | None
) -> pl.DataFrame:
    import polars as pl

    level = "township" if region else "county"
    code = pl.col("region_code")
    rows = rows.filter(pl.col("region_level").cast(pl.String) == level)
    if region:
        rows = rows.filter(code.str.starts_with(region) | code.is_null())
    if month != "all":
        rows = rows.filter(pl.col("month") == month)
    for name, wanted in (("programme", programme), ("measure", measure)):
        if wanted is not None:
            rows = rows.filter(pl.col(name).cast(pl.String) == wanted)
    return rows


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    """In the order of the measures, with the programmes' titles."""
    import polars as pl

    from household.schema.codes import PROGRAMME
    from household.statistics.measures import MEASURES

    order = {code: place for place, code in enumerate(MEASURES)}
    place = pl.col("measure").cast(pl.String).replace_strict(order, return_dtype=pl.Int64)
    titles = pl.col("programme").cast(pl.String).replace_strict(PROGRAMME.titles, default=None)
    return (
        rows.with_columns(
            titles.alias("programme_zh"), pl.coalesce("cause_zh", "cause").alias("cause_zh")
        )
        .sort(place, "region_code", "month", "programme", "cause", nulls_last=True)
        .select(*COLUMNS)
    )


def _print(told: pl.DataFrame, title: str) -> None:
    from rich.console import Console

    from command.tables import table, words

    page = table(title, *COLUMNS.values())
    for row in told.iter_rows():
        page.add_row(*(words(cell) for cell in row))
    Console(width=140).print(page)


def _write(out: Path, told: pl.DataFrame, *, run_id: str, as_of: object) -> None:
    import datetime as dt

    from command.books import write_book
    from household.statistics.measures import MEASURES, SMALL
    from warehouse.errors import translate_os

    assert isinstance(as_of, dt.date)
    first: list[list[object]] = [
        ["指标", "口径", "事由一列"],
        ["说明", f"小于 {SMALL} 的数量及可据以推算的数量不显示", None],
        ["说明", "预警与转介是待核实的提示，不是认定", None],
        ["核对基准日", str(as_of), None],
        ["运行编号", run_id, None],
    ]
    first[1:1] = [[m.title_zh, m.formula_zh, m.cause_zh or None] for m in MEASURES.values()]
    head: list[object] = [title.lstrip("#") for title in COLUMNS.values()]
    try:
        write_book(out, {"口径": first, "统计": [head, *map(list, told.iter_rows())]}, as_of=as_of)
    except OSError as error:
        raise translate_os(error, out) from error
