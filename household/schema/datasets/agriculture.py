"""Agriculture (农业农村): contracted land and machines. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.column import Column, Dataset, Kind

FARM = Dataset(
    "agriculture.farm",
    "土地承包与农机",
    mode="bulk",
    keep="history",
    columns=(
        Column("id_no", "承包人证件号码", Kind.ID_NO, required=True, key=True, personal=True),
        Column("name", "承包人", Kind.TEXT, required=True, personal=True),
        Column("season_year", "年度", Kind.INT, required=True, key=True),
        Column("contracted_mu", "承包面积(亩)", Kind.NUM, note="1 mu = 666.67 m2"),
        Column("subsidy", "农业补贴", Kind.YUAN),
        Column("transferred_mu", "流转出面积(亩)", Kind.NUM),
        Column("transfer_rent", "流转租金", Kind.YUAN, note="total of the year"),
        Column("large_machines", "大型农机台数", Kind.INT),
    ),
)

DATASETS = (FARM,)
