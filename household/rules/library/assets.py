"""Asset limits (assessment §7), once for each set of limits: the plain ones, the edge class's, the rigid class's."""

from __future__ import annotations

import polars as pl

from household.money import RATE
from household.rules.rule import FAIL, NOT_APPLICABLE, PASS, Cause, Rule, unknown, unruled
from household.rules.terms import ASSET_PREFIXES

_HEADS = pl.col("persons").cast(pl.Int128)
_DATA = unknown(Cause.DATA)


def financial_limit(variant: str) -> pl.Expr:
    """Months x standard x heads, or the cap per head of a household with a seriously ill member where that is greater."""
    plain = (
        pl.col("standard") * pl.col(f"{variant}_financial_months").cast(pl.Int128) // RATE * _HEADS
    )
    ill = pl.when(pl.col("any_ill")).then(pl.col(f"{variant}_financial_ill_cap_per_head") * _HEADS)
    return pl.when(plain.is_not_null()).then(pl.max_horizontal(plain, ill))


def _financial(variant: str) -> Rule:
    value, limit = pl.col(f"{variant}_financial"), financial_limit(variant)
    silent = (
        pl.col("bank_silent")
        | pl.col("holdings_silent")
        | pl.col("asked_silent")
        | pl.col("policy_unvalued")
        | (pl.col(f"{variant}_count_provident_fund").fill_null(value=False) & pl.col("fund_silent"))
    )
    answer = (
        pl.when(limit.is_null())
        .then(unruled(pl.col("n_silent") | silent))
        .when(pl.col("n_silent"))
        .then(_DATA)
        .when(value > limit)
        .then(FAIL)
        .when(silent)
        .then(_DATA)
        .otherwise(PASS)
    )
    keys = ("financial_months", "financial_ill_cap_per_head")
    return Rule(
        f"asset.{variant}.financial",
        "金融资产是否不超过限额",
        answer,
        "financial",
        unit="元",
        measured=value,
        limit=limit,
        parameters=_keys(variant, *keys),
        law="民发〔2021〕57号 第十四条",
    )


def _vehicle(variant: str) -> Rule:
    seen, rule = pl.col(f"{variant}_vehicles") > 0, pl.col(f"{variant}_vehicle_rule")
    cap, silent = pl.col(f"{variant}_vehicle_value_cap"), pl.col("vehicle_silent")
    by_value = rule == "value"
    no_rule = (
        rule.is_null() | pl.col(f"{variant}_vehicle_exempt").is_null() | (by_value & cap.is_null())
    )
    answer = (
        pl.when(no_rule & (seen | silent))
        .then(unruled(silent))
        .when(seen & (rule == "none"))
        .then(FAIL)
        .when(by_value & pl.col(f"{variant}_over_cap"))
        .then(FAIL)
        .when(silent | (by_value & pl.col(f"{variant}_unvalued")))
        .then(_DATA)
        .otherwise(PASS)
    )
    return Rule(
        f"asset.{variant}.vehicle",
        "机动车是否符合规定",
        answer,
        "vehicle",
        unit="辆",
        measured=pl.col(f"{variant}_vehicles").cast(pl.Int128),
        parameters=_keys(variant, "vehicle_rule", "vehicle_value_cap"),
        law="民发〔2021〕57号 第十四条",
    )


def _home(variant: str) -> Rule:
    homes, silent = pl.col("homes"), pl.col("home_silent")
    most, rule = pl.col(f"{variant}_home_max"), pl.col(f"{variant}_home_rule")
    per_head = pl.col(f"{variant}_home_area_per_head")
    too_many = homes > most
    by_area = rule == "count_and_area"
    spacious = pl.col("home_area") * RATE > per_head.cast(pl.Int128) * _HEADS * 1_000_000
    answer = (
        pl.when((rule.is_null() | most.is_null()) & ((homes > 0) | silent))
        .then(unruled(silent))
        .when(too_many & (rule == "count"))
        .then(FAIL)
        .when(too_many & by_area & per_head.is_null())
        .then(unruled(silent | pl.col("n_silent")))
        .when(too_many & by_area & pl.col("n_silent"))
        .then(_DATA)
        .when(too_many & by_area & spacious)
        .then(FAIL)
        .when(silent)
        .then(_DATA)
        .otherwise(PASS)
    )
    return Rule(
        f"asset.{variant}.home",
        "住房是否符合规定",
        answer,
        "home",
        unit="套",
        measured=homes.cast(pl.Int128),
        limit=most.cast(pl.Int128),
        parameters=_keys(variant, "home_max", "home_rule", "home_area_per_head"),
        law="民发〔2021〕57号 第十四条",
    )


def _commercial(variant: str) -> Rule:
    answer = (
        pl.when(pl.col(f"{variant}_no_commercial").fill_null(value=False).not_())
        .then(NOT_APPLICABLE)  # off when absent
        .when(pl.col("commercial") > 0)
        .then(FAIL)
        .when(pl.col("home_silent"))
        .then(_DATA)
        .otherwise(PASS)
    )
    return Rule(
        f"asset.{variant}.commercial",
        "是否没有商业、办公用房",
        answer,
        "commercial",
        unit="处",
        measured=pl.col("commercial").cast(pl.Int128),
        limit=pl.lit(0, dtype=pl.Int128),
        parameters=_keys(variant, "no_commercial"),
        law="民发〔2021〕57号 第十四条",
    )


def _business(variant: str) -> Rule:
    held = pl.col(f"{variant}_businesses") > 0
    roles, review = (
        pl.col(f"{variant}_business_roles"),
        pl.col(f"{variant}_business_review").fill_null(value=False),
    )
    answer = (
        pl.when(roles.is_null())
        .then(unruled(pl.col("entity_silent")))
        .when(held & review & pl.col("entity_silent"))
        .then(unknown(Cause.REVIEW | Cause.DATA))
        .when(held & review)
        .then(unknown(Cause.REVIEW))
        .when(held)
        .then(FAIL)
        .when(pl.col("entity_silent"))
        .then(_DATA)
        .otherwise(PASS)
    )
    return Rule(
        f"asset.{variant}.business",
        "是否没有存续的经营主体",
        answer,
        "business_entity",
        unit="个",
        measured=pl.col(f"{variant}_businesses").cast(pl.Int128),
        limit=pl.lit(0, dtype=pl.Int128),
        parameters=_keys(variant, "business_roles", "business_review"),
        law="民发〔2021〕57号 第十四条",
    )


def _keys(variant: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}asset.{name}" for name in names for prefix in ASSET_PREFIXES[variant])


ASSETS: dict[str, tuple[Rule, ...]] = {
    variant: tuple(
        build(variant) for build in (_financial, _vehicle, _home, _commercial, _business)
    )
    for variant in ASSET_PREFIXES
}
"""Rules by set of limits."""


def for_temporary(rule: Rule) -> Rule:
    """A plain asset rule as 支出型临时救助 asks it: not at all of those who are free of the economic test."""
    return Rule(
        rule.rule_id.replace("asset.plain", "temp_expenditure.asset"),
        rule.question_zh,
        pl.when(pl.col("draws_exempting")).then(NOT_APPLICABLE).otherwise(rule.answer),
        rule.topic,
        unit=rule.unit,
        measured=rule.measured,
        limit=rule.limit,
        parameters=rule.parameters,
        law="民发〔2018〕23号",
    )
