"""Strict reading of packs: every mistake is refused with file, line, pack, parameter, what is wrong and what to do."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from household.errors import PackError
from household.rules.citing import NO_ARTICLE
from household.rules.mistakes import PackMistakesError
from household.rules.packs import Packs, examine_packs, read_packs
from household.rules.parameter_units import UNITS, unit_of
from household.rules.parameters import PARAMETERS, Meaning

AGREEMENT = Path(__file__).resolve().parents[4] / "shared" / "contract" / "parameters.yaml"
OURS = Path(__file__).resolve().parents[3] / "rulepacks"
LINE = 5
"""On which the value stands in a text of `body`."""


def written(tmp_path: Path, text: str, name: str = "pack.yaml") -> Path:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def made(tmp_path: Path, text: str) -> Packs:
    return read_packs(written(tmp_path, text))


def body(key: str, entries: str, pack: str = '"99"') -> str:
    return f"packs:\n  {pack}:\n    title: 某\n    values:\n      {key}: {entries}\n"


def refused(tmp_path: Path, text: str) -> PackMistakesError:
    with pytest.raises(PackMistakesError) as caught:
        made(tmp_path, text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("packs: [", 1, "不是有效的 YAML"),
        ("packs: {a: \x00}", 1, "不是有效的 YAML"),
        ("values: {}", 1, "顶层没有 packs:"),
        ("[1]", 1, "顶层没有 packs:"),
        ("", 1, "顶层没有 packs:"),
        ("packs: 3", 1, "packs 应为"),
        ("packs: {a: {regions: ['64']}, a: {regions: ['64']}}", 1, "'a' 重复出现"),
        ("packs: {a: 1}", 1, "不是一组参数"),
        ("packs: {a: {}}", 1, "没有 values"),
        ("packs: {a: {regions: [], title: 某}}", 1, "没有 values"),
        ("packs:\n  a: {regions: ['64']}", 2, "没有可绑定的规则包"),
        ("packs: {a: {regions: [某省], values: {}}}", 1, "regions 应为行政区划代码"),
        ("packs: {a: {regions: ['６４'], values: {}}}", 1, "regions 应为行政区划代码"),
        ("packs: {'99': {values: {}, valeus: {}}}", 1, "不认识 'valeus'"),
        ("packs: {}\npackages: {}", 2, "不认识 'packages'"),
        (body("edge.multiple: []\n      edge.multiple", "[]"), 6, "重复出现"),
        (body("asset.home_max", "{value: 1}"), LINE, "取值应为列表"),
        (body("asset.home_max", "[1]"), LINE, "取值缺少 value"),
        (body("asset.home_max", "[{from: 2026-01-01}]"), LINE, "取值缺少 value"),
        (body("asset.home_max", "[{value: 1, form: 2026-01-01}]"), LINE, "不认识 'form'"),
        (body("asset.home_max", "[{value: 1, from: soon}]"), LINE, "'soon' 不是日期"),
        (body("asset.home_max", "[{value: 1, to: '2026-02-30'}]"), LINE, "不是日期"),
        (body("asset.home_max", "[{value: 1, to: 2026-02-30}]"), LINE, "不是日期"),
        (body("asset.home_max", "[{value: 1, from: 20260101}]"), LINE, "不是日期"),
        (body("asset.home_max", "[{value: 1, from: 2026-2-1}]"), LINE, "不是日期"),
        (body("asset.home_max", "[{value: 1, article: 第一条}]"), LINE, "没有写文件"),
        (
            body("asset.home_max", "[{value: 1, from: 2026-02-02, to: 2026-02-01}]"),
            LINE,
            "起始日 2026-02-02 晚于截止日 2026-02-01",
        ),
        (
            body(
                "asset.home_max",
                "\n        - {value: 1, to: 2026-02-01}\n        - {value: 2, from: 2026-02-01}",
            ),
            LINE + 2,
            "与第6行的起止日重叠（2026-02-01 两个值都有效）",
        ),
        (body("standard.urban", "[{value: many}]"), LINE, "'many' 不是金额"),
        (body("standard.urban", "[{value: '700'}]"), LINE, "请去掉引号"),
        (body("standard.urban", "[{value: ７００}]"), LINE, "不是金额"),
        (body("standard.urban", "[{value: true}]"), LINE, "true 不是金额"),
        (body("standard.urban", "[{value: .nan}]"), LINE, "值无法读取"),
        (body("standard.urban", "[{value: -.inf}]"), LINE, "值无法读取"),
        (body("standard.urban", "[{value: 7:30}]"), LINE, "值无法读取"),
        (body("standard.urban", "[{value: 700.00001}]"), LINE, "小数超过 4 位"),
        (body("standard.urban", "[{value: -700}]"), LINE, "不能为负"),
        (body("standard.urban", "[{value: 70000}]"), LINE, "似乎写成了分"),
        (body("standard.urban", "[{value: 0.074}]"), LINE, "似乎写成了万元"),
        (body("standard.urban", "[{value: 49.99}]"), LINE, "不在合理范围 50～20000 元/月之内"),
        (body("income.disposable_last_year", "[{value: 800}]"), LINE, "似乎写成了一个月的数"),
        (body("income.disposable_last_year", "[{value: 3.2}]"), LINE, "似乎写成了万元"),
        (body("extra.rate", "[{value: 30}]"), LINE, "似乎写成了百分数"),
        (body("extra.rate", "[{value: 1.0001}]"), LINE, "不在合理范围 0～1"),
        (body("edge.multiple", "[{value: 150}]"), LINE, "似乎写成了百分数"),
        (body("edge.multiple", "[{value: 1.23456}]"), LINE, "小数超过 4 位"),
        (body("asset.vehicle_value_cap", "[{value: 3}]"), LINE, "似乎写成了万元"),
        (body("review.months_stable", "[{value: 0}]"), LINE, "不在合理范围 1～120 个月之内"),
        (body("asset.home_max", "[{value: 1.5}]"), LINE, "1.5 不是整数"),
        (body("asset.no_commercial", "[{value: 'yes'}]"), LINE, "不是true 或 false"),
        (body("asset.no_commercial", "[{value: on}]"), LINE, "不是true 或 false"),
        (body("asset.vehicle_rule", "[{value: maybe}]"), LINE, "none、value"),
        (body("temp.income_test", "[{value: none}]"), LINE, "disposable_last_year"),
        (body("temp.standard_basis", "[{value: rural_dibao}]"), LINE, "urban_dibao"),
        (body("temp.class_of_jdlk", "[{value: E}]"), LINE, "A、B、C、D"),
        (body("asset.vehicle_exempt", "[{value: 小型汽车}]"), LINE, "不是文字列表"),
        (body("asset.vehicle_exempt", "[{value: [1]}]"), LINE, "不是文字列表"),
        (body("asset.vehicle_exempt", "[{value: [甲, 甲]}]"), LINE, "甲 重复"),
        (body("temp.skip_economic_test", "[{value: [diabo]}]"), LINE, "diabo 不是救助项目代码"),
        (body("temp.skip_economic_test", "[{value: [单人保]}]"), LINE, "请写成代码 single_person"),
        (body("extra.rate_range", "[{value: [0.3, 0.1]}]"), LINE, "下限 0.3 大于上限 0.1"),
        (body("extra.rate_range", "[{value: [10, 30]}]"), LINE, "似乎写成了百分数"),
        (body("extra.rate_range", "[{value: 0.3}]"), LINE, "不是[下限, 上限]"),
        (body("amount.rounding", "[{value: half_even}]"), LINE, "ceil_yuan、half_up_fen"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    told = str(refused(tmp_path, text))
    assert said in told
    assert told.startswith(f"pack.yaml 第{line}行：")
    assert "\n" not in told


CLASS = "{who: [dibao], threshold: 3000, rate: 0.5, cap: 40000}"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[1]", "不是分类表"),
        ("{}", "不是分类表"),
        (f"{{E: {CLASS}}}", "没有 E 类"),
        ("{A: 3}", "A 类不是一组栏目"),
        (f"{{A: {CLASS}, B: {CLASS}}}", "dibao 同时列入 A 类和 B 类"),
        ("{A: {who: [dibao], threshold: 1, limit: 2}}", "没有 limit 这一栏"),
        ("{A: {who: dibao, threshold: 1}}", "who 应为对象列表"),
        ("{A: {who: [poor], threshold: 1}}", "poor 不是救助项目代码"),
        ("{A: {who: [dibao]}}", "缺少 threshold"),
        ("{A: {who: [dibao], threshold: -1}}", "不能为负"),
        ("{A: {who: [dibao], threshold: much}}", "threshold 'much' 不是数字"),
        ("{A: {who: [dibao], threshold: 1, rate: 60}}", "似乎写成了百分数"),
        ("{A: {who: [dibao], threshold: 1, cap: 4}}", "似乎写成了万元"),
        ("{A: {who: [dibao], threshold: 1, rate_min: 0.4}}", "须同时给出"),
        ("{A: {who: [dibao], threshold: 1, rate_min: 0.6, rate_max: 0.4}}", "rate_min 大于"),
        (
            "{A: {who: [dibao], threshold: 1, rate: 0.7, rate_min: 0.4, rate_max: 0.6}}",
            "rate 不在 rate_min 与 rate_max 之间",
        ),
    ],
)
def test_a_class_table_is_looked_into(tmp_path: Path, table: str, said: str) -> None:
    assert said in str(refused(tmp_path, body("temp.class_table", f"[{{value: {table}}}]")))


def test_a_mistake_names_pack_and_parameter(tmp_path: Path) -> None:
    (mistake,) = refused(tmp_path, body("standard.urban", "[{value: 70000}]")).mistakes
    assert (mistake.pack, mistake.key) == ("99", "standard.urban")
    assert "规则包 99 参数 standard.urban" in str(mistake)
    assert mistake.todo


def test_an_unknown_parameter_is_refused_with_the_nearest_names(tmp_path: Path) -> None:
    told = str(refused(tmp_path, body("standard.urbn", "[{value: 700}]")))
    assert "没有这个参数" in told
    assert "您是否想写 standard.urban" in told
    assert "您是否想写" not in str(refused(tmp_path, body("甲乙丙", "[{value: 700}]")))


@pytest.mark.parametrize(
    ("pack", "fictional"),
    [
        ('"990101"', True),
        ('"33"', False),
        ("cn", False),
        ("99own", True),
        ("own", False),
    ],
)
def test_only_invented_places_may_do_without_a_citation(
    tmp_path: Path, pack: str, fictional: bool
) -> None:
    text = body("asset.home_max", "[{value: 1}]", pack)
    if fictional:
        assert made(tmp_path, text).packs[pack.strip('"')].fictional
    else:
        assert "没有写依据" in str(refused(tmp_path, text))
        made(tmp_path, text.replace("value: 1", "value: 1, source: 某文 第一条"))


def test_one_real_region_makes_a_pack_real(tmp_path: Path) -> None:
    text = "packs: {own: {regions: ['9901', '64'], values: {asset.home_max: [{value: 1}]}}}"
    assert "没有写依据" in str(refused(tmp_path, text))


def test_all_mistakes_of_a_folder_are_told_in_their_order(tmp_path: Path) -> None:
    written(tmp_path, body("standard.urban", "[{value: 70000}]\n      x: []"), "a/pack.yaml")
    written(tmp_path, body("asset.home_max", "[{value: -1, to: never}]", "'98'"), "b/pack.yaml")
    _, mistakes = examine_packs(tmp_path)
    assert [m.place for m in mistakes] == [
        "a/pack.yaml 第5行",
        "a/pack.yaml 第6行",
        *["b/pack.yaml 第5行"] * 3,
    ]
    with pytest.raises(PackError, match="共 5 处错误"):
        read_packs(tmp_path)


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="没有规则包"):
        read_packs(tmp_path)
    with pytest.raises(PackError, match="没有规则包"):
        read_packs(tmp_path / "nowhere")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PackError, match="UTF-8"):
        read_packs(tmp_path)


def test_anchors_that_hold_themselves_are_refused(tmp_path: Path) -> None:
    told = str(refused(tmp_path, body("asset.vehicle_exempt", "[{value: &a [*a]}]")))
    assert "值无法读取" in told


def test_one_pack_in_two_files_of_a_folder_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        written(tmp_path, body("asset.home_max", "[{value: 1}]"), name)
    with pytest.raises(PackError, match=r"在 a\.yaml 第2行 已经出现"):
        read_packs(tmp_path)


def test_cases_and_statements_are_not_packs(tmp_path: Path) -> None:
    written(tmp_path, body("asset.home_max", "[{value: 1}]"))
    written(tmp_path, "case: 1", "cases/a.yaml")
    written(tmp_path, "statements: []", "statements.yaml")
    assert list(read_packs(tmp_path).packs) == ["99"]


def test_the_form_of_the_agreement_is_read_whole() -> None:
    if not AGREEMENT.exists():
        pytest.skip("the agreement does not lie beside the checkout")
    packs = read_packs(OURS, AGREEMENT)
    assert packs.packs["50"].values["standard.urban"][0].value == 717
    assert packs.packs["ar-004"].regions == ()
    for pack_id, pack in read_packs(AGREEMENT).packs.items():
        ours = read_packs(OURS).packs[pack_id]
        for key, entries in pack.values.items():
            told = [(e.value, e.valid_from, e.valid_to) for e in ours.values[key]]
            assert told == [(e.value, e.valid_from, e.valid_to) for e in entries], key
            for one, other in zip(ours.values[key], entries, strict=True):
                assert other.source == "同上" or one.source.startswith(other.source), key


def test_a_pack_as_tests_write_it(tmp_path: Path) -> None:
    text = (
        "packs: {990101: {values: {standard.urban: [{value: 600}],"
        " rigid.method: [{value: deduction}]}}}"
    )
    packs = read_packs(OURS, written(tmp_path, text))
    assert packs.packs["990101"].values["standard.urban"][0].value == Decimal(600)
    assert packs.packs["990101"].regions == ("990101",)


def test_merged_anchors_are_no_repetition(tmp_path: Path) -> None:
    text = (
        "packs:\n  '991': {values: &v {asset.home_max: [{value: 1}]}}\n"
        "  '992': {values: {<<: *v, asset.home_max: [{value: 2}], asset.home_rule: [{value: count}]}}"
    )
    values = made(tmp_path, text).packs["992"].values
    assert values["asset.home_max"][0].value == 2
    assert len(values) == 2


def test_every_number_has_a_unit_of_its_own() -> None:
    numbers = (Meaning.MONEY, Meaning.RATE, Meaning.COUNT, Meaning.RANGE)
    named = {unit for _, unit in UNITS}
    for parameter in PARAMETERS.values():
        assert (unit_of(parameter) in named) == (parameter.meaning in numbers), parameter.key


DOCUMENTS = """
documents:
  某民发〔2025〕1号:
    title: 关于某事的通知
    number: 某民发〔2025〕1号
    kind: document
    grade: T
    issued_on: 2025-07-01
    also: [某事通知]
