"""U09, H01, H02: who belongs to which household."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from alert_town import AS_OF, Town

ADULT = date(2008, 5, 20)


def test_u09_two_rosters_with_different_members() -> None:
    town = Town()
    wanderer, wife, sister, again, obligor, old = (town.person() for _ in range(6))
    town.apply("X1", wanderer, wife)
    town.apply("X2", sister, wanderer)
    town.apply("X3", again)
    town.apply("X4", again)  # the same household once more
    town.join("X1", obligor, role="obligor")
    town.join("X2", obligor, role="obligor")
    town.apply("X5", old, wife, applied_on=date(2025, 5, 19))
    alerts = town.alerts()
    assert alerts.people("U09") == {wanderer.number}
    assert alerts.of("U09")["facts"].item() == "X1;X2"


def test_u09_applied_twelve_months_ago_to_the_day() -> None:
    town = Town()
    someone, other = town.person(), town.person()
    town.apply("X1", someone)
    town.apply("X2", someone, other, applied_on=date(2025, 5, 20))
    assert town.alerts().people("U09") == {someone.number}


def test_u09_a_newborn_without_a_number_does_not_make_two_households() -> None:
    town = Town()
    mother = town.person()
    for application in ("X1", "X2"):
        town.apply(application, mother)
        line = {"id_no": None, "name": "赵新", "birth_date": date(2026, 3, 1)}
        town.join(application, mother, signed=False, **line)
    assert town.alerts().people("U09") == set()


def test_h01_adult_child_of_the_hukou() -> None:
    town = Town()
    cases: dict[str, tuple[dict[str, Any], date, bool]] = {
        "left out": ({"relation_to_head": "女"}, ADULT, True),
        "first son": ({"relation_to_head": "长子"}, ADULT, True),
        "minor": ({"relation_to_head": "子"}, ADULT + timedelta(days=1), False),
        "grandchild": ({"relation_to_head": "孙女"}, ADULT, False),
        "son-in-law": ({"relation_to_head": "女婿"}, ADULT, False),
        "moved": ({"relation_to_head": "子", "status": "迁出"}, ADULT, False),
    }
    for name, (register, born, _) in cases.items():
        town.apply(name, town.person(hukou_no=name))
        town.person(born, hukou_no=name, **register)
    child: dict[str, Any] = {"relation_to_head": "子"}
    for name, role in (("obligor", "obligor"), ("excluded", "excluded")):
        town.apply(name, town.person(hukou_no=name))
        town.join(name, town.person(ADULT, hukou_no=name, **child), role=role)
    # On the roster by name, though the number given there is another.
    town.apply("by name", town.person(hukou_no="by name"))
    there = town.person(ADULT, hukou_no="by name", **child)
    town.join("by name", there, signed=False, id_no=None)
    # The applicant's register may not be read.
    town.apply("unsigned", town.person(hukou_no="unsigned"), signed=False)
    town.person(ADULT, hukou_no="unsigned", **child)
    expected = {name for name, (_, _, raised) in cases.items() if raised}
    alerts = town.alerts()
    assert alerts.subjects("H01") == expected
    assert {len(rows) for rows in alerts.of("H01")["rests_on"]} == {2}


def test_h02_the_last_day_of_studies() -> None:
    town = Town()
    over, today, left, recipient = (town.person() for _ in range(4))
    yesterday = AS_OF - timedelta(days=1)
    town.apply("X1", over, today, left)
    town.add("civil_affairs.benefit", recipient)
    town.add("education.enrolment", over, leaves_on=yesterday)
    town.add("education.enrolment", today, leaves_on=AS_OF)
    town.add("education.enrolment", left, leaves_on=yesterday, status="毕业")
    town.add("education.enrolment", recipient, leaves_on=yesterday)
    assert town.alerts().people("H02") == {over.number, recipient.number}
