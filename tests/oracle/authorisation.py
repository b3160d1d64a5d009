"""Section 2, authorisation: whose data may be read from which source, on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.datasets import CATALOGUED

from .memory import remembered
from .numbers import birth_inside, number_text, valid_number
from .periods import age_on

if TYPE_CHECKING:
    from .identity import Person
    from .register import Case

SOURCES = tuple(dict.fromkeys(d.source for d in CATALOGUED.values() if d.source != "approval"))
OWN_LEDGERS = ("civil_affairs.benefit", "civil_affairs.payment")


def same_number(left: str | None, right: str | None) -> bool:
    """Two documents' numbers are the same: as valid numbers, else as text."""
    if not left or not right:
        return False
    a, b = valid_number(left), valid_number(right)
    return a == b if a and b else number_text(left) == number_text(right)


@remembered
def live_sources(case: Case, person: Person) -> set[str]:
    """The sources for which the person's authorisation is live on `as_of`."""
    holder = person
    if case.is_newborn(person):
        # Covered by the applicant's paper.
        holder = case.applicant
        if case.is_newborn(holder):
            return set()
    live: set[str] = set()
    for paper in case.register.papers.get(case.application_id, []):
        if not same_number(paper["id_no"], holder.number):
            continue
        if paper["programme"] != case.application["programme"]:
            continue
        if paper["signed_on"] > case.as_of:
            continue
        if paper["valid_to"] is not None and paper["valid_to"] < case.as_of:
            continue
        if paper["revoked_on"] is not None and paper["revoked_on"] <= case.as_of:
            continue
        valid = valid_number(paper["id_no"])
        birth = birth_inside(valid) if valid else holder.birth
        minor = birth is not None and age_on(birth, paper["signed_on"]) < 18
        by_another = bool(paper["signed_by"]) and not same_number(
            paper["signed_by"], paper["id_no"]
        )
        if minor and not by_another:
            continue
        listed = (paper["sources"] or "").replace("；", ";").split(";")
        named = {code.strip() for code in listed if code.strip()}
        live |= named & set(SOURCES) if named else set(SOURCES)
    return live


def is_covered(case: Case, person: Person) -> bool:
    """Every source may be read for this person."""
    return set(SOURCES) <= live_sources(case, person)


def may_publish(case: Case, person: Person, dataset: str) -> bool:
    """Rows of this dataset may be published for this person."""
    return dataset in OWN_LEDGERS or CATALOGUED[dataset].source in live_sources(case, person)


def needed_persons(case: Case, programme: str) -> list[Person]:
    """Who must have authorised the query for a programme: counted members; obligors where their figures are used."""
    if programme == "temp_emergency":
        return []
    return plainly_needed(case) if programme != "tekun" else case.counted() + case.living_obligors()


def plainly_needed(case: Case) -> list[Person]:
    """Who is needed by the programmes other than tekun and temp_emergency."""
    return case.counted() + (case.living_obligors() if case.imputes_support() else [])


def is_authorised(case: Case, programme: str) -> bool:
    """Every needed person is covered for every source."""
    return all(is_covered(case, person) for person in needed_persons(case, programme))
