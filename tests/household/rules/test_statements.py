"""Statements: what each names exists, what is quoted stands in the document, and every dated value can be followed to a document."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

import pytest

from household.alerts.codes import CODES
from household.errors import PackError
from household.rules.citing import Document, unregistered
from household.rules.packs import Packs, read_packs
from household.rules.statements import Becomes, Statement, read_statements

ROOT = Path(__file__).resolve().parents[3]
POLICY = ROOT.parent / "shared" / "policy"
POLICIES = {
    "P0": "巴楚县临时救助实施细则(试行)起草说明",
    "P1": "2018年实施意见",
    "P2": "新疆贯彻社会救助暂行办法的实施意见",
    "P3-yubei": "渝北民〔2020〕41号",
    "P3-city": "渝民发〔2019〕19号",
    "P4": "关于进一步改革完善社会救助制度的实施意见",
}
LONGEST = 110


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(ROOT / "rulepacks")


@pytest.fixture(scope="module")
def statements() -> tuple[Statement, ...]:
    return read_statements(ROOT / "rulepacks")


def test_ids_are_for_ever_and_so_once(statements: tuple[Statement, ...]) -> None:
    counts = Counter(one.statement_id for one in statements)
    assert [name for name, times in counts.items() if times > 1] == []


def test_statements_lie_beside_the_documents_they_speak_of(
    packs: Packs, statements: tuple[Statement, ...]
) -> None:
    assert {one.document_id for one in statements} <= set(packs.documents)
    assert {one.pack_id for one in statements} <= set(packs.packs)


def test_alerts_and_modules_named_exist(statements: tuple[Statement, ...]) -> None:
    assert {code for one in statements for code in one.alerts} <= set(CODES)
    modules = {name for one in statements for name in one.where}
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_sentences_are_short(statements: tuple[Statement, ...]) -> None:
    assert [s.statement_id for s in statements if not 3 < len(s.sentence) <= LONGEST] == []


@pytest.mark.parametrize("document", POLICIES.values(), ids=POLICIES)
def test_each_policy_document_is_gone_through(
    packs: Packs, statements: tuple[Statement, ...], document: str
) -> None:
    told = [one for one in statements if one.document_id == document]
    assert packs.documents[document].grade == "S"
    assert {one.becomes for one in told} >= {Becomes.RULE, Becomes.LOCAL} or len(told) > 20
    assert any(one.keys for one in told)


# Figures of the five documents that a computation, a deadline or a check must have. A figure without one is a sentence that was missed.
FIGURES = {
    "10日": ("P0", {"temp.paperwork_days"}),
    "3个工作日": ("P3-yubei", {"temp.deadline_wd.temp_emergency"}),
    "25日": ("P3-yubei", {"temp.submit_by_day"}),
    "5个工作日": ("P3-yubei", {"temp.file_wd"}),
    "C类救助对象调整为B类": ("P3-yubei", {"temp.class_of_jdlk"}),
    "不超过3个工作日": ("P3-city", {"temp.deadline_wd.temp_emergency"}),
    "不再进行家庭收入和财产状况调查": ("P3-city", {"temp.skip_economic_test"}),
    "同一事由": ("P1", {"temp.repeat_months"}),
    "上年度人均可支配收入": ("P1", {"income.disposable_last_year"}),
    "城镇居民最低生活保障标准": ("P1", {"temp.standard_basis"}),
    "1.5倍": ("P4", {"edge.multiple", "single_person.income_multiple"}),
    "10%-30%": ("P4", {"extra.rate", "extra.rate_range"}),
    "12个月": ("P4", {"income.window_months", "rigid.method"}),
    "18周岁": ("P4", {"tekun.minor_age"}),
    "70%": ("P4", {"tekun.full_care_min_wage_share", "tekun.care_full", "wage.minimum"}),
    "24小时": ("P4", {"temp.emergency_hours"}),
    "每年核查一次": ("P4", {"review.months_stable"}),
    "每半年核查一次": ("P4", {"review.months_unstable"}),
    "重度残疾人、老年人、未成年人": ("P4", {"extra.rate", "extra.elder_age"}),
}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_the_documents_became_something(
    statements: tuple[Statement, ...], figure: str
) -> None:
    where, keys = FIGURES[figure]
    told = [s for s in statements if s.document_id == POLICIES[where] and figure in s.sentence]
    assert told
    assert any(keys <= set(one.keys) for one in told)


def test_every_dated_value_is_reached(packs: Packs, statements: tuple[Statement, ...]) -> None:
    """From its document, and, where a document of its chain was gone through, from a sentence that names it."""
    spoken = {key for one in statements for key in one.keys}
    adrift = []
    for pack in packs.packs.values():
        for key, entries in pack.values.items() if not pack.fictional else ():
            for entry in entries:
                cited = packs.cites(entry.source)
                gone_through = {c.document.document_id for c in cited} & {
                    one.document_id for one in statements
                }
                if not cited or (gone_through and key not in spoken):
                    adrift.append((pack.pack_id, key))
    assert adrift == []


def test_no_citation_of_ours_is_left_unregistered(packs: Packs) -> None:
    documents: list[Document] = list(packs.documents.values())
    loose = {
        (pack.pack_id, part)
        for pack in packs.packs.values()
        for entries in pack.values.values()
        for entry in entries
        for part in unregistered(entry.source, documents)
    }
    assert loose == set()
    assert not any(
        "同上" in e.source for p in packs.packs.values() for v in p.values.values() for e in v
    )


def test_quotations_are_the_documents_own_words(
    packs: Packs, statements: tuple[Statement, ...]
) -> None:
    if not POLICY.exists():
        pytest.skip("the policy documents do not lie beside the checkout")
    words = "".join(path.read_text(encoding="utf-8") for path in POLICY.glob("*.txt"))
    quoted = [s for s in statements if packs.documents[s.document_id].grade == "S"]
    assert len(quoted) > 150
    assert [s.statement_id for s in quoted if s.sentence not in words] == []


# What a rule may hang on: a figure with its unit, a comparison, an exception. Words of office that look like one are left out.
COMPUTABLE = re.compile(
    r"\d+(?:\.\d+)?(?:%|个工作日|日内|日前|天|周岁|倍|小时|个月)|低于|高于|超过|不予救助|不再|每年|每半年|同一事由"
    r"|除外|不含|上年度|(?<!县级)以上|以内|原则上|至少|全部纳入"
)


def test_no_figure_of_the_documents_is_passed_over(statements: tuple[Statement, ...]) -> None:
    if not POLICY.exists():
        pytest.skip("the policy documents do not lie beside the checkout")
    passed_over = []
    for path in sorted(POLICY.glob("*.txt")):
        words = path.read_text(encoding="utf-8")
        spans = [m.span() for s in statements for m in re.finditer(re.escape(s.sentence), words)]
        hits = list(COMPUTABLE.finditer(words))
        assert hits, path.name
        passed_over += [
            (path.name, words[hit.start() - 20 : hit.end() + 20])
            for hit in hits
            if not any(start <= hit.start() < end for start, end in spans)
        ]
    assert passed_over == []


GOOD = """statements:
  某文:
    - id: X-01
      place: 第一条
      sentence: 某句
      becomes: rule
      rules: [dibao.income]
