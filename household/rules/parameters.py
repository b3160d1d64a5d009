"""Every parameter that a pack may give: what its value is, and who reads it. A key that is not declared here is refused.

Units and plausible bounds stand in `parameter_units`, what takes a value and what its absence means in `parameter_uses`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What the value of a parameter is."""

    MONEY = "money"  # yuan
    RATE = "rate"  # a share or a multiple, at most four decimals
    COUNT = "count"
    FLAG = "flag"
    WORD = "word"
    WORDS = "words"
    TABLE = "table"
    RANGE = "range"  # two shares or multiples, the lower first


class Reader(StrEnum):
    """Who reads a parameter, and as of which day."""

    APPLICATION = "application"  # a column of the rule frame, as of applied_on
    EVENT = "event"  # looked up as of the day of an event (deadlines)
    PEOPLE = "people"  # kept, checked and cited; nothing is computed with it


@dataclass(frozen=True, slots=True)
class Parameter:
    """A key of a pack."""

    key: str
    meaning: Meaning
    title_zh: str
    words: tuple[str, ...] = ()
    reads: Reader = Reader.APPLICATION

    @property
    def column(self) -> str:
        """Its name as a column of the rule frame."""
        return self.key.replace(".", "_")


_M, _R, _C, _F, _W, _S, _T, _G = Meaning
_EVENT, _PEOPLE = Reader.EVENT, Reader.PEOPLE

_ASSET = (
    ("asset.financial_months", _R, "金融资产限额(月数)", ()),
    ("asset.financial_ill_cap_per_head", _M, "重病家庭人均金融资产限额", ()),
    ("asset.count_provident_fund", _F, "公积金余额计入金融资产", ()),
    ("asset.vehicle_rule", _W, "车辆规则", ("none", "value")),
    ("asset.vehicle_value_cap", _M, "车辆价值上限", ()),
    ("asset.vehicle_exempt", _S, "不计入的号牌种类", ()),
    ("asset.home_rule", _W, "住房规则", ("count", "count_and_area")),
    ("asset.home_max", _C, "住房套数上限", ()),
    ("asset.home_area_per_head", _R, "人均住房面积上限", ()),
    ("asset.no_commercial", _F, "不得有商业用房", ()),
    ("asset.business_roles", _S, "经营主体角色", ()),
    ("asset.business_review", _F, "经营主体只提示复核", ()),
)

