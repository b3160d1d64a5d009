"""Every measure as data: its name, title and formula. How it is counted stands beside its rows; nothing else lives here."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = 3
"""Counts below this are not shown on a page that leaves the house: with a township and a cause they could point at a household."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Attributes:
        code: its name for ever. title_zh: its title. formula_zh: what is counted of what, in which month.
        cause_zh: what `cause` says, empty where it says nothing. share: whether `count` is a part of `of_count`.

    """

    code: str
    title_zh: str
    formula_zh: str
    cause_zh: str = ""
    share: bool = False


_TABLE = (
    Measure("applications_accepted", "受理申请", "受理的申请数；年月为受理日期所在月，未登记受理日期的按申请日期"),
    Measure("suggestions", "核对建议", "所申请项目的建议数；年月为申请日期所在月", "建议"),
    Measure(
        "verified", "核对率", "已得出核对结果（建议不是“数据不全”“未获授权”）的申请数 ÷ 申请数；年月为申请日期所在月", share=True
    ),
    Measure("refused", "不符合率", "建议不符合的申请数 ÷ 建议符合与不符合的申请数；年月为申请日期所在月", share=True),
    Measure("recipients", "在享人数", "当月有待遇在享的人数，同一人计一次；救助类型为空的一行是全部类型合计"),
    Measure("paid", "发放", "发放笔数与金额（不含临时救助）；年月为发放日期所在月"),
    Measure("grants", "临时救助", "发放笔数与金额；年月为发放日期所在月", "救助事由"),
    Measure("alerts", "预警", "本次结果中未关闭的预警数与涉及金额；年月为首次发现日期所在月", "预警代码"),
    Measure("alerts_confirmed", "属实预警", "经人工认定属实的预警数；年月为处理日期所在月", "预警代码"),
    Measure("over_paid", "核定多发", "经人工核定多发的预警数与金额；年月为处理日期所在月", "预警代码"),
    Measure("under_paid", "核定少发", "经人工核定少发的预警数与金额；年月为处理日期所在月", "预警代码"),
    Measure("referrals", "转介", "本次结果中的转介数；年月为核对基准日所在月", "转介事由"),
    Measure("objections", "异议", "提出的异议数；年月为提出日期所在月", "异议理由"),
    Measure(
        "objections_changed", "复核改变率",
        "所指证据在本次结果中已不存在（来源更正、经认定不是本人，或编号有误）的异议数 ÷ 指明证据的异议数；年月为提出日期所在月",
        "异议理由", share=True,
    ),
    Measure(
        "detected", "检出率", "有记录的人次 ÷ 已答复（有记录与无记录）的人次，按来源；年月为核对基准日所在月", "来源", share=True
    ),
    Measure(
        "answered_in_time", "反馈及时率",
        "数据在规定天数内、或在规定天数内答复的人次 ÷ 应答复的人次（未到期的查询不计），按来源；年月为核对基准日所在月", "来源", share=True,
    ),
    Measure(
        "complete", "数据完整率", "已答复（有记录与无记录）的人次 ÷ 应查询的人次，按来源；年月为核对基准日所在月", "来源", share=True
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {row.code: row for row in _TABLE}
"""Every measure, in the order in which pages show them: what was paid too little beside what was paid too much."""
