"""`hedui alerts list`: what waits for a person, the most urgent first. Nobody is named; people by masked names."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

HELP = """列出预警，最该先看的在前：先按级别，再按涉及金额，再按首次发现的先后。

不给 --state 时只列待处理的；处理之后立即不再列出，不必等下一次 hedui run。

\b
级别：B 先查清再发放；R 由工作人员核实；I 提示
状态：open 待处理，explained 已说明，confirmed 已确认，dismissed 已排除，closed 已办结，all 全部

\b
例：
  hedui alerts list --warehouse 县.duckdb
  hedui alerts list --warehouse 县.duckdb --severity B --region 990101
  hedui alerts list --warehouse 县.duckdb --code U01 --code U03 --limit 20
  hedui alerts list --warehouse 县.duckdb --application SQ2026000001 --state all --json
"""

SEVERITY_WORDS = {"B": "先查清", "R": "核实", "I": "提示"}
SUBJECT_WORDS = {"application": "申请", "benefit": "待遇", "household": "户", "person": "人员"}
STATES = ("open", "explained", "confirmed", "dismissed", "closed", "all")
WIDTH = 118

JSON_COLUMNS = (
    "alert_id",
    "code",
    "severity",
    "subject_kind",
    "subject_id",
    "person_refs",
    "region_code",
    "amount",
    "first_seen",
    "life",
    "facts_digest",
    "evidence_ids",
    "text_zh",
    "settles_it",
)


@click.command("list", help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--code", "codes", multiple=True, metavar="CODE", help="只列这个代码，可给多次")
@click.option("--severity", type=click.Choice(["B", "R", "I"]), help="只列这个级别")
@click.option(
    "--state", type=click.Choice(STATES), default="open", show_default=True, help="只列这个状态"
)
@click.option("--region", help="只列这个行政区划代码之下的")
@click.option("--person", "person_ref", help="只列涉及此人的，人员代号")
@click.option("--application", help="只列这份申请及其成员的")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最多几条")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def list_alerts(
    *,
    warehouse: Path,
    codes: tuple[str, ...],
    severity: str | None,
    state: str,
    region: str | None,
    person_ref: str | None,
    application: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Print alerts of the newest run with what was decided since."""
    import polars as pl

    from pipelines.deciding import Desk

    wanted = [pl.lit(value=True)]
    if codes:
        wanted.append(pl.col("code").is_in(_known(codes)))
    if severity is not None:
        wanted.append(pl.col("severity") == severity)
    if state != "all":
        wanted.append(pl.col("life") == state)
    if region is not None:
        wanted.append(pl.col("region_code").str.starts_with(region))
    if person_ref is not None:
        wanted.append(pl.col("person_refs").list.contains(person_ref))
    if application is not None:
        wanted.append(about_application(application, _people_of(warehouse, application)))
    found = by_urgency(Desk(warehouse).alerts.filter(wanted))
    told = found.head(limit)
    if as_json:
        click.echo(as_text([_plain(row) for row in told.iter_rows(named=True)]))
    elif len(told):
        _print(_page(told, _masks(warehouse, told)))
    _count(found, len(told))


def by_urgency(alerts: pl.DataFrame) -> pl.DataFrame:
    """Severity, then amount at stake (what has none last), then the longest known first."""
    import polars as pl

    rank = pl.col("severity").cast(pl.String).replace_strict({"B": 0, "R": 1, "I": 2}, default=3)
    return alerts.sort(
        rank,
        "amount",
        "first_seen",
        "alert_id",
        descending=[False, True, False, False],
        nulls_last=True,
    )


def about_application(application: str, people: list[str]) -> pl.Expr:
    """Alerts about an application, or about people on its roster."""
    import polars as pl

    ours = pl.col("person_refs").list.set_intersection(people).list.len() > 0
    return (pl.col("subject_id") == application) | ours


def as_text(value: object) -> str:
    """JSON with dates as written and amounts as texts, so that none becomes a float."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_written)


def _written(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"no JSON for a {type(value).__name__}")


def _known(codes: tuple[str, ...]) -> list[str]:
    from household.alerts.codes import CODES

    asked = [code.upper() for code in codes]
    unknown = [code for code in asked if code not in CODES]
    if unknown:
        raise click.UsageError(f"没有预警代码 {'、'.join(unknown)}；可用：{' '.join(CODES)}")
    return asked


def _people_of(warehouse: Path, application: str) -> list[str]:
    from household.errors import InputError
    from warehouse.current import reading

    with reading(warehouse) as tables:
        if tables.frame("household_verdict", application_id=application).is_empty():
            raise InputError(
                f"结果库中没有申请 {application}", "请核对申请编号，或先运行 hedui run"
            )
        places = tables.frame("roster_person", application_id=application)
    return places["person_ref"].unique().sort().to_list()


def _masks(warehouse: Path, alerts: pl.DataFrame) -> dict[str, str]:
    """person_ref -> masked name of the people that alerts are about."""
    import polars as pl

    from warehouse.current import read_current

    about = alerts.filter(pl.col("subject_kind") == "person")["subject_id"].unique()
    if about.is_empty():
        return {}
    people = read_current(warehouse, "person").filter(pl.col("person_ref").is_in(about.implode()))
    return {
        ref: name for ref, name in people.select("person_ref", "name_masked").iter_rows() if name
    }


def _page(alerts: pl.DataFrame, masks: dict[str, str]) -> RenderableType:
    from command.tables import table, words
    from household.alerts.life.decisions import LIFE_WORDS

    page = table("预警", "编号", "级别", "状态", "#涉及金额", "首次发现", "对象与说明")
    for column in page.columns[:-1]:
        column.no_wrap = True  # a number that is broken in two cannot be copied
    for row in alerts.iter_rows(named=True):
        page.add_row(
            row["alert_id"],
            f"{row['severity']} {row['code']}",
            LIFE_WORDS[row["life"]],
            words(row["amount"]),
            str(row["first_seen"]),
            f"{subject_words(row, masks)}\n{row['text_zh']}",
        )
    return page


def subject_words(row: dict[str, Any], masks: dict[str, str]) -> str:
    """What an alert is about: kind, and its number or a person's masked name."""
    kind, subject = row["subject_kind"], row["subject_id"]
    told = masks.get(subject, subject) if kind == "person" else subject
    return f"{SUBJECT_WORDS[kind]} {told}"


def _print(page: RenderableType) -> None:
    from rich.console import Console

    Console(width=WIDTH, markup=False, highlight=False).print(page)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in JSON_COLUMNS}


def _count(found: pl.DataFrame, listed: int) -> None:
    """How many there are, and how much is at stake in those of which it is known."""
    known = found["amount"].drop_nulls()
    at_stake = (
        f"；其中 {len(known)} 条涉及金额，合计 {known.sum()} 元（同一笔钱可能见于数条）"
        if len(known)
        else ""
    )
    click.echo(f"共 {len(found)} 条，列出 {listed} 条{at_stake}", err=True)
