"""`hedui alerts show`: one alert with everything it stands on. Nobody is named: people by masks, rows by file and line, never by their key."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.alerts_list import SEVERITY_WORDS, WIDTH, as_text, subject_words
from command.tables import table, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import polars as pl
    from rich.console import RenderableType

    from warehouse.current import CurrentTables

HELP = """看一条预警：说明、涉及的人、依据的每一行、金额如何得出、如何查清、处理经过。

\b
例：
  hedui alerts show --warehouse 县.duckdb --alert AL0123456789abcdef0123
  hedui alerts show --warehouse 县.duckdb --alert AL0123456789abcdef0123 --json

\b
编号见 hedui alerts list；依据中的文件与行号指收件目录下的原始文件。
"""

ROWS_SHOWN = 40
"""Rows on the page; --json has all of them."""

DIGITS_SHOWN = 12
"""Of the digest of facts: enough to say with `decide --facts` which facts were seen."""


@dataclass(frozen=True)
class Seen:
    """One alert as it is now, and what belongs to it.

    Attributes:
        alert: its row of `states.lives_now`.
        run_id, as_of: of the newest run.
        people: rows of table `person`. rows, months: of `alert_evidence` and `alert_month`.
        events: decisions, the oldest first. precision: its rule's rows of `alert_precision` over all periods.

    """

    alert: dict[str, Any]
    run_id: str
    as_of: date
    people: pl.DataFrame
    rows: pl.DataFrame
    months: pl.DataFrame
    events: pl.DataFrame
    precision: pl.DataFrame

    @property
    def masks(self) -> dict[str, str]:
        """person_ref -> masked name, where there is one."""
        pairs = self.people.select("person_ref", "name_masked").iter_rows()
        return {ref: name for ref, name in pairs if name}


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--alert", "alert_id", required=True, help="预警编号，见 hedui alerts list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(*, warehouse: Path, alert_id: str, as_json: bool) -> None:
    """Print one alert."""
    from command.auditing import record_door

    seen = _seen(warehouse, alert_id)
    persons = list(seen.alert["person_refs"] or [])
    record_door(
        warehouse,
        "alert.read",
        subject_kind="alert",
        subject_id=alert_id,
        details={"persons": persons},
    )
    if as_json:
        click.echo(as_text(_plain(seen)))
        return
    from rich.console import Console

    console = Console(width=WIDTH, markup=False, highlight=False)
    for part in _parts(seen):
        console.print(part)


def _seen(warehouse: Path, alert_id: str) -> Seen:
    import polars as pl

    from household.errors import InputError
    from pipelines.deciding import Desk
    from warehouse.current import reading

    desk = Desk(warehouse)
    found = desk.alerts.filter(pl.col("alert_id") == alert_id)
    if found.is_empty():
        raise InputError(
            "最近一次运行的结果中没有这条预警", "请用 hedui alerts list --state all 查看预警编号"
        )
    alert = found.row(0, named=True)
    with reading(warehouse) as tables:
        rows = tables.frame("alert_evidence", alert_id=alert_id)
        refs = {*alert["person_refs"], *rows["person_ref"].drop_nulls()}
        return Seen(
            alert=alert,
            run_id=tables.run.run_id,
            as_of=tables.run.as_of,
            people=pl.concat(tables.frame("person", person_ref=r) for r in sorted(refs))
            if refs
            else tables.frame("person").clear(),
            rows=rows,
            months=tables.frame("alert_month", alert_id=alert_id),
            events=desk.casework.alert_event.filter(pl.col("alert_id") == alert_id),
            precision=_precision(tables, alert),
        )


def _precision(tables: CurrentTables, alert: dict[str, Any]) -> pl.DataFrame:
    """Of the rule over all periods: in the alert's county where measured, and everywhere."""
    import polars as pl

    county = (alert["region_code"] or "")[:6]
    here = pl.col("region_code").is_null() | (pl.col("region_code") == county)
    rows = tables.frame("alert_precision", code=alert["code"])
    return rows.filter(here, pl.col("period").is_null())


def _parts(seen: Seen) -> Iterator[RenderableType]:
    yield from _head(seen)
    if len(seen.people):
        yield _people(seen)
    yield _rows(seen) if len(seen.rows) else "依据：本次运行未再提示这条预警，没有可列的依据\n"
    if len(seen.months):
        yield _months(seen)
    yield from _rule(seen)
    yield _events(seen)
    yield f"批次 {seen.run_id}。预警是请人核实的线索，不是结论；由工作人员核实后决定。"


