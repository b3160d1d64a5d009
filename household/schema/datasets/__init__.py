"""The 29 incoming datasets of the exchange catalogue in its order, one module a source; after them those that are ours (`beyond`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.datasets import (
    agriculture,
    approval,
    banking,
    civil_affairs,
    disabled_federation,
    education,
    finance,
    housing,
    human_resources,
    insurance,
    justice,
    market_regulation,
    medical_insurance,
    public_security,
    securities,
    tax,
)

if TYPE_CHECKING:
    from household.schema.column import Dataset

SOURCE_TITLES: dict[str, str] = {
    "approval": "社会救助审批系统",
    "public_security": "公安",
    "human_resources": "人社",
    "housing": "住建 / 自然资源 / 公积金",
    "banking": "银行",
    "medical_insurance": "医保",
    "tax": "税务",
    "market_regulation": "市场监管",
    "securities": "证券",
    "insurance": "商业保险",
    "disabled_federation": "残联",
    "education": "教育",
    "civil_affairs": "民政",
    "justice": "司法",
    "finance": "财政",
    "agriculture": "农业农村",
}

_DECLARED: tuple[Dataset, ...] = tuple(
    dataset
    for source in (
        approval,
        public_security,
        human_resources,
        housing,
        banking,
        medical_insurance,
        tax,
        market_regulation,
        securities,
        insurance,
        disabled_federation,
        education,
        civil_affairs,
        justice,
        finance,
        agriculture,
    )
    for dataset in source.DATASETS
)

CATALOGUED: dict[str, Dataset] = {d.name: d for d in _DECLARED if not d.beyond}
"""The datasets of the exchange catalogue: what departments are expected to send."""

DATASETS: dict[str, Dataset] = CATALOGUED | {d.name: d for d in _DECLARED if d.beyond}
"""Everything that may come in."""