PARAMETERS: dict[str, Parameter] = {
    p.key: p
    for p in (
        Parameter("standard.urban", _M, "城市低保标准(月)"),
        Parameter("standard.rural", _M, "农村低保标准(月)"),
        Parameter("income.window_months", _C, "收入核算月数"),
        Parameter("income.disposable_last_year", _M, "上年人均可支配收入(年)"),
        Parameter("income.exclude_central_basic", _F, "中央基础养老金不计收入"),
        Parameter("income.work_cost_rate", _R, "就业成本扣除比例"),
        Parameter("income.farm_yuan_per_mu", _M, "每亩经营净收入"),
        Parameter("support.method", _W, "赡养费计算办法", ("excess_rate",)),
        Parameter("support.line_multiple", _R, "赡养能力线(倍)"),
        Parameter("support.rate", _R, "赡养费比例"),
        Parameter("edge.multiple", _R, "边缘家庭收入倍数"),
        Parameter("rigid.method", _W, "刚性支出认定办法", ("ratio", "deduction")),
        Parameter("rigid.ratio", _R, "刚性支出比例"),
        Parameter("rigid.strict", _F, "刚性支出比例须高于"),
        Parameter("tekun.minor_age", _C, "特困未成年人年龄"),
        Parameter("extra.rate", _R, "分类施保增发比例"),
        Parameter("extra.elder_age", _C, "分类施保老年年龄"),
        Parameter("amount.rounding", _W, "金额取整办法", ("ceil_yuan", "half_up_fen")),
        Parameter("temp.class_table", _T, "支出型临时救助分类表"),
        Parameter("temp.low_income_multiple", _R, "低收入家庭收入倍数"),
        Parameter("temp.skip_economic_test", _S, "免于家庭经济状况核对的类别"),
        Parameter("temp.repeat_months", _C, "同一事由间隔月数"),
        Parameter("temp.ceiling_multiple.temp_emergency", _R, "急难型封顶(倍)"),
        Parameter("temp.ceiling_multiple.temp_expenditure", _R, "支出型封顶(倍)"),
        Parameter("temp.emergency_amount_multiple", _R, "急难型救助标准(倍)"),
        Parameter("temp.paperwork_days", _C, "先行救助补办手续天数"),
        Parameter("source.max_age_days", _C, "数据最长时效(天)"),
        Parameter("source.reply_days", _C, "答复期限(天)"),
        Parameter("signal.wage_share", _R, "申报工资与缴费基数之比"),
        Parameter("signal.outflow", _M, "大额支出线"),
        Parameter("signal.lookback_months", _C, "申请前财产变动回看月数"),
        Parameter("signal.deadline_days", _C, "期限临近提示天数", reads=_EVENT),
        Parameter("alert.precision_floor", _R, "预警准确率下限", reads=_EVENT),
        Parameter("alert.precision_least", _C, "判断准确率至少的办结件数", reads=_EVENT),
        Parameter("review.months_stable", _C, "收入稳定户复核月数"),
        Parameter("review.months_unstable", _C, "收入不稳定户复核月数"),
        Parameter("temp.class_of_jdlk", _W, "建档立卡户(含脱贫户)所属类别", ("A", "B", "C", "D")),
        Parameter("deadline.start_investigation_wd", _C, "开始调查期限(工作日)", reads=_EVENT),
        Parameter("deadline.start_verification_wd", _C, "开始信息核对期限(工作日)", reads=_EVENT),
        Parameter("deadline.publicity_days", _C, "公示期(天)", reads=_EVENT),
        Parameter("deadline.county_decision_wd", _C, "县级审核确认期限(工作日)", reads=_EVENT),
        Parameter("deadline.refusal_notice_wd", _C, "不予确认的告知期限(工作日)", reads=_EVENT),
        Parameter("deadline.whole_wd", _C, "全程办结期限(工作日)", reads=_EVENT),
        Parameter(
            "deadline.delegated_whole_wd", _C, "审核确认权下放后的办结期限(工作日)", reads=_EVENT
        ),
        Parameter("deadline.whole_special_wd", _C, "特殊情况办结期限(工作日)", reads=_EVENT),
        Parameter("deadline.whole_wd.rigid", _C, "刚性支出办结期限(工作日)", reads=_EVENT),
        Parameter(
            "deadline.whole_special_wd.rigid", _C, "刚性支出特殊情况办结期限(工作日)", reads=_EVENT
        ),
        Parameter("deadline.township_opinion_wd.tekun", _C, "特困初审期限(工作日)", reads=_EVENT),
        Parameter("deadline.publicity_days.tekun", _C, "特困公示期(天)", reads=_EVENT),
        Parameter(
            "deadline.county_decision_wd.tekun", _C, "特困审核确认期限(工作日)", reads=_EVENT
        ),
        Parameter(
            "deadline.refusal_notice_wd.tekun", _C, "特困不予确认的告知期限(工作日)", reads=_EVENT
        ),
        Parameter("rigid.valid_months", _C, "刚性支出认定有效期(月)", reads=_EVENT),
        Parameter("deadline.recheck_wd", _C, "异议复查期限(工作日)", reads=_EVENT),
        Parameter("deadline.death_review_months", _C, "成员死亡后复核期限(月)", reads=_EVENT),
        Parameter("taper.max_months", _C, "渐退期最长月数", reads=_EVENT),
        Parameter("temp.deadline_wd.temp_emergency", _C, "急难型办结期限(工作日)", reads=_EVENT),
        Parameter("temp.deadline_wd.temp_expenditure", _C, "支出型办结期限(工作日)", reads=_EVENT),
        Parameter("temp.emergency_hours", _C, "先行救助时限(小时)", reads=_EVENT),
        Parameter("temp.submit_by_day", _C, "提交系统截止日(每月)", reads=_EVENT),
        Parameter("temp.file_wd", _C, "备案期限(工作日)", reads=_EVENT),
        Parameter("income.excluded", _S, "不计入收入的款项", reads=_PEOPLE),
        Parameter("extra.rate_range", _G, "分类施保增发比例的范围", reads=_PEOPLE),
        Parameter("single_person.income_multiple", _R, "参照单人户的收入倍数", reads=_PEOPLE),
        Parameter("tekun.basic", _M, "特困基本生活标准(月)", reads=_PEOPLE),
        Parameter("tekun.care_full", _M, "特困全护理照料标准(月)", reads=_PEOPLE),
        Parameter(
            "tekun.full_care_min_wage_share", _R, "全护理标准占最低工资的下限", reads=_PEOPLE
        ),
        Parameter("wage.minimum", _M, "最低工资标准(月)", reads=_PEOPLE),
        Parameter("temp.special_case_cap", _M, "一事一议最高限额(元/次)", reads=_EVENT),
        Parameter("temp.township_limit", _M, "乡镇审批限额(元/次)", reads=_EVENT),
        Parameter(
            "temp.township_limit_multiple", _R, "乡镇审批限额(城市低保标准的倍数)", reads=_EVENT
        ),
        Parameter("temp.yearly_cap", _M, "同一户全年临时救助累计限额(元/年)", reads=_EVENT),
        Parameter("child.de_facto_basic", _M, "事实无人抚养儿童基本生活标准(月)", reads=_EVENT),
        Parameter("temp.standard_basis", _W, "临时救助标准的基数", ("urban_dibao",), _PEOPLE),
        Parameter("temp.income_test", _W, "支出型的收入条件", ("disposable_last_year",), _PEOPLE),
        *(
            Parameter(prefix + key, meaning, title, words)
            for prefix in ("", "edge.", "rigid.")
            for key, meaning, title, words in _ASSET
        ),
    )
}
"""Every key that a pack may hold. `temp.income_test` and `temp.standard_basis` state what the engine does: the one word that
each allows is what `temp_expenditure.income` asks and what the ceilings are multiples of, so another word is refused."""
