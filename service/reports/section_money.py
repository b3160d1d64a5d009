"""Sections on money: income, property, spending, benefits, and where what was declared differs from what was found."""

from __future__ import annotations

from decimal import Decimal
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
    text,
    titled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.reports.contents import Contents, EvidenceRow, IncomeLine, Summed

MONTHS = 13
"""More months than these do not stand side by side on a page."""
GRID_ROWS = 24

# Shares that are points where a page is A4: no id, day or amount is then broken.
_ROW_COLUMNS = (
    Column("成员", 26),
    Column("项目", 47),
    Column("来源", 78),
    Column("机构", 33),
    Column("数据截至", 51),
    Column("金额（元）", 53, numeric=True),
    Column("计入（元）", 53, numeric=True),
    Column("是否计入", 60),
    Column("等级", 26),
    Column("证据编号", 106),
)
_SUM_COLUMNS = (
    Column("成员", 0.5),
    Column("来源", 1.5),
    Column("说明", 2),
    Column("笔数", 0.6, numeric=True),
    Column("数据日期", 1.6),
    Column("金额合计（元）", 1.2, numeric=True),
)


def differences(contents: Contents) -> Section:
    """Section 4, before the figures: where declared and verified part, the greatest difference first."""
    apart = [line for line in contents.income if line.apart]
    apart.sort(key=lambda line: (-abs(line.apart or Decimal(0)), line.member_no or 0, line.kind))
    lines = grid("收入（核算期，元）", _INCOME_COLUMNS, (_income(line) for line in apart))
    rows = [
        (
            "金融资产（元）",
            money(_declared_deposits(contents)),
            money(verdict.financial_assets),
            titled(wording.PROGRAMMES, verdict.programme),
        )
        for verdict in contents.requested
    ]
    columns = (
        Column("项目", 1.4),
        Column("申报（有申报者之和）", 1.2, numeric=True),
        Column("采用", 1.2, numeric=True),
        Column("核对项目", 2),
    )
    told = (
        f"申报与核实不一致的收入{len(apart)}项，差额大的在前。"
        if apart
        else "没有申报与核实金额不同的收入项。"
    )
    return Section("四、申报与核实差异", (told,), (*lines, *grid("金融资产", columns, rows)))


def _declared_deposits(contents: Contents) -> Decimal | None:
    said = [p.declared_deposit for p in contents.people if p.declared_deposit is not None]
    return sum(said, Decimal(0)) if said else None


_INCOME_COLUMNS = (
    Column("成员", 0.5),
    Column("收入类别", 1.2),
    Column("申报", 1.2, numeric=True),
    Column("核实", 1.2, numeric=True),
    Column("差额", 1.2, numeric=True),
    Column("采用", 1.2, numeric=True),
    Column("说明", 1.6),
)


def income(contents: Contents) -> Section:
    """Section 5: income by person and kind, then by month where that fits, then what did not count."""
    whole = grid(
        "各人各类收入（核算期，元；扣除就业成本之前）",
        _INCOME_COLUMNS,
        (_income(line) for line in contents.income),
    )
    left_out = grid(
        "未计入的收入记录", _SUM_COLUMNS, (_summed(row) for row in contents.income_left_out)
    )
    told = () if whole else ("没有申报或核实的收入；未获全部授权的申请不列。",)
    monthly, notes = _months(contents)
    return Section("五、收入", told, (*whole, *monthly, *left_out), notes)


def _income(line: IncomeLine) -> tuple[str, ...]:
    return (
        member(line.member_no),
        titled(wording.KINDS, line.kind),
        money(line.declared),
        money(line.verified),
        money(line.apart),
        money(line.adopted),
        _how(line),
    )


def _how(line: IncomeLine) -> str:
    if line.declared is None:
        return "未申报，按核实"
    if line.verified is None:
        return "无核实数据，按申报"
    if line.declared == line.verified:
        return "一致"
    return "按核实（较大）" if line.verified > line.declared else "按申报（较大）"


def _months(contents: Contents) -> tuple[tuple[Grid, ...], tuple[str, ...]]:
    """What was verified month by month; years and the window stand in a column of their own."""
    months = sorted({p.period for p in contents.periods if _is_month(p.period)})
    found: dict[tuple[int, str], dict[str, str]] = {}
    for period in contents.periods:
        name = period.period if _is_month(period.period) else ""
        cells = found.setdefault((period.member_no or 0, period.kind), {})
        told = money(period.adopted)
        if name:
            cells[name] = told
        else:
            cells[""] = "；".join(filter(None, (cells.get(""), f"{period.period}：{told}")))
    if not months or len(months) > MONTHS or len(found) > GRID_ROWS:
        note = "逐月明细较长，见系统中的收入逐月核对。" if found else ""
        return (), (note,) if note else ()
    columns = (
        Column("成员", 0.6),
        Column("类别", 1),
        *(Column(month[2:], 1, numeric=True) for month in months),
        Column("非按月", 1.5),
    )
    rows = (
        (
            member(number or None),
            titled(wording.KINDS, kind)[:2],
            *(cells.get(month, UNKNOWN) for month in months),
            cells.get("", UNKNOWN),
        )
        for (number, kind), cells in sorted(found.items())
    )
    return grid("核实收入逐月（元）", columns, rows, small=True), ()


def _is_month(period: str) -> bool:
    return len(period) == 7 and "/" not in period


def property_(contents: Contents) -> Section:
    """Section 6: financial assets, vehicles, houses, businesses."""
    return _rows("六、财产", contents.holdings, "各来源均未提供财产记录（见第三部分的覆盖声明）。")


def spending(contents: Contents) -> Section:
    """Section 7: what the household had to spend."""
    return _rows("七、刚性支出", contents.spending, "没有申报或核实的支出记录。")


def benefits(contents: Contents) -> Section:
    """Section 8: benefits on the register, and what was paid out."""
    drawn = grid("在享台账", _ROW_COLUMNS, (_evidence(row) for row in contents.benefits))
    paid = grid("已发放记录", _SUM_COLUMNS, (_summed(row) for row in contents.grants))
    told = () if drawn or paid else ("没有在享待遇或发放记录。",)
    return Section("八、已享待遇", told, (*drawn, *paid))


def evidence(contents: Contents) -> Section:
    """The annex: every row that the reasons stand on and no other section lists."""
    listed = {r.evidence_id for r in (*contents.holdings, *contents.spending, *contents.benefits)}
    rows = [row for row in contents.cited if row.evidence_id not in listed]
    return _rows("附：理由所引用的其他证据", rows, "理由所引用的证据均已在以上各部分列出。")


def _rows(title: str, rows: Iterable[EvidenceRow], nothing: str) -> Section:
    told = grid("", _ROW_COLUMNS, (_evidence(row) for row in rows))
    return Section(title, () if told else (nothing,), told)


def _evidence(row: EvidenceRow) -> tuple[str, ...]:
    return (
        member(row.member_no),
        titled(wording.QUANTITIES, row.quantity),
        titled(wording.DATASET_TITLES, row.dataset),
        text(row.institution),
        text(row.as_of),
        money(row.amount),
        money(row.counted_amount),
        "计入" if row.counted else f"未计入：{text(row.why_not)}",
        text(row.link_tier),
        row.evidence_id,
    )


def _summed(row: Summed) -> tuple[str, ...]:
    days = "" if row.first is None else f"{row.first} 至 {row.last}"
    return (
        member(row.member_no),
        titled(wording.DATASET_TITLES, row.dataset),
        text(row.why_not),
        str(row.rows),
        text(str(row.first) if row.first == row.last and row.first else days),
        money(row.amount),
    )
