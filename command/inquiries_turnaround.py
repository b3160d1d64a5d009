"""`hedui inquiries turnaround`: how fast and how surely each institution answers, as a table and as a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command.inquiries_list import as_of_option, book_option, day_of, name_argument
from command.source import json_option

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.inquiring import Books

HELP = """各机构的答复时效：问了多少、答了多少、按期多少、用了几个工作日；从未答复的在前。

“计入未答复”把还没有答复的也算在内，答得少的机构不会因此显得快；“未达到”是说还没有这么多得到答复。

\b
例：
  hedui inquiries turnaround --warehouse 县.duckdb
  hedui inquiries turnaround banking --warehouse 县.duckdb --out 时效.html
"""


@click.command(help=HELP)
@name_argument
@book_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="另存为网页，.html")
@as_of_option
@json_option
def turnaround(
    *,
    name: str | None,
    warehouse: Path,
    out: Path | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Print the table, and write the page where that is asked for."""
    if out is not None and out.suffix != ".html":
        raise click.BadParameter("应以 .html 结尾", param_hint="--out")
    from pipelines.inquiring import Books
    from pipelines.outside import outside_now

    books = Books(warehouse, day_of(as_of, outside_now().today), source=name)
    rows = books.turnaround()
    if as_json:
        told = rows.to_dicts()
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    elif rows.height:
        _print(books)
    click.echo(f"共 {rows.height} 家机构", err=True)
    if out is not None:
        _write(books, out)


def _print(books: Books) -> None:
    from rich.console import Console
    from rich.markup import escape

    from command.tables import table
    from quality.turnaround_page import COUNTS, DAYS, TITLE, by_silence, days_told, name_of

    titles = (*COUNTS.values(), *DAYS.values())
    page = table(f"{TITLE}  截至 {books.on}  天数为工作日", "机构", *(f"#{t}" for t in titles))
    for row in by_silence(books.turnaround()):
        cells = [name_of(row), *(str(row[c]) for c in COUNTS), *(days_told(row, c) for c in DAYS)]
        page.add_row(*map(escape, cells))
    Console(width=140).print(page)


def _write(books: Books, out: Path) -> None:
    from household.errors import InputError
    from quality.turnaround_page import draw_page
    from warehouse.errors import translate_os

    rows = books.turnaround()
    if not rows.height:
        raise InputError("还没有向任何机构查询过，没有可写的", "请先运行 hedui inquiries ask")
    page = draw_page(rows, as_of=books.on, titles=books.titles)
    building = out.with_name(f".{out.name}.building")
    try:
        building.write_text(page, encoding="utf-8", newline="\n")
        building.replace(out)
    except OSError as error:
        raise translate_os(error, out) from error
    finally:
        building.unlink(missing_ok=True)
    click.echo(f"已写出 {out}", err=True)
