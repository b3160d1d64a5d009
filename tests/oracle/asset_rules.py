"""Section 7 and 8, the five asset rules, each with a programme's own values where the pack has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import assets
from .coverage import is_silent, n_is_unknown
from .measure import fraction
from .outcomes import Outcome, answer, unknown, with_margin

if TYPE_CHECKING:
    from .register import Case, Scenario


def asset_rules(case: Case, scenario: Scenario, variant: str) -> list[Outcome]:
    """The five asset rules with a programme's own values."""
    return [
        financial_rule(case, scenario, variant),
        vehicle_rule(case, scenario, variant),
        home_rule(case, scenario, variant),
        commercial_rule(case, scenario, variant),
        business_rule(case, scenario, variant),
    ]


def financial_rule(case: Case, scenario: Scenario, variant: str) -> Outcome:
    """Fails when adopted > limit."""
    rule = "asset.financial"
    held = assets.financial(case, scenario, variant=variant)
    limit = assets.financial_limit(case, scenario, variant=variant)
    if limit is None or n_is_unknown(case):
        return unknown(rule, parameter=limit is None, data=n_is_unknown(case) or held.may_be_higher)
    over = held.amount - limit
    if over > 0:
        return with_margin(answer(rule, passes=False), over)
    plain = unknown(rule, data=True) if held.may_be_higher else answer(rule, passes=True)
    return with_margin(plain, over)


def vehicle_rule(case: Case, scenario: Scenario, variant: str) -> Outcome:
    """`none`: any vehicle fails. `value`: one above the cap fails, one without a value is unknown."""
    rule = "asset.vehicle"
    found = assets.vehicles(case, scenario, variant=variant)
    silent = is_silent(case, "public_security.vehicle")
    if not found and not silent:
        return answer(rule, passes=True)
    kind = case.asset_parameter("asset.vehicle_rule", variant)
    cap = fraction(case.asset_parameter("asset.vehicle_value_cap", variant))
    unvalued = any(value is None for value in found.values())
    if kind == "none":
        return answer(rule, passes=False) if found else unknown(rule, data=True)
    if kind != "value" or cap is None:
        return unknown(rule, parameter=True, data=silent)
    over = max((value - cap for value in found.values() if value is not None), default=None)
    if over is not None and over > 0:
        return with_margin(answer(rule, passes=False), over)
    plain = unknown(rule, data=True) if silent or unvalued else answer(rule, passes=True)
    return with_margin(plain, over)


def home_rule(case: Case, scenario: Scenario, variant: str) -> Outcome:
    """`count`: more than home_max fails. `count_and_area`: more, and the area of a head above the limit."""
    rule = "asset.home"
    found = assets.homes(case, scenario)
    silent = is_silent(case, "housing.real_estate")
    if not found and not silent:
        return answer(rule, passes=True)
    kind = case.asset_parameter("asset.home_rule", variant)
    most = fraction(case.asset_parameter("asset.home_max", variant))
    if kind not in ("count", "count_and_area") or most is None:
        return unknown(rule, parameter=True, data=silent)
    if len(found) <= most:
        return unknown(rule, data=True) if silent else answer(rule, passes=True)
    if kind == "count":
        return answer(rule, passes=False)
    per_head = fraction(case.asset_parameter("asset.home_area_per_head", variant))
    if per_head is None or n_is_unknown(case):
        return unknown(rule, parameter=per_head is None, data=silent or n_is_unknown(case))
    over = sum(found.values()) - per_head * len(case.counted(scenario))
    if over > 0:
        return with_margin(answer(rule, passes=False), over)
    return with_margin(unknown(rule, data=True) if silent else answer(rule, passes=True), over)


def commercial_rule(case: Case, scenario: Scenario, variant: str) -> Outcome:
    """Shops and offices fail where the pack says so."""
    rule = "asset.commercial"
    if not case.asset_parameter("asset.no_commercial", variant):
        return answer(rule, passes=True)
    if assets.commercial_units(case, scenario):
        return answer(rule, passes=False)
    silent = is_silent(case, "housing.real_estate")
    return unknown(rule, data=True) if silent else answer(rule, passes=True)


def business_rule(case: Case, scenario: Scenario, variant: str) -> Outcome:
    """An active entity fails, or asks a person to look where the pack says so."""
    rule = "asset.business"
    found = assets.businesses(case, scenario, variant=variant)
    silent = is_silent(case, "market_regulation.entity")
    if not found:
        return unknown(rule, data=True) if silent else answer(rule, passes=True)
    if case.asset_parameter("asset.business_roles", variant) is None:
        return unknown(rule, parameter=True, data=silent)
    if case.asset_parameter("asset.business_review", variant):
        return unknown(rule, review=True, data=silent)
    return answer(rule, passes=False)
