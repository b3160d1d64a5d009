"""Earlier verdicts of an application, told as differences only: from run to run, what was suggested otherwise and why."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from service.reading.household.suggestions import rule_titles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import polars as pl

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


def read_earlier(tables: CurrentTables, application: str, programmes: Iterable[str]) -> Earlier:
    """Compare every kept run with the one before it.

    Args:
        tables: the run. application: its id. programmes: those that the reader may see.

    """
    rows = tables.ask("household_history", application=application)
    seen = set(programmes)
    runs: dict[int, dict[str, dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        if row["programme"] in seen:
            runs.setdefault(row["sequence"], {})[row["programme"]] = row
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


def _answers(tables: CurrentTables, rows: pl.DataFrame) -> dict[str, dict[str, str]]:
    verdicts = rows["verdict_id"].unique().to_list()
    found: dict[str, dict[str, str]] = {}
    told = tables.ask("household_history_reasons", verdicts=verdicts)
    for verdict_id, rule_id, outcome in told.select("verdict_id", "rule_id", "outcome").iter_rows():
        found.setdefault(verdict_id, {})[rule_id] = outcome
    return found


def _compare(
    before: dict[str, Any] | None, now: dict[str, Any], answers: dict[str, dict[str, str]]
) -> Change | None:
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
