"""Each condition of a live authorisation at its edge (assessment §2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from core_town import AS_OF, GUARDIAN, County

if TYPE_CHECKING:
    from core_told import Told

YESTERDAY, TOMORROW = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)
SIGNED = date(2026, 5, 1)
BORN_18 = date(2008, 5, 1)
BORN_17 = date(2008, 5, 2)
ALL_BUT_TAX = (
    "public_security；human_resources;housing; banking、medical_insurance,market_regulation;securities;"
    "insurance;disabled_federation;education;civil_affairs;justice;finance;agriculture"
)

PAPERS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "none": ([], False),
    "plain": ([{}], True),
    "signed_today": ([{"signed_on": AS_OF}], True),
    "signed_tomorrow": ([{"signed_on": TOMORROW}], False),
    "valid_to_today": ([{"valid_to": AS_OF}], True),
    "valid_to_yesterday": ([{"valid_to": YESTERDAY}], False),
    "revoked_tomorrow": ([{"revoked_on": TOMORROW}], True),
    "revoked_today": ([{"revoked_on": AS_OF}], False),
    "another_programme": ([{"programme": "tekun"}], False),
    "another_application": ([{"application_id": "plain"}], False),
    "some_sources": ([{"sources": "tax;banking"}], False),
    "all_but_one": ([{"sources": ALL_BUT_TAX}], False),
    "all_by_two_papers": ([{"sources": ALL_BUT_TAX}, {"sources": "tax"}], True),
    "unknown_source": ([{"sources": "weather"}], False),
    "blank_sources": ([{"sources": " "}], True),
}
MINORS: dict[str, tuple[date, dict[str, Any], bool]] = {
    "eighteen_alone": (BORN_18, {"signed_by": None}, True),
    "seventeen_alone": (BORN_17, {"signed_by": None}, False),
    "seventeen_by_a_guardian": (BORN_17, {"signed_by": GUARDIAN}, True),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, (papers, _) in PAPERS.items():
        home = county.household(name, members=0)
        who = home.join(signed=False)
        for paper in papers:
            home.sign(who, **paper)
    for name, (born, paper, _) in MINORS.items():
        home = county.household(name)
        who = home.join(home.someone(born), signed=False)
        # Straight to the rows: a town's own sign() finds a guardian by itself.
        given = {"application_id": name, "programme": "dibao", "signed_on": SIGNED}
        home.row("approval.authorisation", who, **(given | paper))
    home = county.household("seventeen_by_oneself")
    who = home.join(home.someone(BORN_17), signed=False)
    home.row(
        "approval.authorisation",
        who,
        application_id="seventeen_by_oneself",
        programme="dibao",
        signed_on=SIGNED,
        signed_by=who.number,
    )
    home = county.household("adult_without_a_number")
    home.join(
        signed=False, answered=False, registered=False, id_no=None, birth_date=date(1980, 1, 1)
    )
    home = county.household("newborn_of_unsigned", members=0)
    home.join(signed=False)
    home.join(signed=False, answered=False, id_no=None, birth_date=date(2026, 4, 1))
    home = county.household("some_read", members=0)
    who = home.join(signed=False)
    home.sign(who, sources="tax;public_security")
    home.row("tax.income", who, month=date(2026, 4, 1), amount=5)
    home.deposit(who, "5")
    home.row("civil_affairs.benefit", who, programme="old_age", to_month=date(2026, 1, 1))
    return county.run()


@pytest.mark.parametrize("name", [*PAPERS, *MINORS])
def test_live(told: Told, name: str) -> None:
    live = PAPERS[name][1] if name in PAPERS else MINORS[name][2]
    suggestion = told.suggestion(name)
    assert suggestion == ("eligible" if live else "not_authorised")
    assert told.suggestion(name, "temp_emergency") == "eligible"


def test_a_minor_does_not_sign_alone(told: Told) -> None:
    assert told.suggestion("seventeen_by_oneself") == "not_authorised"


def test_an_adult_without_a_number_cannot_have_signed(told: Told) -> None:
    assert told.suggestion("adult_without_a_number") == "not_authorised"


def test_a_newborn_is_covered_by_the_applicant_only(told: Told) -> None:
    assert told.suggestion("newborn_of_unsigned") == "not_authorised"
    assert told.coverage("newborn_of_unsigned", 2, "tax") == set()


def test_nothing_is_told_of_a_source_without_authorisation(told: Told) -> None:
    assert [e["dataset"] for e in told.evidence("some_read")] == [
        "civil_affairs.benefit",
        "public_security.population",
        "tax.income",
    ]
    assert told.links("some_read", "banking.account") == []
    assert told.coverage("some_read", 1, "tax") == {(None, "found")}
    assert told.coverage("some_read", 1, "banking") == set()
    assert told.coverage("some_read", 1, "civil_affairs") == set()
