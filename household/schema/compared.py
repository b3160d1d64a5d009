"""Two judgements of the same households beside each other: the tables that a what-if writes. Declarations only, never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.codes import PROGRAMME
from household.schema.published.column import Held, PublishedColumn, PublishedTable
from household.schema.published.verdicts import OUTCOMES, SUGGESTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

GAIN, LOSS, OTHER, SAME = "gain", "loss", "other", "same"
DIRECTIONS = (GAIN, LOSS, OTHER, SAME)
MONTH, ONCE = "month", "once"


_PROGRAMMES = tuple(PROGRAMME.titles)
KEY = ("application_id", "programme")


def _column(
    name: str, title: str, held: Held, *, note: str = "", of: Sequence[str] = ()
) -> PublishedColumn:
    return PublishedColumn(name, title, held, note=note, values=tuple(of))


CHANGES = PublishedTable(
    "changes",
    "试算变化明细",
    "one row an application and programme whose suggestion or amount would be another",
    (
        _column("application_id", "申请编号", Held.TEXT),
        _column("programme", "救助类型", Held.TEXT, of=_PROGRAMMES),
        _column("requested", "是否所申请", Held.FLAG),
        _column("region_code", "行政区划代码", Held.TEXT),
        _column("direction", "方向", Held.TEXT, of=(GAIN, LOSS, OTHER)),
        _column("before", "现行建议", Held.TEXT, of=SUGGESTIONS),
        _column("after", "试算建议", Held.TEXT, of=SUGGESTIONS),
        _column("certain", "试算是否确定", Held.FLAG),
        _column(
            "eligible_for",
            "试算后符合的项目",
            Held.TEXTS,
            note="every programme of this application; who leaves one may be in another",
        ),
        _column("persons_counted", "计入人数", Held.COUNT, note="null: unknown"),
        _column("paid", "发放方式", Held.TEXT, of=(MONTH, ONCE), note="null: carries no amount"),
        _column("amount_before", "现行金额", Held.MONEY),
        _column("amount_after", "试算金额", Held.MONEY),
        _column("amount_change", "金额变化", Held.MONEY, note="null: one side is not known"),
        _column("rule_id", "起变化的规则", Held.TEXT, note="null: the amount alone changes"),
        _column("outcome_before", "现行结果", Held.TEXT, of=OUTCOMES, note="null: not asked"),
        _column("outcome_after", "试算结果", Held.TEXT, of=OUTCOMES, note="null: not asked"),
        _column("measured_before", "现行实测值", Held.EXACT),
        _column("measured_after", "试算实测值", Held.EXACT),
        _column("limit_before", "现行限值", Held.EXACT),
        _column("limit_after", "试算限值", Held.EXACT),
    ),
    key=KEY,
    order=("region_code", *KEY),
)

COUNTS = ("applications", "persons", "persons_unknown", "eligible_before", "eligible_after")
SUMS = ("month_before", "month_after", "month_change", "once_before", "once_after", "once_change")
BESIDE = ("unpriced_before", "unpriced_after", "open_before", "open_after")

SUMMARY = PublishedTable(
    "summary",
    "试算汇总",
    "one row a region, programme, whether it was asked for, and direction; sums over directions are totals",
    (
        _column("region_code", "行政区划代码", Held.TEXT),
        _column("programme", "救助类型", Held.TEXT, of=_PROGRAMMES),
        _column("requested", "是否所申请", Held.FLAG),
        _column("direction", "方向", Held.TEXT, of=DIRECTIONS),
        _column("applications", "申请数", Held.COUNT),
        _column("persons", "计入人数", Held.COUNT, note="of applications where it is known"),
        _column("persons_unknown", "人数不明的申请数", Held.COUNT),
        _column("eligible_before", "现行建议符合", Held.COUNT),
        _column("eligible_after", "试算建议符合", Held.COUNT),
        _column("month_before", "现行每月金额", Held.MONEY, note="null: not paid by the month"),
        _column("month_after", "试算每月金额", Held.MONEY),
        _column("month_change", "每月金额变化", Held.MONEY),
        _column("once_before", "现行一次性金额", Held.MONEY, note="null: not paid once"),
        _column("once_after", "试算一次性金额", Held.MONEY),
        _column("once_change", "一次性金额变化", Held.MONEY),
        _column("unpriced_before", "现行符合而无金额", Held.COUNT, note="in no sum"),
        _column("unpriced_after", "试算符合而无金额", Held.COUNT, note="in no sum"),
        _column("open_before", "现行未有结论", Held.COUNT, note="in no sum"),
        _column("open_after", "试算未有结论", Held.COUNT, note="in no sum"),
    ),
    key=("region_code", "programme", "requested", "direction"),
)
