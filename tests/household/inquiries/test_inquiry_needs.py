"""Who is asked about today and who is not: each reason at its edge, and rounds over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from core_town import AS_OF, County, Household
from inquiry_book import Bookkeeper

from household.authorisation import papers_of
from household.inquiries.log import REQUEST_SCHEMA
from household.inquiries.needs import Needs, Round, needs
from household.inquiries.people import absent_people, people_to_ask, register_names
from household.roster import Roster, build_roster

SIGNED = date(2026, 5, 1)


@dataclass
class Office:
    """A county that asks its banks, round after round."""

    county: County = field(default_factory=County)
    book: Bookkeeper = field(default_factory=Bookkeeper)

    def home(self, name: str = "A1", **application: Any) -> Household:
        return self.county.household(name, **application)

    def roster(self) -> Roster:
        return build_roster(self.county.extracts(), b"key")

    def round(
        self,
        on: date = AS_OF,
        *,
        again: bool = False,
        imputing: pl.Series | None = None,
        source: str = "banking",
    ) -> Needs:
        extracts = self.county.extracts()
        roster = self.roster()
        people = people_to_ask(roster, imputing=imputing, absent=absent_people(extracts, roster))
        return needs(
            people,
            self.book.log,
            Round(source, f"{on:%Y%m%d}", on, again),
            roster=roster,
            papers=papers_of(extracts),
            secret=b"key",
            register=register_names(extracts),
        )

    def ask(self, on: date = AS_OF, **how: Any) -> list[dict[str, Any]]:
        """A round whose requests are written down and handed over."""
        asked = self.round(on, **how).admitted.passed
        for row in asked.iter_rows(named=True):
            self.book.requests.append(row)
            self.book.event(
                row["request_id"],
                "sent",
                on,
                institution_code=row["institution_code"],
                batch=row["batch"],
            )
        return asked.to_dicts()

    def answer(self, row: dict[str, Any], state: str, on: date, **more: Any) -> None:
        code = row["institution_code"]
        self.book.reply(row["request_id"], state, on, institution_code=code, **more)


def reasons(found: Needs) -> list[str]:
    return found.left_out["reason"].to_list()


def test_a_request_per_person_and_bank() -> None:
    office = Office(book=Bookkeeper(banks=("B01", "B02")))
    office.home(members=2)
    found = office.round()
    asked = found.admitted.passed
    assert asked.schema == pl.Schema(REQUEST_SCHEMA)
    assert asked.height == 4
    assert asked["request_id"].n_unique() == 4
    assert set(asked["attempt"]) == {1}
    assert asked["authorisation_no"].null_count() == 0
    assert found.left_out.is_empty()
    assert asked.equals(office.round().admitted.passed)


def test_request_numbers_say_nothing() -> None:
    office = Office()
    office.home()
    row = office.round().admitted.passed.row(0, named=True)
    assert row["id_no"] not in row["request_id"]
    assert row["person_ref"][1:] not in row["request_id"]
    again = needs(
        people_to_ask(office.roster()),
        office.book.log,
        Round("banking", "x", AS_OF),
        roster=office.roster(),
        papers=papers_of(office.county.extracts()),
        secret=b"another key",
    )
    assert again.admitted.passed["request_id"].item() != row["request_id"]


def test_a_person_of_two_applications_is_asked_once() -> None:
    office = Office()
    first = office.home("A1", members=0)
    who = first.join(signed=False)
    second = office.home("A2", members=0)
    second.join(who)
    assert [row["application_id"] for row in office.ask()] == ["A2"]  # only there is a paper
    first.sign(who)
    assert reasons(office.round()) == ["open"]


def test_somebody_twice_on_a_roster_is_asked_once() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join()
    home.join(who, signed=False)
    assert len(office.ask()) == 1


def test_who_is_needed() -> None:
    office = Office()
    home = office.home(members=1)
    home.join(role="obligor")
    home.join(role="excluded", excluded_reason="prison")
    office.home("A2", programme="tekun").join(role="obligor")
    office.home("A3", programme="temp_emergency")
    asked = office.round().admitted.passed["application_id"].sort().to_list()
    assert asked == ["A1", "A2", "A2"]
    imputing = office.round(imputing=pl.Series(["A1"])).admitted.passed
    assert imputing["application_id"].sort().to_list() == ["A1", "A1", "A2", "A2"]


def test_the_dead_and_the_held_are_not_asked_about() -> None:
    office = Office()
    home = office.home(members=1)
    home.row("civil_affairs.funeral", home.join(registered=False))
    home.row("justice.custody", home.join())
    gone = home.join(registered=False)
    home.row("public_security.population", gone, status="死亡注销", cancelled_on=AS_OF)
    alive = home.join(registered=False)
    after = AS_OF + timedelta(days=1)
    home.row("public_security.population", alive, status="死亡注销", cancelled_on=after)
    assert len(office.ask()) == 2


def test_people_without_a_usable_number() -> None:
    office = Office()
    home = office.home(members=1)
    home.join(answered=False, registered=False, id_no=None, birth_date=date(2026, 4, 1))
    home.join(signed=False, registered=False, id_no=None, birth_date=date(1980, 1, 1))
    home.join(signed=False, registered=False, id_no="990101********1234")
    who = home.join(signed=False, registered=False, id_no="E99000001", id_type="护照")
    home.sign(who, id_no="E99000001")
    found = office.round()
    assert sorted(reasons(found)) == ["no_number", "number_invalid"]
    asked = found.admitted.passed
    assert asked.height == 2
    assert set(asked["id_type"]) == {"居民身份证", "护照"}


def test_fifteen_digits_are_asked_as_eighteen() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.someone()
    home.join(who, id_no=who.number[:6] + who.number[8:17])
    assert [row["id_no"] for row in office.ask()] == [who.number]


def test_the_door_stands_before_everything() -> None:
    office = Office()
    home = office.home(members=0)
    home.sign(home.join(signed=False), sources="tax")
    home.sign(home.join(signed=False), revoked_on=AS_OF)
    found = office.round()
    assert found.admitted.passed.is_empty()
    assert found.held["reason"].sort().to_list() == ["revoked", "source"]


def test_an_institution_asks_in_its_region_only() -> None:
    office = Office(book=Bookkeeper(region="100001"))
    office.home("A1")
    office.home("A2")
    assert [row["application_id"] for row in office.ask()] == ["A2"]


def test_two_sources_of_one_department_keep_their_own_books() -> None:
    office = Office()
    office.home()
    office.ask()
    assert office.round(
        source="banking-city"
    ).admitted.passed.is_empty()  # no institution of its own


@pytest.mark.parametrize("state", ["found", "none"])
def test_a_fresh_answer_is_not_asked_for_again(state: str) -> None:
    office = Office()
    office.home()
    row = office.ask()[0]
    office.answer(row, state, AS_OF + timedelta(days=1))
    assert reasons(office.round(AS_OF + timedelta(days=31))) == ["fresh"]
    again = office.ask(AS_OF + timedelta(days=32))
    assert [r["attempt"] for r in again] == [2]
    assert again[0]["request_id"] != row["request_id"]
    assert reasons(office.round(AS_OF + timedelta(days=33))) == ["open"]


def test_an_open_question_is_not_asked_again_until_it_is_given_up() -> None:
    office = Office()
    office.home()
    office.ask()
    assert reasons(office.round(AS_OF + timedelta(days=9))) == ["open"]
    assert reasons(office.round(AS_OF + timedelta(days=60))) == ["next_round"]
    assert len(office.ask(AS_OF + timedelta(days=60), again=True)) == 1
    assert reasons(office.round(AS_OF + timedelta(days=61), again=True)) == ["open"]


def test_written_down_and_not_sent_is_open() -> None:
    office = Office()
    office.home()
    office.ask()
    office.book.events.clear()
    assert reasons(office.round(AS_OF + timedelta(days=99))) == ["open"]


@pytest.mark.parametrize("kind", ["no_answer", "failed"])
def test_silence_and_failure_wait_for_a_new_round(kind: str) -> None:
    office = Office()
    office.home()
    row = office.ask()[0]
    if kind == "failed":
        office.book.event(row["request_id"], "failed", AS_OF, batch=row["batch"])
    else:
        office.answer(row, kind, AS_OF)
    tomorrow = AS_OF + timedelta(days=1)
    assert reasons(office.round(tomorrow)) == ["next_round"]
    assert [r["attempt"] for r in office.ask(tomorrow, again=True)] == [2]


def test_what_was_withheld_is_asked_again_with_a_new_paper() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join(signed=False)
    home.sign(who, valid_to=AS_OF)
    office.answer(office.ask()[0], "no_answer", AS_OF + timedelta(days=2), note="withheld")
    later = AS_OF + timedelta(days=3)
    assert office.round(later).held["reason"].to_list() == ["expired"]
    home.sign(who)
    assert len(office.ask(later)) == 1


def rename(office: Office, name: str) -> None:
    office.county.rows["approval.member"][0]["name"] = name


def test_a_mismatch_is_asked_again_only_when_corrected() -> None:
    office = Office()
    office.home(members=0).join(registered=False)
    office.answer(office.ask()[0], "identity_mismatch", AS_OF)
    tomorrow = AS_OF + timedelta(days=1)
    assert reasons(office.round(tomorrow, again=True)) == ["not_corrected"]
    rename(office, "更正名")
    row = office.ask(tomorrow)[0]
    assert (row["name"], row["attempt"]) == ("更正名", 2)
    office.answer(row, "identity_mismatch", tomorrow)
    rename(office, "再更正")
    assert reasons(office.round(AS_OF + timedelta(days=2))) == ["reasks_spent"]
    office.book.terms = {"reasks": 2}
    assert len(office.ask(AS_OF + timedelta(days=2))) == 1


def test_a_name_put_back_is_no_correction() -> None:
    office = Office(book=Bookkeeper(terms={"reasks": 9}))
    home = office.home(members=0)
    name = home.join(registered=False).name
    office.answer(office.ask()[0], "identity_mismatch", AS_OF)
    rename(office, "更正名")
    office.answer(office.ask()[0], "identity_mismatch", AS_OF)
    rename(office, name)
    assert reasons(office.round()) == ["not_corrected"]


def test_the_register_knows_the_name() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join(registered=False)
    home.row("public_security.population", who, name="官方名")
    first = office.ask()[0]
    assert first["name"] == who.name
    office.answer(first, "identity_mismatch", AS_OF)
    second = office.ask(AS_OF + timedelta(days=1))[0]
    assert second["name"] == "官方名"
    office.answer(second, "found", AS_OF + timedelta(days=2))
    assert reasons(office.round(AS_OF + timedelta(days=3))) == ["fresh"]
    third = office.ask(AS_OF + timedelta(days=90))[0]
    assert (third["name"], third["attempt"]) == ("官方名", 3)  # the one that was known


@pytest.mark.parametrize("sources", ["banking", "banking;public_security"])
def test_the_register_is_asked_only_with_its_own_authorisation(sources: str) -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join(signed=False, registered=False)
    home.sign(who, sources=sources)
    home.row("public_security.population", who, name="官方名")
    office.answer(office.ask()[0], "identity_mismatch", AS_OF)
    again = [row["name"] for row in office.ask(AS_OF + timedelta(days=1))]
    assert again == (["官方名"] if "public_security" in sources else [])


def test_a_register_with_two_names_for_a_number_is_no_help() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join()
    home.row("public_security.population", who, name="另一名")
    assert register_names(office.county.extracts()).is_empty()


def test_a_corrected_number_is_another_person() -> None:
    office = Office()
    home = office.home(members=0)
    who = home.join(registered=False)
    office.answer(office.ask()[0], "identity_mismatch", AS_OF)
    right = home.someone()
    home.sign(right)
    office.county.rows["approval.member"][0] |= {"id_no": right.number, "name": who.name}
    row = office.ask(AS_OF + timedelta(days=1))[0]
    assert (row["id_no"], row["attempt"]) == (right.number, 1)
