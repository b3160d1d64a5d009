"""Wrongs that happened elsewhere (handbook §3.3, §5.3, §5.4; expectations §3): what should be silent is silent, what speaks says the right words.

All stories live in one town, which is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from alert_town import AS_OF, Alerts, Person, Town

from household.alerts.codes import CODES

DEAD = "死亡注销"
ASK_FIRST = "疑被冒名"
BENEFIT, ENTITY, PAYROLL = (
    "civil_affairs.benefit",
    "market_regulation.entity",
    "finance.payroll",
)


@dataclass(frozen=True)
class Told:
    """What the town's alerts say, by the people of the stories."""

    alerts: Alerts
    who: dict[str, Person]

    def codes(self, story: str) -> set[str]:
        """Codes of alerts about a person of a story, or about their application or benefit, which bear the story's name."""
        people = self.alerts.seen.roster.persons
        number = int(self.who[story].number[:17])
        ref = people.filter(pl.col("key") == number)["person_ref"].item()
        about = self.alerts.frame.filter(pl.col("subject_id").is_in([ref, story]))
        return set(about["code"])

    def text(self, story: str, code: str) -> str:
        number = int(self.who[story].number[:17])
        ref = self.alerts.seen.roster.persons.filter(pl.col("key") == number)["person_ref"].item()
        return str(self.alerts.of(code).filter(subject_id=ref)["text_zh"].item())


class _Stories(Town):
    """A town whose people are known by the story they stand for."""

    def applicant(self, story: str, *, line: dict[str, Any] | None = None, **person: Any) -> Person:
        someone = self.person(**person)
        self.add("approval.application", application_id=story)
        self.join(story, someone, relation="self", **(line or {}))
        self.who[story] = someone
        return someone

    def recipient(self, story: str, **benefit: Any) -> Person:
        person = benefit.pop("person", {})
        someone = self.person(**person)
        self.add(BENEFIT, someone, **({"household_no": story} | benefit))
        self.who[story] = someone
        return someone

    @property
    def who(self) -> dict[str, Person]:
        return self.__dict__.setdefault("_who", {})


@pytest.fixture(scope="module")
def told() -> Told:
    town = _Stories()
    town.values["asset.vehicle_exempt"] = ("残疾人专用车", "普通摩托车", "轻便摩托车")
    for stories in (_deaths, _names, _holdings, _incomes, _ledgers):
        stories(town)
    return Told(town.alerts(), town.who)


def _deaths(town: _Stories) -> None:
    cremated = town.recipient("dead in one register")
    town.add("civil_affairs.funeral", cremated, died_on=date(2026, 3, 1))
    other_script = town.recipient("dead, written otherwise")
    town.add("civil_affairs.funeral", other_script, name="趙某", died_on=date(2026, 3, 1))
    living = town.recipient("alive, a namesake died")
    town.add("civil_affairs.funeral", living, id_no=None, died_on=date(2026, 3, 1))
    town.recipient(
        "dead, not the head",
        is_head=False,
        person={"status": DEAD, "cancelled_on": date(2026, 3, 1)},
    )


def _names(town: _Stories) -> None:
    homonym = town.applicant("homonym")
    for dataset in ("justice.custody", PAYROLL, ENTITY, "housing.real_estate"):
        for _ in range(2):
            stranger = Person(town.person(registered=False).number, homonym.name)
            town.add(dataset, stranger)
    masked = town.applicant("only a name")
    town.add("justice.custody", masked, id_no="990101********0000")
    town.add(PAYROLL, masked, id_no="无")
    old_paper = town.applicant("number of fifteen digits")
    fifteen = old_paper.number[:6] + old_paper.number[8:17]
    town.add(PAYROLL, old_paper, id_no=fifteen)
    two_names = town.applicant("one number under two names")
    town.add(ENTITY, two_names)
    town.add(ENTITY, two_names, name="钱某某", uscc="91990101MA0000003X")
    twice = town.applicant("twice on the roster")
    town.join("twice on the roster", twice, signed=False, member_no=2, relation="other")
    town.add(PAYROLL, twice)


def _holdings(town: _Stories) -> None:
    director = town.recipient("severely disabled director", region_code="990101002")
    town.add("disabled_federation.certificate", director, type="mental", grade=2)
    town.add(ENTITY, director, region_code="980200", role="法定代表人")
    pupil = town.recipient("director aged ten", person={"born": date(2016, 1, 1)})
    town.add(ENTITY, pupil, region_code="990101")
    town.add(ENTITY, town.applicant("corner shop"), region_code="990101")
    for story, status in (("firm cancelled", "注销"), ("firm revoked", "吊销")):
        town.add(ENTITY, town.applicant(story), status=status)
    cars: dict[str, dict[str, Any]] = {
        "second-hand scooter": {"plate_type": "轻便摩托车"},
        "car scrapped": {"status": "报废", "value": Decimal(90000)},
        "car cancelled": {"status": "注销", "value": Decimal(90000)},
        "car worth too much": {"value": Decimal(90000)},
    }
    for story, car in cars.items():
        town.add("public_security.vehicle", town.applicant(story), **car)
    moved = town.applicant("a historic title")
    town.add("housing.real_estate", moved)
    town.add("housing.real_estate", moved, status="历史", registered_on=date(2009, 5, 4))
    town.add(PAYROLL, town.applicant("retired teacher"), kind="退休")
    town.add(PAYROLL, town.recipient("teacher, not the head", is_head=False))


