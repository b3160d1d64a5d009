"""One number under two names blocks nobody: the alert is for review and says what to check first."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from alert_town import AS_OF, Person, Town

from household.alerts.life.firmness import SAID, doubtful, stepped_down, with_doubt
from household.alerts.life.history import carry_over

STRANGER = "钱别人"
DEATH, HELD = date(2026, 2, 1), date(2026, 3, 1)


class Stories:
    """Everybody's story in one town, so that the engine runs once; told by the severity and the words of each alert."""

    def __init__(self) -> None:
        self.town = Town()
        self.people: dict[str, Person] = {}
        self._benefits(("one_name", None, {}), ("two_names", STRANGER, {}))
        self._benefits(("former_name", STRANGER, {"former_name": STRANGER}))
        third = self._person("third_row")
        for home, name in (("T1", third.name), ("T2", STRANGER), ("T3", third.name)):
            self.town.add("civil_affairs.benefit", third, household_no=home, name=name)
        for story, name in (("dead", None), ("dead_stranger", STRANGER)):
            self._absent(story, "civil_affairs.funeral", name, died_on=DEATH)
        for story, name in (("held", None), ("held_stranger", STRANGER)):
            self._absent(story, "justice.custody", name, from_date=HELD)
        found = self.town.alerts()
        shaky = doubtful(found.frame, found.seen)
        raised = with_doubt(found.frame, shaky)
        self.published = stepped_down(carry_over(raised, None, AS_OF), shaky)
        self.persons = found.seen.roster.persons

    def _person(self, story: str, **register: object) -> Person:
        self.people[story] = self.town.person(**register)
        return self.people[story]

    def _benefits(self, *stories: tuple[str, str | None, dict[str, object]]) -> None:
        """Two dibao of one number; the second row bears another name where one is given."""
        for story, other, register in stories:
            drawing = self._person(story, **register)
            name = {} if other is None else {"name": other}
            self.town.add("civil_affairs.benefit", drawing, household_no=f"{story}1")
            self.town.add("civil_affairs.benefit", drawing, household_no=f"{story}2", **name)

    def _absent(self, story: str, dataset: str, other: str | None, **values: object) -> None:
        """Somebody who draws and is paid, and a row that says they are dead or held."""
        drawing = self._person(story)
        number = f"Z{story}"
        self.town.add("civil_affairs.benefit", drawing, benefit_id=number, household_no=story)
        name = {} if other is None else {"name": other}
        self.town.add(dataset, drawing, **values, **name)
        self.town.add(
            "civil_affairs.payment", drawing, benefit_id=number, paid_on=date(2026, 4, 10)
        )

    def severity(self, code: str, story: str) -> str:
        """B or R; R is said with the reason, B without."""
        number = int(self.people[story].number[:17])
        ref = self.persons.filter(pl.col("key") == number)["person_ref"].to_list()
        mine = self.published.filter(
            pl.col("code") == code, pl.col("person_refs").list.contains(ref[0])
        )
        severity, text = mine.select("severity", "text_zh").row(0)
        assert len(mine) == 1
        assert (SAID in text) is (severity == "R")
        return str(severity)


@pytest.fixture(scope="module")
def stories() -> Stories:
    return Stories()


@pytest.mark.parametrize(
    ("code", "story", "severity"),
    [
        ("U01", "one_name", "B"),
        ("U01", "two_names", "R"),
        ("U01", "former_name", "B"),
        ("U01", "third_row", "B"),
        ("D01", "dead", "B"),
        ("D01", "dead_stranger", "R"),
        ("D02", "dead", "B"),
        ("D02", "dead_stranger", "R"),
        ("D03", "held", "B"),
        ("D03", "held_stranger", "R"),
    ],
)
def test_what_rests_on_two_names_does_not_block(
    stories: Stories, code: str, story: str, severity: str
) -> None:
    assert stories.severity(code, story) == severity
