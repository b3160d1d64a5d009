"""Published persons, their roster places and the alerts about them: declarations only."""

from __future__ import annotations

from household.schema.published.column import Held, PublishedColumn, PublishedTable

SEVERITIES = ("B", "R", "I")
SUBJECT_KINDS = ("application", "benefit", "household", "person")
ALERT_STATES = ("open", "explained", "confirmed", "closed")

PERSON = PublishedTable(
    "person",
    "人员",
    "one row a person; nothing in it names the person",
    (
        PublishedColumn(
            "person_ref",
            "人员代号",
            Held.TEXT,
            required=True,
            note="stable from run to run; says nothing of the person",
        ),
        PublishedColumn("application_ids", "申请编号", Held.TEXTS, required=True),
        PublishedColumn("id_no_masked", "证件号码(脱敏)", Held.TEXT),
        PublishedColumn("name_masked", "姓名(脱敏)", Held.TEXT),
        PublishedColumn("in_roster", "是否在申请名册", Held.FLAG, required=True),
    ),
    key=("person_ref",),
)

ROSTER_PERSON = PublishedTable(
    "roster_person",
    "名册人员",
    "which person stands at which place of an application's roster",
    (
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("member_no", "成员序号", Held.COUNT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
    ),
    key=("application_id", "member_no"),
)

ALERT = PublishedTable(
    "alert",
    "预警",
    "at most one open row a code and subject; explained once, it stays quiet until its facts change",
    (
        PublishedColumn("alert_id", "预警编号", Held.TEXT, required=True),
        PublishedColumn("code", "预警代码", Held.TEXT, required=True),
        PublishedColumn(
            "severity",
            "级别",
            Held.TEXT,
            required=True,
            values=SEVERITIES,
            note="B blocks, R review, I information",
        ),
        PublishedColumn("subject_kind", "对象类别", Held.TEXT, required=True, values=SUBJECT_KINDS),
        PublishedColumn("subject_id", "对象编号", Held.TEXT, required=True),
        PublishedColumn("person_refs", "人员代号", Held.TEXTS, required=True),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("amount", "涉及金额", Held.MONEY, note="yuan at stake, where one follows"),
        PublishedColumn("first_seen", "首次发现", Held.DATE, required=True),
        PublishedColumn("state", "状态", Held.TEXT, required=True, values=ALERT_STATES),
        PublishedColumn("facts_digest", "事实摘要", Held.TEXT, required=True),
        PublishedColumn("evidence_ids", "证据编号", Held.TEXTS, required=True),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
        PublishedColumn("settles_it", "如何查清", Held.TEXT),
    ),
    key=("alert_id",),
    order=("code", "subject_kind", "subject_id", "alert_id"),
)
