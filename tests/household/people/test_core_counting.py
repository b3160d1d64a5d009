"""Who is counted (assessment §4), and what a temporary-assistance class hangs on (§9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from core_town import AS_OF, County, D

if TYPE_CHECKING:
    from core_told import Told

POPULATION, FUNERAL, CUSTODY = (
    "public_security.population",
    "civil_affairs.funeral",
    "justice.custody",
)
TODAY, TOMORROW = AS_OF, AS_OF + timedelta(days=1)
GONE = {"status": "死亡注销"}
CASES: dict[str, tuple[str, dict[str, Any], int]] = {
    "cancelled_today": (POPULATION, GONE | {"cancelled_on": TODAY}, 1),
    "cancelled_tomorrow": (POPULATION, GONE | {"cancelled_on": TOMORROW}, 2),
    "cancelled_without_a_date": (POPULATION, GONE, 1),
    "moved_away": (POPULATION, {"status": "迁出", "cancelled_on": TODAY}, 2),
    "cancelled_otherwise": (POPULATION, {"status": "其他注销", "cancelled_on": TODAY}, 2),
    "buried_today": (FUNERAL, {"died_on": TODAY}, 1),
    "dies_tomorrow": (FUNERAL, {"died_on": TOMORROW}, 2),
    "held_from_today": (CUSTODY, {"from_date": TODAY}, 1),
    "held_from_tomorrow": (CUSTODY, {"from_date": TOMORROW}, 2),
    "released_today": (CUSTODY, {"to_date": TODAY}, 2),
    "released_tomorrow": (CUSTODY, {"to_date": TOMORROW}, 1),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, (dataset, row, _) in CASES.items():
        home = county.household(name)
        other = home.join(registered=dataset != POPULATION)
        home.row(dataset, other, **row)
        home.monthly(other, "5000")
        home.deposit(other, "90000")
    home = county.household("roles")
    home.join(role="obligor")
    home.join(role="excluded", excluded_reason="missing")
    home = county.household("dead_and_unsigned")
    home.row(FUNERAL, home.join(signed=False))
    home = county.household("dead_at_c", members=0)
    who = home.join()
    home.row(FUNERAL, home.join(), id_no=None, name=who.name)
    return county.run()


@pytest.mark.parametrize("name", CASES)
def test_n(told: Told, name: str) -> None:
    assert told.verdict(name)["persons_counted"] == CASES[name][2]


@pytest.mark.parametrize("name", CASES)
def test_who_is_left_out_keeps_income_and_assets_out(told: Told, name: str) -> None:
    counted = CASES[name][2] == 2
    verdict = told.verdict(name)
    assert verdict["income_window"] == (D("60000.00") if counted else D("0.00"))
    assert verdict["financial_assets"] == (D("90000.00") if counted else D("0.00"))
    assert verdict["suggestion"] == ("ineligible" if counted else "eligible")
    lines = told.evidence(name, "banking.account")
    assert [line["counted"] for line in lines] == [counted]


def test_obligors_and_excluded_are_never_in_n(told: Told) -> None:
    assert told.verdict("roles")["persons_counted"] == 1


def test_nobody_waits_for_the_signature_of_the_dead(told: Told) -> None:
    verdict = told.verdict("dead_and_unsigned")
    assert (verdict["suggestion"], verdict["persons_counted"]) == ("eligible", 1)
    assert told.evidence("dead_and_unsigned", FUNERAL) == []
    assert told.coverage("dead_and_unsigned", 2, "civil_affairs") == set()
    assert told.links("dead_and_unsigned", FUNERAL) == []


def test_a_name_alone_is_no_death(told: Told) -> None:
    verdict = told.verdict("dead_at_c")
    assert (verdict["suggestion"], verdict["persons_counted"]) == ("eligible", 2)


@pytest.fixture(scope="module")
def drawing() -> Told:
    """Households whose class or test of temporary assistance hangs on what they draw."""
    county = County()
    month = date(2026, 5, 1)
    benefits: dict[str, dict[str, Any]] = {
        "draws": {},
        "draws_to_this_month": {"to_month": month},
        "drew_to_last_month": {"to_month": date(2026, 4, 1)},
        "draws_from_this_month": {"from_month": month},
        "draws_from_next_month": {"from_month": date(2026, 6, 1)},
        "draws_another": {"programme": "old_age"},
    }
    for name, row in benefits.items():
        home = county.household(name, members=0)
        who = home.join()
        home.monthly(who, "9999")
        home.row("civil_affairs.benefit", who, **row)
    for name, special in {
        "special": "脱贫户； 建档立卡",
        "special_other": "脱贫户",
    }.items():
        home = county.household(
            name,
            members=0,
            special_class=special,
            values={"temp.skip_economic_test": ("dibao", "建档立卡")},
        )
        home.monthly(home.join(), "9999")
    return county.run()


@pytest.mark.parametrize(
    ("name", "exempt"),
    [
        ("draws", True),
        ("draws_to_this_month", True),
        ("drew_to_last_month", False),
        ("draws_from_this_month", True),
        ("draws_from_next_month", False),
        ("draws_another", False),
        ("special", True),
        ("special_other", False),
    ],
)
def test_who_is_free_of_the_economic_test(drawing: Told, name: str, exempt: bool) -> None:
    asked = "temp_expenditure.income" in drawing.reasons(name, "temp_expenditure")
    assert asked != exempt


def test_the_grade_of_obligors_who_draw() -> None:
    county = County()
    for name, born, programme in (
        ("draws_tekun", date(1980, 1, 1), "tekun"),
        ("draws_dibao_at_sixty", date(1966, 5, 20), "dibao"),
        ("draws_dibao_before_sixty", date(1966, 5, 21), "dibao"),
    ):
        home = county.household(name, members=0)
        home.join(home.someone(date(1950, 1, 1)))
        obligor = home.join(home.someone(born), role="obligor")
        home.row("civil_affairs.benefit", obligor, programme=programme)
    home = county.household("obligor_held", members=0)
    home.join(home.someone(date(1950, 1, 1)))
    home.row(CUSTODY, home.join(role="obligor"))
    told = county.run()
    assert told.suggestion("draws_tekun", "tekun") == "eligible"
    assert told.suggestion("draws_dibao_at_sixty", "tekun") == "eligible"
    assert told.suggestion("draws_dibao_before_sixty", "tekun") == "ineligible"
    assert told.suggestion("obligor_held", "tekun") == "eligible"
