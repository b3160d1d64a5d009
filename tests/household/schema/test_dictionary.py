"""The data dictionary in docs is the one that the declarations give."""

from __future__ import annotations

from pathlib import Path

from household.schema.datasets import DATASETS
from household.schema.dictionary import dictionary_markdown
from household.schema.published import PUBLISHED

DOCS = Path(__file__).parents[3] / "docs" / "dictionary.md"


def test_docs_are_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == dictionary_markdown(), "run make docs"


def test_every_column_has_its_line() -> None:
    lines = dictionary_markdown().splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    incoming = sum(len(d.columns) for d in DATASETS.values())
    published = sum(len(t.all_columns) for t in PUBLISHED.values())
    assert len(rows) > incoming + published  # the code lists stand between them
    for dataset in DATASETS.values():
        assert f"### {dataset.title_zh} `{dataset.name}`" in lines
    for table in PUBLISHED.values():
        assert f"### {table.title_zh} `{table.name}`" in lines


def test_a_bar_in_a_note_does_not_break_the_table() -> None:
    for line in dictionary_markdown().splitlines():
        if line.startswith("| `record_key`"):
            assert line.replace("\\|", "").count("|") == 6
