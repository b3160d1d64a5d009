"""Where engine and calculator read the agreement differently on purpose, and why neither is wrong. No test stands here.

Everything that is not named here must agree. Each reading is as narrow as it can be told from what was published.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import duckdb
from oracle.authorisation import OWN_LEDGERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .engine_run import BothSides

WATCHED_OF_RECIPIENTS = (
    "public_security.population",
    "civil_affairs.funeral",
    "justice.custody",
    "finance.payroll",
    "market_regulation.entity",
)
"""Assessment §2: a person who draws a benefit is covered for alerts while the benefit runs."""

ALERTS_NOT_COMPARED = {
    "A07": "the engine also looks at recipients and at members who are not counted",
    "O01": "the engine reckons with the income that is known and says so; the calculator wants it certain",
}

_COVERAGE = re.compile(r"coverage \('(\w+)', (\d+)\) (\w+) None: found for none")
_LINK = re.compile(
    r"person_link \[\('(\w+)', (\d+)\).*\] \('([\w.]+)', '.*'\): [ABC], not expected"
)
_LIKENESS = re.compile(r"person_link \[.*\] \('[\w.]+', '.*'\): ((None|D) for C|C, not expected)")
_PLACE = re.compile(r"\('(X\d+)', \d+\)")
_VERDICT = re.compile(r"verdict \('(\w+)', '\w+'\) (suggestion|certain|amount):")
_ALERT = re.compile(r"alert (\w\d\d)\b")
_ASSET = re.compile(r"alert P0[34]: raised, not expected: \[(.*)\] \((\d+) for 0\)")
_EMPTY = re.compile(r"verdict \('(\w+)', '\w+'\) .* \[household\.empty=fail\]")


def sort_out(sides: BothSides) -> tuple[list[str], Counter[str]]:
    """The differences that no known reading explains, and how many each reading explains."""
    unexplained, explained = [], Counter[str]()
    lines = sides.differences()
    like = {place for line in lines if _likeness(line) for place in _PLACE.findall(line)}
    with duckdb.connect(str(sides.warehouse), read_only=True) as published:
        for line in lines:
            reading = next((r for r in READINGS if r(line, sides, published)), None)
            if reading is None and _follows(line, like):
                reading = _likeness
            if reading is None:
                unexplained.append(line)
            else:
                explained[(reading.__doc__ or "").split(".")[0]] += 1
    return unexplained, explained


def unexplained(sides: BothSides) -> list[str]:
    """The differences that no known reading explains."""
    return sort_out(sides)[0]


def _found_by_tier_c(line: str, sides: BothSides, published: duckdb.DuckDBPyConnection) -> bool:
    """Coverage `found` where the only rows are tier C: something may be held, so the engine does not say `none`."""
    told = _COVERAGE.match(line)
    if told is None:
        return False
    place = (told[1], int(told[2]))
    expected = {tier for source, tier in _tiers(sides, *place) if source == told[3]}
    linked = published.execute(
        "select count(*) from current.person_link join current.roster_person using (person_ref) "
        "where application_id = ? and member_no = ? and split_part(dataset, '.', 1) = ? and tier = 'C'",
        [*place, told[3]],
    ).fetchone()
    return expected == {"C"} or (not expected and linked != (0,))


def _tiers(sides: BothSides, application: str, member: int) -> set[tuple[str, str]]:
    """Source and tier of a place's rows, as that roster alone has them."""
    return {
        (row["dataset"].split(".")[0], row["tier_here"])
        for row in sides.expected.person_link
        if (row["application_id"], row["member_no"]) == (application, member)
        and row["dataset"] not in OWN_LEDGERS
    }


def _likeness(line: str, *_: object) -> bool:
    """Tier C by likeness: which of several like persons a row without a usable number fits best is the linkage model's to say."""
    return _LIKENESS.match(line) is not None


def _follows(line: str, like: set[str]) -> bool:
    """A review that only one side asks for, at an application of which only one side has a row by likeness."""
    told = _VERDICT.match(line)
    return (
        told is not None and told[1] in like and (told[2] != "suggestion" or "needs_review" in line)
    )


def _recipient(line: str, sides: BothSides, published: duckdb.DuckDBPyConnection) -> bool:
    """A link that the authorisation does not cover, of somebody who draws a benefit."""
    told = _LINK.match(line)
    if told is None or told[3] not in WATCHED_OF_RECIPIENTS:
        return False
    application, member, source = told[1], int(told[2]), told[3].split(".")[0]
    draws = published.execute(
        "select count(*) from current.person_link join current.roster_person using (person_ref) "
        "where application_id = ? and member_no = ? and dataset = 'civil_affairs.benefit'",
        [application, member],
    ).fetchone()
    return (application, member, source) in sides.expected.forbidden and draws != (0,)


def _alert_reading(line: str, sides: BothSides, _: duckdb.DuckDBPyConnection) -> bool:
    """Alerts with a reading of their own."""
    told = _ALERT.match(line)
    if told is None:
        return False
    asset = _ASSET.match(line)
    if asset is not None:
        return _not_authorised(re.findall(r"application (\w+)", asset[1]), int(asset[2]), sides)
    return told[1] in ALERTS_NOT_COMPARED


def _not_authorised(applications: list[str], told: int, sides: BothSides) -> bool:
    """The calculator asks no rule of an application that is not authorised; the engine tells what a signed member's row shows."""
    refused = {
        row["application_id"]
        for row in sides.expected.household_verdict
        if row["programme"] == "dibao" and row["suggestion"] == "not_authorised"
    }
    return len(applications) == told and refused.issuperset(applications)


def _no_roster(line: str, _: BothSides, published: duckdb.DuckDBPyConnection) -> bool:
    """An application of which no roster line arrived: silence for the engine, nobody for the calculator."""
    told = _EMPTY.match(line)
    if told is None:
        return False
    lines = "select count(*) from current.roster_person where application_id = ?"
    return published.execute(lines, [told[1]]).fetchone() == (0,)


READINGS: tuple[Callable[[str, BothSides, duckdb.DuckDBPyConnection], bool], ...] = (
    _found_by_tier_c,
    _recipient,
    _likeness,
    _alert_reading,
    _no_roster,
)
