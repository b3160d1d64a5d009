"""Earlier verdicts of an application, told as differences only: from run to run, what was suggested otherwise and why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from service.reading.household.suggestions import rule_titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from service.reading.records import Row
    from warehouse.current import CurrentTables

FIGURES = (
    "suggestion",
    "certain",
    "persons_counted",
    "income_per_capita_month",
    "income_limit",
    "financial_assets",
    "financial_limit",
    "homes",
    "vehicles",
    "businesses",
    "rigid_spending",
    "amount",
    "valid_to",
)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs."""

    name: str
    before: object
    now: object


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that answers otherwise; None where it was not asked."""

    title: str
    before: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a run says otherwise than the one before it, of one programme. `first`: the application was not in the run before."""

    run_id: str
    as_of: date
    programme: str
    requested: bool
    figures: tuple[FigureChange, ...]
    rules: tuple[RuleChange, ...]
    first: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """`runs`: kept runs that hold the application. `changes`: newest first."""

    runs: int
    changes: tuple[Change, ...]


def read_every_verdict(tables: CurrentTables, application: str) -> list[Row]:
    """The rows of `household_verdict` of every kept run for one application, the oldest run first."""
    return tables.ask_rows("household_history", application=application)


def read_earlier(tables: CurrentTables, rows: Sequence[Row], programmes: Iterable[str]) -> Earlier:
    """Compare every kept run with the one before it.

    Args:
        tables: the run. rows: from `read_every_verdict`. programmes: those that the reader may see.

    """
    seen = set(programmes)
    runs: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row["programme"] in seen:
            runs.setdefault(row["run_id"], {})[row["programme"]] = row
    answers = _answers(tables, rows) if len(runs) > 1 else {}
    order = sorted(runs)
    changes: list[Change] = []
    for before, now in pairwise(order):
        for programme, row in runs[now].items():
            found = _compare(runs[before].get(programme), row, answers)
            changes += [found] if found else []
    return Earlier(
        len(runs), tuple(sorted(changes, key=lambda c: (c.run_id, c.requested), reverse=True))
    )


def _answers(tables: CurrentTables, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    verdicts = list(dict.fromkeys(row["verdict_id"] for row in rows))
    found: dict[str, dict[str, str]] = {}
    for row in tables.ask_rows("household_history_reasons", verdicts=verdicts):
        found.setdefault(row["verdict_id"], {})[row["rule_id"]] = row["outcome"]
    return found


def _compare(before: Row | None, now: Row, answers: dict[str, dict[str, str]]) -> Change | None:
    named = (now["run_id"], now["as_of"], now["programme"], now["requested"])
    if before is None:
        return Change(*named, (), (), first=True)
    figures = tuple(
        FigureChange(name, before[name], now[name]) for name in FIGURES if before[name] != now[name]
    )
    was, says = answers.get(before["verdict_id"], {}), answers.get(now["verdict_id"], {})
    titles = rule_titles()
    rules = tuple(
        RuleChange(titles.get(rule, rule), was.get(rule), says.get(rule))
        for rule in dict.fromkeys((*says, *was))
        if was.get(rule) != says.get(rule)
    )
    return Change(*named, figures, rules) if figures or rules else None
