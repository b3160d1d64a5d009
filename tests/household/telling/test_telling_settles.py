"""What would settle an answer: who is waited for, whose figure is lacking, which parameter, how much room is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_town import SENT, County, D, Household, run_extracts
from rule_county_run import rule_county_told
from told_checks import assert_every_reason_is_whole

from household.reasons import TELLINGS
from household.rules.packs import Entry, Pack, Packs
from household.rules.programmes import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_told import Told

CAR = "public_security.vehicle"
OLD = SENT - timedelta(days=100)
Settle = tuple[str, str, str]


def banks(home: Household) -> None:
    """The second member is not known at one bank, the third was never asked about; the first is answered for."""
    home.join()
    home.row("banking.receipt", home.join(), institution_code="B07", state="identity_mismatch")
    home.row("banking.receipt", home.join(), institution_code="B07", state="no_answer")
    home.join(answered=False)


def lacking_policy(home: Household) -> None:
    home.join()
    home.row("insurance.policy", home.join(), surrender_value=None)


def lacking_fee(home: Household) -> None:
    home.join()
    home.row("education.enrolment", home.join(), public_fee=None)


def support(home: Household) -> None:
    home.join()
    home.join(role="obligor", obligor_household_size=3)
    home.join(role="obligor", obligor_household_income=D(9), obligor_household_size=1)


def obligors(home: Household) -> None:
    home.join(home.someone(date(1950, 1, 1)))
    home.join(home.someone(date(1950, 2, 1)), role="obligor", obligor_household_size=2)
    home.join(home.someone(date(1990, 2, 1)), role="obligor")


def pension(amount: str, members: int = 1) -> Callable[[Household], None]:
    def build(home: Household) -> None:
        people = [home.join() for _ in range(members)]
        home.monthly(people[0], amount)

    return build


def cars(*values: str) -> Callable[[Household], None]:
    def build(home: Household) -> None:
        who = home.join()
        for value in values:
            home.row(CAR, who, value=D(value))

    return build


def deposit(amount: str, **line: Any) -> Callable[[Household], None]:
    return lambda home: home.deposit(home.join(**line), amount)


def unsigned(home: Household) -> None:
    home.join()
    home.join(signed=False)
    half = home.join(signed=False)
    home.sign(half, sources="tax;banking")
    home.join(home.someone(date(2015, 1, 1)), signed=False)
    home.join(role="obligor", signed=False)


def doubtful_car(home: Household) -> None:
    who = home.join()
    home.join()
    wrong = who.number[:17] + ("1" if who.number[17] != "1" else "2")
    home.row(CAR, who, owner_id_no=wrong, value=D(40000))


def two_homes(home: Household) -> None:
    who = home.join()
    for unit in ("U1", "U2"):
        home.row("housing.real_estate", who, unit_no=unit, area=D(30))


SUPPORT = {
    "support.method": "excess_rate",
    "support.line_multiple": D("1.5"),
    "support.rate": D("0.3"),
}
BY_AREA = {"asset.home_rule": "count_and_area", "asset.home_area_per_head": D(45)}
CASES: dict[str, tuple[Callable[[Household], None], dict[str, Any], list[Settle]]] = {
    "banks": (
        banks,
        {},
        [
            (
                "asset.plain.financial",
                "unknown",
                "银行机构B07（第2位成员，身份不符）、银行机构B07（第3位成员，未答复）、银行（第4位成员尚未查询）",
            ),
            ("asset.plain.financial", "unknown", "金融资产再增加超过67200.00元则不通过"),
        ],
    ),
    "policy": (
        lacking_policy,
        {},
        [("asset.plain.financial", "unknown", "第2位成员的保单未载明现金价值")],
    ),
    "fee": (
        lacking_fee,
        {},
        [("temp_expenditure.threshold", "unknown", "第2位成员的学籍未载明公办学费标准（教育）")],
    ),
    "support": (
        support,
        SUPPORT,
        [
            ("dibao.income", "unknown", "待补充或答复：第2位法定义务人缺家庭月收入；"),
            ("dibao.income", "unknown", "再增加至少8400.00元则不通过，否则通过"),
        ],
    ),
    "obligors": (
        obligors,
        {},
        [("tekun.obligors", "fail", "逐一查实第3位法定义务人属于无履行能力情形")],
    ),
    "over_by_fen": (
        pension("1400.01", members=2),
        {},
        [
            ("dibao.income", "fail", "核算期家庭收入超出0.12元（人均不足0.01元/月）"),
            ("dibao.income", "fail", "有超过此数的部分经核实有误"),
        ],
    ),
    "level": (pension("700.00"), {}, [("dibao.income", "fail", "现恰好相等")]),
    "under": (
        pension("699.99"),
        {},
        [("dibao_edge.income_floor", "fail", "另有至少0.12元查实")],
    ),
    "yearly": (
        pension("2730.05"),
        {},
        [("rigid.income", "fail", "超出0.60元（人均0.05元/月）")],
    ),
    "assets": (
        deposit("16800.01"),
        {},
        [
            (
                "asset.plain.financial",
                "fail",
                "金融资产超出限额0.01元：计入的资产中至少有此数经核实有误",
            )
        ],
    ),
    "no_cars": (
        cars("1", "2"),
        {"asset.vehicle_rule": "none"},
        [("asset.plain.vehicle", "fail", "查实这2辆机动车均不属家庭成员")],
    ),
    "dear_car": (
        cars("100", "30000.01"),
        {},
        [("asset.plain.vehicle", "fail", "最多超出上限0.01元：查实超出上限的车辆均不属家庭成员")],
    ),
    "homes": (two_homes, {}, [("asset.plain.home", "fail", "至少1套不属家庭成员")]),
    "homes_by_area": (
        two_homes,
        BY_AREA,
        [("asset.plain.home", "fail", "或合计面积不超过45平方米")],
    ),
    "no_area": (
        two_homes,
        {"asset.home_rule": "count_and_area"},
        [
            (
                "asset.plain.home",
                "unknown",
                "缺少参数：人均住房面积上限（asset.home_area_per_head）；",
            )
        ],
    ),
    "no_months": (
        pension("1"),
        {"asset.financial_months": None, "standard.rural": None},
        [
            (
                "asset.plain.financial",
                "unknown",
                "缺少参数：金融资产限额(月数)（asset.financial_months）；请在适用于区划",
            ),
        ],
    ),
    "doubt": (
        doubtful_car,
        {},
        [
            (
                "asset.plain.vehicle",
                "pass",
                "第1位的“机动车登记”C级匹配行如属本人，本项转为不通过；由匹配复核人员核实",
            )
        ],
    ),
    "single": (
        pension("800"),
        {},
        [("single_person.person", "fail", "查实任一计入成员有1至2级残疾")],
    ),
    "central": (
        lambda home: home.monthly(home.join(), "703", kind="居民养老金", central_basic=D(143)),
        {"income.exclude_central_basic": (Entry(True, date(2021, 1, 1), date(2025, 12, 31)),)},
        [],
    ),
    "central_turns": (
        lambda home: home.monthly(home.join(), "800", kind="居民养老金", central_basic=D(143)),
        {"income.exclude_central_basic": (Entry(True, date(2021, 1, 1), date(2025, 8, 31)),)},
        [("dibao.income", "fail", "（income.exclude_central_basic），本项随之不同")],
    ),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, (build, values, _) in CASES.items():
        build(county.household(name, values=values, members=0))
    home = county.household("unsigned", members=0)
    unsigned(home)
    home = county.household("unsigned_obligor", members=1, programme="tekun")
    home.join(role="obligor", signed=False)
    return county.run()


@pytest.mark.parametrize(
    ("name", "rule", "outcome", "words"),
    [(name, *settle) for name, (_, _, settles) in CASES.items() for settle in settles],
)
def test_it_is_said_what_would_settle_it(
    told: Told, name: str, rule: str, outcome: str, words: str
) -> None:
    found = [
        told.reasons(name, programme)[rule]
        for programme in (
            "dibao",
            "dibao_edge",
            "single_person",
            "tekun",
            "rigid",
            "temp_expenditure",
        )
        if rule in told.reasons(name, programme)
    ]
    assert {row["outcome"] for row in found} == {outcome}
    assert words in found[0]["settles_it"]
    assert {row["settles_it"] for row in found} == {found[0]["settles_it"]}


def test_only_what_is_lacking_is_asked_for(told: Told) -> None:
    settles = told.reasons("no_months")["asset.plain.financial"]["settles_it"]
    assert "standard" not in settles
    assert told.reasons("no_months")["dibao.income"]["settles_it"] is None


def test_an_amount_that_waits_for_a_parameter_is_told_beside_its_income(told: Told) -> None:
    verdict, reason = told.verdict("central"), told.reasons("central")["dibao.income"]
    assert (verdict["suggestion"], reason["outcome"]) == ("parameter_missing", "pass")
    assert "金额随之不同" in reason["settles_it"]


def test_who_has_not_signed_for_what(told: Told) -> None:
    for programme in ("dibao", "tekun"):
        for reason in told.reasons("unsigned", programme).values():
            settles = reason["settles_it"]
            assert "第2位成员（无有效授权）" in settles
            assert "第4位成员（无有效授权，未成年，由监护人签署）" in settles
            (half,) = [part for part in settles.split("、第") if part.startswith("3位成员")]
            assert "缺：" in half
            assert "税务" not in half
            assert "银行" not in half
            assert ("第5位法定义务人" in settles) == (programme == "tekun")
            assert (reason["measured"], reason["evidence_ids"]) == (None, [])


def test_an_obligor_is_waited_for_only_where_one_is_needed(told: Told) -> None:
    assert told.suggestion("unsigned_obligor", "dibao") == "eligible"
    for reason in told.reasons("unsigned_obligor", "tekun").values():
        assert reason["settles_it"] == "补齐授权书：第2位法定义务人（无有效授权）"


def test_departments_are_named_with_their_state() -> None:
    county = County()
    home = county.household("old", values={"source.max_age_days": D(62)}, silent=[CAR])
    county.households["old"].silent.add("tax.income")
    extracts = county.extracts()
    late = pl.DataFrame(
        {"dataset": ["tax.income"], "region_code": [home.region], "as_of": [OLD]},
        schema=extracts.delivered.schema,
    )
    told = run_extracts(
        replace(extracts, delivered=pl.concat([extracts.delivered, late])), county.packs()
    )
    income = told.reasons("old")["dibao.income"]["settles_it"]
    assert f"税务“个人所得税申报收入”数据截至{OLD}，已超过62天" in income
    assert "公安“机动车登记”未送达" in told.reasons("old")["asset.plain.vehicle"]["settles_it"]


def test_the_text_shows_how_it_was_reckoned(told: Told) -> None:
    text = told.reasons("over_by_fen")["dibao.income"]["text_zh"]
    assert text == (
        "人均月收入是否低于低保标准：不通过。核算期收入16800.12元÷12个月÷2人=人均700.01元/月，低保标准700.00元，"
        "比标准高不足0.01元/月（核算期合计高0.12元）"
    )
    text = told.reasons("no_cars")["asset.plain.vehicle"]["text_zh"]
    assert text.endswith("不通过。计入机动车2辆（第1位成员），当地规定不得拥有机动车")
    text = told.reasons("assets")["asset.plain.financial"]["text_zh"]
    assert "限额16800.00元（低保标准700.00元×24个月×1人），超出0.01元" in text


def test_every_rule_has_words_of_its_own() -> None:
    assert {rule.rule_id for rule in all_rules()} == set(TELLINGS)


def test_no_reason_is_without_a_way_out(told: Told) -> None:
    assert_every_reason_is_whole(told.tables["verdict_reason"])
    assert_every_reason_is_whole(rule_county_told().tables["verdict_reason"])


def test_a_county_without_a_pack_is_told_so() -> None:
    county = County()
    home = county.household("bare")
    bare = Packs({"cn": Pack("cn", "全国", (), {})})
    told = run_extracts(county.extracts(), bare)
    settles = told.reasons("bare")["dibao.income"]["settles_it"]
    assert f"区划{home.region}001没有规则包，请为其建立规则包并规定" in settles
    assert "城市低保标准(月)（standard.urban）、收入核算月数（income.window_months）" in settles


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ({"rate": D("0.6")}, "超出部分按60%救助，封顶40000.00元"),
        (
            {"rate_min": D("0.4"), "rate_max": D("0.6")},
            "超出部分按40%至60%救助，由审核确认机关在幅度内确定，封顶40000.00元",
        ),
    ],
)
def test_the_threshold_tells_the_rate_or_its_range(rates: dict[str, Any], words: str) -> None:
    county = County()
    table = {"C": {"who": ["low_income"], "threshold": 3000, "cap": 40000, **rates}}
    home = county.household("range", values={"temp.class_table": table}, members=0)
    home.row("medical_insurance.settlement", home.join(), total=D("3000.01"))
    told = county.run()
    reason = told.reasons("range", "temp_expenditure")["temp_expenditure.threshold"]
    assert reason["outcome"] == "pass"
    assert reason["text_zh"].endswith(f"按C类起付线3000.00元，超过0.01元，{words}")


def test_aid_in_an_emergency_counts_the_roster_in_words_too() -> None:
    """Whether somebody is not counted, for a row that may not be read, is told by no word and no number."""
    county = County()
    for name in ("dead", "living"):
        home = county.household(name, members=1, programme="temp_emergency")
        who = home.join(signed=False)
        if name == "dead":
            home.row("civil_affairs.funeral", who)
        home.join(signed=False)
    told = county.run()
    dead, living = (
        told.reasons(name, "temp_emergency")["household.empty"] for name in ("dead", "living")
    )
    assert told.verdict("dead", "temp_emergency")["persons_counted"] == dead["measured"] == 3
    assert "花名册3人" in dead["text_zh"]
    assert dead | {"verdict_id": ""} == living | {"verdict_id": ""}
