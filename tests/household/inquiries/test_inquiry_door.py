"""The door against a rule written down a second time, in plain Python: a million random calls, none passes without, none is held with."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from household.errors import InputError
from household.extracts import SOURCES
from household.inquiries.door import REASONS, Admitted, admit
from household.roster import Roster

DAY_ONE = date(2026, 1, 1)
PROGRAMMES = ("dibao", "tekun", "rigid")
ASKED_OF = (*SOURCES, "banking-city", "housing-fund", "weather")
DEPARTMENT = {name: name.partition("-")[0] for name in ASKED_OF}
APPLICATIONS, DAYS, CALLS_A_DAY = 2000, 25, 40_000

Line = dict[str, Any]
Paper = dict[str, Any]


def some_day(dice: random.Random, first: int, last: int) -> date:
    return DAY_ONE + timedelta(days=dice.randint(first, last))


def some_lines(dice: random.Random) -> list[Line]:
    """Rosters of one to five lines: people with numbers, other papers, masked numbers or none; some on two rosters, some twice on one."""
    lines: list[Line] = []
    known: list[Line] = []
    for app in range(APPLICATIONS):
        programme = dice.choice(PROGRAMMES)
        for member_no in range(1, dice.randint(1, 5) + 1):
            again = dice.choice(known) if known and dice.random() < 0.1 else None
            person = again or somebody(dice, len(known))
            if not again:
                known.append(person)
            on_roster = {line["person"] for line in lines[-5:] if line["app"] == app}
            first = member_no == 1 and dice.random() < 0.97
            lines.append(
                person
                | {
                    "app": app,
                    "application_id": f"A{app}",
                    "member_no": member_no,
                    "programme": programme,
                    "relation": "self" if first or dice.random() < 0.02 else "child",
                    "stands": person["person"] not in on_roster,
                }
            )
    return lines


def somebody(dice: random.Random, number: int) -> Line:
    kind = dice.random()
    key = 99_000_000_000_000_000 + number if kind < 0.8 else None
    other = f"E{number}" if kind < 0.86 else "990101********123" + str(number % 10)
    birth = some_day(dice, -25 * 365, 0) if dice.random() < 0.5 else date(1970, 1, 1)
    return {
        "person": number,
        "key": key,
        "number": str(key) if key else other if kind < 0.9 else None,
        "birth": birth if key or dice.random() < 0.8 else None,
    }


def some_papers(dice: random.Random, lines: list[Line]) -> list[Paper]:
    papers: list[Paper] = []
    for line in lines:
        for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
            right = dice.random() < 0.95
            guardian = dice.random()
            papers.append(
                {
                    "authorisation_no": f"S{len(papers)}",
                    "application_id": line["application_id"] if right else "A0",
                    "id_no": line["number"],
                    "id_no__key": line["key"],
                    "signed_by": None
                    if guardian < 0.5
                    else line["number"]
                    if guardian < 0.6
                    else "",
                    "signed_by__key": 98_000_000_000_000_000 if guardian >= 0.7 else None,
                    "programme": line["programme"] if dice.random() < 0.95 else "rigid",
                    "signed_on": some_day(dice, -30, 30),
                    "valid_to": some_day(dice, 0, 90) if dice.random() < 0.4 else None,
                    "revoked_on": some_day(dice, 0, 60) if dice.random() < 0.3 else None,
                    "sources": some_sources(dice),
                }
            )
            if 0.5 <= guardian < 0.6:
                papers[-1]["signed_by__key"] = line["key"]
    return papers


def some_sources(dice: random.Random) -> str | None:
    if dice.random() < 0.5:
        return dice.choice((None, "", "  "))
    named = dice.sample(SOURCES, dice.randint(1, 6)) + ["weather"] * (dice.random() < 0.1)
    return dice.choice((";", "；", ",", "、", " ; ")).join(named)


def frame(rows: list[dict[str, Any]], **schema: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


def as_roster(lines: list[Line]) -> Roster:
    members = frame(lines, key=pl.Int64, birth=pl.Date, number=pl.String, app=pl.UInt32)
    persons = members.select("person").unique().sort("person")
    return Roster(
        members.select("app", "application_id", "programme").unique().sort("app"),
        members.drop("programme"),
        persons.with_columns(pl.format("P{}", "person").alias("person_ref")),
    )


def as_papers(papers: list[Paper]) -> pl.DataFrame:
    keys = dict.fromkeys(("id_no__key", "signed_by__key"), pl.Int64)
    days = dict.fromkeys(("signed_on", "valid_to", "revoked_on"), pl.Date)
    return frame(papers, **keys, **days, id_no=pl.String, signed_by=pl.String, sources=pl.String)


class Rule:
    """Assessment §2 said again, one person, source, programme and day at a time."""

    def __init__(self, lines: list[Line], papers: list[Paper]) -> None:
        self.lines = {(o["application_id"], o["person"]): o for o in reversed(lines) if o["stands"]}
        self.applicant: dict[str, Line] = {}
        for line in lines:
            if line["relation"] == "self":
                self.applicant.setdefault(line["application_id"], line)
        self.papers: dict[tuple[str, Any], list[tuple[Any, ...]]] = {}
        for paper in papers:
            who = paper["id_no__key"] or paper["id_no"]
            signer = paper["signed_by__key"] or paper["signed_by"] or None
            text = paper["sources"] or ""
            for sign in "；,、 ":
                text = text.replace(sign, ";")
            named = frozenset(text.split(";")) - {""}
            days = (paper["signed_on"], paper["valid_to"], paper["revoked_on"])
            place = self.papers.setdefault((paper["application_id"], who), [])
            place.append((paper["programme"], *days, signer not in (None, who), named or None))

    def lives(self, application: str, person: int, programme: str, source: str, on: date) -> bool:
        line = self.lines.get((application, person))
        if line is None or line["programme"] != programme:
            return False
        who = line["key"] or line["number"]
        if who is None:
            if line["birth"] is not None and years(line["birth"], on) >= 18:
                return False
            line = self.applicant.get(application)
            if line is None:
                return False
            who = line["key"] or line["number"]
            if who is None:
                return False
        department = DEPARTMENT[source]
        if department not in SOURCES:
            return False
        for paper in self.papers.get((application, who), ()):
            for_programme, signed_on, valid_to, revoked_on, by_another, named = paper
            if for_programme != programme or (named and department not in named):
                continue
            if signed_on > on or (valid_to and valid_to < on) or (revoked_on and revoked_on <= on):
                continue
            child = line["birth"] is not None and years(line["birth"], signed_on) < 18
            if not child or by_another:
                return True
        return False


def years(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def test_a_million_random_calls() -> None:
    dice = random.Random(6)
    lines = some_lines(dice)
    papers = some_papers(dice, lines)
    rule, roster, sheets = Rule(lines, papers), as_roster(lines), as_papers(papers)
    sizes: dict[bool, int] = {True: 0, False: 0}
    reasons: set[str] = set()
    for day in range(DAYS):
        on = DAY_ONE + timedelta(days=day)
        about = dice.choices(lines, k=CALLS_A_DAY)
        right = dice.choices((True, False), (95, 5), k=CALLS_A_DAY)
        calls = {
            "application_id": [line["application_id"] for line in about],
            "person": [line["person"] for line in about],
            "programme": [
                o["programme"] if r else "rigid" for o, r in zip(about, right, strict=True)
            ],
            "source": dice.choices(ASKED_OF, k=CALLS_A_DAY),
        }
        calls["person"][:99] = [-1] * 99  # nobody
        asked = pl.DataFrame(calls).with_row_index("call")
        asked = asked.with_columns(pl.format("P{}", "person").alias("person_ref"))
        door = admit(asked, roster=roster, papers=sheets, on=on)
        live = [rule.lives(*call, on) for call in zip(*calls.values(), strict=True)]
        passed, held = door.passed["call"], door.held["call"]
        assert passed.to_list() == [call for call, lives in enumerate(live) if lives]
        assert held.to_list() == [call for call, lives in enumerate(live) if not lives]
        sizes[True] += len(passed)
        sizes[False] += len(held)
        reasons |= set(door.held["reason"])
    assert sum(sizes.values()) == 1_000_000
    assert min(sizes.values()) > 250_000  # both answers are well tried
    assert reasons == set(REASONS)


LINE = {
    "person": 7,
    "key": 99_010_119_800_201_901,
    "number": "990101198002019011",
    "birth": date(1980, 2, 1),
    "app": 0,
    "application_id": "A0",
    "member_no": 1,
    "programme": "dibao",
    "relation": "self",
    "stands": True,
}
PAPER = {
    "authorisation_no": "S1",
    "application_id": "A0",
    "id_no": LINE["number"],
    "id_no__key": LINE["key"],
    "signed_by": None,
    "signed_by__key": None,
    "programme": "dibao",
    "signed_on": date(2026, 5, 1),
    "valid_to": date(2026, 5, 31),
    "revoked_on": None,
    "sources": "banking;tax",
}
ASK = {"application_id": "A0", "person_ref": "P7", "programme": "dibao", "source": "banking"}
ON = date(2026, 5, 20)


def door_of(*papers: Paper, on: date = ON, line: Line | None = None, **ask: Any) -> Admitted:
    return admit(
        pl.DataFrame([ASK | ask]),
        roster=as_roster([LINE | (line or {})]),
        papers=as_papers(list(papers)) if papers else as_papers([PAPER]).clear(),
        on=on,
    )


WHY: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another programme": ({"programme": "tekun"}, {}, "programme"),
    "the application asks for another": ({}, {"programme": "tekun"}, "programme"),
    "not signed yet": ({"signed_on": date(2026, 5, 21)}, {}, "not_yet"),
    "past its day": ({"valid_to": date(2026, 5, 19)}, {}, "expired"),
    "revoked today": ({"revoked_on": ON}, {}, "revoked"),
    "another source": ({}, {"source": "housing"}, "source"),
    "no source at all": ({}, {"source": "weather"}, "source"),
    "another application": ({"application_id": "A1"}, {}, "no_paper"),
    "nobody of that roster": ({}, {"person_ref": "P8"}, "not_on_roster"),
    "another roster": ({}, {"application_id": "A1"}, "not_on_roster"),
}


@pytest.mark.parametrize("name", WHY)
def test_why_somebody_is_held_back(name: str) -> None:
    paper, ask, reason = WHY[name]
    door = door_of(PAPER | paper, **ask)
    assert door.passed.is_empty()
    assert door.held["reason"].to_list() == [reason]
    assert door.held["reason_zh"].to_list() == [REASONS[reason]]


def test_without_any_paper() -> None:
    assert door_of().held["reason"].to_list() == ["no_paper"]


def test_a_minor_alone() -> None:
    born = {"birth": date(2008, 5, 2)}
    assert door_of(PAPER, line=born).held["reason"].to_list() == ["guardian"]
    assert (
        door_of(
            PAPER | {"signed_by": LINE["number"], "signed_by__key": LINE["key"]}, line=born
        ).held.height
        == 1
    )
    assert door_of(PAPER | {"signed_by": "E1"}, line=born).passed.height == 1


def test_the_paper_that_got_furthest_is_told_of() -> None:
    door = door_of(PAPER | {"programme": "tekun"}, PAPER | {"revoked_on": date(2026, 5, 2)})
    assert door.held["reason"].to_list() == ["revoked"]


def test_the_paper_it_stands_on_is_told() -> None:
    dead, second = (
        PAPER | {"authorisation_no": "S0", "revoked_on": ON},
        PAPER | {"authorisation_no": "S2"},
    )
    passed = door_of(second, dead, PAPER).passed
    assert passed.columns == [*ASK, "authorisation_no"]
    assert passed["authorisation_no"].to_list() == ["S1"]


def test_only_the_door_makes_an_admitted() -> None:
    empty = pl.DataFrame()
    with pytest.raises(TypeError, match="only"):
        Admitted(empty, empty, ON)
    with pytest.raises(TypeError, match="only"):
        Admitted(empty, empty, ON, key=object())


def test_what_was_let_through_cannot_be_added_to() -> None:
    door = door_of(PAPER)
    door.passed.extend(door.passed)
    assert door.passed.height == 1
    assert door.where(pl.lit(value=True)).passed.height == 1
    assert door.where(pl.col("source") == "tax").passed.is_empty()
    with pytest.raises(AttributeError):
        door.passed = pl.DataFrame()  # type: ignore[misc]


def test_a_decision_holds_for_its_day_only() -> None:
    door = door_of(PAPER)
    assert door.held_to(ON) is door
    with pytest.raises(InputError, match="2026-05-21"):
        door.held_to(date(2026, 5, 21))