def _head(seen: Seen) -> Iterator[str]:
    from household.alerts.codes import CODES
    from household.alerts.life.decisions import LIFE_WORDS

    alert = seen.alert
    stale = "（处理后事实有变，重新打开）" if alert["stale"] else ""
    waits = "（下一次 hedui run 发布）" if alert["waits"] else ""
    age = (seen.as_of - alert["first_seen"]).days
    yield (
        f"预警 {alert['alert_id']}  {alert['code']} {CODES[alert['code']].title_zh}  "
        f"{alert['severity']} {SEVERITY_WORDS[alert['severity']]}  {LIFE_WORDS[alert['life']]}{stale}{waits}"
    )
    yield (
        f"对象 {subject_words(alert, seen.masks)}  行政区划 {words(alert['region_code'])}  "
        f"首次发现 {alert['first_seen']}（至基准日 {seen.as_of} 已 {age} 天）"
    )
    yield f"说明：{alert['text_zh']}"
    yield f"涉及金额：{words(alert['amount'])}{'' if alert['amount'] is None else ' 元'}"
    yield f"如何查清：{words(alert['settles_it'])}"
    yield f"事实摘要：{alert['facts_digest'][:DIGITS_SHOWN]}（处理时用 --facts 写明，事实已变则不予记录）\n"


def _people(seen: Seen) -> RenderableType:
    page = table("涉及的人", "人员代号", "姓名", "证件号码", "申请")
    for row in seen.people.iter_rows(named=True):
        page.add_row(
            row["person_ref"],
            words(row["name_masked"]),
            words(row["id_no_masked"]),
            "、".join(row["application_ids"]) or "-",
        )
    return page


def _rows(seen: Seen) -> RenderableType:
    from household.schema.datasets import DATASETS

    title = f"依据（{len(seen.rows)} 行）"
    if len(seen.rows) > ROWS_SHOWN:
        title = f"依据（{len(seen.rows)} 行，列出前 {ROWS_SHOWN} 行，全部见 --json）"
    page = table(title, "#序", "来源、数据截止、文件与行号", "内容与匹配")
    for row in seen.rows.head(ROWS_SHOWN).iter_rows(named=True):
        source = f"{DATASETS[row['dataset']].title_zh}  截至 {row['as_of']}"
        place = f"{Path(row['file']).name}:{row['line']}"
        page.add_row(
            str(row["seq"]), f"{source}\n{place}", f"{row['text_zh']}\n{_match(row, seen)}"
        )
    return page


def _match(row: dict[str, Any], seen: Seen) -> str:
    """Whose the row is and how that is known; of an alert about one person only how."""
    one = len(seen.alert["person_refs"]) == 1
    ref = None if one and row["person_ref"] in seen.alert["person_refs"] else row["person_ref"]
    who = "" if ref is None else seen.masks.get(ref, ref)
    tier = "" if row["link_tier"] is None else f"{row['link_tier']} 级"
    return " ".join(part for part in (who, tier, row["link_note"]) if part)


def _months(seen: Seen) -> RenderableType:
    """Months of one amount on end are told in one line."""
    page = table("逐月金额", "月份", "#月数", "涉及天数", "#每月金额", "#小计")
    for run in _alike(seen.months.to_dicts()):
        first, last, amount = run[0], run[-1], run[0]["amount"]
        until = f" 至 {last['month']:%Y-%m}" if len(run) > 1 else ""
        page.add_row(
            f"{first['month']:%Y-%m}{until}",
            str(len(run)),
            "整月" if first["days"] is None else f"{first['days']}/{first['of_days']}",
            words(amount),
            words(None if amount is None else amount * len(run)),
        )
    page.add_row("合计", str(len(seen.months)), "", "", words(seen.alert["amount"]))
    return page


def _alike(months: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Months that follow one another with one amount and the same days."""

    def alike(numbered: tuple[int, dict[str, Any]]) -> tuple[object, ...]:
        place, row = numbered
        month = row["month"].year * 12 + row["month"].month
        return month - place, row["amount"], row["days"], row["of_days"]

    for _, run in groupby(enumerate(months), alike):
        yield [row for _, row in run]


def _rule(seen: Seen) -> Iterator[str]:
    from household.alerts.basis import AGREED, BASIS

    yield f"规则依据：{BASIS.get(seen.alert['code'], AGREED)}"
    for row in seen.precision.iter_rows(named=True):
        yield f"规则准确率：{row['text_zh']}"
    if seen.precision.is_empty():
        yield "规则准确率：处理过的同类预警尚无统计"


def _events(seen: Seen) -> str:
    from command.alerts_decide import event_line

    if seen.events.is_empty():
        return "处理经过：尚未处理；处理用 hedui alerts decide\n"
    lines = [event_line(row) for row in seen.events.iter_rows(named=True)]
    return "\n".join(["处理经过：", *(f"  {line}" for line in lines), ""])


def _plain(seen: Seen) -> dict[str, Any]:
    """For programs: everything but what names a person."""
    from household.alerts.basis import AGREED, BASIS

    hidden = ["run_id", "alert_id"]
    return {
        **{name: value for name, value in seen.alert.items() if name != "run_id"},
        "run_id": seen.run_id,
        "as_of": seen.as_of,
        "basis": BASIS.get(seen.alert["code"], AGREED),
        "people": seen.people.drop("run_id").to_dicts(),
        "evidence": seen.rows.drop(*hidden, "record_key").to_dicts(),
        "months": seen.months.drop(hidden).to_dicts(),
        "precision": seen.precision.drop("run_id").to_dicts(),
        "events": seen.events.drop("alert_id").to_dicts(),
    }
