"""Justice (司法): custody. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

CUSTODY = Dataset(
    "justice.custody",
    "服刑及强制隔离戒毒",
    mode="bulk",
    keep="history",
    columns=(
        Column("record_no", "收押编号", Kind.TEXT, required=True, key=True),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column(
            "kind",
            "类别",
            Kind.TEXT,
            required=True,
            note="服刑 / 强制隔离戒毒",
            terms=(
                "服刑",
                "强制隔离戒毒",
            ),
        ),
        Column("from_date", "收押日期", Kind.DATE, required=True),
        Column("to_date", "释放日期", Kind.DATE, note="empty while held"),
    ),
)

DATASETS = (CUSTODY,)
