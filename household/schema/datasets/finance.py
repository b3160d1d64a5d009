"""Finance (财政): public payroll. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

PAYROLL = Dataset(
    "finance.payroll",
    "财政供养人员",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("employer_uscc", "单位信用代码", Kind.USCC, required=True, key=True),
        Column("employer", "单位名称", Kind.TEXT, required=True),
        Column(
            "kind",
            "人员类别",
            Kind.TEXT,
            required=True,
            note="公务员 / 事业编 / 退休 / 编外",
            terms=(
                "公务员",
                "事业编",
                "退休",
                "编外",
            ),
        ),
        Column("from_date", "起始日期", Kind.DATE, required=True),
        Column("to_date", "终止日期", Kind.DATE),
        Column("monthly_pay", "月应发工资", Kind.YUAN),
    ),
)

DATASETS = (PAYROLL,)
