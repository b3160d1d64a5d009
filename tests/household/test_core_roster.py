"""Rosters: the latest, one person once, and who a person is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_town import SENT, County

if TYPE_CHECKING:
    from core_told import Told

EARLIER = SENT - timedelta(days=30)


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    home = county.household("latest", members=0)
    home.join(_as_of=EARLIER)
    home.join(_as_of=SENT)
    home = county.household("twice", members=0)
    who = home.join()
    home.join(home.someone())
    home.join(who, registered=False, answered=False)
    home = county.household("newborn")
    for _ in range(2):
        home.join(
            signed=False,
            registered=False,
            answered=False,
            id_no=None,
            name="新生儿",
            birth_date=date(2026, 4, 1),
        )
    home = county.household("fifteen_digits", members=0)
    who = home.someone(date(1980, 2, 1))
    home.join(who, id_no=who.number[:6] + who.number[8:17])
    home.monthly(who, "10")
    home = county.household("recipient_only")
    home.row("civil_affairs.benefit", home.someone())
    home = county.household("former_number", members=0)
    who = home.join(registered=False)
    old = home.someone(date(1980, 3, 1))
    home.row("public_security.population", who, former_id_no=old.number)
    home.row("civil_affairs.benefit", old, name=who.name)
    home = county.household("a")
    shared = home.join()
    county.household("b").join(shared, registered=False, answered=False)
    return county.run()


def members(told: Told, name: str) -> list[tuple[int, str]]:
    rows = told.tables["roster_person"].filter(pl.col("application_id") == name)
    return sorted(zip(rows["member_no"], rows["person_ref"], strict=True))


def test_the_roster_is_that_of_the_latest_extract(told: Told) -> None:
    assert [number for number, _ in members(told, "latest")] == [2]
    assert told.verdict("latest")["persons_counted"] == 1


def test_one_person_twice_counts_once_at_the_lower_number(told: Told) -> None:
    lines = dict(members(told, "twice"))
    assert lines[1] == lines[3] != lines[2]
    assert told.verdict("twice")["persons_counted"] == 2


def test_newborns_without_a_number_are_two_and_need_neither_paper_nor_receipt(told: Told) -> None:
    verdict = told.verdict("newborn")
    assert (verdict["persons_counted"], verdict["suggestion"]) == (3, "eligible")
    assert told.coverage("newborn", 2, "banking") == set()
    assert told.coverage("newborn", 2, "tax") == {(None, "none")}


def test_a_number_of_the_first_generation_is_the_same_person(told: Told) -> None:
    assert told.verdict("fifteen_digits")["income_window"] == 120
    tiers = {tier for _, tier, _ in told.links("fifteen_digits", "human_resources.benefit")}
    assert tiers == {"A"}


def test_a_recipient_is_a_person_and_on_no_roster(told: Told) -> None:
    people = told.tables["person"].filter(~pl.col("in_roster"))
    assert len(people) == 1
    assert people["application_ids"].to_list() == [[]]


def test_a_former_number_of_the_ledger_is_the_present_person(told: Told) -> None:
    links = told.links("former_number", "civil_affairs.benefit")
    assert [(member, tier) for member, tier, _ in links] == [(1, "A")]
    assert "former_id_no" in str(links[0][2])


def test_one_person_on_two_rosters_has_one_reference(told: Told) -> None:
    assert dict(members(told, "a"))[2] == dict(members(told, "b"))[2]
    row = told.tables["person"].filter(pl.col("person_ref") == dict(members(told, "a"))[2])
    assert row["application_ids"].to_list() == [["a", "b"]]


def test_references_say_nothing_and_hang_on_the_secret(told: Told) -> None:
    people = told.tables["person"]
    assert people["person_ref"].str.contains(r"^P[0-9a-f]{20}$").all()
    assert people["person_ref"].is_unique().all()
    assert people["id_no_masked"].drop_nulls().str.contains(r"\*{6,}").all()
