"""One number under two names blocks nobody: the alert is for review and says what to check first."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from alert_town import AS_OF, Town

from household.alerts.life.firmness import SAID, doubtful, stepped_down, with_doubt
from household.alerts.life.history import carry_over

STRANGER = "钱别人"


def drawn_twice(town: Town, *, named: str | None = None, **register: object) -> None:
    """Two dibao of one number; the second row bears another name where one is given."""
    drawing = town.person(**register)
    town.add("civil_affairs.benefit", drawing, household_no="H1", urban_rural="urban")
    other = {} if named is None else {"name": named}
    town.add("civil_affairs.benefit", drawing, household_no="H2", urban_rural="urban", **other)


def severities(town: Town, code: str) -> dict[str, str]:
    """Severity by text of the published alerts of a code."""
    found = town.alerts()
    shaky = doubtful(found.frame, found.seen)
    raised = with_doubt(found.frame, shaky)
    published = stepped_down(carry_over(raised, None, AS_OF), shaky)
    rows = published.filter(pl.col("code") == code).select("severity", "text_zh").rows()
    assert len(rows) == 1, code
    severity, text = rows[0]
    return {"severity": severity, "said": SAID in text}


def test_two_benefits_under_one_name_block():
    town = Town()
    drawn_twice(town)
    assert severities(town, "U01") == {"severity": "B", "said": False}


def test_two_benefits_under_two_names_are_looked_at():
    town = Town()
    drawn_twice(town, named=STRANGER)
    assert severities(town, "U01") == {"severity": "R", "said": True}


def test_a_former_name_is_the_same_name():
    town = Town()
    drawn_twice(town, named=STRANGER, former_name=STRANGER)
    assert severities(town, "U01") == {"severity": "B", "said": False}


def test_a_third_row_under_the_first_name_makes_it_firm():
    town = Town()
    drawing = town.person()
    for home, name in (("H1", drawing.name), ("H2", STRANGER), ("H3", drawing.name)):
        town.add("civil_affairs.benefit", drawing, household_no=home, name=name)
    assert severities(town, "U01") == {"severity": "B", "said": False}


@pytest.mark.parametrize(("named", "severity"), [(None, "B"), (STRANGER, "R")])
def test_a_death_under_another_name(named: str | None, severity: str):
    town = Town()
    drawing = town.person()
    town.add("civil_affairs.benefit", drawing)
    name = {} if named is None else {"name": named}
    town.add("civil_affairs.funeral", drawing, died_on=date(2026, 2, 1), **name)
    town.add("civil_affairs.payment", drawing, benefit_id="B0001", paid_on=date(2026, 4, 10))
    said = {"severity": severity, "said": named is not None}
    assert severities(town, "D01") == said
    assert severities(town, "D02") == said


@pytest.mark.parametrize(("named", "severity"), [(None, "B"), (STRANGER, "R")])
def test_custody_under_another_name(named: str | None, severity: str):
    town = Town()
    drawing = town.person()
    town.add("civil_affairs.benefit", drawing)
    name = {} if named is None else {"name": named}
    town.add("justice.custody", drawing, **name)
    assert severities(town, "D03") == {"severity": severity, "said": named is not None}
