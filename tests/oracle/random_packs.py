"""A pack of one's own for a random county: each parameter present, at some value, or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

OWN_REGIONS = ("880101", "880102", "880103")
UNBOUND, UNBOUND_REGION = "ar-004", "880104"
"""A pack of the product that waits to be bound to a place, and the place."""
SOURCE = "随机"
# Each parameter with the values it may have; None leaves it out.
CHOICES: dict[str, list[Any]] = {
    "standard.urban": [740, 801.5, 740],
    "standard.rural": [600, 600, 555.55, None],
    "income.disposable_last_year": [32760, 18000, None],
    "income.exclude_central_basic": [True, False, None],
    "income.work_cost_rate": [0.3, 0.15, None],
    "income.farm_yuan_per_mu": [820, None],
    "support.method": ["excess_rate", None],
    "support.line_multiple": [1.5, 1.5, 1.5, None],
    "support.rate": [0.3, 0.5],
    "asset.financial_months": [24, 24, 12, None],
    "asset.financial_ill_cap_per_head": [30000, 10000, None],
    "asset.count_provident_fund": [True, False, None],
    "asset.vehicle_rule": ["value", "none", None],
    "asset.vehicle_value_cap": [30000, 30000, None],
    "asset.home_rule": ["count", "count_and_area", "count_and_area", None],
    "asset.home_max": [1, 1, 2],
    "asset.home_area_per_head": [45, None],
    "asset.no_commercial": [True, None],
    "asset.business_review": [True, False],
    "edge.asset.financial_months": [36, None],
    "edge.asset.vehicle_value_cap": [60000, None],
    "edge.asset.home_max": [1, 2, None],
    "rigid.asset.home_max": [2, None],
    "rigid.method": ["ratio", "deduction", "deduction", None],
    "rigid.ratio": [0.6, 0.4, None],
    "rigid.strict": [True, False, None],
    "extra.rate": [0.2, None],
    "extra.elder_age": [70, 60],
    "amount.rounding": ["ceil_yuan", "half_up_fen"],
    "temp.low_income_multiple": [2, 1.5, None],
    "temp.skip_economic_test": [["dibao", "tekun"], ["dibao", "建档立卡"], None],
    "temp.class_of_jdlk": ["B", "C", None],
    "temp.ceiling_multiple.temp_emergency": [12, 4, None],
    "temp.ceiling_multiple.temp_expenditure": [24, 6, None],
    "temp.emergency_amount_multiple": [3, None],
    "temp.paperwork_days": [10, None],
    "temp.repeat_months": [12, 6],
}
CLASSES = {
    "A": {"who": ["tekun", "orphan"], "threshold": 300, "rate": 0.9, "cap": 50000},
    "B": {"who": ["dibao"], "threshold": 3000, "rate": 0.6, "cap": 4000},
    "C": {
        "who": ["low_income"],
        "threshold": 20000,
        "rate_min": 0.3,
        "rate_max": 0.5,
        "cap": 30000,
    },
    "D": {"who": ["other"], "threshold": 30000, "rate": 0.3, "cap": 20000},
}


def own_packs(rng: Random, base: Mapping[str, Any]) -> dict[str, Any]:
    """Packs bound to regions of their own, as a document of packs; and the product's unbound one, bound."""
    packs = {f"own{region[-1]}": own_pack(rng, region) for region in OWN_REGIONS}
    if UNBOUND in base:
        packs[UNBOUND] = {**base[UNBOUND], "regions": [UNBOUND_REGION]}
    return {"packs": packs}


def own_pack(rng: Random, region: str) -> dict[str, Any]:
    """A pack for one region."""
    values: dict[str, Any] = {}
    for key, choices in CHOICES.items():
        value = rng.choice(choices)
        if value is not None:
            values[key] = [{"value": value, "source": SOURCE}]
    if rng.random() < 0.5:
        # The exclusion ends inside the window of most applications.
        values["income.exclude_central_basic"] = [
            {"value": True, "from": "2021-01-01", "to": "2025-12-31", "source": SOURCE}
        ]
    if rng.random() < 0.8:
        letters = "ABCD" if rng.random() < 0.7 else "ABC"
        table = {letter: CLASSES[letter] for letter in letters}
        values["temp.class_table"] = [{"value": table, "source": SOURCE}]
    return {"title": "own", "regions": [region], "values": values}
