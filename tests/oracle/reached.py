"""What a random county reached: answers, limits on which a figure stood, amounts, places, doubts. For a table; nothing is compared here."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .amounts import ceiling, extras
from .counting import holds_in_custody
from .coverage import n_is_unknown
from .income import has_months_without_central_value
from .measure import fraction
from .packs import chain
from .periods import age_on
from .register import BASE, Scenario
from .rules import per_capita
from .suggestion import under_objection
from .temporary import temp_class

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .register import Case
    from .suggestion import Suggestion

Reached = tuple[str, str, str]
FEN = Fraction(1, 100)


def reached(case: Case, programme: str, found: Suggestion) -> Iterator[Reached]:
    """What one programme of one application shows."""
    yield ("suggestion", programme, found.suggestion + ("" if found.certain else " (not certain)"))
    for rule in found.rules:
        why = " ".join(k for k in ("parameter", "data", "review") if getattr(rule, k))
        yield ("rule", rule.rule, rule.outcome + (f" ({why})" if why else ""))
        if rule.margin is not None and abs(rule.margin) <= FEN:
            where = "exactly" if not rule.margin else "under" if rule.margin < 0 else "over"
            yield ("limit", rule.rule, where if where == "exactly" else f"a fen {where}")
    if found.amount is not None:
        rounding = case.parameter("amount.rounding")
        yield ("amount", programme, rounding)
        yield from _amount(case, programme, found)


def _amount(case: Case, programme: str, found: Suggestion) -> Iterator[Reached]:
    if programme == "dibao" and extras(case, BASE, fraction(case.standard()) or Fraction(0)):
        yield ("amount", programme, "with extras")
    if programme == "temp_expenditure":
        value = per_capita(case, BASE)
        held = temp_class(case, BASE, value, n_unknown=n_is_unknown(case))
        yield ("amount", programme, f"class {held.letter}")
        if held.line and found.amount == fraction(held.line.get("cap")):
            yield ("amount", programme, "at the cap")
    if programme.startswith("temp_") and found.amount == ceiling(case, programme):
        yield ("amount", programme, "at the ceiling")


def reached_once(case: Case) -> Iterator[Reached]:
    """What the application shows whatever the programme."""
    yield ("place", chain(case.register.world.packs, case.region)[0], "")
    lines, everything = under_objection(case)
    if lines or everything:
        yield ("objection", "everything" if everything else "a line", "")
    if has_months_without_central_value(case):
        yield ("central basic", "months without a value", "")
    if len(case.counted()) != len(case.counted(Scenario(tier_c=True))):
        yield ("tier C", "who is counted", "")
    for person in case.members():
        for row in case.rows(person, "justice.custody", BASE):
            edge = case.as_of in (row["from_date"], row["to_date"])
            held = "held" if holds_in_custody(row, case.as_of) else "not held"
            yield ("custody", held, "on its first or last day" if edge else "")
    for person in case.obligors():
        for age in (60, 70):
            yield from _birthday("obligor", person.birth, age, case.as_of)
    for person in case.counted():
        for age in (18, 60):
            yield from _birthday("member", person.birth, age, case.as_of)


def _birthday(who: str, birth: date | None, age: int, as_of: date) -> Iterator[Reached]:
    if birth is None or (birth.month, birth.day) == (2, 29):
        return
    days = (birth.replace(year=birth.year + age) - as_of).days
    if abs(days) <= 1:
        told = {0: "today", 1: "tomorrow", -1: "yesterday"}[days]
        yield ("birthday", f"{who} {age} ({age_on(birth, as_of)})", told)
