"""The rule book says what the packs and the rules say, and the pages in docs/rules are the ones it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from household.rules.packs import Packs, read_packs
from household.rules.parameter_uses import OTHER_USES, Absence, absence_of
from household.rules.parameters import PARAMETERS
from household.rules.programmes import PROGRAMMES, all_rules
from household.rules.rulebook import gaps, rulebook_pages, uses_of, write_rulebook

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "rules"


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(ROOT / "rulepacks")


def made(tmp_path: Path, text: str) -> Packs:
    file = tmp_path / "pack.yaml"
    file.write_text(text, encoding="utf-8")
    return read_packs(file)


def test_pages_are_current(packs: Packs):
    standing = {page.name: page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")}
    pages = rulebook_pages(packs)
    assert set(standing) == set(pages), "run make docs"
    assert [name for name in pages if standing[name] != pages[name]] == [], "run make docs"


def test_every_rule_and_programme_stands_in_the_index(packs: Packs):
    index = rulebook_pages(packs)["index.md"]
    rows = [line for line in index.splitlines() if line.startswith("| `")]
    for rule in all_rules():
        assert any(
            row.startswith(f"| `{rule.rule_id}` |") and rule.question_zh in row for row in rows
        ), rule.rule_id
    assert all(
        any(row.startswith(f"| `{programme}` |") for row in rows) for programme in PROGRAMMES
    )


def test_every_parameter_is_used_by_something():
    assert not [key for key in PARAMETERS if not uses_of(key)]


def test_uses_name_parameters_that_exist():
    assert not set(OTHER_USES) - set(PARAMETERS)


def test_every_rule_cites_parameters_that_exist():
    # `standard` is the urban or the rural one, as the application is.
    known = set(PARAMETERS) | {"standard"}
    assert not {key for rule in all_rules() for key in rule.parameters} - known


def test_a_pack_page_shows_values_dates_and_sources(tmp_path: Path):
    packs = made(
        tmp_path,
        """
packs:
  "991":
    title: 某县
    values:
      standard.urban:
        - {value: 700.50, to: 2025-12-31, source: 某文 第一条}
        - {value: 740, from: 2026-01-01, source: 某文 第二条}
      note.for_people: [{value: 3, source: 某文}]
""",
    )
    page = rulebook_pages(packs)["991.md"]
    assert "| `standard.urban` | 城市低保标准(月) | 700.50 |  | 2025-12-31 | 某文 第一条 |" in page
    assert "| `standard.urban` | 城市低保标准(月) | 740 | 2026-01-01 |  | 某文 第二条 |" in page
    assert "| `note.for_people` |  | 3 |  |  | 某文 | *for people 供查阅* |" in page


def test_a_value_that_ends_without_a_successor_is_a_gap(tmp_path: Path):
    text = """
packs:
  "991":
    title: 某县
    values:
      standard.urban: [{{value: 700, to: 2025-12-31, source: 某文}}{after}]
"""
    ended = made(tmp_path, text.format(after=""))
    assert gaps(ended, ended.packs["991"])["standard.urban"] == "none from 2026-01-01 起无有效值"
    for after in (", {value: 740, from: 2026-01-01, source: 某文}", ", {value: 740, source: 某文}"):
        followed = made(tmp_path, text.format(after=after))
        assert "standard.urban" not in gaps(followed, followed.packs["991"])
    late = made(tmp_path, text.format(after=", {value: 740, from: 2026-02-01, source: 某文}"))
    assert gaps(late, late.packs["991"])["standard.urban"] == "none from 2026-01-01 起无有效值"


def test_a_wider_pack_fills_a_gap(tmp_path: Path):
    packs = made(
        tmp_path,
        """
packs:
  cn: {title: 全国, values: {standard.rural: [{value: 500, source: 某文}]}}
  "99": {title: 某省, values: {standard.urban: [{value: 700, source: 某文}]}}
  "991": {title: 某县, values: {}}
""",
    )
    missing = gaps(packs, packs.packs["991"])
    assert "standard.urban" not in missing
    assert "standard.rural" not in missing
    assert missing["asset.home_max"] == "never given 从未规定"


def test_what_is_off_when_absent_is_no_gap(packs: Packs):
    for pack in packs.packs.values():
        assert {absence_of(key) for key in gaps(packs, pack)} <= {Absence.MISSING}


def test_the_fictional_county_lacks_nothing(packs: Packs):
    assert gaps(packs, packs.packs["990101"]) == {}


def test_pages_of_packs_that_are_gone_are_removed(tmp_path: Path, packs: Packs):
    (tmp_path / "880000.md").write_text("old", encoding="utf-8")
    write_rulebook(packs, tmp_path)
    assert {page.name for page in tmp_path.glob("*.md")} == set(rulebook_pages(packs))
