"""Education (教育): enrolment. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

ENROLMENT = Dataset(
    "education.enrolment",
    "学籍",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("school", "学校", Kind.TEXT, required=True),
        Column(
            "stage",
            "学段",
            Kind.TEXT,
            required=True,
            note="幼儿园 / 小学 / 初中 / 高中 / 中职 / 专科 / 本科 / 研究生",
            terms=(
                "幼儿园",
                "小学",
                "初中",
                "高中",
                "中职",
                "专科",
                "本科",
                "研究生",
            ),
        ),
        Column(
            "ownership",
            "办学性质",
            Kind.TEXT,
            required=True,
            note="公办 / 民办",
            terms=(
                "公办",
                "民办",
            ),
        ),
        Column("enrolled_on", "入学日期", Kind.DATE, required=True, key=True),
        Column("leaves_on", "预计毕业日期", Kind.DATE),
        Column(
            "status",
            "学籍状态",
            Kind.TEXT,
            required=True,
            note="在读 / 休学 / 毕业 / 退学",
            terms=(
                "在读",
                "休学",
                "毕业",
                "退学",
            ),
        ),
        Column(
            "public_fee", "同类公办年收费标准", Kind.YUAN, note="fees and boarding per school year"
        ),
    ),
)

DATASETS = (ENROLMENT,)