packs:
  "33":
    values:
      asset.home_max: [{value: 1, source: 某民发〔2025〕1号, article: 第二条}]
      edge.multiple: [{value: 1.5, source: 某事通知; 某民发〔2025〕1号 第三条; 别文}]
      asset.home_rule: [{value: count, source: 某民发〔2025〕1号附件}]
"""


def test_citations_resolve_to_documents_and_articles(tmp_path: Path) -> None:
    packs = made(tmp_path, DOCUMENTS)
    entries = packs.packs["33"].values
    (one,) = packs.cites(entries["asset.home_max"][0].source)
    assert (one.document.title, one.article) == ("关于某事的通知", "第二条")
    assert str(one) == "某民发〔2025〕1号 第二条"
    told = packs.cites(entries["edge.multiple"][0].source)
    assert [cite.article for cite in told] == [NO_ARTICLE, "第三条"]
    assert packs.cites(entries["asset.home_rule"][0].source) == ()


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("kind: document", "kind: paper", "缺少 title 或 kind"),
        ("grade: T", "grade: Z", "grade 可写"),
        ("issued_on: 2025-07-01", "issued_on: July", "不是日期"),
        ("number:", "nummer:", "不认识 'nummer'"),
    ],
)
def test_documents_are_read_strictly(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert said in str(refused(tmp_path, DOCUMENTS.replace(was, becomes)))


def test_no_message_names_a_folder_of_the_machine(tmp_path: Path) -> None:
    told = str(refused(tmp_path, body("asset.home_max", "[{value: x}]")))
    assert not re.search(r"(^|\s)/", told)


SLIPS = [
    "",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "- ",
    "\n",
    "\t",
    "#",
    '"',
    "'",
    "&a ",
    "*a ",
    "<<: ",
    "!!set ",
    "~",
    "-",
    "9",
    "：",
]


def test_a_damaged_file_is_told_and_never_a_crash(tmp_path: Path) -> None:
    drawn = Random(20260520)
    texts = [file.read_text(encoding="utf-8") for file in sorted(OURS.glob("*/pack.yaml"))]
    told = 0
    for _ in range(80):
        text = drawn.choice(texts)
        for _ in range(drawn.randint(1, 3)):
            at = drawn.randrange(len(text))
            text = text[:at] + drawn.choice(SLIPS) + text[at + drawn.choice([0, 1, 9]) :]
        _, mistakes = examine_packs(written(tmp_path, text))
        assert all(str(one).startswith("pack.yaml 第") for one in mistakes)
        told += bool(mistakes)
    assert told > 40
