"""Published calendar of reviews, the stock of running benefits and what they were screened with: declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.datasets import DATASETS
from household.schema.published.column import Held, PublishedColumn, PublishedTable

REVIEW_KINDS = (
    "review_stable",
    "review_unstable",
    "death_review",
    "rigid_validity",
    "taper_end",
    "turns_18",
    "turns_60",
    "turns_elder",
    "turns_80",
    "certificate_expires",
    "authorisation_expires",
    "tekun_schooling",
    "custody_release",
)
REVIEW_SUBJECTS = ("benefit", "person", "application")
REVIEW_STATES = ("due", "provisional", "overdue", "unrecorded")
SCREENING_STATES = ("answered", "stale", "not_delivered", "no_answer")

REVIEW_CALENDAR = PublishedTable(
    "review_calendar",
    "复核日历",
    "one row a day on which something about a benefit, a person or an application falls due: a year ahead, and what passed undone",
    (
        PublishedColumn("calendar_id", "日历编号", Held.TEXT, required=True),
        PublishedColumn(
            "on_date",
            "到期日",
            Held.DATE,
            required=True,
            note="turns_*: the last day of the month, so that no birthday is told",
        ),
        PublishedColumn("kind", "事项", Held.TEXT, required=True, values=REVIEW_KINDS),
        PublishedColumn("kind_zh", "事项名称", Held.TEXT, required=True),
        PublishedColumn(
            "subject_kind", "对象类别", Held.TEXT, required=True, values=REVIEW_SUBJECTS
        ),
        PublishedColumn("subject_id", "对象编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, note="null: nobody is identified"),
        PublishedColumn("programme", "救助类型", Held.TEXT, values=tuple(PROGRAMME.titles)),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn(
            "dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS), note="of the row"
        ),
        PublishedColumn(
            "record_key",
            "记录键",
            Held.TEXT,
            required=True,
            personal=True,
            note="the row it follows from",
        ),
        PublishedColumn("source_document", "政策依据", Held.TEXT),
        PublishedColumn(
            "state",
            "状态",
            Held.TEXT,
            required=True,
            values=REVIEW_STATES,
            note="provisional: the day is not sure; unrecorded: passed, and no record says whether it was done",
        ),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("calendar_id",),
    order=("on_date", "kind", "subject_kind", "subject_id", "calendar_id"),
)

CURRENT_BENEFIT = PublishedTable(
    "current_benefit",
    "在享待遇",
    "one row a benefit that runs in the month of the day: whom the watch screens, and whom it cannot",
    (
        PublishedColumn("benefit_id", "待遇编号", Held.TEXT, required=True),
        PublishedColumn("household_no", "家庭编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, note="null: nobody is identified"),
        PublishedColumn(
            "programme", "救助类型", Held.TEXT, required=True, values=tuple(PROGRAMME.titles)
        ),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT, required=True),
        PublishedColumn("from_month", "起始年月", Held.DATE, required=True),
        PublishedColumn("monthly_amount", "月保障金额", Held.MONEY, note="yuan a month"),
        PublishedColumn(
            "screened",
            "可否比对",
            Held.FLAG,
            required=True,
            note="false: without a usable number no row of another source can be found",
        ),
        PublishedColumn("why_not", "未能比对的原因", Held.TEXT),
    ),
    key=("benefit_id", "region_code"),
    order=("region_code", "programme", "benefit_id"),
)

SCREENING = PublishedTable(
    "screening",
    "比对覆盖",
    "one row a county, dataset and state: how many who draw could be looked for in it. Silence is not a finding, and not its absence",
    (
        PublishedColumn(
            "region_code", "行政区划代码", Held.TEXT, required=True, note="county: six digits"
        ),
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS)),
        PublishedColumn("state", "状态", Held.TEXT, required=True, values=SCREENING_STATES),
        PublishedColumn("as_of", "数据截止日", Held.DATE, note="of the oldest extract among them"),
        PublishedColumn("benefits", "在享待遇数", Held.COUNT, required=True),
        PublishedColumn("persons", "在享人数", Held.COUNT, required=True),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("region_code", "dataset", "state"),
)
