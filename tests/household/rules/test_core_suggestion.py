"""What is suggested when several things are so at once: the order of precedence, pair by pair, and what `certain` says."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from core_town import County, Household, Someone

if TYPE_CHECKING:
    from core_told import Told

PRECEDENCE = ("empty", "unsigned", "shop", "unruled", "review", "silent")
SUGGESTED = {
    "empty": "ineligible",
    "unsigned": "not_authorised",
    "shop": "ineligible",
    "unruled": "parameter_missing",
    "review": "needs_review",
    "silent": "data_incomplete",
}
PAIRS = [*((one,) for one in PRECEDENCE), *combinations(PRECEDENCE, 2), PRECEDENCE[1:]]


def build(county: County, conditions: tuple[str, ...]) -> Household:
    values: dict[str, bool | None] = {"asset.business_review": True}
    if "unruled" in conditions:
        values["asset.vehicle_rule"] = None
    home = county.household(
        name_of(conditions),
        values=values,
        silent=["securities.holding"] if "silent" in conditions else [],
        members=0,
    )
    who = home.join(signed="unsigned" not in conditions)
    if "empty" in conditions:
        home.row("civil_affairs.funeral", who)
    if "shop" in conditions:
        home.row("housing.real_estate", who, use="商业")
    if "unruled" in conditions:
        home.row("public_security.vehicle", who)
    if "review" in conditions:
        home.row("market_regulation.entity", who)
    return home


def name_of(conditions: tuple[str, ...]) -> str:
    return "_".join(conditions) or "nothing"


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for conditions in [(), *PAIRS]:
        build(county, conditions)
    # An unsigned member beside a signed one who has a shop: nobody's figures are shown.
    home = county.household("partly_signed")
    home.join(signed=False)
    home.row("housing.real_estate", _applicant(home), use="商业")
    return county.run()


def _applicant(home: Household) -> Someone:
    rows = home.county.rows["approval.member"]
    row = next(r for r in rows if r["application_id"] == home.name)
    return Someone(row["id_no"], row["name"])


def test_without_any_of_them_it_is_eligible(told: Told) -> None:
    assert told.suggestion("nothing") == "eligible"


@pytest.mark.parametrize("conditions", PAIRS, ids=name_of)
def test_the_earlier_condition_decides(told: Told, conditions: tuple[str, ...]) -> None:
    verdict = told.verdict(name_of(conditions))
    assert verdict["suggestion"] == SUGGESTED[conditions[0]]
    only_reason = set(told.reasons(name_of(conditions))) == {"household.empty"}
    assert only_reason == (conditions[0] == "empty")


@pytest.mark.parametrize("conditions", PAIRS, ids=name_of)
def test_certain_says_whether_an_answer_is_waited_for(
    told: Told, conditions: tuple[str, ...]
) -> None:
    first, waiting = conditions[0], "silent" in conditions
    certain = first in ("empty", "unsigned", "shop") or not waiting
    assert told.verdict(name_of(conditions))["certain"] is certain


@pytest.mark.parametrize("conditions", PAIRS, ids=name_of)
def test_an_amount_comes_with_eligible_only(told: Told, conditions: tuple[str, ...]) -> None:
    assert told.verdict(name_of(conditions))["amount"] is None


def test_who_has_not_signed_hides_everybodys_figures(told: Told) -> None:
    verdict = told.verdict("partly_signed")
    assert verdict["suggestion"] == "not_authorised"
    assert all(verdict[f] is None for f in ("homes", "income_window", "financial_assets"))
    assert all(r["measured"] is None for r in told.reasons("partly_signed").values())
    emergency = told.verdict("partly_signed", "temp_emergency")
    assert (emergency["suggestion"], emergency["persons_counted"]) == ("eligible", 2)
    assert emergency["homes"] is None


def test_exactly_the_asked_programme_is_marked(told: Told) -> None:
    rows = told.tables["household_verdict"].filter("requested")
    assert rows["programme"].unique().to_list() == ["dibao"]
    assert len(rows) == len(PAIRS) + 2
