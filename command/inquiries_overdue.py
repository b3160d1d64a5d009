"""`hedui inquiries overdue`: which institutions are overdue; reminding them, and handing them to the supervisor. Nobody is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command.inquiries_ask import complain
from command.inquiries_list import as_of_option, book_option, day_of, name_argument
from command.source import json_option, secrets_option

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from connectors.outside import Outside

HELP = """列出超期的机构，拖得最久的在前；可同时催办（--remind）或提请监督负责人督办（--escalate）。

催办：把超期的查询按该机构的格式再送一次，注明催办，每件只催一次。
督办：对催办后仍不答复、已放弃等待的，记下已由 --clerk 提请督办。

\b
例：
  hedui inquiries overdue --warehouse 县.duckdb
  hedui inquiries overdue banking --warehouse 县.duckdb --remind --sources 来源 --inbox 收件
  hedui inquiries overdue --warehouse 县.duckdb --escalate --clerk 王某
"""

COLUMNS = {
    "institution": "机构",
    "source": "来源",
    "late": "#超期未答复",
    "remind": "#应催办",
    "reminded": "#已催办",
    "given_up": "#不再等待",
    "escalated": "#其中已督办",
    "oldest_due_on": "最早到期日",
    "oldest_request_id": "最早的查询编号",
}


@click.command(help=HELP)
@name_argument
@book_option
@click.option("--remind", is_flag=True, help="送出催办文件；须给 --sources 与 --inbox")
@click.option("--escalate", is_flag=True, help="记下已提请督办；须给 --clerk")
@click.option("--clerk", help="催办、提请督办的工作人员，姓名或工号")
@click.option(
    "--sources",
    "folder",
    envvar="HEDUI_SOURCES",
    type=click.Path(path_type=Path),
    help="部署目录，催办时用；也可用环境变量 HEDUI_SOURCES",
)
@click.option("--inbox", type=click.Path(path_type=Path), help="收件目录，催办时用")
@secrets_option
@as_of_option
@json_option
def overdue(
    *,
    name: str | None,
    warehouse: Path,
    remind: bool,
    escalate: bool,
    clerk: str | None,
    folder: Path | None,
    inbox: Path | None,
    mounts: Path | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Remind and escalate where that is asked for, then print who is overdue."""
    if escalate and clerk is None:
        raise click.UsageError("--escalate 须给 --clerk：提请督办由具名工作人员作出")
    if as_of is not None and (remind or escalate):
        raise click.UsageError("催办与督办只能在今天作出，不能与 --as-of 一起使用")
    from household.alerts.life.decisions import plain_text
    from pipelines.inquiring import Books
    from pipelines.outside import outside_now

    by = None if clerk is None else plain_text(clerk, "工作人员")
    outside = outside_now(by=by, mounts=mounts)
    troubles: list[str] = []
    if remind:
        if folder is None or inbox is None:
            raise click.UsageError("--remind 须给 --sources 与 --inbox")
        troubles += _remind(name, folder, inbox=inbox, warehouse=warehouse, outside=outside)
    if escalate:
        troubles += _escalate(name, warehouse, outside)
    books = Books(warehouse, day_of(as_of, outside.today), source=name)
    _print(books.overdue(), books.titles, as_json=as_json)
    complain(troubles)


def _remind(
    name: str | None, folder: Path, *, inbox: Path, warehouse: Path, outside: Outside
) -> list[str]:
    """Remind one source's institutions or all; the trouble, one line each."""
    from household.errors import HouseholdError
    from pipelines.pulling import open_deployment
    from pipelines.settings import Order, read_settings
    from pipelines.urging import NO_FILE, remind_source

    deployment = open_deployment(folder, inbox=inbox, warehouse=warehouse)
    order = Order(inbox, warehouse, outside.today, None, None, read_settings().person_key)
    asking = [one for one, source in deployment.sources.items() if source.inquiries]
    troubles: list[str] = []
    for one in asking if name is None else [name]:
        try:
            done = remind_source(order, deployment, one, outside)
        except HouseholdError as error:
            troubles.append(f"{one}：{error}")
            continue
        click.echo(f"{one}：应催办 {done.due} 件，已催办 {done.requests} 件", err=True)
        if done.requests < done.due and not done.troubles:
            click.echo(f"    其余的授权已失效，或{NO_FILE}", err=True)
        troubles += [t.message for t in done.troubles]
    return troubles


def _escalate(name: str | None, warehouse: Path, outside: Outside) -> list[str]:
    """Hand over what was given up, of one source or all; the trouble, one line each."""
    from connectors.store import Store
    from household.errors import HouseholdError
    from pipelines.inquiring import Books
    from pipelines.urging import escalate
    from pipelines.workplace import store_root

    asked = Books(warehouse, outside.today, source=name).states["source"].unique().sort()
    troubles: list[str] = []
    for one in asked:
        try:
            handed = escalate(Store(store_root(warehouse)), one, outside)
        except HouseholdError as error:
            troubles.append(f"{one}：{error}")
            continue
        click.echo(f"{one}：提请督办 {handed['requests'].sum()} 件", err=True)
    return troubles


def _print(rows: pl.DataFrame, titles: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        told = rows.select("institution_code", *COLUMNS).to_dicts()
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return
    if rows.height:
        from rich.console import Console
        from rich.markup import escape

        from command.tables import table, words

        page = table("超期的机构", *COLUMNS.values())
        for row in rows.iter_rows(named=True):
            row["institution"] = row["institution"] or row["institution_code"]
            row["source"] = titles.get(row["source"], row["source"])
            page.add_row(*(escape(words(row[column])) for column in COLUMNS))
        Console(width=140).print(page)
    click.echo(f"共 {rows.height} 家机构超期", err=True)
