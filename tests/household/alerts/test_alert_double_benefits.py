"""U01 to U06 and U08: benefits that may not run side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import Person, Town

from household.identity.numbers import number_of_key

DIBAO = {"programme": "dibao", "urban_rural": "urban"}
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def draws(town: Town, *benefits: dict[str, Any]) -> Person:
    someone = town.person()
    for place, benefit in enumerate(benefits):
        town.add(
            "civil_affairs.benefit",
            someone,
            **({"household_no": f"{someone.number[-4:]}{place}"} | benefit),
        )
    return someone


def test_u01_and_the_hand_over() -> None:
    town = Town()
    cases = {
        (MARCH, MARCH): False,  # the shared month ends one and starts the other
        (MARCH, APRIL): False,
        (APRIL, MARCH): True,  # two shared months
        (None, MAY): True,  # the current month is shared by both
        (None, date(2026, 6, 1)): False,  # has not begun
    }
    people = [
        draws(town, DIBAO | {"to_month": first_to}, DIBAO | {"from_month": second_from})
        for first_to, second_from in cases
    ]
    double = {p.number for p, raised in zip(people, cases.values(), strict=True) if raised}
    assert town.alerts().people("U01") == double


def test_one_must_run_and_a_month_inside_is_an_overlap() -> None:
    town = Town()
    inside = draws(town, DIBAO, DIBAO | {"from_month": MARCH, "to_month": MARCH})
    draws(town, DIBAO | {"to_month": APRIL}, DIBAO | {"to_month": APRIL})
    draws(town, DIBAO | {"household_no": "H9"})
    draws(town, DIBAO | {"household_no": "H9"})  # two people of one household
    alerts = town.alerts()
    assert alerts.people("U01") == {inside.number}
    assert {c for c in alerts.frame["code"] if c.startswith("U")} == {"U01"}


def test_amount_is_shared_months_times_the_smaller() -> None:
    town = Town()
    dear, cheap = {"monthly_amount": Decimal("650.50")}, {"monthly_amount": Decimal("600.25")}
    town_of = {
        "two": draws(town, DIBAO | dear, DIBAO | cheap | {"from_month": MARCH}),
        "unknown": draws(town, DIBAO | {"monthly_amount": None}, DIBAO),
        "three": draws(town, *[DIBAO | {"from_month": APRIL}] * 3),  # not once for every pair
    }
    alerts = town.alerts()
    refs = alerts.seen.roster.persons.select("key", "person_ref")
    ref_of = {number_of_key(key): ref for key, ref in refs.iter_rows()}
    amounts = {name: alerts.amount("U01", ref_of[p.number]) for name, p in town_of.items()}
    assert amounts == {"two": 3 * Decimal("600.25"), "unknown": None, "three": 2 * 600}


def test_urban_and_rural_is_u02_and_not_also_u01() -> None:
    town = Town()
    mixed = draws(town, DIBAO, DIBAO | {"urban_rural": "rural"})
    not_told = draws(town, DIBAO, DIBAO | {"urban_rural": None})  # unknown is not different
    alerts = town.alerts()
    assert alerts.people("U02") == {mixed.number}
    assert alerts.people("U01") == {not_told.number}


def test_compatibility() -> None:
    town = Town()
    pairs = {
        ("dibao", "tekun"): "U03",
        ("tekun", "orphan"): "U04",
        ("tekun", "de_facto_orphan"): "U04",
        ("tekun", "disability_living"): "U05",
        ("tekun", "disability_care"): "U05",
        ("orphan", "disability_living"): "U06",
        ("orphan", "disability_care"): None,
        ("dibao", "old_age"): None,
        ("dibao", "disability_care"): None,
        ("single_person", "dibao"): "U08",
    }
    people = [draws(town, {"programme": one}, {"programme": other}) for one, other in pairs]
    alerts = town.alerts()
    for code in ("U01", "U02", "U03", "U04", "U05", "U06", "U08"):
        expected = {
            p.number for p, told in zip(people, pairs.values(), strict=True) if told == code
        }
        assert alerts.people(code) == expected, code
        assert {len(rows) for rows in alerts.of(code)["rests_on"]} <= {2}


def test_u08_through_the_household() -> None:
    town = Town()
    single = draws(town, {"programme": "single_person", "household_no": "H9"})
    draws(town, {"programme": "dibao", "household_no": "H9"})
    draws(town, {"programme": "single_person", "household_no": "H8"})
    draws(town, {"programme": "dibao", "household_no": "H8", "to_month": date(2023, 12, 1)})
    assert town.alerts().people("U08") == {single.number}
