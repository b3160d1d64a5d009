"""What a row holds where a case does not say: the dullest value that still counts, and keys of its own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from household.schema.column import Kind
from household.schema.datasets import DATASETS

AGE_OF_EXTRACTS = timedelta(days=10)
"""How long before the run every department delivered."""

FIRM = {"name": "示范纺织厂", "code": "91990101MA0000001K"}
_EMPLOYER = {"employer": FIRM["name"], "employer_uscc": FIRM["code"]}

_USUAL: dict[str, dict[str, Any]] = {
    "public_security.population": {"status": "正常"},
    "public_security.vehicle": {"plate_type": "小型汽车", "status": "正常", "use": "非营运"},
    "human_resources.contribution": {"scheme": "城镇职工养老", **_EMPLOYER},
    "human_resources.benefit": {"kind": "遗属待遇"},
    "human_resources.employment": {
        "kind": "单位就业",
        "started_on": date(2015, 1, 1),
        **_EMPLOYER,
    },
    "housing.real_estate": {"use": "住宅", "area": Decimal(80), "status": "现势"},
    "housing.provident_fund": {"balance": Decimal(0), "status": "正常"},
    "banking.account": {"institution_code": "B01", "institution": "示范银行", "product": "活期"},
    "medical_insurance.settlement": {"basic_paid": Decimal(0), "care_kind": "住院"},
    "medical_insurance.insured": {"scheme": "居民", "status": "正常"},
    "tax.income": {"item": "工资薪金", "payer": FIRM["name"], "payer_uscc": FIRM["code"]},
    "market_regulation.entity": {
        "uscc": "91990101MA0000002X",
        "entity_name": "示范商行",
        "entity_kind": "个体工商户",
        "role": "经营者",
        "status": "存续",
    },
    "insurance.policy": {"kind": "投资型"},
    "disabled_federation.certificate": {"status": "有效"},
    "education.enrolment": {
        "school": "示范学校",
        "stage": "本科",
        "ownership": "公办",
        "enrolled_on": date(2025, 9, 1),
        "status": "在读",
    },
    "civil_affairs.benefit": {"programme": "dibao", "household_kind": "stable"},
    "civil_affairs.payment": {"programme": "dibao"},
    "justice.custody": {"kind": "服刑", "from_date": date(2025, 1, 5)},
    "finance.payroll": {
        "employer": "示范县第一中学",
        "employer_uscc": "91990101MA0000003T",
        "kind": "事业编",
        "from_date": date(2015, 9, 1),
    },
    "approval.objection": {"ground": "other"},
}


def usual_row(dataset: str, *, as_of: date, place: int) -> dict[str, Any]:
    """A row of which nothing is known yet: what is usual, dated with the extracts, with keys made from `place`."""
    row = dict(_USUAL.get(dataset, {}))
    sent = as_of - AGE_OF_EXTRACTS
    for column in DATASETS[dataset].columns:
        if column.name in row or column.kind is Kind.ID_NO:
            continue
        if column.name == "as_of":
            row["as_of"] = sent
        elif column.name in ("raised_on", "asked_on", "replied_on"):
            row[column.name] = sent
        elif column.key and column.required and column.kind is Kind.TEXT:
            row[column.name] = f"{column.name[0].upper()}{place:06d}"
    return row
