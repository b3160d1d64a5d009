"""Securities (证券): holdings, field by field as the exchange catalogue has them; and, beyond it, receipts.

Where the institutions answer person by person, a receipt says of whom an answer is known (as for banks). Without receipts the extract
is taken as everybody's.
"""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind
from household.schema.datasets.banking import RECEIPT_COLUMNS

HOLDING = Dataset(
    "securities.holding",
    "证券及基金持有",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column("id_no", "证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("account_no", "证券账号", Kind.TEXT, required=True, key=True, personal=True),
        Column("market_value", "市值", Kind.YUAN, required=True),
        Column("as_of", "截止日期", Kind.DATE, required=True),
    ),
)

RECEIPT = Dataset(
    "securities.receipt",
    "证券查询回执",
    mode="bulk",
    keep="history",
    columns=RECEIPT_COLUMNS,
    beyond=True,
)

DATASETS = (HOLDING, RECEIPT)
