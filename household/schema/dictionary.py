"""The data dictionary, written from the declarations: what comes in, and what is published. A pure function of both.

`docs/dictionary.md` holds its result; a test keeps the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.codes import CODE_LISTS
from household.schema.column import UNIT
from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.schema.codes import CodeList
    from household.schema.column import Column, Dataset
    from household.schema.published import PublishedColumn, PublishedTable

MODES = {
    "bulk": "整体交付 bulk: whoever is not in it has no record",
    "reply": "逐人答复 reply: only a receipt says who was answered",
}
KEEPS = {
    "snapshot": "快照 snapshot: the newest extract of a region replaces the older ones",
    "history": "累积 history: rows add up by key",
}
BEYOND = "交换目录之外 beyond the catalogue: only where institutions are asked person by person"
PREFACE = """# 数据字典 Data dictionary

Generated from `household/schema`; do not edit: `make docs` writes it.
由 `household/schema` 的声明生成,请勿手工修改。

Marks of incoming columns 标记: **r** required 必填, **k** part of the row's key 主键, **p** personal data 个人信息. Empty means unknown,
never zero 空值表示未知,不表示零."""


def dictionary_markdown() -> str:
    """The whole dictionary as Markdown in Chinese and English, ending in a newline."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield PREFACE
    yield "\n## 一、接收数据 Incoming datasets"
    for dataset in DATASETS.values():
        yield from _describe_dataset(dataset)
    yield "\n## 二、代码表 Code lists"
    for codes in CODE_LISTS.values():
        yield from _describe_codes(codes)
    yield "\n## 三、发布表 Published tables"
    yield "\nSchema `publish` holds every run, schema `current` the newest. 每表首列为 `run_id`."
    for table in PUBLISHED.values():
        yield from _describe_table(table)


def _describe_dataset(dataset: Dataset) -> Iterator[str]:
    yield f"\n### {dataset.title_zh} `{dataset.name}`\n"
    ours = f" · {BEYOND}" if dataset.beyond else ""
    told = f"{SOURCE_TITLES[dataset.source]} · {MODES[dataset.mode]} · {KEEPS[dataset.keep]}{ours}"
    yield f"{told}\n"
    yield from _head("列 Column", "名称 Title", "类型 Kind", "标记", "说明 Note")
    for column in dataset.columns:
        yield _row(
            f"`{column.name}`", column.title_zh, _kind(column), column.flags, _incoming_note(column)
        )


def _describe_codes(codes: CodeList) -> Iterator[str]:
    yield f"\n### `{codes.name}`\n"
    yield from _head("代码 Code", "名称 Title")
    for code, title in codes.titles.items():
        aliases = [alias for alias, target in codes.aliases.items() if target == code]
        yield _row(f"`{code}`", " / ".join([title, *aliases]))


def _describe_table(table: PublishedTable) -> Iterator[str]:
    yield f"\n### {table.title_zh} `{table.name}`\n"
    key = ", ".join(f"`{name}`" for name in table.key)
    yield f"{table.note}. " + (f"Key 主键: {key}." if key else "No key 无主键.") + "\n"
    yield from _head("列 Column", "名称 Title", "类型 Type", "标记", "说明 Note")
    for column in table.all_columns:
        marks = "r" * column.required + "k" * (column.name in table.key) + "p" * column.personal
        yield _row(
            f"`{column.name}`", column.title_zh, column.sql_type, marks, _published_note(column)
        )


def _kind(column: Column) -> str:
    unit = UNIT.get(column.kind)
    return f"{column.kind}" + (f" ({unit})" if unit and unit != column.kind else "")


def _incoming_note(column: Column) -> str:
    listed = f"代码表 `{column.codes.name}`" if column.codes else ""
    return "; ".join(part for part in (column.note, listed) if part)


def _published_note(column: PublishedColumn) -> str:
    allowed = " / ".join(f"`{value}`" for value in column.values)
    return "; ".join(part for part in (column.note, allowed) if part)


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield _row(*("---" for _ in titles))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
