"""Published account of the exchange with departments and institutions: deliveries, sources, questions, turnaround. Declarations only."""

from __future__ import annotations

from household.schema.published.column import Held, PublishedColumn, PublishedTable

PULL_OUTCOMES = ("taken", "failed", "refused", "lied")
BREAKER_STATES = ("closed", "open", "half_open")
INQUIRY_STATES = (
    "prepared",
    "asked",
    "late",
    "found",
    "none",
    "identity_mismatch",
    "no_answer",
    "failed",
)
INQUIRY_ACTORS = ("centre", "institution", "commissioner", "supervisor")

PULL = PublishedTable(
    "pull",
    "取数记录",
    "one row a delivery that was pulled, and one a day for each trouble in pulling; as_of: when it was true, pulled_at: when we knew",
    (
        PublishedColumn("source", "来源", Held.TEXT, required=True, note="as configured"),
        PublishedColumn("seq", "序号", Held.COUNT, required=True, note="of the source's log"),
        PublishedColumn("dataset", "数据集", Held.TEXT),
        PublishedColumn("file", "文件", Held.TEXT, note="path below the inbox; null: not taken"),
        PublishedColumn("transport", "传输方式", Held.TEXT),
        PublishedColumn("origin", "来处", Held.TEXT, note="path, view or interface at the source"),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("as_of", "数据截止日", Held.DATE),
        PublishedColumn("rows", "行数", Held.COUNT, note="null: not counted while pulling"),
        PublishedColumn("size", "字节数", Held.COUNT),
        PublishedColumn("sha256", "文件摘要", Held.TEXT),
        PublishedColumn("outcome", "结果", Held.TEXT, required=True, values=PULL_OUTCOMES),
        PublishedColumn("message", "说明", Held.TEXT),
        PublishedColumn("agreement_no", "共享协议编号", Held.TEXT),
        PublishedColumn("pulled_by", "取数人", Held.TEXT, required=True, note="an account"),
        PublishedColumn("pulled_at", "取数时间", Held.TEXT, required=True, note="ISO 8601"),
    ),
    key=("source", "seq"),
)

SOURCE_STATUS = PublishedTable(
    "source_status",
    "来源状态",
    "one row a configured source, as its log shows it",
    (
        PublishedColumn("source", "来源", Held.TEXT, required=True),
        PublishedColumn("title", "名称", Held.TEXT, required=True),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn("transport", "传输方式", Held.TEXT),
        PublishedColumn("cron", "取数周期", Held.TEXT),
        PublishedColumn("agreement_no", "共享协议编号", Held.TEXT),
        PublishedColumn("agreement_to", "协议有效期至", Held.DATE),
        PublishedColumn(
            "agreement_in_force", "协议是否有效", Held.FLAG, required=True, note="on the run's day"
        ),
        PublishedColumn("last_tried_on", "最近取数日", Held.DATE, note="null: never"),
        PublishedColumn("last_good_on", "最近成功日", Held.DATE, note="the source answered"),
        PublishedColumn("newest_as_of", "最新数据截止日", Held.DATE),
        PublishedColumn(
            "overdue_since",
            "逾期起始日",
            Held.DATE,
            note="null: not overdue; the log or the day shows that it passed",
        ),
        PublishedColumn("failures", "连续失败次数", Held.COUNT, required=True),
        PublishedColumn("breaker", "熔断状态", Held.TEXT, required=True, values=BREAKER_STATES),
        PublishedColumn("message", "说明", Held.TEXT, note="of the trouble that stands"),
    ),
    key=("source",),
)

INQUIRY = PublishedTable(
    "inquiry",
    "逐人查询",
    "one row a question about a person to an institution; no name and no number stands here",
    (
        PublishedColumn("request_id", "查询编号", Held.TEXT, required=True),
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员标识", Held.TEXT, required=True),
        PublishedColumn("source", "来源", Held.TEXT, required=True),
        PublishedColumn("institution_code", "机构代码", Held.TEXT, required=True),
        PublishedColumn("institution", "机构名称", Held.TEXT),
        PublishedColumn("batch", "批次", Held.TEXT, required=True),
        PublishedColumn("attempt", "第几次查询", Held.COUNT, required=True),
        PublishedColumn("asked_on", "发起日", Held.DATE, required=True),
        PublishedColumn("sent_on", "送出日", Held.DATE, note="null: not handed over"),
        PublishedColumn("due_on", "答复到期日", Held.DATE),
        PublishedColumn(
            "calendar_known",
            "节假日安排已公布",
            Held.FLAG,
            note="false: due_on is provisional, Monday to Friday counted",
        ),
        PublishedColumn("state", "状态", Held.TEXT, required=True, values=INQUIRY_STATES),
        PublishedColumn("replied_on", "答复日", Held.DATE),
        PublishedColumn("working_days", "答复用时(工作日)", Held.COUNT),
        PublishedColumn(
            "conflicting", "答复前后不一", Held.FLAG, required=True, note="the newest stands"
        ),
        PublishedColumn("reminded_on", "催办日", Held.DATE),
        PublishedColumn("escalated_on", "督办日", Held.DATE),
        PublishedColumn(
            "actor", "应办方", Held.TEXT, values=INQUIRY_ACTORS, note="null: nothing is left to do"
        ),
        PublishedColumn("next_step", "下一步", Held.TEXT),
    ),
    key=("request_id",),
    order=("source", "institution_code", "request_id"),
)

TURNAROUND = PublishedTable(
    "turnaround",
    "机构答复时效",
    "one row an institution that was ever asked; whole days by nearest rank, never a mean",
    (
        PublishedColumn("source", "来源", Held.TEXT, required=True),
        PublishedColumn("institution_code", "机构代码", Held.TEXT, required=True),
        PublishedColumn("institution", "机构名称", Held.TEXT),
        PublishedColumn("asked", "查询件数", Held.COUNT, required=True),
        PublishedColumn("answered", "答复件数", Held.COUNT, required=True),
        PublishedColumn("in_time", "按期答复件数", Held.COUNT, required=True),
        PublishedColumn("waiting", "期限内待答复", Held.COUNT, required=True),
        PublishedColumn("late", "超期未答复", Held.COUNT, required=True),
        PublishedColumn("silent", "未答复", Held.COUNT, required=True, note="said so, or given up"),
        PublishedColumn("mismatch", "身份不符", Held.COUNT, required=True, note="of answered"),
        PublishedColumn("failed", "未能送出", Held.COUNT, required=True),
        PublishedColumn("median_working_days", "中位用时(工作日)", Held.COUNT, note="of answered"),
        PublishedColumn("p95_working_days", "95分位用时(工作日)", Held.COUNT, note="of answered"),
        PublishedColumn("median_days", "中位用时(日)", Held.COUNT, note="of answered"),
        PublishedColumn("p95_days", "95分位用时(日)", Held.COUNT, note="of answered"),
        PublishedColumn(
            "median_with_open",
            "计入未答复的中位用时(工作日)",
            Held.COUNT,
            note="Kaplan-Meier; null: not reached",
        ),
        PublishedColumn(
            "p95_with_open",
            "计入未答复的95分位用时(工作日)",
            Held.COUNT,
            note="Kaplan-Meier; null: not reached",
        ),
        PublishedColumn("oldest_open_on", "最早未答复送出日", Held.DATE),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
    ),
    key=("source", "institution_code"),
)
