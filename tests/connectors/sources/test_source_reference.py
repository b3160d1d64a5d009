"""The page of source.yaml and of institutions is the one that the declarations give, and its examples can be read."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from deployments import put_source

from connectors.asking.layouts import institution, reference
from connectors.asking.layouts.institutions import read_institutions
from connectors.asking.layouts.reference import INSTITUTION_PAGE, reference_markdown
from connectors.asking.layouts.reference_words import TARGETS, TOLD
from connectors.sources.mistakes import GUIDE, SourceMistakesError
from connectors.sources.reading import read_source
from connectors.sources.reference import EXAMPLE, SOURCE_PAGE, Page
from household.schema.codes import REPLY_STATE

PAGE = Path(__file__).parents[3] / "docs" / "source-yaml.md"
ASKED = """\
title: 某县银行
region: 990101
agreement: {no: X-1, purpose: 社会救助家庭经济状况核对, valid_from: 2026-01-01}
cadence: {cron: "0 6 * * *", overdue_hours: 48}
transport: {kind: folder, path: /srv/banks}
inquiries: {}
"""


def test_docs_are_current():
    assert PAGE.read_text(encoding="utf-8") == reference_markdown(), "run make docs"


@pytest.mark.parametrize("page", [SOURCE_PAGE, INSTITUTION_PAGE], ids=["source", "institution"])
def test_every_entry_has_its_words_and_no_word_is_left_over(page: Page):
    models = [model for _, some in page.sections for model in some]
    declared = {model.__name__: set(page.entries(model)) for model in models}
    assert {name: set(words) for name, words in page.meanings.items()} == declared


def test_what_columns_may_say_is_listed():
    assert set(TOLD) == set(get_args(institution.Told))
    assert [name for name in TARGETS if name.isascii()] == list(institution.OF_REPLY)
    assert all(f"`{state}`" in TARGETS["state"] for state in REPLY_STATE.titles)


def test_the_examples_can_be_read(tmp_path):
    source = read_source(put_source(tmp_path, "public_security", EXAMPLE))
    assert source.datasets["vehicle"].codes == {"status": {"A": "正常", "E": "注销"}}
    bank = _bank(tmp_path, reference.EXAMPLE)
    assert bank["B001"].answer.amounts == {"balance": "fen"}


def test_a_mistake_in_an_institution_leads_to_the_page(tmp_path):
    with pytest.raises(SourceMistakesError) as caught:
        _bank(tmp_path, reference.EXAMPLE.replace("format: csv", "format: doc"))
    (mistake, *_) = caught.value.mistakes
    assert mistake.file == "banking/institutions/B001.yaml"
    assert mistake.todo == GUIDE
    assert PAGE.name in GUIDE
    assert mistake.key == "request.format"


def test_who_is_asked_by_calls_needs_an_interface(tmp_path):
    by_call = """name: 某银行
call: {path: ask, columns: [{title: name, value: name}, {title: id_no, value: id_no}]}
answer:
  format: json
  fields: {s: state, account: account_no, kind: product, money: balance}
  codes: {state: {F: found, N: none}}
"""
    with pytest.raises(SourceMistakesError, match=r"第2行 call：call 不能经由 folder；.*http"):
        _bank(tmp_path, by_call)


def _bank(root: Path, text: str) -> dict[str, institution.Institution]:
    folder = put_source(root, "banking", ASKED)
    (folder / "institutions").mkdir()
    (folder / "institutions" / "B001.yaml").write_text(text, encoding="utf-8")
    return read_institutions(folder, read_source(folder))


def test_every_link_leads_to_a_heading():
    text = reference_markdown()
    anchors = {
        "".join(
            "-" if c == " " else c for c in line.lstrip("# ").lower() if c.isalnum() or c in " -_"
        )
        for line in text.splitlines()
        if line.startswith("#")
    }
    linked = {piece.split(")")[0] for piece in text.split("](#")[1:]}
    assert linked
    assert not linked - anchors
