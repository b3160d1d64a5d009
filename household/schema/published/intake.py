"""Published account of what arrived, what was set aside and how good it was: declarations only."""

from __future__ import annotations

from household.schema.published.column import Held, PublishedColumn, PublishedTable

LEDGER_STATES = ("done", "duplicate", "superseded", "refused")
DIMENSIONS = (
    "completeness",
    "validity",
    "uniqueness",
    "consistency",
    "timeliness",
    "accuracy",
)
CHECK_SEVERITIES = ("blocking", "warning")

INTAKE_LEDGER = PublishedTable(
    "intake_ledger",
    "接收台账",
    "one row a file: rows in = accepted + quarantined + superseded",
    (
        PublishedColumn("file", "文件", Held.TEXT, required=True, note="path below the inbox"),
        PublishedColumn("sha256", "文件摘要", Held.TEXT),
        PublishedColumn("dataset", "数据集", Held.TEXT, note="null where the file names none"),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("as_of", "数据截止日", Held.DATE),
        PublishedColumn("rows_in", "收到行数", Held.COUNT, note="null: could not be counted"),
        PublishedColumn("rows_accepted", "接受行数", Held.COUNT),
        PublishedColumn("rows_quarantined", "隔离行数", Held.COUNT),
        PublishedColumn("rows_superseded", "被替代行数", Held.COUNT),
        PublishedColumn("state", "状态", Held.TEXT, required=True, values=LEDGER_STATES),
        PublishedColumn("message", "说明", Held.TEXT),
    ),
    key=("file", "sha256"),
)

QUARANTINE = PublishedTable(
    "quarantine",
    "隔离行",
    "one row a cell that kept its line out; a corrected file of the same name adds its own rows",
    (
        PublishedColumn("file", "文件", Held.TEXT, required=True, note="path below the inbox"),
        PublishedColumn("line", "行号", Held.COUNT, note="the header is line 1"),
        PublishedColumn("column", "列", Held.TEXT),
        PublishedColumn("reason_code", "原因代码", Held.TEXT, required=True),
        PublishedColumn("reason_zh", "原因", Held.TEXT, required=True),
        PublishedColumn(
            "value_masked", "原值(脱敏)", Held.TEXT, note="never enough to know the person"
        ),
    ),
    order=("file", "line", "column", "reason_code", "reason_zh", "value_masked"),
)

QUALITY_RESULT = PublishedTable(
    "quality_result",
    "质量检查结果",
    "one row a dataset and check",
    (
        PublishedColumn("dataset", "数据集", Held.TEXT, required=True),
        PublishedColumn("check_id", "检查编号", Held.TEXT, required=True),
        PublishedColumn("dimension", "质量维度", Held.TEXT, required=True, values=DIMENSIONS),
        PublishedColumn("severity", "级别", Held.TEXT, required=True, values=CHECK_SEVERITIES),
        PublishedColumn("passed", "是否通过", Held.FLAG, required=True),
        PublishedColumn("failed_rows", "未通过行数", Held.COUNT),
        PublishedColumn("total_rows", "总行数", Held.COUNT),
        PublishedColumn("observed", "观测值", Held.TEXT),
    ),
    key=("dataset", "check_id"),
)
