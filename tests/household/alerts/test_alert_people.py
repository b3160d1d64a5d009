"""D03's amount, D04, D05, P09, P10, H03, H04, H05, A06, O03, O05: codes about people, each on both sides of its line, in one town."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from alert_town import Alerts, Person, Town
from people_stories import BENEFIT, CERTIFICATE, ENROLMENT, STORIES, StoryTown

from household.alerts.alerts import raise_alerts
from household.alerts.families.certificates import certificate_no_longer_fits, subsidy_not_drawn
from household.alerts.families.due_soon import deadline_near
from household.alerts.families.schooling import grown_and_out_of_school
from household.deadlines.table import deadline_rows
from household.extracts import REFUSED_SCHEMA
from household.identity.numbers import number_of_key
from household.rules.packs import Packs

if TYPE_CHECKING:
    from collections.abc import Callable

    from household.alerts.watch import Ledger, Watch


@dataclass(frozen=True)
class Told:
    """What was raised, and what should have been: code -> subjects (numbers of people, or ids)."""

    alerts: Alerts
    deadlines: pl.DataFrame
    expected: dict[str, set[str]]

    def found(self, code: str) -> set[str]:
        if self.alerts.of(code)["subject_kind"].first() == "person":
            return self.alerts.people(code)
        return self.alerts.subjects(code)

    def text(self, code: str, someone: Person) -> str:
        people = self.alerts.seen.roster.persons
        ref = people.filter(pl.col("key") == int(someone.number[:17]))["person_ref"].item()
        return str(self.alerts.of(code).filter(subject_id=ref)["text_zh"].item())


@pytest.fixture(scope="module")
def told() -> Told:
    town = StoryTown()
    town.values |= {
        "extra.elder_age": Decimal(65),
        "deadline.recheck_wd": Decimal(10),
        "rigid.method": "ratio",
        "rigid.ratio": Decimal("0.6"),
    }
    for story in STORIES:
        story(town)
    watch = town.watch()
    deadlines = deadline_rows(watch, watch.ledger)
    return Told(Alerts(raise_alerts(watch, deadlines), watch), deadlines, town.expected)


@pytest.mark.parametrize(
    "code", ["D04", "D05", "P09", "P10", "H03", "H04", "H05", "A06", "O03", "O05"]
)
def test_raised_of_these_and_of_nobody_else(told: Told, code: str) -> None:
    assert told.expected[code]
    assert told.found(code) == told.expected[code]


def test_a06_names_all_steps_of_an_application(told: Told) -> None:
    text = told.alerts.of("A06").filter(subject_id="due in five days")["text_zh"].item()
    assert "先行救助补办手续2026-05-25到期" in text
    assert "异议复查2026-05-27到期" in text


@pytest.mark.parametrize(
    ("raises", "dataset"),
    [
        (grown_and_out_of_school, ENROLMENT),
        (grown_and_out_of_school, CERTIFICATE),
        (certificate_no_longer_fits, CERTIFICATE),
        (subsidy_not_drawn, CERTIFICATE),
        (subsidy_not_drawn, BENEFIT),
    ],
)
def test_a_source_that_has_not_answered_raises_nothing(
    told: Told, raises: Callable[[Watch, Ledger], pl.DataFrame], dataset: str
) -> None:
    watch = told.alerts.seen
    assert len(raises(watch, watch.ledger))
    is_it = pl.col("dataset") == dataset
    late = pl.when(is_it).then(pl.lit(date(2026, 3, 18))).otherwise("as_of").alias("as_of")
    for delivered in (
        watch.extracts.delivered.filter(is_it.not_()),
        watch.extracts.delivered.with_columns(late),
    ):
        without = replace(watch, extracts=replace(watch.extracts, delivered=delivered))
        assert not len(raises(without, watch.ledger))
    part = pl.DataFrame([(dataset, "990101001", 7, True)], REFUSED_SCHEMA, orient="row")
    without = replace(watch, extracts=replace(watch.extracts, refused=part))
    assert not len(raises(without, watch.ledger))


def test_without_the_parameter_nothing_is_near(told: Told) -> None:
    bare = replace(told.alerts.seen, packs=Packs({}))
    assert not len(deadline_near(bare, told.deadlines))


def test_an_alert_names_whom_it_stands_on(told: Told) -> None:
    """D04 stands on the obligor's line and the benefit, and is about both people."""
    alert = told.alerts.of("D04").row(0, named=True)
    assert {row["dataset"] for row in alert["rests_on"]} == {"approval.member", BENEFIT}
    keys = told.alerts.seen.roster.persons.filter(pl.col("person").is_in(alert["persons"]))["key"]
    assert {number_of_key(k)[6:10] for k in keys} == {"1950", "1985"}


def test_d03_counts_by_day_from_the_day_of_custody() -> None:
    town = Town()
    held, new, both, unknown = (town.person() for _ in range(4))
    for someone in (held, new, both, unknown):
        town.add("justice.custody", someone, from_date=date(2026, 3, 11))
    town.add("justice.custody", held, from_date=date(2026, 4, 2), kind="强制隔离戒毒")
    town.add(BENEFIT, held, household_no="1")
    town.add(BENEFIT, new, household_no="2", from_month=date(2026, 5, 1))
    for programme in ("dibao", "tekun", "old_age"):
        town.add(BENEFIT, both, household_no="3", programme=programme)
    town.add(BENEFIT, unknown, household_no="4", monthly_amount=None)
    alerts = town.alerts()
    persons = alerts.seen.roster.persons

    def amount(someone: Person) -> int | None:
        ref = persons.filter(pl.col("key") == int(someone.number[:17]))["person_ref"].item()
        return alerts.of("D03").filter(subject_id=ref)["amount"].item()

    month = 600 * 10**8
    part = round(month * 21 / 31) + month + round(month * 20 / 31)
    assert amount(held) == part
    assert amount(new) == round(month * 20 / 31)
    assert amount(both) == 2 * part
    assert amount(unknown) is None
    ref = persons.filter(pl.col("key") == int(held.number[:17]))["person_ref"].item()
    months = alerts.of("D03").filter(subject_id=ref)["months"].item().to_list()
    assert [(m["days"], m["of_days"]) for m in months] == [(21, 31), (None, None), (20, 31)]
    assert sum(m["amount"] for m in months) == part
