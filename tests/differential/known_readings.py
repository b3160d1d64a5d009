"""Where engine and calculator read the agreement differently on purpose, and why neither is wrong. No test stands here.

Everything that is not named here must agree. Each reading is as narrow as it can be told from what was published.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

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
    "A02": "the calculator follows the number of a ledger row even where nothing but the number agrees (tier C)",
    "U02": "as A02",
}

_COVERAGE = re.compile(r"coverage \('(\w+)', (\d+)\) (\w+) None: found for none")
_LINK = re.compile(
    r"person_link \[\('(\w+)', (\d+)\).*\] \('([\w.]+)', '.*'\): [ABC], not expected"
)
_ALERT = re.compile(r"alert (\w\d\d)\b")
_DEATH = re.compile(r"alert D01 \[\('(\w+)', (\d+)\)\]: not raised")
_ASSET = re.compile(r"alert P0[34]: raised, not expected: \[(.*)\] \((\d+) for 0\)")
_EMPTY = re.compile(r"verdict \('(\w+)', '\w+'\) .* \[household\.empty=fail\]")
_CLASS = re.compile(
    r"verdict \('(\w+)', 'temp_expenditure'\) suggestion: parameter_missing for (data_incomplete|needs_review)"
    r" .*temp\.threshold=unknown\(data\)"
)


def unexplained(sides: BothSides) -> list[str]:
    """The differences that no known reading explains."""
    with duckdb.connect(str(sides.warehouse), read_only=True) as published:
        return [
            line
            for line in sides.differences()
            if not any(reading(line, sides, published) for reading in READINGS)
        ]


def _found_by_tier_c(line: str, _: BothSides, published: duckdb.DuckDBPyConnection) -> bool:
    """Coverage `found` where the only rows are tier C: something may be held, so the engine does not say `none`."""
    told = _COVERAGE.match(line)
    if told is None:
        return False
    tiers = published.execute(
        "select distinct tier from current.person_link join current.roster_person using (person_ref) "
        "where application_id = ? and member_no = ? and split_part(dataset, '.', 1) = ? and tier != 'D'",
        [told[1], int(told[2]), told[3]],
    ).fetchall()
    return tiers == [("C",)]


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
    """Alerts with a reading of their own; and D01 of somebody whose register may not be read, which the engine does not tell."""
    told = _ALERT.match(line)
    if told is None:
        return False
    asset = _ASSET.match(line)
    if asset is not None:
        return _not_authorised(re.findall(r"application (\w+)", asset[1]), int(asset[2]), sides)
    death = _DEATH.match(line)
    if death is not None:
        place = (death[1], int(death[2]))
        return any(
            (*place, source) in sides.expected.forbidden
            for source in ("public_security", "civil_affairs")
        )
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
    _alert_reading,
    _no_roster,
)
