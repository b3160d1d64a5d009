"""Published measures of the alerts themselves: precision, miss rate, and who was looked at. Declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.published.alerts import SEVERITIES
from household.schema.published.column import Held, PublishedColumn, PublishedTable

ALERT_PRECISION = PublishedTable(
    "alert_precision",
    "预警准确率",
    "one row a rule, region and period in which alerts were decided; an alert's subject counts once in each",
    (
        PublishedColumn("code", "预警代码", Held.TEXT, required=True),
        PublishedColumn(
            "severity",
            "级别",
            Held.TEXT,
            values=SEVERITIES,
            note="of the rule itself; null: a code that is no longer raised",
        ),
        PublishedColumn(
            "region_code", "行政区划代码", Held.TEXT, note="six digits; null: everywhere"
        ),
        PublishedColumn(
            "period",
            "期间",
            Held.TEXT,
            note="a quarter, 2026Q2, by the time of the decision; 2025Q3/2026Q2: the last four; null: all",
        ),
        PublishedColumn("decided", "已办结", Held.COUNT, required=True),
        PublishedColumn(
            "right",
            "查实",
            Held.COUNT,
            required=True,
            note="outcome person_error, fraud, system_error or under_payment",
        ),
        PublishedColumn(
            "wrong", "未查实", Held.COUNT, required=True, note="outcome no_issue or source_error"
        ),
        PublishedColumn(
            "precision", "准确率", Held.EXACT, note="right / decided; null: nothing was decided"
        ),
        PublishedColumn("lower", "95%区间下限", Held.EXACT, note="Wilson"),
        PublishedColumn("upper", "95%区间上限", Held.EXACT, note="Wilson"),
        PublishedColumn(
            "floor", "准确率下限", Held.EXACT, note="of the region's packs; null: none is set"
        ),
        PublishedColumn(
            "severity_now",
            "现行级别",
            Held.TEXT,
            values=SEVERITIES,
            note="at which it is published",
        ),
        PublishedColumn(
            "demoted",
            "是否降级",
            Held.FLAG,
            required=True,
            note="the upper limit over the last four quarters, there or (where too few) everywhere, is below the floor",
        ),
        PublishedColumn(
            "amount_over", "查实多发金额", Held.MONEY, note="as settled; null: none was settled"
        ),
        PublishedColumn(
            "amount_under", "查实少发金额", Held.MONEY, note="as settled; null: none was settled"
        ),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("code", "region_code", "period"),
)

MISS_RATE = PublishedTable(
    "miss_rate",
    "预警漏报率",
    "one row a sample and stratum of people without an alert, and one for the whole sample",
    (
        PublishedColumn("batch", "抽样批次", Held.TEXT, required=True),
        PublishedColumn(
            "stratum",
            "层",
            Held.TEXT,
            note="programme drawn, none, or county, as the sample was drawn; null: all of them",
        ),
        PublishedColumn("as_of", "抽样时的基准日", Held.DATE, required=True),
        PublishedColumn(
            "people", "无预警人数", Held.COUNT, required=True, note="that the sample stands for"
        ),
        PublishedColumn("drawn", "抽取人数", Held.COUNT, required=True),
        PublishedColumn("answered", "已答复", Held.COUNT, required=True),
        PublishedColumn("missed", "有遗漏", Held.COUNT, required=True),
        PublishedColumn(
            "unsure",
            "不确定",
            Held.COUNT,
            required=True,
            note="said so, or two reviewers differ; counted in answered",
        ),
        PublishedColumn(
            "rate",
            "漏报率",
            Held.EXACT,
            note="share of people without an alert in whom a reviewer found what an alert should have told; null: nothing was settled",
        ),
        PublishedColumn(
            "lower", "95%区间下限", Held.EXACT, note="who is not settled has nothing missed"
        ),
        PublishedColumn("upper", "95%区间上限", Held.EXACT, note="who is not settled is missed"),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("batch", "stratum"),
)

SCREENED_PERSON = PublishedTable(
    "screened_person",
    "受查人员",
    "one row a person the alerts look at: drawing a benefit on the day, or a member of an application; samples are drawn from them",
    (
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
        PublishedColumn(
            "region_code",
            "行政区划代码",
            Held.TEXT,
            note="of what is drawn, else of the application; the first of several",
        ),
        PublishedColumn(
            "programme",
            "在享待遇",
            Held.TEXT,
            values=tuple(PROGRAMME.titles),
            note="of several the first in the order of household.alerts.trust.screened; null: draws nothing",
        ),
    ),
    key=("person_ref",),
)
