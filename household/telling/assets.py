"""How assets are told against their limits: what was found, what is allowed, and what one thing more or less would do."""

from __future__ import annotations

import polars as pl

from household.money import RATE
from household.rules.library.assets import financial_limit
from household.rules.terms import ASSET_PREFIXES
from household.telling.ground import amount_text, holders
from household.telling.incomes import CONTEST, HEADS, KNOWN_HEADS
from household.telling.lacking import POLICY
from household.telling.lacking import VEHICLE as VEHICLE_LACKS
from household.telling.telling import STANDARD, Telling, wants
from household.telling.waiting import ASKED, BANKS, waiting_column
from household.telling.words import (
    beyond,
    near_yuan,
    only,
    rate_text,
    square_metres,
    told,
    yuan_text,
)

_HEADS_128 = pl.col("persons").cast(pl.Int128)


def _financial(variant: str) -> Telling:
    value, limit = pl.col(f"{variant}_financial"), financial_limit(variant)
    counts_fund = pl.col(f"{variant}_count_provident_fund").fill_null(value=False)
    verified = pl.col("verified_without_fund") + pl.when(counts_fund).then(
        "verified_fund"
    ).otherwise(pl.lit(0, dtype=pl.Int128))
    declared = pl.format("、申报{}元，取较大者", yuan_text(pl.col("declared_financial"))).fill_null(
        ""
    )
    months = pl.col(f"{variant}_financial_months")
    plain = pl.col("standard") * months.cast(pl.Int128) // RATE * _HEADS_128
    by_cap = pl.format(
        "限额{}元（重病家庭每人{}元×{}人）",
        yuan_text(limit),
        yuan_text(pl.col(f"{variant}_financial_ill_cap_per_head")),
        "persons",
    )
    by_months = pl.format(
        "限额{}元（低保标准{}元×{}个月×{}人）",
        yuan_text(limit),
        amount_text("standard"),
        rate_text(months),
        "persons",
    )
    gap = pl.when(value > limit).then(value - limit).otherwise(limit - value)
    far = pl.format(
        "{}{}元",
        pl.when(value > limit).then(pl.lit("超出")).otherwise(pl.lit("尚余")),
        near_yuan(gap),
    )
    how = told(
        pl.format("核实{}元{}", yuan_text(verified), declared),
        pl.when(limit > plain).then(by_cap).otherwise(by_months),
        far,
        between="，",
    )
    return Telling(
        how,
        turns=pl.format(
            "金融资产超出限额{}元：计入的资产中至少有此数经核实有误（不属本人、已注销、重复），本项才转为通过；"
            + CONTEST,
            near_yuan(gap),
        ),
        waits=(
            HEADS,
            BANKS,
            ASKED,
            waiting_column("holdings_silent"),
            POLICY,
            only(counts_fund, pl.col(waiting_column("fund_silent"))),
        ),
        more=only(
            KNOWN_HEADS & (value <= limit),
            pl.format("金融资产再增加超过{}元则不通过，否则通过", beyond(gap)),
        ),
        wanted=(STANDARD, wants("asset.financial_months", f"{variant}_financial_months")),
    )


def _vehicle(variant: str) -> Telling:
    seen, rule = pl.col(f"{variant}_vehicles"), pl.col(f"{variant}_vehicle_rule")
    cap, dearest = pl.col(f"{variant}_vehicle_value_cap"), pl.col(f"{variant}_dearest")
    by_value = rule == "value"
    over = dearest > cap
    found = (
        pl.when(seen > 0)
        .then(pl.format("计入机动车{}辆{}", seen, holders("vehicle")))
        .otherwise(pl.lit("未查到计入的机动车"))
    )
    value = only(
        by_value & (seen > 0),
        pl.format(
            "最高价值{}元，上限{}元，{}{}元",
            yuan_text(dearest),
            yuan_text(cap),
            pl.when(over).then(pl.lit("超出")).otherwise(pl.lit("尚余")),
            near_yuan(pl.when(over).then(dearest - cap).otherwise(cap - dearest)),
        ),
    )
    unvalued = only(by_value & pl.col(f"{variant}_unvalued"), "有车辆未载明价值")
    none = only((rule == "none") & (seen > 0), "当地规定不得拥有机动车")
    dear = pl.format(
        "机动车价值最多超出上限{}元：查实超出上限的车辆均不属家庭成员、已注销或转移，或价值均不超过{}元，本项才转为通过；"
        + CONTEST,
        near_yuan(dearest - cap),
        yuan_text(cap),
    )
    any_car = pl.format(
        "查实这{}辆机动车均不属家庭成员、已注销或转移，本项才转为通过；" + CONTEST, seen
    )
    return Telling(
        told(found, none, value, unvalued, between="，"),
        turns=pl.when(by_value).then(dear).otherwise(any_car),
        waits=(waiting_column("vehicle_silent"), only(by_value, pl.col(VEHICLE_LACKS))),
        more=pl.coalesce(
            only(rule == "none", "查到任何一辆计入的机动车则不通过，否则通过"),
            only(by_value, pl.format("如有一辆价值超过{}元则不通过，否则通过", yuan_text(cap))),
        ),
        wanted=(
            wants("asset.vehicle_rule", f"{variant}_vehicle_rule"),
            wants("asset.vehicle_exempt", f"{variant}_vehicle_exempt"),
            wants("asset.vehicle_value_cap", f"{variant}_vehicle_value_cap", when=by_value),
        ),
    )


