"""The rule book says what the packs and the rules say, and the pages in docs/rules are the ones it makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from household.rules.gaps import gaps
from household.rules.packs import Packs, read_packs
from household.rules.parameter_uses import OTHER_USES, Absence, absence_of
from household.rules.parameters import PARAMETERS, Reader
from household.rules.programmes import PROGRAMMES, all_rules
from household.rules.rulebook import rulebook_pages, uses_of, write_rulebook
from household.rules.statements import Becomes, Statement, read_statements

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "rules"


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(ROOT / "rulepacks")


@pytest.fixture(scope="module")
def statements() -> tuple[Statement, ...]:
    return read_statements(ROOT / "rulepacks")


def made(tmp_path: Path, text: str) -> Packs:
    file = tmp_path / "pack.yaml"
    file.write_text(text, encoding="utf-8")
    return read_packs(file)


def periods(packs: Packs, pack_id: str) -> dict[str, str]:
    return {
        key: "、".join(gap.text_zh for gap in found)
        for key, found in gaps(packs, packs.packs[pack_id]).items()
    }


def test_pages_are_current(packs: Packs, statements: tuple[Statement, ...]):
    standing = {page.name: page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")}
    pages = rulebook_pages(packs, statements)
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


def test_every_parameter_is_used_by_something_or_says_that_it_is_for_people():
    unused = {key for key in PARAMETERS if not uses_of(key)}
    assert unused == {key for key, p in PARAMETERS.items() if p.reads is Reader.PEOPLE}


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
      wage.minimum: [{value: 2000, source: 某文}]
""",
    )
    page = rulebook_pages(packs)["991.md"]
    assert "| `standard.urban` | 城市低保标准(月) | 700.50 |  | 2025-12-31 | 某文 第一条 |" in page
    assert "| `standard.urban` | 城市低保标准(月) | 740 | 2026-01-01 |  | 某文 第二条 |" in page
    assert "| 2000 |  |  | 某文 | *for people 供查阅* |" in page


@pytest.mark.parametrize("becomes", Becomes)
def test_a_pack_page_tells_what_became_of_every_sentence(
    packs: Packs, statements: tuple[Statement, ...], becomes: Becomes
):
    pages = rulebook_pages(packs, statements)
    told = [one for one in statements if one.becomes is becomes]
    assert told
    for one in told:
        lines = [
            line
            for line in pages[f"{one.pack_id}.md"].splitlines()
            if line.startswith(f"| {one.statement_id} |")
        ]
        assert len(lines) == 1, one.statement_id
        assert one.sentence in lines[0]
        assert all(f"`{key}`" in lines[0] for key in one.keys), one.statement_id


def test_what_is_left_to_a_county_and_not_given_stands_out(
    packs: Packs, statements: tuple[Statement, ...]
):
    page = rulebook_pages(packs, statements)["50.md"]
    assert "**`asset.home_area_per_head`**" in page
    assert "**`temp.class_table`**" not in page


def test_the_index_shows_where_packs_differ(packs: Packs, statements: tuple[Statement, ...]):
    index = rulebook_pages(packs, statements)["index.md"].splitlines()
    (standard,) = [line for line in index if "| `standard.urban` |" in line]
    cells = [cell.strip() for cell in standard.split("|")][3:-1]
    assert cells == ["—", "—", "**770**", "770", "—", "—", "**740**", "—"]
    assert not [line for line in index if "| `income.window_months` |" in line]


GIVEN = """
packs:
  "991":
    title: 某县
    values:
      standard.urban: [{{value: 700, from: 2025-01-01, to: 2025-12-31, source: 某文}}{after}]
"""


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        ("", "2024-12-31 及以前、2026-01-01 起"),
        (", {value: 740, from: 2026-01-01, source: 某文}", "2024-12-31 及以前"),
        (
            ", {value: 740, from: 2026-02-01, source: 某文}",
            "2024-12-31 及以前、2026-01-01 至 2026-01-31",
        ),
        (
            ", {value: 740, from: 2026-01-02, to: 2026-12-31, source: 某文}",
            "2024-12-31 及以前、2026-01-01 至 2026-01-01、2027-01-01 起",
        ),
        (", {value: 690, to: 2024-12-31, source: 某文}", "2026-01-01 起"),
    ],
)
def test_gaps_are_told_by_their_days(tmp_path: Path, after: str, missing: str):
    assert periods(made(tmp_path, GIVEN.format(after=after)), "991")["standard.urban"] == missing


def test_a_gap_holds_its_days(tmp_path: Path):
    packs = made(tmp_path, GIVEN.format(after=""))
    before, after = gaps(packs, packs.packs["991"])["standard.urban"]
    assert before.before_the_first
    assert not after.before_the_first
    assert before.holds(date(2024, 12, 31))
    assert not before.holds(date(2025, 1, 1))
    assert not after.holds(date(2025, 12, 31))
    assert after.holds(date(2026, 1, 1))


def test_a_wider_pack_fills_a_gap(tmp_path: Path):
    packs = made(
        tmp_path,
        """
packs:
  cn: {title: 全国, values: {standard.rural: [{value: 500, source: 某文}]}}
  "99": {title: 某省, values: {standard.urban: [{value: 700, source: 某文}]}}
  "991": {title: 某县, values: {standard.urban: [{value: 800, to: 2025-12-31}]}}
""",
    )
    missing = periods(packs, "991")
    assert "standard.urban" not in missing
    assert "standard.rural" not in missing
    assert missing["asset.home_max"] == "从未规定"


def test_what_is_off_when_absent_is_no_gap(packs: Packs):
    for pack in packs.packs.values():
        assert {absence_of(key) for key in gaps(packs, pack)} <= {Absence.MISSING}


def test_the_fictional_county_lacks_nothing_since_2025(packs: Packs):
    found = gaps(packs, packs.packs["990101"])
    assert not {key for key, told in found.items() if not all(g.before_the_first for g in told)}
    assert not {key for key, told in found.items() if any(g.holds(date(2025, 1, 1)) for g in told)}


def test_pages_of_packs_that_are_gone_are_removed(tmp_path: Path, packs: Packs):
    (tmp_path / "880000.md").write_text("old", encoding="utf-8")
    write_rulebook(packs, tmp_path)
    assert {page.name for page in tmp_path.glob("*.md")} == set(rulebook_pages(packs))


@pytest.mark.parametrize(("began", "early"), [("2025-06-30", True), ("2025-07-01", False)])
def test_a_value_older_than_its_document_is_told(tmp_path: Path, began: str, early: bool):
    packs = made(
        tmp_path,
        f"""
documents:
  某文: {{title: 某办法, kind: document, grade: T, in_force_from: 2025-07-01}}
packs:
  "991": {{values: {{standard.urban: [{{value: 700, from: {began}, source: 某文 第一条}}]}}}}
""",
    )
    page = rulebook_pages(packs)["991.md"]
    assert ("`standard.urban` (2025-07-01)" in page) == early
