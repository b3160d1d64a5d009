"""`hedui show`: one household on the screen, from suggestions down to reasons, income, coverage and alerts. Nothing personal is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command.alerts_list import about_application, by_urgency
from command.show_income import income_parts
from command.tables import table as _table
from command.tables import words as _words

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console, RenderableType

HELP = """看一份申请：各项救助的建议、所申请项目的逐条理由、收入核对、查询覆盖、预警与期限。

\b
例：
  hedui show --warehouse demo/warehouse.duckdb --application SQ2026000001
  hedui show --warehouse 县.duckdb --application SQ2026000001 --save 家庭.html
"""

OF_APPLICATION = (
    "household_verdict",
    "income_line",
    "income_month",
    "coverage",
    "roster_person",
    "deadline",
    "evidence",
)
OF_VERDICT = ("verdict_reason", "flip_fact")
OUTCOMES = {"pass": "[green]通过[/]", "fail": "[red]不通过[/]", "unknown": "[yellow]待定[/]"}
STATES = {
    "found": "有记录",
    "none": "无记录",
    "identity_mismatch": "身份不符",
    "no_answer": "未答复",
    "stale": "过期",
    "not_delivered": "未送达",
}
CLOCKS = {
    "open": "未到期",
    "met": "[green]按期[/]",
    "overdue": "[red]逾期[/]",
    "unrecorded": "[yellow]未登记[/]",
}


@click.command(help=HELP)
@click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)
@click.option("--application", required=True, help="申请编号")
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    help="另存为文件；.html 带颜色，其他为纯文本",
)
def show(*, warehouse: Path, application: str, save: Path | None) -> None:
    """Print one application."""
    import polars as pl
    from rich.console import Console

    from command.auditing import record_door
    from household.errors import InputError
    from pipelines.deciding import Desk
    from warehouse.current import reading

    with reading(warehouse) as reader:
        # Only this household is read, however large the county.
        frames = {name: reader.frame(name, application_id=application) for name in OF_APPLICATION}
        verdicts = frames["household_verdict"]
        if verdicts.is_empty():
            raise InputError(
                f"结果库中没有申请 {application}", "请核对申请编号，或先运行 hedui run"
            )
        chosen = _chosen(verdicts)
        frames |= {name: reader.frame(name, verdict_id=chosen["verdict_id"]) for name in OF_VERDICT}
        run = reader.run
    record_door(
        warehouse,
        "household.read" if save is None else "household.print",
        subject_kind="application",
        subject_id=application,
        details={"run": run.run_id},
    )
    frames["alert"] = Desk(warehouse).alerts.filter(pl.col("life") == "open")
    console = Console(record=save is not None, width=118)
    for part in _page(frames, chosen, application, run_id=run.run_id):
        console.print(part)
    if save is not None:
        _save(console, save)


def _chosen(verdicts: pl.DataFrame) -> dict[str, Any]:
    """The verdict whose reasons are told: of the programme that was asked for."""
    asked = verdicts.filter("requested")
    return (asked if len(asked) else verdicts).row(0, named=True)


def _save(console: Console, target: Path) -> None:
    if target.suffix == ".html":
        console.save_html(str(target))
    else:
        console.save_text(str(target))


def _page(
    frames: dict[str, pl.DataFrame], chosen: dict[str, Any], application: str, *, run_id: str
) -> list[RenderableType]:
    verdicts = frames["household_verdict"]
    places = dict(frames["roster_person"].select("person_ref", "member_no").iter_rows())
    alerts = by_urgency(frames["alert"].filter(about_application(application, list(places))))
    head = (
        f"[bold]申请 {application}[/]  行政区划 {chosen['region_code']}  基准日 {chosen['as_of']}  "
        f"规则包 {'、'.join(chosen['pack_ids'])}  批次 {run_id}"
    )
    return [
        head,
        _suggestions(verdicts),
        _reasons(frames["verdict_reason"].sort("seq"), _title(chosen["programme"])),
        _flips(
            frames["flip_fact"],
            frames["evidence"],
            places=places,
        ),
        *income_parts(frames["income_line"], frames["income_month"], frames["evidence"], places),
        _coverage(frames["coverage"]),
        _alerts(alerts),
        _deadlines(frames["deadline"]),
        "[dim]只核对不认定：以上是建议，供审核确认机关参考，由工作人员作出决定。[/]",
    ]


def _title(programme: str) -> str:
    from household.rules.programmes import TITLES

    return TITLES[programme]


def _suggestions(verdicts: pl.DataFrame) -> RenderableType:
    from household.schema.published.verdicts import SUGGESTION_TITLES

    table = _table(
        "建议",
        "救助类型",
        "建议",
        "确定",
        "#人数",
        "#人均月收入",
        "#收入标准",
        "#金融资产",
        "#限额",
        "#建议金额",
    )
    from household.rules.programmes import PROGRAMMES

    order = list(PROGRAMMES)
    for row in sorted(verdicts.iter_rows(named=True), key=lambda r: order.index(r["programme"])):
        mark = "> " if row["requested"] else "  "
        table.add_row(
            mark + _title(row["programme"]),
            SUGGESTION_TITLES[row["suggestion"]],
            "是" if row["certain"] else "否",
            *(
                _words(row[name])
                for name in (
                    "persons_counted",
                    "income_per_capita_month",
                    "income_limit",
                    "financial_assets",
                    "financial_limit",
                    "amount",
                )
            ),
        )
    return table


def _reasons(reasons: pl.DataFrame, programme: str) -> RenderableType:
    table = _table(f"理由：{programme}", "#序", "结果", "说明", "依据", "如何查清")
    for row in reasons.iter_rows(named=True):
        table.add_row(
            str(row["seq"]),
            OUTCOMES[row["outcome"]],
            row["text_zh"],
            _words(row["source_document"]),
            _words(row["settles_it"]),
        )
    return table


def _flips(
    flips: pl.DataFrame, evidence: pl.DataFrame, *, places: dict[str, int]
) -> RenderableType:
    """Single rows that decide the suggestion: the ones to check first."""
    if flips.is_empty():
        return "[bold]决定性证据[/]  没有哪一行证据单独决定这一建议\n"
    from household.schema.datasets import DATASETS

    table = _table("决定性证据（任一行有误，建议即改变）", "#成员", "来源", "#计入金额", "说明")
    about = evidence.select("evidence_id", "person_ref", "dataset", "counted_amount")
    for row in flips.join(about, on="evidence_id", how="left").iter_rows(named=True):
        table.add_row(
            _words(places.get(row["person_ref"])),
            DATASETS[row["dataset"]].title_zh,
            _words(row["counted_amount"]),
            row["text_zh"],
        )
    return table


def _coverage(lines: pl.DataFrame) -> RenderableType:
    from household.schema.datasets import SOURCE_TITLES

    table = _table("查询覆盖（人次）", "来源", *(f"#{word}" for word in STATES.values()))
    counts: dict[str, dict[str, int]] = {}
    for source, state in lines.select("source", "state").iter_rows():
        counts.setdefault(source, dict.fromkeys(STATES, 0))[state] += 1
    for source, states in counts.items():
        table.add_row(SOURCE_TITLES[source], *(str(n or ".") for n in states.values()))
    return table


def _alerts(alerts: pl.DataFrame) -> RenderableType:
    table = _table(
        "待处理预警（详见 hedui alerts show）", "编号", "级别", "#涉及金额", "说明", "如何查清"
    )
    table.columns[0].no_wrap = True
    for row in alerts.iter_rows(named=True):
        table.add_row(
            row["alert_id"],
            f"{row['severity']} {row['code']}",
            _words(row["amount"]),
            row["text_zh"],
            _words(row["settles_it"]),
        )
    return table


def _deadlines(rows: pl.DataFrame) -> RenderableType:
    table = _table("期限", "环节", "状态", "起算", "到期", "说明", "依据")
    for row in rows.sort("due_on", "step", nulls_last=True).iter_rows(named=True):
        table.add_row(
            row["step_zh"],
            CLOCKS[row["state"]],
            _words(row["started_on"]),
            _words(row["due_on"]),
            row["text_zh"],
            _words(row["source_document"]),
        )
    return table
