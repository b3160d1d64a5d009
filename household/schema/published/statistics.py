"""Published statistics: declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.published.column import Held, PublishedColumn, PublishedTable
from household.statistics.measures import MEASURES

REGION_LEVELS = ("county", "township")

STATISTIC = PublishedTable(
    "statistic",
    "统计",
    "one row a measure, region, programme, cause and month in which something was counted; nothing counted, no row",
    (
        PublishedColumn("measure", "指标", Held.TEXT, required=True, values=tuple(MEASURES)),
        PublishedColumn("measure_zh", "指标名称", Held.TEXT, required=True),
        PublishedColumn("region_level", "地区层级", Held.TEXT, required=True, values=REGION_LEVELS),
        PublishedColumn(
            "region_code", "行政区划代码", Held.TEXT, note="6 or 9 digits; null: not on record"
        ),
        PublishedColumn(
            "programme",
            "救助类型",
            Held.TEXT,
            values=tuple(PROGRAMME.titles),
            note="null: all of them, or not a matter of programmes",
        ),
        PublishedColumn(
            "cause",
            "事由",
            Held.TEXT,
            note="by measure: cause of a grant, alert code, suggestion, source, ground of a referral or objection",
        ),
        PublishedColumn("cause_zh", "事由名称", Held.TEXT),
        PublishedColumn("month", "年月", Held.TEXT, note="2026-05; null: not on record"),
        PublishedColumn(
            "count", "数量", Held.COUNT, required=True, note="small ones are not masked"
        ),
        PublishedColumn("of_count", "总数", Held.COUNT, note="what a share is of"),
        PublishedColumn(
            "amount", "金额", Held.MONEY, note="yuan; null: no money, or not all known"
        ),
    ),
    key=("measure", "region_level", "region_code", "programme", "cause", "month"),
)
