"""The page of source.yaml is the one that the declarations give, and its example can be read."""

from __future__ import annotations

from pathlib import Path

from deployments import put_source

from connectors.sources.reading import read_source
from connectors.sources.reference import EXAMPLE, TITLES, declared_entries, reference_markdown
from connectors.sources.reference_words import MEANINGS

PAGE = Path(__file__).parents[3] / "docs" / "source-yaml.md"


def test_docs_are_current():
    assert PAGE.read_text(encoding="utf-8") == reference_markdown(), "run make docs"


def test_every_entry_has_its_words_and_no_word_is_left_over():
    declared = {model.__name__: set(declared_entries(model)) for model in TITLES}
    assert {name: set(words) for name, words in MEANINGS.items()} == declared


def test_the_example_can_be_read(tmp_path):
    source = read_source(put_source(tmp_path, "public_security", EXAMPLE))
    assert source.datasets["vehicle"].codes == {"status": {"A": "正常", "E": "注销"}}


def test_every_link_leads_to_a_heading():
    text = reference_markdown()
    anchors = {
        "".join("-" if c == " " else c for c in line[4:].lower() if c.isalnum() or c in " -_")
        for line in text.splitlines()
        if line.startswith("### ")
    }
    linked = {piece.split(")")[0] for piece in text.split("](#")[1:]}
    assert linked
    assert not linked - anchors
