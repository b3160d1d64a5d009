"""What the calculator is given and what it answers. Only the two containers live here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

Row = dict[str, Any]

PROGRAMMES = (
    "dibao",
    "dibao_edge",
    "single_person",
    "tekun",
    "rigid",
    "temp_expenditure",
    "temp_emergency",
)


@dataclass(frozen=True)
class World:
    """Everything that stands after intake, on one day.

    `rows`: dataset to accepted rows (date, Fraction, int, bool, str or None; a month is its first day), each with
    `_record_key`, `_file`, `_line`, `_as_of` (date of the extract) and `_part`.
    `extracts`: (dataset, region, as_of) of every file that was taken in.
    `evidence`: published evidence id to (dataset, record_key), where an earlier run published lines that are objected to.
    """

    rows: dict[str, list[Row]]
    extracts: list[tuple[str, str, date]]
    as_of: date
    packs: dict[str, Any]
    evidence: dict[str, tuple[str, str]] = field(default_factory=dict)
    closed_objections: frozenset[str] = frozenset()


@dataclass
class Expected:
    """The published rows that follow from a world. Amounts are exact fractions, not yet rounded to the column."""

    household_verdict: list[Row] = field(default_factory=list)
    rule: list[Row] = field(default_factory=list)
    income_line: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    person_link: list[Row] = field(default_factory=list)
    alert: list[Row] = field(default_factory=list)
    forbidden: list[tuple[str, int, str]] = field(default_factory=list)
    roster: list[tuple[str, int]] = field(default_factory=list)
    reached: Counter[tuple[str, str, str]] = field(default_factory=Counter)
