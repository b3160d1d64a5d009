"""Published due dates of applications and benefits: declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.published.column import Held, PublishedColumn, PublishedTable

DEADLINE_SUBJECTS = ("application", "benefit")
DEADLINE_STATES = ("open", "met", "overdue", "unrecorded")
DEADLINE_UNITS = ("working_day", "day", "month", "hour", "day_of_month")
DEADLINE_STEPS = (
    "start_investigation",
    "start_verification",
    "township_opinion",
    "publicity",
    "county_decision",
    "refusal_notice",
    "whole",
    "recheck",
    "first_aid",
    "aid_paid",
    "papers",
    "submit",
    "file",
    "review",
    "death_review",
    "rigid_validity",
)

DEADLINE = PublishedTable(
    "deadline",
    "办理期限",
    "one row a clock of an application (of the programme asked for) or a benefit; nobody is called overdue on silence",
    (
        PublishedColumn("deadline_id", "期限编号", Held.TEXT, required=True),
        PublishedColumn(
            "subject_kind", "对象类别", Held.TEXT, required=True, values=DEADLINE_SUBJECTS
        ),
        PublishedColumn("subject_id", "对象编号", Held.TEXT, required=True),
        PublishedColumn("application_id", "申请编号", Held.TEXT),
        PublishedColumn(
            "programme", "救助类型", Held.TEXT, required=True, values=tuple(PROGRAMME.titles)
        ),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("step", "环节", Held.TEXT, required=True, values=DEADLINE_STEPS),
        PublishedColumn("step_zh", "环节名称", Held.TEXT, required=True),
        PublishedColumn("refers_to", "关联编号", Held.TEXT, note="recheck: the objection"),
        PublishedColumn("started_on", "起算日", Held.DATE, note="not counted itself"),
        PublishedColumn("start_event", "起算事件", Held.TEXT, required=True),
        PublishedColumn("limit_n", "期限", Held.COUNT, required=True, note="in `unit`"),
        PublishedColumn("unit", "单位", Held.TEXT, required=True, values=DEADLINE_UNITS),
        PublishedColumn("due_on", "到期日", Held.DATE, note="null: the start is not recorded"),
        PublishedColumn(
            "latest_on",
            "最迟到期日",
            Held.DATE,
            note="where the law allows longer, or the start is uncertain; late for certain only after it",
        ),
        PublishedColumn("done_on", "完成日", Held.DATE, note="inferred: done by this day"),
        PublishedColumn(
            "inferred",
            "是否推定",
            Held.FLAG,
            required=True,
            note="start or completion follows from another record",
        ),
        PublishedColumn(
            "state",
            "状态",
            Held.TEXT,
            required=True,
            values=DEADLINE_STATES,
            note="unrecorded: the records do not say",
        ),
        PublishedColumn(
            "calendar_known",
            "节假日安排已公布",
            Held.FLAG,
            required=True,
            note="false: due_on is provisional, Monday to Friday counted",
        ),
        PublishedColumn("pack_id", "规则包", Held.TEXT, required=True),
        PublishedColumn("source_document", "政策依据", Held.TEXT),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
        PublishedColumn("settles_it", "如何查清", Held.TEXT),
    ),
    key=("deadline_id",),
    order=("subject_kind", "subject_id", "step", "deadline_id"),
)
