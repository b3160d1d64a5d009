"""Cases run together do not touch one another, and a case that does not hold says where, what was expected, what came, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import rulepacks
from household.rules.packs import Packs, read_packs
from synthetic.cases.comparing import failures
from synthetic.cases.laws import law_of
from synthetic.cases.lined import CaseError
from synthetic.cases.reading import read_cases
from synthetic.cases.running import Answer, run_trials, trials_of

TEXT = """topic: 试验
common: {region: "990101001"}
cases:
  - {case: 平常, why: 试验, expect: {dibao: [eligible, 740]}}
  - {case: 税务未到, why: 试验, silent: [tax.income], expect: {dibao: data_incomplete, dibao.income: data_incomplete}}
  - {case: 过期, why: 试验, stale: {public_security.vehicle: 2026-01-01}, expect: {dibao: data_incomplete}}
  - {case: 自定标准, why: 试验, packs: {"990101": {values: {standard.urban: [{value: 500}]}}}, expect: {dibao: [eligible, 500]}}
  - {case: 去掉标准, why: 试验, packs: {"990101": {drop: [standard.urban]}}, expect: {dibao: parameter_missing}}
  - {case: 去掉全国参数, why: 试验, packs: {cn: {drop: [edge.multiple]}}, pension: 800, expect: {dibao_edge: parameter_missing}}
  - {case: 另绑规则包, why: 试验, packs: {ar-004: {regions: ["990101"]}}, region: "990101001", expect: {rigid.income_floor: fail, rigid.ratio: not_asked}}
  - {case: 别的地区, why: 试验, region: "500101001", expect: {dibao: {suggestion: eligible, amount: 770, pack_ids: ["50", cn]}}}
  - {case: 早一年, why: 试验, as_of: 2025-06-20, expect: {dibao: [eligible, 700]}}
  - {case: 遮盖, why: 试验, rows: {banking.account: [{p: 本人, id_no: 遮盖, balance: 90000}]}, expect: {dibao: needs_review}}
  - {case: 错的建议, why: 试验, car: 30001, expect: {dibao: eligible}}
  - {case: 错的金额, why: 试验, expect: {dibao: [eligible, 741]}}
  - {case: 错的规则, why: 试验, pension: 740, expect: {dibao.income: {outcome: pass, limit_value: 741}}}
  - {case: 错的缘由, why: 试验, silent: [tax.income], expect: {dibao.income: parameter_missing, rigid.deducted: pass}}
"""
WRONG = ("错的建议", "错的金额", "错的规则", "错的缘由")


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(Path(rulepacks.__file__).parent)


@pytest.fixture(scope="module")
def answers(packs: Packs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    file = tmp_path_factory.mktemp("written") / "cases.yaml"
    file.write_text(TEXT, encoding="utf-8")
    found = run_trials(trials_of(read_cases([file]), packs), packs)
    return {answer.trial.case.name: answer for answer in found}


def test_silence_law_and_day_of_one_case_are_not_anothers(answers: dict[str, Answer]) -> None:
    good = [answer for name, answer in answers.items() if name not in WRONG]
    assert len(good) == 10
    assert not [str(failure) for failure in failures(good)]


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("错的建议", 14, "dibao.suggestion 应为 eligible，得到 ineligible"),
        ("错的金额", 15, "dibao.amount 应为 741，得到 740"),
        ("错的规则", 16, "dibao.income.outcome 应为 pass，得到 fail"),
        ("错的规则", 16, "dibao.income.limit_value 应为 741，得到 740"),
        (
            "错的缘由",
            17,
            "dibao.income.outcome 应为 parameter_missing，得到 unknown:data_incomplete",
        ),
        ("错的缘由", 17, "rigid.deducted.outcome 应为 pass，得到 not_asked"),
    ],
)
def test_a_case_that_does_not_hold_says_what_and_why(
    answers: dict[str, Answer], name: str, line: int, told: str
) -> None:
    (found,) = [str(f) for f in failures([answers[name]]) if told in str(f)]
    assert f"cases.yaml:{line} {name}：" in found


def test_the_engines_own_reason_is_told(answers: dict[str, Answer]) -> None:
    (vehicle,) = failures([answers["错的建议"]])
    assert "机动车是否符合规定" in vehicle.reason
    assert all("人均月收入" in failure.reason for failure in failures([answers["错的规则"]]))


def test_nobody_belongs_to_two_cases(
    packs: Packs, answers: dict[str, Answer], tmp_path: Path
) -> None:
    number = "990101197002011014"
    body = f"why: 试验, people: {{本人: {{id: '{number}'}}}}, expect: {{dibao: eligible}}"
    text = f'common: {{region: "990101"}}\ncases:\n  - {{case: 甲, {body}}}\n  - {{case: 乙, {body}}}\n'
    file = tmp_path / "two.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        run_trials(trials_of(read_cases([file]), packs), packs)
    assert "two.yaml:4" in str(caught.value)
    assert number not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("{'990101': {values: {standard.urbn: [{value: 5}]}}}", "standard.urbn"),
        ("{'990101': {values: {standard.urban: [{value: 很多}]}}}", "standard.urban"),
        ("{'990101': {drop: [rigid.asset.home_max]}}", "rigid.asset.home_max"),
        ("{'990101': {value: {}}}", "values"),
    ],
)
def test_a_law_that_cannot_be_read_is_refused_at_the_case(
    packs: Packs, answers: dict[str, Answer], tmp_path: Path, change: str, words: str
) -> None:
    text = (
        'common: {region: "990101"}\ncases:\n  - case: 甲\n    why: 试验\n'
        f"    expect: {{dibao: eligible}}\n    packs: {change}\n"
    )
    file = tmp_path / "law.yaml"
    file.write_text(text, encoding="utf-8")
    (case,) = read_cases([file])
    with pytest.raises(CaseError) as caught:
        law_of(case, packs)
    assert "law.yaml:6：" in str(caught.value)
    assert words in str(caught.value)


def test_a_law_of_its_own_leaves_the_packs_alone(packs: Packs, answers: dict[str, Answer]) -> None:
    own = answers["自定标准"].trial.law
    assert own.chain == ("990101", "cn")
    assert own.packs[0] == replace(packs.packs["990101"], values=own.packs[0].values)
    assert own.packs[0].values["standard.urban"] != packs.packs["990101"].values["standard.urban"]
