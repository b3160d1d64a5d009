"""Published lives of alerts and what became of them since the run before: declarations only."""

from __future__ import annotations

from household.schema.published.alerts import ALERT_STATES, SEVERITIES, SUBJECT_KINDS
from household.schema.published.column import Held, PublishedColumn, PublishedTable

LIFE_STATES = ("open", "explained", "confirmed", "dismissed", "closed")
OUTCOMES = (
    "person_error",
    "fraud",
    "source_error",
    "system_error",
    "no_issue",
    "under_payment",
)
DIRECTIONS = ("over", "under")
CHANGES = ("raised", "reopened", "facts_changed", "decided", "closed", "amount_changed")

ALERT_LIFE = PublishedTable(
    "alert_life",
    "预警处理情况",
    "one row a published alert, and one an alert that anybody ever decided on",
    (
        PublishedColumn("alert_id", "预警编号", Held.TEXT, required=True),
        PublishedColumn("code", "预警代码", Held.TEXT, required=True),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("life", "处理状态", Held.TEXT, required=True, values=LIFE_STATES),
        PublishedColumn(
            "raised",
            "本次是否提示",
            Held.FLAG,
            required=True,
            note="false: the run did not raise it",
        ),
        PublishedColumn("outcome", "处理结论", Held.TEXT, values=OUTCOMES),
        PublishedColumn("amount", "核定金额", Held.MONEY, note="null: none was settled"),
        PublishedColumn(
            "direction", "多发或少发", Held.TEXT, values=DIRECTIONS, note="of the amount settled"
        ),
        PublishedColumn("decided_by", "处理人", Held.TEXT, personal=True),
        PublishedColumn("second", "复核人", Held.TEXT, personal=True),
        PublishedColumn("decided_at", "处理时间", Held.TEXT),
        PublishedColumn("closed_by", "办结人", Held.TEXT, personal=True),
        PublishedColumn("closed_at", "办结时间", Held.TEXT),
        PublishedColumn(
            "event_id", "处理记录编号", Held.COUNT, note="the newest decision; null: none"
        ),
        PublishedColumn(
            "facts_digest", "处理时的事实摘要", Held.TEXT, note="the facts that were decided on"
        ),
        PublishedColumn(
            "stale", "处理后事实是否有变", Held.FLAG, required=True, note="true: it is open again"
        ),
    ),
    key=("alert_id",),
    order=("code", "alert_id"),
)

ALERT_CHANGE = PublishedTable(
    "alert_change",
    "预警变动",
    "only what differs from the run published before; nothing changed, no row",
    (
        PublishedColumn("alert_id", "预警编号", Held.TEXT, required=True),
        PublishedColumn("code", "预警代码", Held.TEXT, required=True),
        PublishedColumn("severity", "级别", Held.TEXT, required=True, values=SEVERITIES),
        PublishedColumn("subject_kind", "对象类别", Held.TEXT, required=True, values=SUBJECT_KINDS),
        PublishedColumn("subject_id", "对象编号", Held.TEXT, required=True),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("change", "变动", Held.TEXT, required=True, values=CHANGES),
        PublishedColumn("state_before", "原状态", Held.TEXT, values=ALERT_STATES),
        PublishedColumn("state_now", "现状态", Held.TEXT, required=True, values=ALERT_STATES),
        PublishedColumn("amount_before", "原涉及金额", Held.MONEY),
        PublishedColumn("amount_now", "现涉及金额", Held.MONEY),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("alert_id",),
    order=("code", "subject_kind", "subject_id", "alert_id"),
)
