"""The published record of the run itself: what went in, by which program, and what came out. No clock in it."""

from __future__ import annotations

from household.schema.published.column import Held, PublishedColumn, PublishedTable

RUN = PublishedTable(
    "run",
    "运行记录",
    "one row a run; its newest row says what the `current` views show",
    (
        PublishedColumn("sequence", "序号", Held.COUNT, required=True, note="1 for the first run"),
        PublishedColumn("as_of", "核对基准日", Held.DATE, required=True),
        PublishedColumn(
            "region_code", "行政区划代码", Held.TEXT, note="null: every region that arrived"
        ),
        PublishedColumn("input_digest", "输入摘要", Held.TEXT, required=True),
        PublishedColumn("packs_digest", "规则包摘要", Held.TEXT, required=True),
        PublishedColumn("program_version", "程序版本", Held.TEXT, required=True),
        PublishedColumn(
            "person_key_is_default",
            "人员代号密钥是否为默认",
            Held.FLAG,
            required=True,
            note="true: references can be recomputed by anyone; for demonstration only",
        ),
        PublishedColumn("applications", "申请数", Held.COUNT, required=True),
        PublishedColumn("files", "文件数", Held.COUNT, required=True),
        PublishedColumn("rows_in", "收到行数", Held.COUNT, required=True),
        PublishedColumn("rows_accepted", "接受行数", Held.COUNT, required=True),
        PublishedColumn("rows_quarantined", "隔离行数", Held.COUNT, required=True),
        PublishedColumn("rows_superseded", "被替代行数", Held.COUNT, required=True),
        PublishedColumn("persons", "人员数", Held.COUNT, required=True),
        PublishedColumn("verdicts", "建议数", Held.COUNT, required=True),
        PublishedColumn("evidence_rows", "证据数", Held.COUNT, required=True),
        PublishedColumn(
            "alerts_open", "未处理预警数", Held.COUNT, required=True, note="state open"
        ),
        # Of the programmes asked for; those evaluated for information are not counted.
        PublishedColumn("eligible", "建议符合", Held.COUNT, required=True),
        PublishedColumn("ineligible", "建议不符合", Held.COUNT, required=True),
        PublishedColumn("needs_review", "需人工复核", Held.COUNT, required=True),
        PublishedColumn("data_incomplete", "数据不全", Held.COUNT, required=True),
        PublishedColumn("parameter_missing", "参数缺失", Held.COUNT, required=True),
        PublishedColumn("not_authorised", "未获授权", Held.COUNT, required=True),
    ),
    key=("sequence",),
)
