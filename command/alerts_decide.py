"""`hedui alerts decide` and `hedui alerts history`: what a named person decides about an alert, and everything that was ever decided."""

from __future__ import annotations

import json
from pathlib import Path

import click

DECIDE_HELP = """处理一条预警：说明、属实、排除、办结或重新打开。

\b
处理方式（--action）：
  explain  说明：情况合理，无需处理；事实不变就不再提示
  confirm  属实：须写结论；涉及金额的写明核定金额与方向
  dismiss  排除：提示有误，须写结论
  close    办结：说明、属实、排除之后的最后一步，沿用原结论
  reopen   重新打开：先前处理有误时用

\b
结论（--outcome）：
  no_issue       无问题            （说明、排除）
  source_error   数据来源错误      （排除）
  system_error   系统差错          （排除、属实）
  person_error   本人差错          （属实）
  fraud          骗取，须两人      （属实，加 --second）
  under_payment  少发              （属实）

\b
例：
  hedui alerts decide --warehouse 县.duckdb --alert AL0123456789abcdef0123 \\
      --action confirm --outcome person_error --amount 1250.00 --direction over \\
      --clerk 王某 --reason 已与本人核实并约定分期退回 --at 2026-05-20T09:30:00

\b
处理只增不改，写入后无法抹去；理由中请勿写姓名、证件号码、电话与账号。
处理立即可见，并由下一次 hedui run 发布；事实有变时该预警会重新打开。
"""

HISTORY_HELP = """列出处理记录，从最早到最近；不给 --alert 则列出全部。"""

warehouse_option = click.option(
    "--warehouse", required=True, type=click.Path(path_type=Path), help="结果库，DuckDB 文件"
)


@click.command(help=DECIDE_HELP)
@warehouse_option
@click.option("--alert", "alert_id", required=True, help="预警编号，见 hedui alerts list")
@click.option(
    "--action",
    required=True,
    type=click.Choice(["explain", "confirm", "dismiss", "close", "reopen"]),
    help="处理方式",
)
@click.option("--outcome", help="处理结论，见上")
@click.option("--amount", metavar="元", help="核定的金额，没有多发或少发的写 0")
@click.option("--direction", type=click.Choice(["over", "under"]), help="多发或少发")
@click.option("--clerk", required=True, help="作出处理的工作人员，姓名或工号")
@click.option("--second", help="复核人员；认定骗取时必填")
@click.option("--reason", required=True, help="依据，一句话")
@click.option("--at", required=True, help="处理时间，例如 2026-05-20T09:30:00")
@click.option("--facts", help="查看时的事实摘要（前 8 位即可）；事实已变则不予记录")
def decide(
    *,
    warehouse: Path,
    alert_id: str,
    action: str,
    outcome: str | None,
    amount: str | None,
    direction: str | None,
    clerk: str,
    second: str | None,
    reason: str,
    at: str,
    facts: str | None,
) -> None:
    """Add one decision to the log."""
    from household.alerts.life.decisions import ACTIONS, Said
    from pipelines.deciding import Desk

    said = Said(
        alert_id,
        action,
        clerk,
        reason,
        at,
        outcome=outcome,
        amount=amount,
        direction=direction,
        second=second,
        facts_digest=facts,
    )
    Desk(warehouse).decide([said])
    click.echo(f"已记录：{alert_id} {ACTIONS[action]}；下一次 hedui run 照此发布", err=True)


@click.command(help=HISTORY_HELP)
@warehouse_option
@click.option("--alert", "alert_id", help="只列这条预警")
@click.option("--json", "as_json", is_flag=True, help="逐行输出 JSON")
def history(*, warehouse: Path, alert_id: str | None, as_json: bool) -> None:
    """Print the log."""
    import polars as pl

    from pipelines.deciding import Desk

    log = Desk(warehouse).casework.alert_event
    if alert_id is not None:
        log = log.filter(pl.col("alert_id") == alert_id)
    for row in log.iter_rows(named=True):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else event_line(row))
    click.echo(f"共 {len(log)} 条处理记录", err=True)


def event_line(row: dict[str, object]) -> str:
    """One decision as a line: number, when, who (and who else), which alert, what, outcome, money, why."""
    from household.alerts.life.decisions import ACTIONS, DIRECTION_WORDS, OUTCOMES

    who = str(row["clerk"])
    if row["second_clerk"] is not None:
        who = f"{who}、{row['second_clerk']}"
    parts = [row["event_id"], row["decided_at"], who, row["alert_id"], row["code"]]
    parts.append(ACTIONS[str(row["action"])])
    if row["outcome"] is not None:
        parts.append(OUTCOMES[str(row["outcome"])])
    if row["amount_fen"] is not None:
        yuan, fen = divmod(int(str(row["amount_fen"])), 100)
        told = row["direction"] is None or row["outcome"] == "under_payment"
        direction = "" if told else DIRECTION_WORDS[str(row["direction"])]
        parts.append(f"{direction}{yuan}.{fen:02d}元")
    return "  ".join(str(part) for part in (*parts, row["reason"]))
