"""A file of cases is read strictly: what it cannot mean is refused in one line with file and line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from synthetic.cases.lined import CaseError
from synthetic.cases.reading import read_cases

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic.cases.form import Case

HEAD = 'topic: 试验\ncommon: {region: "990101001"}\ncases:\n'
ONE = "  - case: 甲\n    why: 试验\n    expect: {dibao: eligible}\n"


def read(folder: Path, text: str) -> list[Case]:
    file = folder / "cases" / "a.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return read_cases([file])


def refused(folder: Path, text: str) -> str:
    with pytest.raises(CaseError) as caught:
        read(folder, text)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.todo
    return line


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("    rows: {tax.incom: [{p: 本人}]}\n", 7, "tax.incom"),
        ("    rows: {tax.income: [{p: 本人, amont: 3}]}\n", 7, "amont"),
        ("    rows:\n      tax.income:\n        - {p: 谁, amount: 3}\n", 9, "谁"),
        ("    rows: {tax.income: [{p: 本人, item: 彩票}]}\n", 7, "所得项目"),
        ("    rows: {tax.income: [{p: 本人, month: 2026-13}]}\n", 7, "2026-13"),
        ("    rows: {tax.income: [{p: 本人, amount: 1.005}]}\n", 7, "小数位"),
        ("    rows: {disabled_federation.certificate: [{p: 本人, grade: 1.5}]}\n", 7, "整数"),
        ("    people: {本人: {hight: 180}}\n", 7, "hight"),
        ("    people: {本人: {birth: 昨天}}\n", 7, "昨天"),
        ("    app: {programme: dibaoo}\n", 7, "救助类型"),
        ("    silent: [banking]\n", 7, "banking"),
        ("    stale: {bank: 2026-01-01}\n", 7, "bank"),
        ("    wages: 300\n", 7, "wages"),
        ("    certificate: 肢体\n", 7, "certificate"),
        ("    applied_on: 2026-05-21\n", 4, "核对日之后"),
        ("    silent: [tax.income]\n    wage: 300\n", 4, "tax.income"),
        ("    why: 再说一遍\n", 7, "写了两次"),
        ("    vary: [{pension: 3}]\n", 7, "name"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_line(
    tmp_path: Path, body: str, line: int, words: str
) -> None:
    told = refused(tmp_path, HEAD + ONE + body)
    assert f"a.yaml:{line}：" in told
    assert words in told


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("{dibaoo: eligible}", "dibaoo"),
        ("{dibao: elligible}", "eligible"),
        ("{dibao: {sugestion: eligible}}", "sugestion"),
        ("{dibao.incom: pass}", "dibao.incom"),
        ("{dibao.income: passed}", "pass"),
        ("{dibao.income: {limit: 3}}", "limit"),
        ("{'*.nothing': pass}", "*.nothing"),
    ],
)
def test_what_cannot_be_expected_is_refused(tmp_path: Path, expect: str, words: str) -> None:
    text = HEAD + f"  - case: 甲\n    why: 试验\n    expect: {expect}\n"
    told = refused(tmp_path, text)
    assert "a.yaml:6：" in told
    assert words in told


def test_a_case_lacks_nothing_that_a_reader_needs(tmp_path: Path) -> None:
    for word in ("case", "why", "expect"):
        text = "".join(
            part for part in (HEAD + ONE).splitlines(keepends=True) if f"{word}:" not in part
        )
        if word == "case":
            text = text.replace("    why", "  - why")
        assert word in refused(tmp_path, text)


def test_a_name_is_used_once(tmp_path: Path) -> None:
    assert "a.yaml:4" in refused(tmp_path, HEAD + ONE + ONE)


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    assert "cases" in refused(tmp_path, "topic: 试验\n")
    assert "YAML" in refused(tmp_path, "topic: [\n")


VARIED = """topic: 试验
common: {region: "990101001", people: {本人: {birth: 1970-02-01}}}
cases:
  - case: 甲
    why: 试验
    app: {urban_rural: rural}
    rows: {tax.income: [{p: 本人, month: 2025-11..2026-02, amount: 10}]}
    expect: {dibao: {suggestion: eligible, certain: true}, "*.same_cause": pass}
    vary:
      - {name: 子, rows: {tax.income: [{p: 本人, month: 2025-05, amount: 1.5}]}}
      - name: 丑
        app: {temp_cause: 火灾}
        people: {本人: {sex: 女}, 配偶: {rel: 配偶}}
        expect: {dibao: {suggestion: ineligible}}
"""


def test_variations_are_written_out_over_the_case_and_what_is_common(tmp_path: Path) -> None:
    more, other = read(tmp_path, VARIED)
    assert (more.name, other.name) == ("甲·子", "甲·丑")
    assert (more.line, other.line) == (10, 11)
    assert [row.fields["month"] for row in more.rows] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2025, 5, 1),
    ]
    assert more.rows[-1].fields["amount"] == Decimal("1.5")
    assert len(other.rows) == 4
    assert other.application == {"urban_rural": "rural", "temp_cause": "fire"}
    first, second = other.people
    assert first.fields["birth_date"] == date(1970, 2, 1)
    assert (first.fields["sex"], first.fields["relation"]) == ("女", "self")
    assert second.fields["relation"] == "spouse"
    expected = {e.subject: (dict(e.columns), e.line) for e in other.expect}
    assert expected["dibao"] == ({"suggestion": "ineligible", "certain": True}, 14)
    assert expected["temp_emergency.same_cause"] == ({"outcome": "pass"}, 8)
    assert set(expected) == {
        "dibao",
        "temp_expenditure.same_cause",
        "temp_emergency.same_cause",
    }


def test_a_total_is_spread_to_the_fen(tmp_path: Path) -> None:
    text = HEAD + ONE + "    pension_total: 8879.99\n"
    (case,) = read(tmp_path, text)
    amounts = [row.fields["amount"] for row in case.rows]
    assert len(amounts) == 12
    assert sum(amounts) == Decimal("8879.99")
    assert case.rows[0].fields["month"] == date(2025, 5, 1)
    assert case.rows[-1].fields["month"] == date(2026, 4, 1)
