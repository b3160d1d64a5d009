"""Sections on what follows: alerts, figures against limits, the suggestion with every reason, notes, and how to object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.reports import wording
from service.reports.cells import (
    UNKNOWN,
    Column,
    Grid,
    Section,
    grid,
    member,
    money,
    percent,
    text,
    titled,
)

if TYPE_CHECKING:
    from service.reports.contents import Contents, Reason, Verdict


def alerts(contents: Contents) -> Section:
    """Section 9: what should be looked into before anything is decided."""
    columns = (
        Column("代码", 28),
        Column("级别", 32),
        Column("首次发现", 52),
        Column("涉及金额（元）", 60, numeric=True),
        Column("说明", 130),
        Column("如何查清", 110),
        Column("预警编号", 110),
    )
    rows = grid(
        "",
        columns,
        (
            (
                alert.code,
                titled(wording.SEVERITIES, alert.severity),
                str(alert.first_seen),
                money(alert.amount),
                alert.text_zh,
                text(alert.settles_it),
                alert.alert_id,
            )
            for alert in contents.alerts
        ),
    )
    told = [] if rows else ["本批次没有涉及本户的未处理预警。"]
    if contents.alerts_elsewhere:
        # The reader of this report need not be entitled to see another area.
        told.append(
            f"另有{contents.alerts_elsewhere}条其他地区的预警涉及本户成员，由当地处理，不在此列出。"
        )
    return Section(
        "九、预警提示", tuple(told), rows, ("预警是核实线索，不是结论。",) if rows else ()
    )


def conclusion(contents: Contents) -> Section:
    """Section 10: figures, limits, the suggestion, every reason, what would settle it, and which rows decide alone."""
    paragraphs = tuple(_suggested(verdict) for verdict in contents.requested) or (
        "没有登记所申请的救助类型。",
    )
    grids: list[Grid] = []
    for verdict in contents.requested:
        title = titled(wording.PROGRAMMES, verdict.programme)
        grids += _figures(verdict, title)
        grids += _reasons(verdict, title)
        grids += _flips(verdict, title)
    return Section("十、核对结论建议", paragraphs, (*grids, *_others(contents)))


def _suggested(verdict: Verdict) -> str:
    title = titled(wording.PROGRAMMES, verdict.programme)
    sure = "已到数据足以得出" if verdict.certain else "尚有数据可能改变这一建议"
    if verdict.suggestion == "not_authorised":  # certain of the paper only: no datum was read
        sure = "授权不全，未作核算"
    amount = "" if verdict.amount is None else f"；建议金额{money(verdict.amount)}元"
    until = "" if verdict.valid_to is None else f"；有效期至{verdict.valid_to}"
    suggestion = titled(wording.SUGGESTIONS, verdict.suggestion)
    return f"{title}：{suggestion}（{sure}）{amount}{until}。"


def _figures(verdict: Verdict, title: str) -> tuple[Grid, ...]:
    columns = (
        Column("指标", 1.6),
        Column("核算值", 1.2, numeric=True),
        Column("标准或限额", 1.2, numeric=True),
    )
    rows = (
        ("计入人数（人）", text(verdict.persons_counted), UNKNOWN),
        ("核算期收入（元，扣除就业成本后）", money(verdict.income_window), UNKNOWN),
        (
            "月人均收入（元）",
            money(verdict.income_per_capita_month),
            money(verdict.income_limit),
        ),
        ("金融资产（元）", money(verdict.financial_assets), money(verdict.financial_limit)),
        ("住房（套）", text(verdict.homes), UNKNOWN),
        ("机动车（辆）", text(verdict.vehicles), UNKNOWN),
        ("经营主体（个）", text(verdict.businesses), UNKNOWN),
        ("刚性支出（元，12个月）", money(verdict.rigid_spending), UNKNOWN),
        ("刚性支出占收入之比", percent(verdict.rigid_ratio), UNKNOWN),
    )
    return grid(f"{title}：核算指标（标准栏为“—”的，限额见各条理由）", columns, rows)


def _reasons(verdict: Verdict, title: str) -> tuple[Grid, ...]:
    columns = (
        Column("序", 0.3),
        Column("结果", 0.6),
        Column("说明", 3.2),
        Column("规则与依据", 1.9),
        Column("如何查清", 2.1),
    )
    return grid(f"{title}：逐条理由", columns, (_reason(reason) for reason in verdict.reasons))


def _reason(reason: Reason) -> tuple[str, ...]:
    sure = "（未确定）" if reason.certain is False else ""
    rule = "；".join(filter(None, (reason.rule_id, reason.source_document, _pack(reason.pack_id))))
    return (
        str(reason.seq),
        titled(wording.OUTCOMES, reason.outcome) + sure,
        reason.text_zh,
        rule,
        text(reason.settles_it),
    )


def _pack(pack_id: str | None) -> str | None:
    return f"规则包 {pack_id}" if pack_id else None


def _flips(verdict: Verdict, title: str) -> tuple[Grid, ...]:
    columns = (
        Column("成员", 26),
        Column("来源", 80),
        Column("说明", 311),
        Column("证据编号", 106),
    )
    rows = (
        (
            member(flip.member_no),
            titled(wording.DATASET_TITLES, flip.dataset),
            flip.text_zh,
            flip.evidence_id,
        )
        for flip in verdict.flips
    )
    return grid(f"{title}：单独决定建议的证据（应当首先核实）", columns, rows)


def _others(contents: Contents) -> tuple[Grid, ...]:
    columns = (
        Column("救助类型", 1.6),
        Column("建议", 1),
        Column("是否确定", 0.8),
        Column("月人均收入（元）", 1.2, numeric=True),
        Column("收入标准（元）", 1.2, numeric=True),
    )
    rows = (
        (
            titled(wording.PROGRAMMES, verdict.programme),
            titled(wording.SUGGESTIONS, verdict.suggestion),
            "是" if verdict.certain else "否",
            money(verdict.income_per_capita_month),
            money(verdict.income_limit),
        )
        for verdict in contents.verdicts
        if not verdict.requested
    )
    return grid("未申请的其他救助类型（仅供参考）", columns, rows)


def notes(contents: Contents) -> Section:
    """Sections 11 and 12: limits of what was done, validity, and how to object."""
    until = [v.valid_to for v in contents.requested if v.valid_to is not None]
    validity = (
        f"建议有效期至{min(until)}。"
        if until
        else f"规则未规定建议的有效期；本报告反映基准日{contents.header.as_of}的情况，情况变化或有新的批次时以新报告为准。"
    )
    return Section("十一、说明、有效期与异议", (wording.OBJECTION, validity), (), wording.NOTES)
