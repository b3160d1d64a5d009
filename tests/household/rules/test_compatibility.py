"""The compatibility matrix: strict reading, the nearest region and the day, what replaces what, and its page of the rule book."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from household.rules.citing import NO_ARTICLE, unregistered
from household.rules.compatibility import named_pairs, pair_key, pair_of
from household.rules.mistakes import PackMistakesError
from household.rules.pack_changes import overlay, pack_changes
from household.rules.packs import Packs, read_packs
from household.rules.rulebook import rulebook_pages

OURS = Path(__file__).resolve().parents[3] / "rulepacks"
DAY = date(2026, 5, 1)
DIBAO_TEKUN = pair_key("dibao", "tekun")


@pytest.fixture(scope="module")
def ours() -> Packs:
    return read_packs(OURS)


def written(folder: Path, text: str, name: str = "pack.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def of_cn(entry: str) -> str:
    return f"compatibility:\n  cn:\n    - {entry}\n"


def said(packs: Packs, pair: str, region: str, day: date = DAY) -> str | None:
    found = packs.find(pair, region, day)
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("compatibility: 3", 1, "应为"),
        ("compatibility: {cn: 3}", 1, "compatibility 应为列表"),
        (of_cn("dibao"), 3, "不是一组栏目"),
        (of_cn("{pair: [dibao], relation: exclusive}"), 3, "两个救助项目代码"),
        (of_cn("{relation: exclusive}"), 3, "两个救助项目代码"),
        (of_cn("{pair: [dibao, 低保], relation: exclusive}"), 3, "'低保' 不是救助项目代码"),
        (of_cn("{pair: [dibao, tekun]}"), 3, "relation 有误"),
        (of_cn("{pair: [dibao, tekun], relation: never}"), 3, "exclusive、compatible、offset"),
        (of_cn("{pair: [dibao, tekun], relation: offset}"), 3, "没有写依据"),
        (of_cn("{pair: [dibao, tekun], relation: offset, why: 某文}"), 3, "不认识 'why'"),
        (
            of_cn("{pair: [dibao, tekun], relation: offset, from: soon, source: 某文}"),
            3,
            "'soon' 不是日期",
        ),
        (
            of_cn(
                "{pair: [dibao, tekun], relation: offset, from: 2026-02-01, to: 2026-01-01, source: 甲}"
            ),
            3,
            "起始日 2026-02-01 晚于截止日 2026-01-01",
        ),
        (
            of_cn("{pair: [dibao, tekun], relation: offset, source: 甲}")
            + "    - {pair: [tekun, dibao], relation: exclusive, source: 甲}\n",
            4,
            "与第3行的起止日重叠",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    with pytest.raises(PackMistakesError) as caught:
        read_packs(written(tmp_path, text))
    told = str(caught.value)
    assert told.startswith(f"pack.yaml 第{line}行：")
    assert what in told


def test_a_pair_in_two_files_of_a_folder_is_refused(tmp_path: Path) -> None:
    text = of_cn("{pair: [dibao, tekun], relation: offset, source: 甲}")
    written(tmp_path, text, "a.yaml")
    written(tmp_path, text, "b.yaml")
    with pytest.raises(PackMistakesError, match=r"b\.yaml 第3行.*在 a\.yaml 第3行 已经出现"):
        read_packs(tmp_path)


def test_a_pair_has_one_name_whichever_comes_first() -> None:
    assert pair_key("tekun", "dibao") == DIBAO_TEKUN
    assert pair_of(DIBAO_TEKUN) == ("dibao", "tekun")
    assert pair_of(pair_key("tekun", "tekun")) == ("tekun", "tekun")


def test_the_pairs_of_the_agreement_are_ours_on_any_day(ours: Packs) -> None:
    of_old = (
        *(("dibao", one) for one in ("dibao", "tekun", "single_person")),
        *(("tekun", f"{one}orphan") for one in ("", "de_facto_")),
        *(("tekun", f"disability_{one}") for one in ("living", "care")),
        ("orphan", "disability_living"),
    )
    for pair in of_old:
        for day in (date(1999, 1, 1), DAY, date(2099, 1, 1)):
            assert said(ours, pair_key(*pair), "460101001", day) == "exclusive", pair


def test_every_pair_of_ours_cites_a_registered_document(ours: Packs) -> None:
    nation = ours.packs["cn"]
    sources = {e.source for entries in nation.compatibility.values() for e in entries}
    assert not [one for one in sources if unregistered(one, ours.documents.values())]
    assert any(cite.article != NO_ARTICLE for one in sources for cite in ours.cites(one))


def test_the_nearest_region_wins_and_only_on_its_days(ours: Packs, tmp_path: Path) -> None:
    text = (
        "packs:\n  '9901':\n    compatibility:\n"
        "      - {pair: [tekun, dibao], relation: compatible, from: 2026-03-01, to: 2026-04-30}\n"
    )
    packs = read_packs(OURS, written(tmp_path, text))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), DAY]
    told = [said(packs, DIBAO_TEKUN, "990155001", day) for day in days]
    assert told == ["exclusive", "compatible", "compatible", "exclusive"]
    assert said(packs, DIBAO_TEKUN, "990255001", days[1]) == "exclusive"
    assert packs.packs["9901"].values == {}
    assert ours.digest("990155001") != packs.digest("990155001")


def test_a_pack_that_says_nothing_of_pairs_keeps_ours(ours: Packs, tmp_path: Path) -> None:
    text = "packs: {cn: {values: {edge.multiple: [{value: 1.5, source: 某文}]}}}"
    packs = read_packs(OURS, written(tmp_path, text))
    assert list(packs.packs["cn"].values) == ["edge.multiple"]
    assert packs.packs["cn"].compatibility == ours.packs["cn"].compatibility


def test_one_pair_given_replaces_that_pair_only(ours: Packs, tmp_path: Path) -> None:
    text = "packs:\n  cn:\n    values: {}\n" + of_cn("").replace("  cn:\n    - ", "")
    text = text.replace(
        "compatibility:\n",
        "    compatibility: [{pair: [tekun, tekun], relation: compatible, source: 某文}]",
    )
    packs = read_packs(OURS, written(tmp_path, text))
    twice = pair_key("tekun", "tekun")
    assert said(packs, twice, "460101001") == "compatible"
    before, after = ours.packs["cn"].compatibility, packs.packs["cn"].compatibility
    assert {key for key in before if before[key] != after[key]} == {twice}
    assert set(before) == set(after)


def test_a_changed_pair_is_a_change_of_the_law(ours: Packs, tmp_path: Path) -> None:
    text = of_cn("{pair: [tekun, tekun], relation: compatible, source: 某文}")
    changed = overlay(ours, read_packs(written(tmp_path, text)))
    (change,) = pack_changes(ours, changed)
    assert (change.pack_id, change.key) == ("cn", pair_key("tekun", "tekun"))
    assert [e.value for e in change.after] == ["compatible"]
    assert changed.packs["cn"].values == ours.packs["cn"].values


def test_the_page_shows_every_pair_with_its_source(ours: Packs) -> None:
    page = rulebook_pages(ours)["compatibility.md"]
    assert "| **特困人员救助供养** |" in page
    for key in named_pairs(ours.packs.values()):
        one, other = pair_of(key)
        (line,) = [row for row in page.splitlines() if f"| `{one}` `{other}` |" in row]
        assert ours.packs["cn"].compatibility[key][0].source in line
