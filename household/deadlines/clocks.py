"""The clocks of the law as data: what starts one, how long it runs, what ends it, and which parameter says so (handbook §1 and §6).

Only this table lives here. `applications` and `benefits` say what the records know of start and end; `due` reckons the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a limit counts."""

    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
    DAY_OF_MONTH = "day_of_month"  # the n-th day of the start's month


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of due date.

    Attributes:
        step: its name for ever.
        step_zh: title.
        start_zh: the event that starts it.
        basis_zh: from which record the start is taken where it is not itself on record; empty where there is none.
        rule_zh: the rule in words, with {} for the number.
        settles_zh: what would settle it.
        unit: of the limit.
        key: the parameter.
        own: programmes with a parameter of their own, `<key>.<programme>`.
        preferred: a parameter that, where a region gives it, stands in for `key`; never for programmes in `own`.
        preferred_ends_it: where a region gives `preferred`, the step does not take place there.
        longest: the parameter of the outermost limit that the law allows in special cases, with the same `own`.
        by_analogy: programmes to which the national text of `key` is applied by analogy (参照).
        rolls: a last day that is no working day gives way to the next one that is (民法典 第二百零三条).
        first_day_counts: a period of validity, which ends on the day before the same day of its last month.
        done_suffices: once done, it is met though its start is not on record.
    """

    step: str
    step_zh: str
    start_zh: str
    basis_zh: str
    rule_zh: str
    settles_zh: str
    unit: Unit
    key: str
    own: tuple[str, ...] = ()
    preferred: str | None = None
    preferred_ends_it: bool = False
    longest: str | None = None
    by_analogy: tuple[str, ...] = ()
    rolls: bool = False
    first_day_counts: bool = False
    done_suffices: bool = False


PROCEDURE = ("dibao", "dibao_edge", "single_person", "rigid")
"""Programmes that follow the procedure of 民发〔2021〕57号; its text binds 低保 and 单人保, the others follow it by analogy."""

DELEGATED = "deadline.delegated_whole_wd"
"""Given by a region whose townships decide (2022年10月20日通知): they have this long for the whole, and no county decides."""

_ANALOGY = ("dibao_edge", "rigid")
_WD = Unit.WORKING_DAY

CLOCKS: dict[str, Clock] = {
    clock.step: clock
    for clock in (
        Clock(
            "start_investigation", "启动家庭经济状况调查", "受理", "",
            "受理后{}个工作日内启动家庭经济状况调查", "由审核确认系统登记启动调查的日期",
            _WD, "deadline.start_investigation_wd", by_analogy=_ANALOGY,
        ),
        Clock(
            "start_verification", "启动信息核对", "乡镇（街道）提请核对", "受理日期（提请最早之日）",
            "提请后{}个工作日内启动信息核对", "由审核确认系统登记提请核对与启动核对的日期",
            _WD, "deadline.start_verification_wd", by_analogy=_ANALOGY,
        ),
        Clock(
            "township_opinion", "乡镇（街道）调查并提出初审意见", "受理", "",
            "受理后{}个工作日内调查核实并提出初审意见", "由审核确认系统登记提出初审意见的日期",
            _WD, "deadline.township_opinion_wd", own=("tekun",),
        ),
        Clock(
            "publicity", "初审意见公示", "开始公示", "",
            "初审意见公示{}日", "由审核确认系统登记公示起止日期",
            Unit.DAY, "deadline.publicity_days", own=("tekun",), by_analogy=_ANALOGY, rolls=True,
        ),
        Clock(
            "county_decision", "县级审核确认", "县级收到全部材料", "",
            "收到材料后{}个工作日内作出审核确认决定", "由审核确认系统登记收到材料与作出决定的日期",
            _WD, "deadline.county_decision_wd", own=("tekun",), preferred=DELEGATED, preferred_ends_it=True,
            by_analogy=_ANALOGY,
        ),
        Clock(
            "refusal_notice", "不予确认的书面告知", "作出不予确认的决定", "",
            "不予确认的，决定后{}个工作日内书面告知理由", "由审核确认系统登记决定与送达告知的日期；予以确认的无须办理",
            _WD, "deadline.refusal_notice_wd", own=("tekun",), by_analogy=_ANALOGY,
        ),
        Clock(
            "whole", "全程办结", "受理", "",
            "受理后{}个工作日内办结，情形特殊的可以延长", "由审核确认系统登记作出决定的日期，以及是否属于可以延长的情形",
            _WD, "deadline.whole_wd", own=("rigid",), preferred=DELEGATED,
            longest="deadline.whole_special_wd", by_analogy=_ANALOGY,
        ),
        Clock(
            "recheck", "异议复查", "提出异议", "",
            "提出异议并提供证据后{}个工作日内复查", "由核对机构登记复查结果和出具日期",
            _WD, "deadline.recheck_wd",
        ),
        Clock(
            "first_aid", "先行救助", "急难发生", "",
            "急难型救助{}小时内先行救助（登记只有日期，按日计）", "由审核确认系统登记发现或接报的时间和首次救助的时间",
            Unit.HOUR, "temp.emergency_hours",
        ),
        Clock(
            "aid_paid", "临时救助金发放", "受理", "申请日期",
            "受理后原则上{}个工作日内发放救助金", "由审核确认系统登记发放日期；以实物或转介救助的登记办结日期",
            _WD, "temp.deadline_wd", own=("temp_emergency", "temp_expenditure"),
        ),
        Clock(
            "papers", "先行救助补办手续", "急难缓解", "",
            "急难缓解后{}日内补齐手续", "补办审核手续并登记补办日期",
            Unit.DAY, "temp.paperwork_days", done_suffices=True,
        ),
        Clock(
            "submit", "先行救助提交系统", "审批", "发放日期",
            "审批当月{}日前提交系统", "由审核确认系统登记审批和提交日期",
            Unit.DAY_OF_MONTH, "temp.submit_by_day",
        ),
        Clock(
            "file", "先行救助备案", "提交系统", "提交截止日",
            "提交系统后{}个工作日内报县级民政部门备案", "由审核确认系统登记提交和备案日期",
            _WD, "temp.file_wd",
        ),
        Clock(
            "review", "定期复核", "最近一次复核或开始享受", "",
            "每{}个月复核一次", "按规定复核并登记复核日期",
            Unit.MONTH, "review.months_unstable",
        ),
        Clock(
            "death_review", "成员死亡后复核", "死亡", "",
            "享受待遇人员死亡后{}个月内复核并办理增减停发", "核实死亡；属实的复核、停发或调整待遇并登记日期",
            Unit.MONTH, "deadline.death_review_months", rolls=True,
        ),
        Clock(
            "rigid_validity", "刚性支出困难家庭认定有效期", "开始享受", "",
            "认定有效期{}个月，届满应重新申请", "告知家庭重新申请；已重新认定的登记认定日期",
            Unit.MONTH, "rigid.valid_months", first_day_counts=True,
        ),
    )
}  # fmt: skip
"""Every clock, in the order of a procedure."""
