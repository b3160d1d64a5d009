"""Published income month by month: what each source said and which counted. Declarations only."""

from __future__ import annotations

from household.schema.datasets import DATASETS
from household.schema.published.column import Held, PublishedColumn, PublishedTable
from household.schema.published.verdicts import INCOME_KINDS

INCOME_MONTH = PublishedTable(
    "income_month",
    "收入逐月核对",
    "one row a person, kind, month and employer of the income window: what each source said, and which counted; adopted adds up to"
    " income_line.verified",
    (
        PublishedColumn("application_id", "申请编号", Held.TEXT, required=True),
        PublishedColumn("person_ref", "人员代号", Held.TEXT, required=True),
        PublishedColumn("kind", "收入类别", Held.TEXT, required=True, values=INCOME_KINDS),
        PublishedColumn(
            "period",
            "所属期",
            Held.TEXT,
            required=True,
            note="a month (2026-03); of farming the year (2025); of imputed support the window (2025-05/2026-04)",
        ),
        PublishedColumn("labour", "是否劳务报酬", Held.FLAG, note="wage only: it adds to any wage"),
        PublishedColumn(
            "employer_no",
            "单位序号",
            Held.COUNT,
            note="wage only: 1, 2, … of the person in order of first appearance; says nothing of who it is",
        ),
        PublishedColumn("tax", "个税所述", Held.MONEY, note="yuan; null: said nothing"),
        PublishedColumn("payroll", "财政工资所述", Held.MONEY, note="yuan; null: said nothing"),
        PublishedColumn("employment", "就业登记所述", Held.MONEY, note="yuan; null: said nothing"),
        PublishedColumn(
            "contribution", "社保基数所述", Held.MONEY, note="yuan; null: said nothing"
        ),
        PublishedColumn(
            "adopted_source",
            "采用来源",
            Held.TEXT,
            required=True,
            note="the dataset that counted; approval.member for imputed support",
            values=tuple(DATASETS),
        ),
        PublishedColumn("adopted", "计入", Held.MONEY, required=True, note="yuan"),
        PublishedColumn(
            "evidence_ids",
            "证据编号",
            Held.TEXTS,
            required=True,
            note="the rows of the month, first the one that counted",
        ),
    ),
    key=(
        "application_id",
        "person_ref",
        "kind",
        "period",
        "adopted_source",
        "labour",
        "employer_no",
    ),
)
