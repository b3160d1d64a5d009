"""What single rows decide: found by striking each out, and told with the verdict."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_town import APPLIED, VALUES, County

from household.flips import facts
from household.flips.facts import flip_facts
from household.objections import open_objections
from household.rules.suggestion import suggest
from household.verdicts import authorised_for, signatures

if TYPE_CHECKING:
    from core_told import Told

D = Decimal
STANDARD = D(700)


@pytest.fixture(scope="module")
def county() -> County:
    made = County()
    home = made.household("over-by-a-fen")
    home.deposit(home.join(), D("33600.01"))
    home = made.household("two-accounts")
    who = home.join()
    home.deposit(who, 30000, account_no="1")
    home.deposit(who, D("3600.01"), account_no="2", product="定期")
    home = made.household("far-over")
    who = home.join()
    home.deposit(who, 90000, account_no="1")
    home.deposit(who, 90000, account_no="2")
    home = made.household("well-under")
    home.deposit(home.join(), 100)
    home = made.household("one-car")
    home.row("public_security.vehicle", home.join(), value=D(40000))
    home = made.household("two-cars")
    who = home.join()
    for _ in range(2):
        home.row("public_security.vehicle", who, value=D(40000))
    home = made.household("grown-ill", programme="single_person")
    who = home.join()
    home.monthly(who, STANDARD + 1000)
    home.row("disabled_federation.certificate", who)
    home = made.household("same-cause", programme="temp_emergency", temp_cause="fire")
    home.grant(home.join())
    home = made.household("said-dead", members=0)
    home.row("civil_affairs.funeral", home.join())
    home = made.household("dead-twice", members=0)
    who = home.join(registered=False)
    home.row("civil_affairs.funeral", who)
    home.row("public_security.population", who, status="死亡注销", cancelled_on=date(2026, 3, 1))
    home = made.household("seen-by-two", members=0)
    who = home.join()
    home.row("tax.income", who, month=date(2026, 1, 1), payer="乙厂", amount=D("0.04"))
    for month in range(1, 5):
        home.row("tax.income", who, month=date(2026, month, 1), payer="甲厂", amount=D("2099.99"))
    home.row(
        "human_resources.employment",
        who,
        employer="甲厂",
        started_on=date(2026, 1, 5),
        monthly_wage=D("2099.99"),
    )
    return made


@pytest.fixture(scope="module")
def told(county: County) -> Told:
    return county.run()


def _flips(told: Told, name: str, programme: str = "dibao") -> list[tuple[str, str, list[str]]]:
    verdict = told.tables["household_verdict"].filter(
        (pl.col("application_id") == name) & (pl.col("programme") == programme)
    )
    about = told.tables["evidence"].select("evidence_id", "quantity")
    rows = (
        told.tables["flip_fact"]
        .filter(pl.col("verdict_id") == verdict["verdict_id"][0])
        .join(about, on="evidence_id")
        .sort("quantity", "evidence_id")
    )
    return rows.select("quantity", "otherwise", "rule_ids").rows()


def test_a_fen_over_the_limit_hangs_on_the_one_account(told: Told):
    expected = [("financial", "eligible", ["asset.plain.financial"])]
    assert _flips(told, "over-by-a-fen") == expected


def test_each_of_two_accounts_decides_where_either_alone_would_be_within(told: Told):
    assert [row[:2] for row in _flips(told, "two-accounts")] == [("financial", "eligible")] * 2


def test_no_single_row_decides_what_many_rows_say(told: Told):
    assert _flips(told, "far-over") == []
    assert _flips(told, "two-cars") == []
    assert _flips(told, "dead-twice") == []


def test_a_row_that_changes_nothing_is_no_flip_fact(told: Told):
    assert _flips(told, "well-under") == []


def test_one_car_decides(told: Told):
    assert _flips(told, "one-car") == [("vehicle", "eligible", ["asset.plain.vehicle"])]


def test_what_makes_a_person_eligible_decides_too(told: Told):
    flips = _flips(told, "grown-ill", "single_person")
    assert ("disability", "ineligible", ["single_person.person"]) in flips


def test_an_earlier_grant_decides_for_aid_in_an_emergency(told: Told):
    assert [row[:2] for row in _flips(told, "same-cause", "temp_emergency")] == [
        ("grant", "eligible")
    ]


def test_who_is_said_dead_by_one_register_alone(told: Told):
    assert [row[:2] for row in _flips(told, "said-dead")] == [("death", "eligible")]


def test_a_wage_that_another_source_also_saw_decides_nothing(told: Told):
    # 4 x 2099.99 + 0.04 = 12 x 700: the four fen tip it; of the wages, the employment register would speak where tax did not.
    assert told.suggestion("seen-by-two") == "ineligible"
    assert [row[:2] for row in _flips(told, "seen-by-two")] == [("wage", "eligible")]


def test_the_words_say_from_what_to_what(told: Told):
    texts = told.tables["flip_fact"]["text_zh"]
    assert texts.str.contains("^若剔除此行，建议由“.+”变为“.+”").all()
    before = told.tables["flip_fact"].join(told.tables["household_verdict"], on="verdict_id")
    assert (before["otherwise"] != before["suggestion"]).all()


def test_the_net_misses_nothing(county: County, told: Told, monkeypatch: pytest.MonkeyPatch):
    """Striking out every line of every household finds no more than striking out those in the net."""
    assessed = told.assessed
    case, worlds = assessed.case, assessed.worlds
    everything = case.lines.all().select("app", "line").sort("app", "line")
    monkeypatch.setattr(facts, "lines_that_may_decide", lambda *_: everything)
    monkeypatch.setattr(facts, "AT_ONCE", 7)  # and in several parts
    signed = signatures(case, worlds.measured.counted)
    objections = open_objections(county.extracts(), case.applications, assessed.named)
    suggestions = suggest(worlds, authorised_for(signed))
    assert flip_facts(case, worlds, objections, suggestions).equals(assessed.flips)
    assert len(assessed.flips)


def test_the_law_of_the_town_is_what_the_cases_reckon_with():
    assert VALUES["standard.urban"] == STANDARD
    assert VALUES["asset.financial_months"] * STANDARD * 2 == D(33600)
    assert date(2026, 5, 10) == APPLIED
