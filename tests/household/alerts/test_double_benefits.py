"""U01 to U06 and U08: benefits that may not run side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from town import Person, Town

DIBAO = {"programme": "dibao", "urban_rural": "urban"}
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def draws(town: Town, *benefits: dict[str, Any]) -> Person:
    someone = town.person()
    for place, benefit in enumerate(benefits):
        town.add("civil_affairs.benefit", someone, **({"household_no": f"{someone.number[-4:]}{place}"} | benefit))
    return someone


def codes(town: Town) -> set[str]:
    return {c for c in town.alerts().frame["code"] if c.startswith("U")}


@pytest.mark.parametrize(
    ("first_to", "second_from", "raised"),
    [
        (MARCH, MARCH, False),  # the shared month ends one and starts the other
        (MARCH, APRIL, False),
        (APRIL, MARCH, True),  # two shared months
        (None, MAY, True),  # the current month is shared by both
        (None, date(2026, 6, 1), False),  # has not begun
    ],
)
def test_u01_and_the_hand_over(first_to: date | None, second_from: date, raised: bool) -> None:
    town = Town()
    someone = draws(town, DIBAO | {"to_month": first_to}, DIBAO | {"from_month": second_from})
    assert town.alerts().people("U01") == ({someone.number} if raised else set())


def test_one_month_inside_a_running_benefit_is_an_overlap() -> None:
    town = Town()
    draws(town, DIBAO, DIBAO | {"from_month": MARCH, "to_month": MARCH})
    assert codes(town) == {"U01"}


def test_two_ended_benefits_raise_nothing() -> None:
    town = Town()
    draws(town, DIBAO | {"to_month": APRIL}, DIBAO | {"to_month": APRIL})
    assert codes(town) == set()


def test_amount_is_shared_months_times_the_smaller() -> None:
    town = Town()
    draws(
        town,
        DIBAO | {"monthly_amount": Decimal("650.50")},
        DIBAO | {"from_month": MARCH, "monthly_amount": Decimal("600.25")},
    )
    assert town.alerts().amount("U01") == 3 * Decimal("600.25")


def test_amount_is_unknown_where_one_is() -> None:
    town = Town()
    draws(town, DIBAO | {"monthly_amount": None}, DIBAO)
    assert town.alerts().amount("U01") is None


def test_a_third_benefit_is_not_counted_in_every_pair() -> None:
    town = Town()
    draws(town, *[DIBAO | {"from_month": APRIL}] * 3)
    assert town.alerts().amount("U01") == 2 * 600


def test_urban_and_rural_is_u02_and_not_also_u01() -> None:
    town = Town()
    draws(town, DIBAO, DIBAO | {"urban_rural": "rural"})
    assert codes(town) == {"U02"}


def test_an_empty_urban_rural_is_not_a_difference() -> None:
    town = Town()
    draws(town, DIBAO, DIBAO | {"urban_rural": None})
    assert codes(town) == {"U01"}


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("dibao", "tekun", "U03"),
        ("tekun", "orphan", "U04"),
        ("tekun", "de_facto_orphan", "U04"),
        ("tekun", "disability_living", "U05"),
        ("tekun", "disability_care", "U05"),
        ("orphan", "disability_living", "U06"),
        ("orphan", "disability_care", None),
        ("dibao", "old_age", None),
        ("dibao", "disability_care", None),
        ("single_person", "dibao", "U08"),
    ],
)
def test_compatibility(one: str, other: str, code: str | None) -> None:
    town = Town()
    someone = draws(town, {"programme": one}, {"programme": other})
    alerts = town.alerts()
    assert {c for c in alerts.frame["code"] if c.startswith("U")} == ({code} if code else set())
    if code:
        assert alerts.people(code) == {someone.number}
        assert len(alerts.of(code)["rests_on"].item()) == 2


def test_u08_through_the_household() -> None:
    town = Town()
    single = draws(town, {"programme": "single_person", "household_no": "H9"})
    draws(town, {"programme": "dibao", "household_no": "H9"})
    draws(town, {"programme": "single_person", "household_no": "H8"})
    draws(town, {"programme": "dibao", "household_no": "H8", "to_month": date(2023, 12, 1)})
    assert town.alerts().people("U08") == {single.number}


def test_two_people_of_one_household_are_no_double() -> None:
    town = Town()
    draws(town, DIBAO | {"household_no": "H9"})
    draws(town, DIBAO | {"household_no": "H9"})
    assert codes(town) == set()
