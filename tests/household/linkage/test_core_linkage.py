"""Tiers (assessment §3): by number, by name and birth date, by visible digits; and who else fits as well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from core_town import County, Household, Someone

from household.identity.numbers import check_digit, number_of_key

if TYPE_CHECKING:
    from core_told import Told

POPULATION, FUNERAL, PENSION = (
    "public_security.population",
    "civil_affairs.funeral",
    "human_resources.benefit",
)
MARRIAGE = "civil_affairs.marriage"
BORN = date(1980, 2, 1)


def slip(number: str) -> str:
    """One digit of the serial part wrong, the check digit left as it was."""
    return number[:15] + str((int(number[15]) + 1) % 10) + number[16:]


def masked(number: str, head: int, tail: int) -> str:
    return number[:head] + "*" * (18 - head - tail) + number[18 - tail :]


def fund(home: Household, who: Someone, **row: Any) -> None:
    """A row in a table with a name and a number and nothing else."""
    home.row(PENSION, who, month=date(2026, 4, 1), amount=1, **row)


SENT_NUMBERS: dict[str, tuple[Any, str | None]] = {
    "same": (lambda n: n, "A"),
    "full_width_x": (lambda n: n.replace("X", "Ｘ"), "A"),
    "spaces": (lambda n: f" {n[:6]} {n[6:]} ", "A"),
    "fifteen": (lambda n: n[:6] + n[8:17], "A"),
    "one_slip": (slip, "C"),
    "wrong_check_digit": (lambda n: n[:17] + ("1" if n[17] != "1" else "2"), "C"),
    "neighbours_swapped_in_the_region": (lambda n: n[1] + n[0] + n[2:], "C"),
    "tail_lost": (lambda n: n[:15] + "000", "C"),
    "masked_in_the_middle": (lambda n: masked(n, 6, 4), "C"),
    "masked_but_for_the_birth_date": (lambda n: masked(n, 14, 0), "C"),
    "masked_but_for_the_tail": (lambda n: masked(n, 0, 4), "C"),
    "masked_to_the_region": (lambda n: masked(n, 6, 0), None),
    "masked_and_contradicting": (lambda n: masked(n[:16] + "0" + n[17:], 6, 4), None),
    "nothing": (lambda _: None, None),
    "another_number": (lambda _: number_of_key(99010119700201555), None),
}


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    for name, (sent, _) in SENT_NUMBERS.items():
        home = county.household(name, members=0)
        born = date(1980, 2, 1)
        person = home.someone(born)
        if name == "masked_and_contradicting":
            person = Someone(_with_serial_digit(person.number), person.name)
        who = home.join(person)
        fund(home, who, id_no=sent(who.number))
    by_birth: dict[str, dict[str, Any]] = {
        "birth_equal": {"birth_date": BORN, "sex": "男"},
        "birth_differs": {"birth_date": date(1981, 2, 1)},
        "homophone": {"birth_date": BORN, "name": "homophone"},
    }
    for name, row in by_birth.items():
        home = county.household(name, members=0)
        who = home.join(registered=False)
        given = dict(row)
        if name == "homophone":
            given["name"] = "掌" + who.name[1:]
            county.rows["approval.member"][-1]["name"] = "张" + who.name[1:]
        home.row(POPULATION, who, id_no=None, **given)
    _twins(county)
    _names(county)
    _strangers(county)
    return county.run()


def _with_serial_digit(number: str) -> str:
    first = number[:16] + "7"
    return first + check_digit(first)


def _twins(county: County) -> None:
    """Two people of one name and one day: digits must tell them apart."""
    home = county.household("twins", members=0)
    one = home.join()
    home.join(Someone(home.someone().number, one.name))
    fund(home, one, id_no=masked(one.number, 14, 0))
    home = county.household("namesake_on_the_register", members=0)
    one = home.join()
    home.row(POPULATION, Someone(home.someone().number, one.name))
    fund(home, one, id_no=masked(one.number, 14, 0))
    home = county.household("namesake_born_on_another_day", members=0)
    one = home.join()
    home.row(POPULATION, Someone(home.someone(date(1981, 2, 1)).number, one.name))
    fund(home, one, id_no=masked(one.number, 14, 0))


def _names(county: County) -> None:
    """One number, several spellings."""
    for name, (roster, sent) in {
        "interpunct": ("阿依·古丽", "阿依•古丽"),
        "interpunct_lost": ("阿依·古丽", "阿依古丽"),
        "traditional": ("张国荣", "張國榮"),
        "another_name": ("张国荣", "李四"),
    }.items():
        home = county.household(name, members=0)
        who = home.join(Someone(home.someone().number, roster))
        fund(home, who, name=sent)
    home = county.household("former_name", members=0)
    who = home.join(registered=False)
    home.row(POPULATION, who, former_name="曾用；旧名")
    fund(home, who, name="旧名")


def _strangers(county: County) -> None:
    """The number agrees and nothing else."""
    for name, stated, row in (
        ("all_differ", {"sex": "女", "birth_date": date(1990, 1, 1)}, {}),
        ("sex_agrees", {"sex": "男", "birth_date": date(1990, 1, 1)}, {}),
        ("birth_agrees", {"sex": "女", "birth_date": BORN}, {}),
        ("sex_not_stated", {"birth_date": date(1990, 1, 1)}, {}),
        ("nothing_stated", {}, {}),
        (
            "row_says_otherwise",
            {"sex": "女", "birth_date": BORN},
            {"sex": "男", "birth_date": date(1970, 1, 1)},
        ),
    ):
        home = county.household(name, members=0)
        who = home.join(registered=False, **stated)
        if row:
            home.row(POPULATION, who, name="李四", **row)
        else:
            fund(home, who, name="李四")


def tiers(told: Told, name: str, dataset: str = PENSION) -> list[str]:
    return [tier for _, tier, _ in told.links(name, dataset)]


@pytest.mark.parametrize("name", SENT_NUMBERS)
def test_tier_by_the_number_sent(told: Told, name: str) -> None:
    wanted = SENT_NUMBERS[name][1]
    found = [tier for tier in tiers(told, name) if tier != "D"]
    assert found == ([] if wanted is None else [wanted])


def test_no_number_is_repaired_silently(told: Told) -> None:
    for name in ("one_slip", "wrong_check_digit", "tail_lost"):
        ((_, _, note),) = told.links(name, PENSION)
        assert "repair" in str(note)
    row = told.tables["person_link"].filter(dataset=PENSION, tier="C")
    assert row["decided_by"].unique().to_list() == ["model"]
    assert row["score"].is_between(0.5, 1.0).all()


def test_name_and_birth_date(told: Told) -> None:
    assert tiers(told, "birth_equal", POPULATION) == ["C"]
    assert [t for t in tiers(told, "birth_differs", POPULATION) if t != "D"] == []
    assert tiers(told, "homophone", POPULATION) == ["C"]


def test_another_person_who_fits_as_well_forbids_the_link(told: Told) -> None:
    assert "C" not in tiers(told, "twins")
    assert "C" not in tiers(told, "namesake_on_the_register")
    assert tiers(told, "namesake_born_on_another_day") == ["C"]


@pytest.mark.parametrize("name", ["interpunct", "interpunct_lost", "traditional", "former_name"])
def test_spellings_of_one_name(told: Told, name: str) -> None:
    assert tiers(told, name) == ["A"]


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("another_name", "B"),
        ("all_differ", "C"),
        ("sex_agrees", "B"),
        ("birth_agrees", "B"),
        ("sex_not_stated", "B"),
        ("nothing_stated", "B"),
    ],
)
def test_a_number_with_another_name(told: Told, name: str, tier: str) -> None:
    assert tiers(told, name) == [tier]
    ((_, _, note),) = told.links(name, PENSION)
    assert str(note).startswith("name_conflict" if tier == "B" else "number_only")


def test_a_row_that_states_sex_and_birth_is_held_to_those(told: Told) -> None:
    assert tiers(told, "row_says_otherwise", POPULATION) == ["C"]


def test_a_marriage_gives_two_links() -> None:
    county = County()
    home = county.household("couple", members=0)
    one, other = home.join(), home.join()
    home.row(
        MARRIAGE,
        None,
        id_no_a=one.number,
        name_a=one.name,
        id_no_b=other.number,
        name_b="别人",
        kind="结婚",
        registered_on=date(2000, 1, 1),
    )
    assert [(m, t) for m, t, _ in county.run().links("couple", MARRIAGE)] == [(1, "A"), (2, "B")]


def test_a_contested_number_is_graded_by_each_roster() -> None:
    """Two rosters use one number; the row agrees with the first, and nothing but the number with the second."""
    county = County()
    home = county.household("mine", members=0)
    who = home.join(sex="男", birth_date=BORN)
    thief = county.household("theirs", members=0)
    thief.join(
        Someone(who.number, "欧阳某"),
        sex="女",
        birth_date=date(1990, 1, 1),
        registered=False,
        answered=False,
    )
    home.monthly(who, "9999")
    told = county.run()
    assert told.suggestion("mine") == "ineligible"
    assert told.suggestion("theirs") == "needs_review"
    (_, *__) = told.evidence("theirs", PENSION)
    assert {e["link_tier"] for e in told.evidence("theirs", PENSION)} == {"C"}
