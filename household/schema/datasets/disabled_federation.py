"""Disabled persons' federation (残联): certificates. Field by field as the exchange catalogue has them."""

from __future__ import annotations

from household.schema.codes import DISABILITY_TYPE
from household.schema.column import Column, Dataset, Kind

CERTIFICATE = Dataset(
    "disabled_federation.certificate",
    "残疾人证",
    mode="bulk",
    keep="snapshot",
    columns=(
        Column(
            "certificate_no",
            "残疾人证号",
            Kind.TEXT,
            required=True,
            key=True,
            personal=True,
            note="ID number + type digit + grade digit",
        ),
        Column("id_no", "证件号码", Kind.ID_NO, required=True, personal=True),
        Column("name", "姓名", Kind.TEXT, required=True, personal=True),
        Column("type", "残疾类别", Kind.CODE, required=True, codes=DISABILITY_TYPE),
        Column("grade", "残疾等级", Kind.INT, required=True),
        Column("valid_to", "有效期至", Kind.DATE),
        Column(
            "status",
            "证件状态",
            Kind.TEXT,
            required=True,
            note="有效 / 注销",
            terms=(
                "有效",
                "注销",
            ),
        ),
    ),
)

DATASETS = (CERTIFICATE,)
