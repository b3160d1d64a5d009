"""Medical insurance (医保): settlements and enrolment. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

SETTLEMENT = Dataset(
    "medical_insurance.settlement",
    "医疗费用结算",
    mode="bulk",
    keep="history",
    columns=(
        Column("settlement_no", "结算编号", Kind.TEXT, required=True, key=True),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("settled_on", "结算日期", Kind.DATE, required=True),
        Column(
            "care_kind",
            "医疗类别",
            Kind.TEXT,
            note="住院 / 门诊慢特病 / 普通门诊",
            terms=(
                "住院",
                "门诊慢特病",
                "普通门诊",
            ),
        ),
        Column("disease_code", "疾病编码", Kind.TEXT, personal=True, note="ICD-10"),
        Column("total", "总费用", Kind.YUAN, required=True),
        Column("basic_paid", "基本医保支付", Kind.YUAN, required=True),
        Column("critical_paid", "大病保险支付", Kind.YUAN),
        Column("assistance_paid", "医疗救助支付", Kind.YUAN),
        Column("other_paid", "补充及商业保险支付", Kind.YUAN),
        Column(
            "refund_of",
            "冲正结算编号",
            Kind.TEXT,
            note="a refund carries negative amounts and names what it reverses",
        ),
    ),
)

INSURED = Dataset(
    "medical_insurance.insured",
    "参保登记",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "scheme",
            "参保险种",
            Kind.TEXT,
            required=True,
            key=True,
            note="职工 / 居民",
            terms=(
                "职工",
                "居民",
            ),
        ),
        Column(
            "status",
            "参保状态",
            Kind.TEXT,
            required=True,
            note="正常 / 暂停 / 终止",
            terms=(
                "正常",
                "暂停",
                "终止",
            ),
        ),
        Column(
            "funded_as",
            "资助参保类别",
            Kind.TEXT,
            note="低保 / 特困 / 孤儿 / 边缘 / 无",
            terms=(
                "低保",
                "特困",
                "孤儿",
                "边缘",
                "无",
            ),
        ),
    ),
)

DATASETS = (
    SETTLEMENT,
    INSURED,
)
