"""D01, D02, D03: the dead and the held."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from alert_town import AS_OF, Town

DEAD = "死亡注销"


def test_dead_member_and_dead_recipient_raise_d01() -> None:
    town = Town()
    living, member, obligor = (
        town.person(),
        town.person(status=DEAD, cancelled_on=date(2026, 4, 2)),
        town.person(status=DEAD, cancelled_on=date(2020, 1, 1)),
    )
    recipient = town.person(status=DEAD, cancelled_on=date(2026, 1, 5))
    ended = town.person(status=DEAD, cancelled_on=date(2026, 1, 5))
    town.apply("X1", living, member)
    town.join("X1", obligor, role="obligor")
    town.add("civil_affairs.benefit", recipient)
    town.add("civil_affairs.benefit", ended, to_month=date(2026, 1, 1))
    assert town.alerts().people("D01") == {member.number, recipient.number}


def test_death_counts_from_its_day() -> None:
    town = Town()
    today, tomorrow = AS_OF, AS_OF + timedelta(days=1)
    people = [town.person(status=DEAD, cancelled_on=day) for day in (today, tomorrow)]
    people += [town.person(), town.person()]
    town.apply("X1", *people)
    town.add("civil_affairs.funeral", people[2], died_on=today)
    town.add("civil_affairs.funeral", people[3], died_on=tomorrow)
    assert town.alerts().people("D01") == {people[0].number, people[2].number}


def test_death_without_a_date_is_death_but_no_payment_follows() -> None:
    town = Town()
    someone = town.person(status=DEAD)
    town.add("civil_affairs.benefit", someone, benefit_id="B1")
    town.add("civil_affairs.payment", someone, benefit_id="B1")
    alerts = town.alerts()
    assert alerts.people("D01") == {someone.number}
    assert alerts.subjects("D02") == set()


def test_d01_says_when_one_register_only_knows() -> None:
    town = Town()
    both, one = (town.person(status=DEAD, cancelled_on=date(2026, 3, 1)), town.person())
    town.apply("X1", both, one)
    for someone in (both, one):
        town.add("civil_affairs.funeral", someone, died_on=date(2026, 3, 1))
    alerts = town.alerts()
    texts = {
        len(p): t
        for p, t in zip(alerts.of("D01")["rests_on"], alerts.of("D01")["text_zh"], strict=True)
    }
    assert "只有殡葬登记" in texts[1]
    assert "只有" not in texts[2]


def test_d01_needs_the_authorisation_of_the_source() -> None:
    town = Town()
    someone = town.person(status=DEAD, cancelled_on=date(2026, 3, 1))
    town.apply("X1", someone, signed=False)
    town.sign("X1", someone, sources="civil_affairs;banking")
    assert town.alerts().people("D01") == set()
    town.rows["approval.authorisation"][0]["sources"] = "civil_affairs;public_security"
    assert town.alerts().people("D01") == {someone.number}


def test_d02_counts_payments_after_the_month_of_death_ended_benefits_too() -> None:
    town = Town()
    someone = town.person(status=DEAD, cancelled_on=date(2025, 10, 15))
    town.add("civil_affairs.benefit", someone, benefit_id="B1", to_month=date(2026, 1, 1))
    for day in (date(2025, 10, 31), date(2025, 11, 1), date(2025, 12, 10)):
        town.add("civil_affairs.payment", someone, benefit_id="B1", paid_on=day)
    town.add("civil_affairs.payment", someone, benefit_id="B2", paid_on=date(2025, 12, 10))
    alerts = town.alerts()
    assert alerts.subjects("D02") == {"B1"}
    assert alerts.amount("D02") == Decimal(1200)
    assert alerts.rests_on("D02") == {
        "civil_affairs.benefit",
        "civil_affairs.payment",
        "public_security.population",
    }


def test_d02_takes_the_earlier_of_two_deaths() -> None:
    town = Town()
    someone = town.person(status=DEAD, cancelled_on=date(2026, 2, 3))
    town.add("civil_affairs.funeral", someone, died_on=date(2026, 1, 30))
    town.add("civil_affairs.benefit", someone, benefit_id="B1")
    town.add("civil_affairs.payment", someone, benefit_id="B1", paid_on=date(2026, 2, 20))
    assert town.alerts().amount("D02") == Decimal(600)


def test_a_row_that_only_shares_the_number_raises_nothing() -> None:
    """Name, sex and birth date all differ: tier C (assessment §3)."""
    town = Town()
    someone = town.person(registered=False)
    town.add("approval.application", application_id="X1")
    town.join("X1", someone, relation="self", sex="女", birth_date=someone.born)
    stranger = {"name": "钱某", "sex": "男", "birth_date": date(1931, 1, 1)}
    town.add("public_security.population", someone, **(stranger | {"status": DEAD}))
    alerts = town.alerts()
    tiers = alerts.seen.linked["public_security.population"]["tier"].to_list()
    assert tiers == ["C"]
    assert alerts.people("D01") == set()


def test_d03_on_the_day() -> None:
    town = Town()
    tomorrow = AS_OF + timedelta(days=1)
    terms = {
        (AS_OF, None): True,
        (tomorrow, None): False,
        (date(2025, 1, 1), AS_OF): False,
        (date(2025, 1, 1), tomorrow): True,
    }
    people = [town.person() for _ in terms]
    town.apply("X1", *people)
    for someone, (start, end) in zip(people, terms, strict=True):
        town.add("justice.custody", someone, from_date=start, to_date=end)
    held = {p.number for p, inside in zip(people, terms.values(), strict=True) if inside}
    assert town.alerts().people("D03") == held


def test_d03_of_recipients_only_by_programme() -> None:
    town = Town()
    found = set()
    for programme in ("dibao", "single_person", "tekun", "old_age", "disability_living"):
        someone = town.person()
        town.add("civil_affairs.benefit", someone, programme=programme, household_no=programme)
        town.add("justice.custody", someone)
        if programme in {"dibao", "single_person", "tekun"}:
            found.add(someone.number)
    assert town.alerts().people("D03") == found
