"""Section 8, who has answered: the state of a source for a person, and whether it is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from household.schema.datasets import CATALOGUED

from .authorisation import SOURCES, live_sources
from .memory import remembered
from .numbers import number_text

if TYPE_CHECKING:
    from .identity import Person
    from .register import Case
    from .world import Row

WORST_FIRST = ("not_delivered", "stale", "no_answer", "identity_mismatch", "found", "none")
# Of civil affairs only these are asked; the ledgers are the commissioning body's own.
COVERED = {
    source: [
        name
        for name, dataset in CATALOGUED.items()
        if dataset.source == source
        and (
            source != "civil_affairs" or name in ("civil_affairs.funeral", "civil_affairs.marriage")
        )
    ]
    for source in SOURCES
    if source != "banking"
}

SOURCES_OF_N = ("public_security.population", "civil_affairs.funeral", "justice.custody")


def n_is_unknown(case: Case) -> bool:
    """Population, funeral or custody is silent."""
    return is_silent(case, *SOURCES_OF_N)


@remembered
def delivery(case: Case, dataset: str) -> str:
    """fresh, stale or not_delivered: the newest extract for the region or a prefix of it."""
    days = [
        day
        for name, region, day in case.register.world.extracts
        if name == dataset and case.region.startswith(region)
    ]
    if not days:
        return "not_delivered"
    longest = case.parameter("source.max_age_days")
    if longest is not None and (case.as_of - max(days)).days > longest:
        return "stale"
    return "fresh"


def is_silent(case: Case, *datasets: str) -> bool:
    """Some bulk dataset has not answered for the place."""
    return any(delivery(case, dataset) != "fresh" for dataset in datasets)


def receipts(case: Case, person: Person) -> dict[str, str]:
    """The state of each bank that was asked for the person, at its worst."""
    states: dict[str, str] = {}
    for row in receipt_rows(case, person):
        worst = min(
            (row["state"], states.get(row["institution_code"], "none")), key=WORST_FIRST.index
        )
        states[row["institution_code"]] = worst
    return states


def receipt_rows(case: Case, person: Person) -> list[Row]:
    """The receipts for the person's number."""
    place = person.key or number_text(person.number)
    return case.register.receipts.get(place, []) if place else []


@remembered
def banks_are_silent(case: Case, person: Person) -> bool:
    """No receipt that may be read, or one that is neither `found` nor `none`. Of a newborn without a number no bank is asked."""
    if case.is_newborn(person):
        return False
    if "banking" not in live_sources(case, person):
        return True
    states = receipts(case, person)
    return not states or any(state not in ("found", "none") for state in states.values())


def coverage_of(case: Case) -> list[dict[str, Any]]:
    """The published lines: a person, a source, an institution. Nothing where no authorisation is live."""
    lines = []
    for person in case.counted() + case.living_obligors():
        live = live_sources(case, person)
        for source in SOURCES:
            if source not in live:
                continue
            for institution, state in _states(case, person, source).items():
                lines.append(
                    {
                        "application_id": case.application_id,
                        "member_no": person.member_no,
                        "source": source,
                        "institution": institution,
                        "state": state,
                    }
                )
    return lines


def _states(case: Case, person: Person, source: str) -> dict[str | None, str]:
    if source == "banking":
        if case.is_newborn(person):
            return {}
        asked: dict[str | None, str] = {}
        asked.update(receipts(case, person))
        return asked or {None: "no_answer"}
    states = [_bulk_state(case, person, dataset) for dataset in COVERED[source]]
    return {None: min(states, key=WORST_FIRST.index)}


def _bulk_state(case: Case, person: Person, dataset: str) -> str:
    state = delivery(case, dataset)
    if state != "fresh":
        return state
    links = case.register.links.get((person.application_id, person.member_no), {}).get(dataset, [])
    return "found" if any(link.tier in ("A", "B") for link in links) else "none"