"""


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("statements:", "sentences:", "顶层应只有 statements:"),
        ("id: X-01", "name: X-01", "不认识 'name'"),
        ("sentence: 某句", "sentence: ''", "缺少 sentence"),
        ("becomes: rule", "becomes: law", "becomes 可写 parameter"),
        ("dibao.income", "dibao.incom", "没有规则 dibao.incom"),
        ("rules: [dibao.income]", "keys: [standard.urbn]", "没有参数 standard.urbn"),
        ("rules: [dibao.income]", "keys: [standard.urban]", "规则须写 rules"),
        ("becomes: rule", "becomes: procedure", "由人办理须写 note"),
        ("becomes: rule", "becomes: local", "须写 keys 或 note"),
        ("place: 第一条", "place: [", "顶层|第"),
        ("becomes: rule", "becomes: rule\n      becomes: rule", "重复出现"),
    ],
)
def test_statements_are_read_strictly(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    file = tmp_path / "99" / "statements.yaml"
    file.parent.mkdir()
    file.write_text(GOOD, encoding="utf-8")
    (one,) = read_statements(tmp_path)
    assert (one.pack_id, one.document_id, one.rules) == ("99", "某文", ("dibao.income",))
    file.write_text(GOOD.replace(was, becomes), encoding="utf-8")
    with pytest.raises(PackError, match=said) as caught:
        read_statements(tmp_path)
    assert "99/statements.yaml 第" in str(caught.value)