def _home(variant: str) -> Telling:
    homes, most = pl.col("homes"), pl.col(f"{variant}_home_max")
    per_head = pl.col(f"{variant}_home_area_per_head")
    by_area = pl.col(f"{variant}_home_rule") == "count_and_area"
    allowed = per_head.cast(pl.Int128) * _HEADS_128 * 1_000_000 // RATE
    many = homes > most
    area = pl.format(
        "面积合计{}平方米÷{}人=人均{}平方米，限人均{}平方米（合计{}平方米）",
        square_metres(pl.col("home_area")),
        "persons",
        square_metres(pl.col("home_area") // _HEADS_128),
        rate_text(per_head),
        square_metres(allowed),
    )
    how = told(
        pl.when(homes > 0)
        .then(pl.format("计入住房{}套{}", homes, holders("home")))
        .otherwise(pl.lit("未查到计入的住房")),
        pl.format("限{}套", most),
        only(many, pl.format("超出{}套", homes - most)),
        only(many & by_area, area),
        between="，",
    )
    smaller = only(
        by_area,
        pl.format("，或合计面积不超过{}平方米", square_metres(allowed)),
    ).fill_null("")
    nothing_more = pl.format("住房再增加超过{}套则不通过，否则通过", most - homes)
    return Telling(
        how,
        turns=pl.format(
            "查实其中至少{}套不属家庭成员、已转移或属C、D级危房{}，本项才转为通过；" + CONTEST,
            homes - most,
            smaller,
        ),
        waits=(
            waiting_column("home_silent"),
            only(many & by_area, HEADS),
        ),
        more=only(
            homes <= most,
            pl.when(by_area)
            .then(pl.format("住房再增加超过{}套且人均面积超限则不通过，否则通过", most - homes))
            .otherwise(nothing_more),
        ),
        wanted=(
            wants("asset.home_rule", f"{variant}_home_rule"),
            wants("asset.home_max", f"{variant}_home_max"),
            wants("asset.home_area_per_head", f"{variant}_home_area_per_head", when=many & by_area),
        ),
    )


def _commercial(_: str) -> Telling:
    held = pl.col("commercial")
    return Telling(
        pl.when(held > 0)
        .then(pl.format("查到商业、办公用房{}处{}", held, holders("commercial")))
        .otherwise(pl.lit("未查到商业、办公用房")),
        turns=pl.format(
            "查实这{}处房产均不属家庭成员、已转移或不是商业、办公用途，本项才转为通过；" + CONTEST,
            held,
        ),
        waits=(waiting_column("home_silent"),),
        more=pl.lit("查到任何一处商业、办公用房则不通过，否则通过"),
    )


def _business(variant: str) -> Telling:
    held = pl.col(f"{variant}_businesses")
    review = pl.col(f"{variant}_business_review").fill_null(value=False)
    return Telling(
        pl.when(held > 0)
        .then(pl.format("查到存续的经营主体{}个{}", held, holders("business_entity")))
        .otherwise(pl.lit("未查到存续的经营主体")),
        turns=pl.format(
            "查实这{}个经营主体均已注销、吊销，或家庭成员未任职、未出资，本项才转为通过；"
            + CONTEST,
            held,
        ),
        waits=(waiting_column("entity_silent"),),
        more=only(
            held == 0,
            pl.when(review)
            .then(pl.lit("查到存续的经营主体则由工作人员复核，否则通过"))
            .otherwise(pl.lit("查到任何一个存续的经营主体则不通过，否则通过")),
        ),
        review=pl.format(
            "由工作人员核实这{}个经营主体是否实际经营及其收益（入户调查或向市场监管部门核实），再作判断",
            held,
        ),
        wanted=(wants("asset.business_roles", f"{variant}_business_roles"),),
    )


_KINDS = {
    "financial": _financial,
    "vehicle": _vehicle,
    "home": _home,
    "commercial": _commercial,
    "business": _business,
}

ASSETS: dict[str, Telling] = {
    **{
        f"asset.{variant}.{kind}": build(variant)
        for variant in ASSET_PREFIXES
        for kind, build in _KINDS.items()
    },
    **{f"temp_expenditure.asset.{kind}": build("plain") for kind, build in _KINDS.items()},
}
