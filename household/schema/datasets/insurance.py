"""Commercial insurance (商业保险): policies, field by field as the exchange catalogue has them; and, beyond it, receipts.

Where the institutions answer person by person, a receipt says of whom an answer is known (as for banks). Without receipts the extract
is taken as everybody's.
"""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind
from household.schema.datasets.banking import RECEIPT_COLUMNS

POLICY = Dataset(
    "insurance.policy",
    "商业保险保单",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("policy_no", "保单号", Kind.TEXT, required=True, key=True, personal=True),
        Column("id_no", "投保人证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "投保人", Kind.TEXT, required=True, personal=True),
        Column(
            "kind",
            "险种",
            Kind.TEXT,
            required=True,
            note="投资型 / 储蓄型 / 消费型",
            terms=(
                "投资型",
                "储蓄型",
                "消费型",
            ),
        ),
        Column("surrender_value", "现金价值", Kind.YUAN),
        Column("as_of", "截止日期", Kind.DATE, required=True),
    ),
)

RECEIPT = Dataset(
    "insurance.receipt",
    "商业保险查询回执",
    mode="bulk",
    keep="history",
    columns=RECEIPT_COLUMNS,
    beyond=True,
)

DATASETS = (POLICY, RECEIPT)
