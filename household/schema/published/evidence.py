"""Published evidence, where it came from, who answered, and which row belongs to whom: declarations only."""

from __future__ import annotations

from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.schema.published.column import Held, PublishedColumn, PublishedTable

COVERAGE_STATES = ("found", "none", "identity_mismatch", "no_answer", "stale", "not_delivered")
QUANTITIES = (
    "wage",
    "business",
    "property",
    "transfer",
    "financial",
    "vehicle",
    "home",
    "commercial",
    "business_entity",
    "medical",
    "education",
    "voucher",
    "death",
    "custody",
    "disability",
    "drawing",
    "grant",
)
DECIDERS = ("rule", "model", "clerk")

EVIDENCE = PublishedTable(
    "evidence",
    "证据",
    "one row a source row that bears on an application's person, whether it counted or not",
    (
        PublishedColumn("evidence_id", "证据编号", Held.TEXT, required=True),
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT),
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS)),
        PublishedColumn("institution", "机构", Held.TEXT),
        PublishedColumn(
            "record_key",
            "记录键",
            Held.TEXT,
            required=True,
            personal=True,
            note="the dataset's key values joined by |, as sent",
        ),
        PublishedColumn("as_of", "数据截止日", Held.DATE),
        PublishedColumn(
            "quantity",
            "计量项目",
            Held.TEXT,
            required=True,
            note="what the row bears on",
            values=QUANTITIES,
        ),
        PublishedColumn("amount", "金额", Held.MONEY, note="yuan, as sent"),
        PublishedColumn("counted_amount", "计入金额", Held.MONEY, note="yuan"),
        PublishedColumn("counted", "是否计入", Held.FLAG, required=True),
        PublishedColumn("why_not", "未计入原因", Held.TEXT),
        PublishedColumn("link_tier", "匹配等级", Held.TEXT, values=("A", "B", "C")),
        PublishedColumn("link_score", "匹配得分", Held.SCORE),
        PublishedColumn("link_note", "匹配说明", Held.TEXT),
    ),
    key=("evidence_id",),
    # An application is read whole: its rows stand together, which also compresses better.
    order=("application_id", "person_ref", "dataset", "record_key", "evidence_id"),
)

EVIDENCE_SOURCE = PublishedTable(
    "evidence_source",
    "证据来源",
    "the line of the file that each piece of evidence was read from",
    (
        PublishedColumn("evidence_id", "证据编号", Held.TEXT, required=True),
        PublishedColumn("file", "文件", Held.TEXT, required=True, note="path below the inbox"),
        PublishedColumn("line", "行号", Held.COUNT, required=True, note="the header is line 1"),
        PublishedColumn("sha256", "文件摘要", Held.TEXT, required=True),
    ),
    key=("evidence_id", "file", "line"),
)

COVERAGE = PublishedTable(
    "coverage",
    "查询覆盖",
    "one row a person, source and institution: who was asked and who answered",
    (
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
        PublishedColumn(
            "source", "数据来源", Held.TEXT, required=True, values=tuple(SOURCE_TITLES)
        ),
        PublishedColumn(
            "institution", "机构", Held.TEXT, note="empty where the source is one body"
        ),
        PublishedColumn(
            "state",
            "状态",
            Held.TEXT,
            required=True,
            values=COVERAGE_STATES,
            note="the worst of the source's datasets",
        ),
        PublishedColumn("asked_on", "查询日期", Held.DATE),
        PublishedColumn("replied_on", "答复日期", Held.DATE),
        PublishedColumn("as_of", "数据截止日", Held.DATE),
    ),
    key=("application_id", "person_ref", "source", "institution"),
)

PERSON_LINK = PublishedTable(
    "person_link",
    "人员匹配",
    "which source row belongs to which roster person, and how surely",
    (
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True, values=tuple(DATASETS)),
        PublishedColumn(
            "record_key",
            "记录键",
            Held.TEXT,
            required=True,
            personal=True,
            note="the dataset's key values joined by |, as sent",
        ),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
        PublishedColumn("tier", "匹配等级", Held.TEXT, required=True, values=("A", "B", "C", "D")),
        PublishedColumn("score", "匹配得分", Held.SCORE),
        PublishedColumn("decided_by", "判定者", Held.TEXT, required=True, values=DECIDERS),
        PublishedColumn("note", "说明", Held.TEXT),
    ),
    key=("dataset", "record_key", "person_ref"),
)
