"""Section 4, who is counted: who a source shows to be dead or in custody on the day. And when a benefit runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .periods import first_day

if TYPE_CHECKING:
    from datetime import date

    from .identity import Person
    from .register import Case, Scenario
    from .world import Row


def shows_death(dataset: str, row: Row, as_of: date) -> bool:
    """A population or funeral row says dead by `as_of`; a cancellation for death without a date does."""
    if dataset == "civil_affairs.funeral":
        return bool(row["died_on"] <= as_of)
    return row["status"] == "死亡注销" and (
        row["cancelled_on"] is None or row["cancelled_on"] <= as_of
    )


def holds_in_custody(row: Row, as_of: date) -> bool:
    """from_date <= as_of, and to_date empty or later."""
    return bool(row["from_date"] <= as_of and (row["to_date"] is None or row["to_date"] > as_of))


def is_running(benefit: Row, as_of: date) -> bool:
    """A benefit of the ledger runs on the day: from_month to to_month, both whole."""
    month = first_day(as_of)
    return bool(
        benefit["from_month"] <= month
        and (benefit["to_month"] is None or benefit["to_month"] >= month)
    )


def is_dead(case: Case, person: Person, scenario: Scenario) -> bool:
    """Population or funeral shows it; one of the two is enough."""
    return any(
        shows_death(dataset, row, case.as_of)
        for dataset in ("public_security.population", "civil_affairs.funeral")
        for row in case.rows(person, dataset, scenario)
    )


def is_in_custody(case: Case, person: Person, scenario: Scenario) -> bool:
    """Held on `as_of`."""
    return any(
        holds_in_custody(row, case.as_of) for row in case.rows(person, "justice.custody", scenario)
    )


def is_left_out(case: Case, person: Person, scenario: Scenario) -> bool:
    """A member who is not counted."""
    return is_dead(case, person, scenario) or is_in_custody(case, person, scenario)
