"""Names of assets after the grammar `{raw|core|link|mart|publish}_{subject}__{what}`, those of sources, and the words that describe a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.datasets import SOURCE_TITLES

if TYPE_CHECKING:
    from household.schema.column import Dataset

STRAYS = "raw_inbox__strays"
IDENTITIES = "link_person__identities"
VERDICTS = "mart_household__verdicts"
LEDGER = "mart_intake__ledger"
RESULTS = "mart_quality__results"
RUN = "publish_warehouse__run"

MODES = {"bulk": "全量报送", "reply": "按人应答"}
KEEPS = {"snapshot": "新数据整体替代旧数据", "history": "按主键累积"}


def raw_name(dataset: Dataset) -> str:
    """`raw_<source>__<subject>`."""
    return f"raw_{dataset.source}__{dataset.subject}"


def core_name(dataset: Dataset) -> str:
    """`core_<source>__<subject>`."""
    return f"core_{dataset.source}__{dataset.subject}"


def pull_name(source: str) -> str:
    """`pull_<department>`, or `pull_<department>__<system>` where two systems deliver for one department."""
    return f"pull_{source.replace('-', '__')}"


def ask_name(source: str) -> str:
    """`ask_<department>`, as `pull_name`."""
    return f"ask_{source.replace('-', '__')}"


def facts_of(dataset: Dataset) -> dict[str, str]:
    """Metadata of a dataset's assets: its title, where it comes from, how it is sent and kept."""
    return {
        "数据集": f"{dataset.title_zh}（{dataset.name}）",
        "来源": SOURCE_TITLES[dataset.source],
        "报送方式": MODES[dataset.mode],
        "保留方式": KEEPS[dataset.keep],
        "主键": "、".join(c.title_zh for c in dataset.keys),
    }
