"""Names of answer files: which of what lies in a folder is an answer, what its name tells, and how a log may show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connectors.asking.layouts.institution import Answer, Institution

_PARTS = {
    "batch": r"(?P<batch>[^/]+?-[0-9]{3,})",
    "date": r"(?P<date>[0-9]{8})",
    "key": r"(?P<key>[^/]+?)",
    "any": r"[^/]*?",
}


@dataclass(frozen=True, slots=True)
class Named:
    """One answer file.

    Attributes:
        name: as it lies there. batch, key: what the name tells, empty where it tells none. day: of the answer, where it tells one.
        shown: for errors and logs: nothing in it comes from a place that may be anything.

    """

    name: str
    batch: str
    key: str
    day: date | None
    shown: str


def answers_among(names: Iterable[str], answer: Answer, institution: Institution) -> list[Named]:
    """The files that are answers by their name and, where the institution marks it, ready; sorted by name."""
    every = set(names)
    pattern = _pattern(answer.file, institution)
    found = []
    for name in sorted(every):
        match = pattern.fullmatch(name)
        if match is None or (answer.ready is not None and name + answer.ready not in every):
            continue
        told = match.groupdict()
        day = _day(told.get("date"))
        if told.get("date") and day is None:
            continue  # a name with an impossible day is none of theirs
        found.append(
            Named(
                name,
                told.get("batch") or "",
                told.get("key") or "",
                day,
                _shown(answer, institution, told),
            )
        )
    return found


def _pattern(template: str, institution: Institution) -> re.Pattern[str]:
    pieces = re.split(r"(\{[a-z_]*\})", template)
    known = {**_PARTS, "institution": re.escape(institution.code)}
    return re.compile(
        "".join(known[p[1:-1]] if p.startswith("{") else re.escape(p) for p in pieces)
    )


def _shown(answer: Answer, institution: Institution, told: dict[str, str]) -> str:
    """The template with what we gave or what is a day filled in; the rest stays in braces."""
    batch = told.get("batch") or ""
    safe = batch if re.fullmatch(r"[0-9A-Za-z]{1,12}-[0-9]{3,6}", batch) else "{batch}"
    filled = answer.file.replace("{institution}", institution.code).replace("{batch}", safe)
    return filled.replace("{date}", told.get("date") or "{date}")


def _day(digits: str | None) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if digits else None
    except ValueError:
        return None