def _incomes(town: _Stories) -> None:
    post = {"monthly_wage": Decimal(1500)}
    declared = {"declared_wage": Decimal(18000)}
    town.add("human_resources.employment", town.applicant("post declared", line=declared), **post)
    town.add("human_resources.employment", town.applicant("post not declared"), **post)
    for story, central in (("central basic only", "230.00"), ("a pension beside it", "180.00")):
        pension = {"amount": Decimal("230.00"), "central_basic": Decimal(central)}
        someone = town.applicant(story)
        town.add(
            "human_resources.benefit", someone, month=date(2026, 1, 1), kind="居民养老金", **pension
        )
    saver = town.applicant("benefit money in the bank")
    town.add(BENEFIT, saver, household_no="saver", benefit_id="saver")
    for month in range(1, 5):
        town.add("civil_affairs.payment", saver, benefit_id="saver", paid_on=date(2026, month, 10))
    town.add("banking.account", saver, balance=Decimal(2400), large_outflow_6m=Decimal(600))


def _ledgers(town: _Stories) -> None:
    here: dict[str, Any] = {"to_month": date(2026, 3, 1)}
    for story, since in (("moved within a month", 3), ("moved, paid twice for two months", 2)):
        mover = town.recipient(story, **here)
        there = {"region_code": "990102001", "from_month": date(2026, since, 1)}
        town.add(BENEFIT, mover, household_no=f"{story}, new", **there)
    both = town.recipient("drawing in two counties")
    town.add(BENEFIT, both, household_no="elsewhere", region_code="990102001")


def test_severely_disabled_director_of_a_distant_company_is_asked_about_his_name_first(
    told: Told,
) -> None:
    text = told.text("severely disabled director", "P02")
    assert all(word in text for word in ("重度残疾", "外省", ASK_FIRST))
    assert CODES["P02"].severity == "R"


def test_a_child_who_directs_a_firm_is_asked_about_first(told: Told) -> None:
    assert "本人未成年" in told.text("director aged ten", "P02")


def test_a_corner_shop_of_the_place_is_not_hard_to_believe(told: Told) -> None:
    assert told.codes("corner shop") == {"P02"}
    assert ASK_FIRST not in told.text("corner shop", "P02")


def test_a_death_in_one_register_only_waits_for_the_other(told: Told) -> None:
    assert "待户籍登记印证" in told.text("dead in one register", "D01")


def test_a_living_person_on_a_death_list_by_name_only(told: Told) -> None:
    assert told.codes("alive, a namesake died") == set()


def test_the_dead_are_found_although_the_name_is_written_otherwise(told: Told) -> None:
    assert told.codes("dead, written otherwise") == {"D01"}


def test_a_second_hand_scooter_is_no_car(told: Told) -> None:
    assert told.codes("second-hand scooter") == set()


@pytest.mark.parametrize("story", ["firm cancelled", "firm revoked"])
def test_a_firm_that_is_no_more(told: Told, story: str) -> None:
    assert told.codes(story) == set()


@pytest.mark.parametrize("story", ["car scrapped", "car cancelled"])
def test_a_car_that_is_no_more(told: Told, story: str) -> None:
    assert told.codes(story) == set()
    assert told.codes("car worth too much") == {"P03"}


@pytest.mark.parametrize("story", ["homonym", "only a name"])
def test_what_only_shares_a_name_is_nobodys(told: Told, story: str) -> None:
    assert told.codes(story) == set()


def test_a_historic_title_is_no_home_and_no_sale(told: Told) -> None:
    assert told.codes("a historic title") == set()


def test_look_ups_reach_recipients_who_are_not_the_head(told: Told) -> None:
    assert told.codes("dead, not the head") == {"D01"}
    assert told.codes("teacher, not the head") == {"P01"}


def test_a_person_who_stands_twice_on_a_roster_counts_once(told: Told) -> None:
    story, seen = "twice on the roster", told.alerts.seen
    app = seen.case.applications.filter(application_id=story)["app"].item()
    assert seen.measured.facts.filter(app=app)["persons"].item() == 1
    assert told.codes(story) == {"P01"}


def test_a_mover_hands_over_within_a_month(told: Told) -> None:
    assert told.codes("moved within a month") == set()
    assert told.codes("moved, paid twice for two months") == {"U01"}


def test_two_counties_pay_the_same_person(told: Told) -> None:
    assert told.codes("drawing in two counties") == {"U01"}


def test_a_retired_teacher_is_no_civil_servant_today(told: Told) -> None:
    assert told.codes("retired teacher") == set()


def test_a_post_of_public_benefit_that_was_declared(told: Told) -> None:
    assert told.codes("post declared") == set()
    assert told.codes("post not declared") == {"P08"}


def test_a_pension_that_is_wholly_the_central_basic_one(told: Told) -> None:
    assert told.codes("central basic only") == set()
    assert told.codes("a pension beside it") == {"P07"}


def test_benefit_money_in_the_bank_is_neither_income_nor_a_signal(told: Told) -> None:
    assert told.codes("benefit money in the bank") == set()


def test_a_number_of_fifteen_digits_is_the_same_person(told: Told) -> None:
    assert told.codes("number of fifteen digits") == {"P01"}


def test_one_number_under_two_names_is_one_alert_that_says_so(told: Told) -> None:
    alerts = told.alerts.of("P02")
    text = told.text("one number under two names", "P02")
    assert "登记姓名与本人不一致" in text
    assert len(alerts.filter(text_zh=text)["rests_on"].item()) == 2


def test_nobody_is_named_in_a_sentence(told: Told) -> None:
    names = {someone.name for someone in told.who.values()}
    for text in told.alerts.frame["text_zh"]:
        assert not [name for name in names if name in text]
    assert told.alerts.seen.as_of == AS_OF
