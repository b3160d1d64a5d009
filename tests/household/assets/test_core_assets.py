"""Assets, sentence by sentence of assessment §7, at a fen below, at and above each limit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from core_town import SENT, County, D

if TYPE_CHECKING:
    from core_told import Told

ACCOUNT, SHARES, POLICY = "banking.account", "securities.holding", "insurance.policy"
FUND, CAR, ESTATE = "housing.provident_fund", "public_security.vehicle", "housing.real_estate"
ENTITY = "market_regulation.entity"
Row = tuple[int, str, dict[str, Any]]


class Case(NamedTuple):
    """Rows by member, and what the verdict must say."""

    rows: list[Row]
    wanted: dict[str, Any]
    values: dict[str, Any] = {}  # noqa: RUF012 - never changed
    lines: tuple[dict[str, Any], ...] = ({},)
    programme: str = "dibao"


def account(balance: str, member: int = 1, **more: Any) -> Row:
    return member, ACCOUNT, {"balance": D(balance), **more}


def home(unit: str, member: int = 1, **more: Any) -> Row:
    return member, ESTATE, {"unit_no": unit, **more}


def car(value: str | None, member: int = 1, **more: Any) -> Row:
    return member, CAR, {"value": None if value is None else D(value), **more}


def money(amount: str, **more: Any) -> dict[str, Any]:
    return {"financial_assets": D(amount), **more}


ELIGIBLE, INELIGIBLE = {"suggestion": "eligible"}, {"suggestion": "ineligible"}
AREA = {"asset.home_rule": "count_and_area", "asset.home_area_per_head": D(45)}
TWO: tuple[dict[str, Any], ...] = ({}, {})
ILL = {"asset.financial_ill_cap_per_head": D(30000)}
CASES: dict[str, Case] = {
    # Financial
    "limit_of_one": Case(
        [account("16800.00")], money("16800.00", financial_limit=D("16800.00"), **ELIGIBLE)
    ),
    "limit_of_two": Case(
        [account("33600.01")],
        money("33600.01", financial_limit=D("33600.00"), **INELIGIBLE),
        lines=TWO,
    ),
    "latest_statement_of_an_account": Case(
        [
            account("9", account_no="1", as_of=date(2026, 4, 1)),
            account("5", account_no="1", as_of=date(2026, 5, 1)),
        ],
        money("5.00"),
    ),
    "two_statements_of_one_day": Case(
        [
            account("9", account_no="1", name="甲"),
            account("5", account_no="1", name="乙"),
        ],
        money("5.00"),
    ),
    "one_number_at_two_banks": Case(
        [account("9", account_no="1"), account("5", account_no="1", institution_code="B02")],
        money("14.00"),
    ),
    "joint_holders": Case([account("10.00", joint_holders=3)], money("3.33")),
    "joint_holders_to_the_last": Case(
        [account("50400.00", joint_holders=3)], money("16800.00", **ELIGIBLE)
    ),
    "joint_holders_a_third_over": Case(
        [account("50400.01", joint_holders=3)], money("16800.00", **INELIGIBLE)
    ),
    "everything_adds": Case(
        [
            account("1"),
            (1, SHARES, {"market_value": D(10)}),
            (1, POLICY, {"surrender_value": D(100)}),
            (1, POLICY, {"surrender_value": D(1000), "kind": "储蓄型"}),
            (1, FUND, {"balance": D(10000)}),
        ],
        money("1111.00"),
    ),
    "fund_where_counted": Case(
        [(1, FUND, {"balance": D(10000)})],
        money("10000.00"),
        values={"asset.count_provident_fund": True},
    ),
    "consumption_policy": Case(
        [(1, POLICY, {"surrender_value": D(99999), "kind": "消费型"})], money("0.00")
    ),
    "policy_without_a_value": Case(
        [(1, POLICY, {"surrender_value": None})], {"suggestion": "data_incomplete"}
    ),
    "declared_is_greater": Case(
        [account("16800.00")],
        money("16800.01", **INELIGIBLE),
        lines=({"declared_deposit": D("16800.01")},),
    ),
    "declared_totals_add": Case(
        [account("5")],
        money("12.00"),
        lines=({"declared_deposit": D(5)}, {"declared_deposit": D(7)}),
    ),
    "ill_cap": Case(
        [account("30000.00")],
        {"financial_limit": D("30000.00"), **ELIGIBLE},
        values=ILL,
        lines=({"seriously_ill": True},),
    ),
    "ill_cap_over": Case(
        [account("30000.01")], INELIGIBLE, values=ILL, lines=({"seriously_ill": True},)
    ),
    "ill_cap_of_all_heads": Case(
        [account("60000.00")], ELIGIBLE, values=ILL, lines=({"seriously_ill": True}, {})
    ),
    "nobody_ill": Case([account("16800.01")], INELIGIBLE, values=ILL),
    "ill_cap_smaller_than_the_months": Case(
        [account("16800.00")],
        {"financial_limit": D("16800.00"), **ELIGIBLE},
        values={"asset.financial_ill_cap_per_head": D(1)},
        lines=({"seriously_ill": True},),
    ),
    "edge_has_its_own": Case(
        [account("25200.00")],
        {"financial_limit": D("25200.00")},
        values={"edge.asset.financial_months": D(36)},
        programme="dibao_edge",
    ),
    "rigid_falls_back_to_edge": Case(
        [account("25200.00")],
        {"financial_limit": D("25200.00")},
        values={"edge.asset.financial_months": D(36)},
        programme="rigid",
    ),
    "rigid_has_its_own": Case(
        [account("1")],
        {"financial_limit": D("33600.00")},
        values={"edge.asset.financial_months": D(36), "rigid.asset.financial_months": D(48)},
        programme="rigid",
    ),
    # Vehicles
    "car_at_cap": Case([car("30000.00")], {"vehicles": 1, **ELIGIBLE}),
    "car_over_cap": Case([car("30000.01")], {"vehicles": 1, **INELIGIBLE}),
    "cars_are_not_added": Case([car("20000"), car("20000")], {"vehicles": 2, **ELIGIBLE}),
    "car_scrapped": Case([car("90000", status="报废")], {"vehicles": 0, **ELIGIBLE}),
    "car_stolen": Case([car("90000", status="被盗抢")], {"vehicles": 0, **ELIGIBLE}),
    "car_exempt": Case([car("90000", plate_type="残疾人专用车")], {"vehicles": 0, **ELIGIBLE}),
    "motorcycle_not_exempt": Case(
        [car("90000", plate_type="普通摩托车")], {"vehicles": 1, **INELIGIBLE}
    ),
    "car_unvalued": Case([car(None)], {"vehicles": 1, "suggestion": "data_incomplete"}),
    "car_unvalued_beside_a_dear_one": Case([car(None), car("30001")], INELIGIBLE),
    "car_seen_twice": Case(
        [car("20000", plate_no="1"), car("20000", 2, plate_no="1")],
        {"vehicles": 1},
        lines=TWO,
    ),
    "one_plate_two_types": Case(
        [car("1", plate_no="1"), car("1", plate_no="1", plate_type="拖拉机")], {"vehicles": 2}
    ),
    "no_car_allowed": Case([car("1")], INELIGIBLE, values={"asset.vehicle_rule": "none"}),
    "no_car_allowed_unvalued": Case([car(None)], INELIGIBLE, values={"asset.vehicle_rule": "none"}),
    "no_car_rule_no_car": Case([], ELIGIBLE, values={"asset.vehicle_rule": None}),
    "no_car_rule": Case(
        [car("1")], {"suggestion": "parameter_missing"}, values={"asset.vehicle_rule": None}
    ),
    # Homes
    "one_home": Case([home("1")], {"homes": 1, **ELIGIBLE}),
    "two_homes": Case([home("1"), home("2")], {"homes": 2, **INELIGIBLE}),
    "spouses_share_one": Case(
        [home("1", 1, share=D("0.5")), home("1", 2, share=D("0.5"))],
        {"homes": 1, **ELIGIBLE},
        lines=TWO,
    ),
    "reserved_home": Case([home("1"), home("2", status="预告登记")], {"homes": 2, **INELIGIBLE}),
    "former_home": Case([home("1"), home("2", status="历史")], {"homes": 1, **ELIGIBLE}),
    "village_house": Case([home("1"), home("2", use="宅基地自建房")], {"homes": 2}),
    "parking_space": Case([home("1"), home("2", use="车位")], {"homes": 1}),
    "ancestral_house": Case([home("1"), home("2", use="祖屋")], {"homes": 1}),
    "hazard_b": Case([home("1"), home("2", hazard_grade="B")], {"homes": 2}),
    "hazard_c": Case([home("1"), home("2", hazard_grade="C")], {"homes": 1}),
    "hazard_d": Case([home("1"), home("2", hazard_grade="D")], {"homes": 1}),
    "area_at_the_limit": Case(
        [home("1", area=D(40)), home("2", area=D(5))], {"homes": 2, **ELIGIBLE}, values=AREA
    ),
    "area_over_the_limit": Case(
        [home("1", area=D(40)), home("2", area=D("5.000001"))], INELIGIBLE, values=AREA
    ),
    "area_of_one_home_is_not_asked": Case([home("1", area=D(900))], ELIGIBLE, values=AREA),
    "area_by_shares": Case(
        [home("1", area=D(40)), home("2", area=D(10), share=D("0.5"))], ELIGIBLE, values=AREA
    ),
    "area_when_members_hold_all_shares": Case(
        [
            home("1", area=D(80)),
            home("2", 1, area=D("10.01"), share=D("0.5")),
            home("2", 2, area=D("10.01"), share=D("0.5")),
        ],
        INELIGIBLE,
        values=AREA,
        lines=TWO,
    ),
    "area_limit_missing_below_the_count": Case(
        [home("1", area=D(900))], ELIGIBLE, values=AREA | {"asset.home_area_per_head": None}
    ),
    "area_limit_missing_above_the_count": Case(
        [home("1"), home("2")],
        {"suggestion": "parameter_missing"},
        values=AREA | {"asset.home_area_per_head": None},
    ),
    "home_rule_missing_no_home": Case([], ELIGIBLE, values={"asset.home_rule": None}),
    "home_rule_missing": Case(
        [home("1")], {"suggestion": "parameter_missing"}, values={"asset.home_rule": None}
    ),
    # Shops and businesses
    "shop": Case([home("1", use="商业")], {"homes": 0, **INELIGIBLE}),
    "office": Case([home("1", use="办公")], INELIGIBLE),
    "shop_reserved": Case([home("1", use="商业", status="预告登记")], ELIGIBLE),
    "shop_where_nothing_is_said": Case(
        [home("1", use="商业")], ELIGIBLE, values={"asset.no_commercial": None}
    ),
    "business": Case([(1, ENTITY, {})], {"businesses": 1, **INELIGIBLE}),
    "business_to_review": Case(
        [(1, ENTITY, {})],
        {"businesses": 1, "suggestion": "needs_review", "certain": True},
        values={"asset.business_review": True},
    ),
    "business_ended": Case([(1, ENTITY, {"status": "注销"})], {"businesses": 0, **ELIGIBLE}),
    "business_in_another_role": Case([(1, ENTITY, {"role": "监事"})], {"businesses": 0}),
    "business_in_two_roles": Case(
        [(1, ENTITY, {"role": "股东"}), (1, ENTITY, {"role": "法定代表人"})], {"businesses": 1}
    ),
    "business_roles_missing": Case(
        [], {"suggestion": "parameter_missing"}, values={"asset.business_roles": None}
    ),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, case in CASES.items():
        built = county.household(name, values=case.values, members=0)
        people = [built.join(**line) for line in case.lines]
        for member, dataset, row in case.rows:
            built.row(dataset, people[member - 1], **row)
    return county.run()


@pytest.mark.parametrize("name", CASES)
def test_assets(told: Told, name: str) -> None:
    case = CASES[name]
    verdict = told.verdict(name, case.programme)
    assert {key: verdict[key] for key in case.wanted} == case.wanted


def test_the_older_statement_says_why_it_does_not_count(told: Told) -> None:
    older, newer = sorted(
        told.evidence("latest_statement_of_an_account", ACCOUNT), key=lambda e: e["as_of"]
    )
    assert (newer["counted"], newer["counted_amount"], newer["as_of"]) == (
        True,
        D("5.00"),
        date(2026, 5, 1),
    )
    assert (older["counted"], older["counted_amount"]) == (False, None)
    assert older["why_not"]


def test_what_is_not_counted_keeps_its_amount(told: Told) -> None:
    (fund,) = told.evidence("everything_adds", FUND)[:1]
    assert fund["amount"] == D("10000.00") or fund["quantity"] == "wage"
    assert {e["as_of"] for e in told.evidence("everything_adds", SHARES)} == {SENT}
