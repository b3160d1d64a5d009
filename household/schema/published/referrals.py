"""Published referrals (转介): declarations only."""

from __future__ import annotations

from household.schema.codes import PROGRAMME
from household.schema.datasets import DATASETS
from household.schema.published.column import Held, PublishedColumn, PublishedTable

LIST_TITLES = {
    "medical": "医疗保障",
    "education": "教育",
    "housing": "住房",
    "employment": "就业",
    "charity": "慈善",
}
REFERRAL_LISTS = tuple(LIST_TITLES)
REFERRAL_SUBJECTS = ("person", "application")
STANDING_TITLES = {
    "drawing": "在享",
    "household": "在享对象家庭成员",
    "suggested": "建议符合，尚待审核确认",
    "refused": "救助后仍有困难",
}
STANDINGS = tuple(STANDING_TITLES)

REFERRAL = PublishedTable(
    "referral",
    "转介名单",
    "one row a ground and person or application: a proposal to another department to look, never a finding; "
    "for charities only with consent on file",
    (
        PublishedColumn("referral_id", "转介编号", Held.TEXT, required=True),
        PublishedColumn(
            "list", "名单", Held.TEXT, required=True, values=REFERRAL_LISTS, note="who receives it"
        ),
        PublishedColumn("reason", "事由代码", Held.TEXT, required=True),
        PublishedColumn("reason_zh", "事由", Held.TEXT, required=True),
        PublishedColumn(
            "standing",
            "对象身份",
            Held.TEXT,
            required=True,
            values=STANDINGS,
            note="suggested: nobody has confirmed it yet",
        ),
        PublishedColumn(
            "programme", "救助类型", Held.TEXT, required=True, values=tuple(PROGRAMME.titles)
        ),
        PublishedColumn(
            "subject_kind", "对象类别", Held.TEXT, required=True, values=REFERRAL_SUBJECTS
        ),
        PublishedColumn("subject_id", "对象编号", Held.TEXT, required=True),
        PublishedColumn(
            "person_ref", "人员代号", Held.TEXT, required=True, note="whom the list names"
        ),
        PublishedColumn("application_id", "申请编号", Held.TEXT),
        PublishedColumn("region_code", "行政区划代码", Held.TEXT),
        PublishedColumn(
            "dataset",
            "数据集",
            Held.TEXT,
            values=tuple(DATASETS),
            note="whose row, or whose silence about this person, it follows from",
        ),
        PublishedColumn(
            "record_key",
            "记录键",
            Held.TEXT,
            personal=True,
            note="null: it follows from having no row",
        ),
        PublishedColumn("source_document", "政策依据", Held.TEXT, required=True),
        PublishedColumn("text_zh", "说明", Held.TEXT, required=True),
        PublishedColumn("settles_it", "如何查清", Held.TEXT, required=True),
    ),
    key=("referral_id",),
    order=("list", "region_code", "reason", "referral_id"),
)
