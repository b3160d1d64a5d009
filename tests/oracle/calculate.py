"""From a world to what must be published: verdicts, lines, coverage, links and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import assets
from .alerts import alerts_of
from .amounts import amount_of
from .authorisation import SOURCES, is_covered, live_sources, may_publish, plainly_needed
from .coverage import coverage_of
from .income import income_lines, income_window_total
from .measure import fraction
from .reached import reached, reached_once
from .register import BASE, Register
from .rules import disposable_month, edge_line, per_capita
from .spending import rigid_spending
from .suggestion import Suggestion, suggest
from .world import PROGRAMMES, Expected

if TYPE_CHECKING:
    from fractions import Fraction

    from .identity import Link, Person
    from .register import Case
    from .world import World

VARIANT = {"dibao_edge": "edge", "single_person": "edge", "rigid": "rigid"}
# The measured columns of a verdict.
NUMBERS = (
    "income_window",
    "income_per_capita_month",
    "income_limit",
    "financial_assets",
    "financial_limit",
    "homes",
    "vehicles",
    "businesses",
    "rigid_spending",
    "rigid_ratio",
)


def expected(world: World) -> Expected:
    """Everything that a run over this world has to publish."""
    register = Register(world)
    result = Expected()
    suggestions: dict[tuple[str, str], Suggestion] = {}
    for case in register.cases:
        result.roster += [(case.application_id, person.member_no) for person in case.roster]
        for programme in PROGRAMMES:
            found = suggest(case, programme)
            suggestions[case.application_id, programme] = found
            result.household_verdict.append(verdict(case, programme, found))
            result.reached.update(reached(case, programme, found))
            result.rule += [
                {
                    "application_id": case.application_id,
                    "programme": programme,
                    "rule": rule.rule,
                    "outcome": rule.outcome,
                    "why": " ".join(k for k in ("parameter", "data", "review") if getattr(rule, k)),
                }
                for rule in found.rules
            ]
        result.reached.update(reached_once(case))
        result.income_line += lines_of(case)
        result.coverage += coverage_of(case)
        result.person_link += links_of(case)
        result.forbidden += [
            (case.application_id, person.member_no, source)
            for person in case.roster
            for source in SOURCES
            if source not in live_sources(case, person)
        ]
    result.alert = alerts_of(register, suggestions)
    return result


def all_covered(case: Case) -> bool:
    """Whoever is needed for the plain programmes has authorised every source."""
    return all(is_covered(case, person) for person in plainly_needed(case))


def verdict(case: Case, programme: str, found: Suggestion) -> dict[str, Any]:
    """One row of household_verdict."""
    row: dict[str, Any] = {
        "application_id": case.application_id,
        "programme": programme,
        "requested": case.application["programme"] == programme,
        "suggestion": found.suggestion,
        "certain": found.certain,
        "persons_counted": None,
        **dict.fromkeys(NUMBERS),
        "amount": found.amount,
    }
    counted = case.counted()
    if not counted:
        return row | {"persons_counted": 0}
    if found.suggestion == "not_authorised":
        return row
    if programme == "temp_emergency" and not all_covered(case):
        return row | by_roster(case, found)
    return row | {"persons_counted": len(counted)} | numbers(case, programme)


def by_roster(case: Case, found: Suggestion) -> dict[str, Any]:
    """Emergency help where some source may not be read: n is the roster's, and nothing else was measured."""
    heads = len(case.members())
    amount = None
    if found.suggestion == "eligible":
        amount = amount_of(case, "temp_emergency", BASE, heads=heads)
    return {"persons_counted": heads, "amount": amount}


def numbers(case: Case, programme: str) -> dict[str, Any]:
    """The measured columns, on the lines that decide."""
    variant = VARIANT.get(programme, "")
    tekun = programme == "tekun"
    total = income_window_total(case, BASE, for_tekun=tekun)
    head = per_capita(case, BASE, for_tekun=tekun)
    spent = rigid_spending(case, BASE).amount
    return {
        "income_window": total.amount,
        "income_per_capita_month": head.amount if case.counted() else None,
        "income_limit": income_limit(case, programme),
        "financial_assets": assets.financial(case, BASE, variant=variant).amount,
        "financial_limit": assets.financial_limit(case, BASE, variant=variant),
        "homes": len(assets.homes(case, BASE)),
        "vehicles": len(assets.vehicles(case, BASE, variant=variant)),
        "businesses": len(assets.businesses(case, BASE, variant=variant)),
        "rigid_spending": spent,
        "rigid_ratio": spent / total.amount if total.amount > 0 else None,
    }


def income_limit(case: Case, programme: str) -> Fraction | None:
    """The upper limit of monthly income per head that the programme compares with."""
    if programme in ("dibao", "tekun"):
        return fraction(case.standard())
    if programme in ("dibao_edge", "single_person"):
        return edge_line(case)
    if programme == "rigid" and case.parameter("rigid.method") == "deduction":
        return fraction(case.standard())
    return disposable_month(case) if programme in ("rigid", "temp_expenditure") else None


def lines_of(case: Case) -> list[dict[str, Any]]:
    """The income lines, where every needed person's data may be read."""
    if not case.counted() or not all_covered(case):
        return []
    return [
        {
            "application_id": case.application_id,
            "member_no": line.person.member_no,
            "kind": line.kind,
            "declared": line.declared,
            "verified": line.verified,
            "adopted": line.adopted,
        }
        for line in income_lines(case, BASE)
    ]


def best_tier(case: Case, person: Person, dataset: str, link: Link) -> str:
    """A row is published once a person: at the best tier of all the rosters on which the person stands."""
    places = case.register.roster_of_key.get(person.key or "", [])
    return min(
        [link.tier]
        + [
            other.tier
            for place in places
            for other in case.register.links.get((place.application_id, place.member_no), {}).get(
                dataset, []
            )
            if other.row is link.row
        ]
    )


def links_of(case: Case) -> list[dict[str, Any]]:
    """The rows that are a roster person's, where they may be published."""
    found = []
    for person in case.roster:
        links = case.register.links.get((person.application_id, person.member_no), {})
        for dataset, rows in links.items():
            if not may_publish(case, person, dataset):
                continue
            found += [
                {
                    "application_id": case.application_id,
                    "member_no": person.member_no,
                    "dataset": dataset,
                    "record_key": link.row["_record_key"],
                    "tier": best_tier(case, person, dataset, link),
                    "tier_here": link.tier,
                }
                for link in rows
            ]
    return found
