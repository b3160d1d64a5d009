"""The end of a run in words: what came in, what came of it, what was refused, where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.datasets import DATASETS
from household.schema.published.verdicts import SUGGESTION_TITLES
from pipelines.outcome import SHOWN

if TYPE_CHECKING:
    from pipelines.outcome import Outcome

STATE_WORDS = {
    "done": "计入",
    "duplicate": "重复",
    "superseded": "已被替代",
    "refused": "拒收",
}


def summary_lines(outcome: Outcome) -> list[str]:
    """The summary of a run, a line each."""
    run = outcome.run
    lines = [_headline(outcome)]
    balance = (
        f"行 {run.rows_in} = 接受 {run.rows_accepted} + 隔离 {run.rows_quarantined}"
        f" + 被替代 {run.rows_superseded}"
    )
    states = "，".join(f"{STATE_WORDS[s]} {n}" for s, n in outcome.files.items())
    lines += [
        f"文件 {run.files}" + (f"（{states}）" if states else ""),
        balance,
        f"申请 {run.applications}，人员 {run.persons}；所申请项目的建议：" + _suggested(outcome),
        _reassessed(outcome),
        f"未处理预警 {run.alerts_open}" + _listed(outcome.alerts),
    ]
    if not run.applications:
        lines.append("没有任何申请；请检查收件目录中的 approval 文件夹，以及 --region")
    lines += [
        f"门禁未通过，按未送达处理：{DATASETS[name].title_zh}（{name}）：{'、'.join(checks)}"
        for name, checks in outcome.shut.items()
    ]
    if outcome.warnings:
        lines.append(f"质量提示 {outcome.warnings} 项，见 {outcome.data_docs}")
    lines += [f"拒收 {file}：{message}" for file, message in outcome.refused[:SHOWN]]
    if len(outcome.refused) > SHOWN:
        lines.append(f"另有 {len(outcome.refused) - SHOWN} 个拒收文件，见表 current.intake_ledger")
    if run.person_key_is_default:
        lines.append(
            "人员代号使用演示密钥，任何人都能重算；正式使用请设置环境变量 HEDUI_PERSON_KEY"
        )
    lines.append(f"结果在 {outcome.warehouse}（schema current）；质量页面 {outcome.data_docs}")
    return lines


def _headline(outcome: Outcome) -> str:
    run = outcome.run
    if outcome.published:
        return f"已发布 {run.run_id}，基准日 {run.as_of.isoformat()}"
    return f"没有新的内容，未发布；最近一次仍是 {run.run_id}，基准日 {run.as_of.isoformat()}"


def _reassessed(outcome: Outcome) -> str:
    again = outcome.reassessed
    said = f"重新核算 {again.again.height} 份，共 {again.applications} 份申请"
    return said + _listed(again.because)


def _suggested(outcome: Outcome) -> str:
    return "，".join(f"{SUGGESTION_TITLES[s]} {n}" for s, n in outcome.suggestions.items())


def _listed(counts: dict[str, int]) -> str:
    return "：" + "，".join(f"{code} {n}" for code, n in counts.items()) if counts else ""
