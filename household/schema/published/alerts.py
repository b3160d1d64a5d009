"""Published alerts, the rows that they stand on and what is at stake month by month: declarations only."""

from __future__ import annotations

from household.schema.datasets import DATASETS
from household.schema.published.column import Held, PublishedColumn, PublishedTable

SEVERITIES = ("B", "R", "I")
SUBJECT_KINDS = ("application", "benefit", "household", "person")
ALERT_STATES = ("open", "explained", "confirmed", "closed")

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

ALERT_EVIDENCE = PublishedTable(
    "alert_evidence",
    "预警依据",
    "one row a source row that an alert of this run stands on and a person it is linked to, so that every alert can be traced to lines of files",
    (
        PublishedColumn("alert_id", "预警编号", Held.TEXT, required=True),
        PublishedColumn("seq", "序号", Held.COUNT, required=True, note="1, 2, 3 … in one alert"),
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS)),
        PublishedColumn(
            "record_key",
            "记录键",
            Held.TEXT,
            required=True,
            personal=True,
            note="the dataset's key values joined by |, as sent",
        ),
        PublishedColumn("file", "文件", Held.TEXT, note="path below the inbox"),
        PublishedColumn("line", "行号", Held.COUNT, required=True, note="the header is line 1"),
        PublishedColumn("as_of", "数据截止日", Held.DATE, required=True, note="of the extract"),
        PublishedColumn(
            "person_ref",
            "人员代号",
            Held.TEXT,
            note="empty where the row is of nobody on a roster or the ledger",
        ),
        PublishedColumn(
            "link_tier",
            "匹配等级",
            Held.TEXT,
            values=("A", "B"),
            note="empty where no matching was needed or none is used",
        ),
        PublishedColumn("link_score", "匹配得分", Held.SCORE),
        PublishedColumn("link_decided_by", "判定者", Held.TEXT, values=("rule", "clerk")),
        PublishedColumn("link_note", "匹配说明", Held.TEXT, required=True),
        PublishedColumn(
            "text_zh",
            "内容",
            Held.TEXT,
            required=True,
            note="dates, kinds, states and amounts of the row; no name, number, account or address",
        ),
    ),
    key=("alert_id", "seq"),
)

ALERT_MONTH = PublishedTable(
    "alert_month",
    "预警逐月金额",
    "how the amount of an alert comes about, where it is a sum of months; an alert's rows add up to its amount exactly",
    (
        PublishedColumn("alert_id", "预警编号", Held.TEXT, required=True),
        PublishedColumn("month", "月份", Held.DATE, required=True, note="its first day"),
        PublishedColumn("amount", "金额", Held.MONEY, note="yuan; empty where it is not known"),
        PublishedColumn(
            "days", "涉及天数", Held.COUNT, note="empty where the whole month is concerned"
        ),
        PublishedColumn("of_days", "当月天数", Held.COUNT),
    ),
    key=("alert_id", "month"),
)
