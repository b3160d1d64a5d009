"""Published suggestions, their reasons and the income they rest on: three tables, declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.published.column import Held, PublishedColumn, PublishedTable

SUGGESTION_TITLES = {
    "eligible": "建议符合",
    "ineligible": "建议不符合",
    "needs_review": "需人工复核",
    "data_incomplete": "数据不全",
    "parameter_missing": "参数缺失",
    "not_authorised": "未获授权",
}
SUGGESTIONS = tuple(SUGGESTION_TITLES)
OUTCOMES = ("pass", "fail", "unknown")
INCOME_KINDS = ("wage", "business", "property", "transfer")

HOUSEHOLD_VERDICT = PublishedTable(
    "household_verdict",
    "家庭核对建议",
    "one row an application and programme; a suggestion, never a decision",
    (
        PublishedColumn("verdict_id", "建议编号", Held.TEXT, required=True),
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn(
            "programme", "救助类型", Held.TEXT, required=True, values=tuple(PROGRAMME.titles)
        ),
        PublishedColumn(
            "requested",
            "是否所申请",
            Held.FLAG,
            required=True,
            note="false: evaluated for information",
        ),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT, required=True),
        PublishedColumn(
            "pack_ids", "规则包", Held.TEXTS, required=True, note="from the nearest region outwards"
        ),
        PublishedColumn("pack_digest", "规则包摘要", Held.TEXT, required=True),
        PublishedColumn("as_of", "核对基准日", Held.DATE, required=True),
        PublishedColumn("suggestion", "建议", Held.TEXT, required=True, values=SUGGESTIONS),
        PublishedColumn(
            "certain",
            "是否确定",
            Held.FLAG,
            required=True,
            note="no missing data could change the suggestion",
        ),
        PublishedColumn("persons_counted", "计入人数", Held.COUNT, note="null: unknown"),
        PublishedColumn("income_window", "核算期收入", Held.MONEY, note="yuan; less work cost"),
        PublishedColumn("income_per_capita_month", "月人均收入", Held.EXACT, note="yuan a month"),
        PublishedColumn("income_limit", "收入标准", Held.EXACT, note="yuan a month, per capita"),
        PublishedColumn("financial_assets", "金融资产", Held.MONEY, note="yuan"),
        PublishedColumn("financial_limit", "金融资产限额", Held.MONEY, note="yuan"),
        PublishedColumn("homes", "住房套数", Held.COUNT),
        PublishedColumn("vehicles", "机动车数", Held.COUNT),
        PublishedColumn("businesses", "经营主体数", Held.COUNT),
        PublishedColumn("rigid_spending", "刚性支出", Held.MONEY, note="yuan; 12 months"),
        PublishedColumn(
            "rigid_ratio", "刚性支出占比", Held.EXACT, note="spending over income of the window"
        ),
        PublishedColumn("amount", "建议金额", Held.MONEY, note="yuan; only where eligible"),
        PublishedColumn("valid_to", "有效期至", Held.DATE),
        PublishedColumn(
            "digest", "内容摘要", Held.TEXT, required=True, note="of the inputs, parameters, result"
        ),
    ),
    key=("verdict_id",),
    order=("application_id", "programme", "verdict_id"),
)

VERDICT_REASON = PublishedTable(
    "verdict_reason",
    "建议理由",
    "one row a rule that was asked, in the order in which it was asked",
    (
        PublishedColumn("verdict_id", "建议编号", Held.TEXT, required=True),
        PublishedColumn("seq", "序号", Held.COUNT, required=True),
        PublishedColumn("rule_id", "规则编号", Held.TEXT, required=True),
        PublishedColumn("outcome", "结果", Held.TEXT, required=True, values=OUTCOMES),
        PublishedColumn("certain", "是否确定", Held.FLAG),
        PublishedColumn("measured", "实测值", Held.EXACT, note="in `unit`; null: not measurable"),
        PublishedColumn("limit_value", "限值", Held.EXACT, note="in `unit`"),
        PublishedColumn("unit", "单位", Held.TEXT),
        PublishedColumn("pack_id", "规则包", Held.TEXT, note="the pack that gave the limit"),
        PublishedColumn("source_document", "政策依据", Held.TEXT),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
        PublishedColumn("evidence_ids", "证据编号", Held.TEXTS, required=True),
        PublishedColumn(
            "settles_it", "如何查清", Held.TEXT, note="what would turn or settle the outcome"
        ),
    ),
    key=("verdict_id", "seq"),
    beside="household_verdict",
)

INCOME_LINE = PublishedTable(
    "income_line",
    "收入明细",
    "one row an application, person and kind of income; totals of the income window",
    (
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
        PublishedColumn("kind", "收入类别", Held.TEXT, required=True, values=INCOME_KINDS),
        PublishedColumn("declared", "申报", Held.MONEY, note="yuan"),
        PublishedColumn("verified", "核实", Held.MONEY, note="yuan"),
        PublishedColumn("adopted", "采用", Held.MONEY, note="yuan; before work cost"),
    ),
    key=("application_id", "person_ref", "kind"),
)

FLIP_FACT = PublishedTable(
    "flip_fact",
    "决定性证据",
    "one row a verdict and piece of evidence that decides it alone: without the row, something else would be suggested",
    (
        PublishedColumn("verdict_id", "建议编号", Held.TEXT, required=True),
        PublishedColumn("evidence_id", "证据编号", Held.TEXT, required=True),
        PublishedColumn("otherwise", "剔除后的建议", Held.TEXT, required=True, values=SUGGESTIONS),
        PublishedColumn("certain", "剔除后是否确定", Held.FLAG, required=True),
        PublishedColumn("amount", "剔除后的建议金额", Held.MONEY, note="yuan; only where eligible"),
        PublishedColumn(
            "rule_ids",
            "随之改变的规则",
            Held.TEXTS,
            required=True,
            note="in the order in which they are asked",
        ),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("verdict_id", "evidence_id"),
    beside="household_verdict",
)
