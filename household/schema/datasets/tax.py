"""Tax (税务): declared income. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

INCOME = Dataset(
    "tax.income",
    "个人所得税申报收入",
    mode="bulk",
    keep="history",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "item",
            "所得项目",
            Kind.TEXT,
            required=True,
            key=True,
            note="工资薪金 / 劳务报酬 / 经营所得 / 利息股息红利 / 财产租赁 / 财产转让",
            terms=(
                "工资薪金",
                "劳务报酬",
                "经营所得",
                "利息股息红利",
                "财产租赁",
                "财产转让",
            ),
        ),
        Column("month", "税款所属期", Kind.MONTH, required=True, key=True),
        Column("payer_uscc", "扣缴义务人信用代码", Kind.USCC, key=True),
        Column("payer", "扣缴义务人", Kind.TEXT, key=True),
        Column("amount", "收入额", Kind.YUAN, required=True, note="net for 经营所得"),
    ),
)

DATASETS = (INCOME,)
