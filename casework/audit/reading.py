"""Reading the log: the newest entries that answer a question, and who looked at one person. Nothing is written here.

Lines whose hash is wrong are no entries; they are counted, and `verify` says where they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.audit.entry import Line, read_line
from casework.audit.harvest import is_reading
from casework.audit.segments import TORN, segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.audit.entry import Entry

LISTS = ("applications", "persons")
"""Details that hold the ids of whom a list or a file told of."""
OF_ONE = frozenset(
    {"application", "person", "verdict", "alert", "evidence", "objection", "report", "link"}
)
"""Kinds of subject that belong to one household."""
_KIND = b'"subject_kind":"'
_OF_ONE = frozenset(kind.encode("ascii") for kind in OF_ONE)
_LISTS = tuple(f'"{name}":['.encode("ascii") for name in LISTS)
_AT = b'"at":"'
_AT_LENGTH = 19


@dataclass(frozen=True, slots=True)
class Where:
    """What is asked for; what is empty is not asked.

    Attributes:
        actor: an account. action: how it begins, up to a dot: `household`, `household.read`. outcome: done, denied, failed.
        subject: an application, a person_ref, any id; also in lists. since, until: ISO 8601 UTC, from and before.
        ids: several subjects, of which one must be told of. before: only entries of a smaller number.

    """

    actor: str = ""
    action: str = ""
    outcome: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    ids: frozenset[str] = frozenset()
    before: int | None = None


@dataclass(slots=True)
class Found:
    """Entries, the newest first. `damaged`: lines on the way that do not hold. `more`: whether older ones were left out."""

    lines: list[Line] = field(default_factory=list)
    damaged: int = 0
    more: bool = False


def newest(folder: Path, where: Where, *, limit: int) -> Found:
    """The newest entries that answer. No folder yet: none. Raises OSError."""
    found = Found()
    needles = _needles(where)
    for raw in _backwards(folder):
        if not _may_answer(raw, needles, where):
            continue
        line = read_line(raw)
        if line is None:
            found.damaged += 1
        elif _answers(line, where):
            if len(found.lines) == limit:
                found.more = True
                break
            found.lines.append(line)
    return found


def subjects_of(entry: Entry) -> set[str]:
    """Every id that an entry is about."""
    named = {entry.subject_id} if entry.subject_id else set()
    for name in LISTS:
        listed = entry.details.get(name)
        if isinstance(listed, list):
            named |= {str(one) for one in listed}
    return named


def is_wide(entry: Entry) -> bool:
    """Whether an entry tells of a look at many people who are not named in it: a list, a whole run, an export."""
    if not is_reading(entry) or entry.subject_kind in OF_ONE:
        return False
    return not any(isinstance(entry.details.get(name), list) for name in LISTS)


def ledger(
    folder: Path, ids: frozenset[str], *, regions: frozenset[str], limit: int
) -> tuple[Found, Found]:
    """Who looked at one person: entries that name the person or an application of hers, and looks at a whole area that held her.

    Args:
        folder: of the log. ids: the person_ref and the applications. regions: region codes of these applications.
        limit: of each.

    """
    direct, wide = Found(), Found()
    wanted = {json.dumps(one).encode("ascii").strip(b'"') for one in ids}
    for raw in _backwards(folder):
        if _is_of_another(raw, wanted):
            continue
        line = read_line(raw)
        if line is None:
            direct.damaged += 1
        elif subjects_of(line.entry) & ids:
            _add(direct, line, limit)
        elif is_wide(line.entry) and _covers(line.entry, regions):
            _add(wide, line, limit)
    return direct, wide


def _is_of_another(raw: bytes, wanted: set[bytes]) -> bool:
    """What can be told from the bytes: a line about one household, which is not this one. Most lines are."""
    _, _, rest = raw.partition(_KIND)
    kind, _, rest = rest.partition(b'","subject_id":"')
    subject, _, rest = rest.partition(b'","reason":')
    return kind in _OF_ONE and subject not in wanted and not any(name in rest for name in _LISTS)


def _add(found: Found, line: Line, limit: int) -> None:
    if len(found.lines) < limit:
        found.lines.append(line)
    else:
        found.more = True


def _covers(entry: Entry, regions: frozenset[str]) -> bool:
    """Whether an area that an entry names holds one of these regions; one that names none may hold every one."""
    named = entry.details.get("regions", entry.details.get("region"))
    areas = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return (
        not areas
        or "*" in areas
        or any(code.startswith(str(area)) for code in regions for area in areas)
    )


def _backwards(folder: Path) -> Iterator[bytes]:
    if not folder.is_dir():
        return
    for path in reversed(segments_of(folder).values()):
        whole, _, _ = path.read_bytes().rpartition(b"\n")
        note = b'"action":"' + TORN.encode("ascii")
        torn = False
        for raw in reversed(whole.split(b"\n")):
            if raw and not torn:
                yield raw
            torn = note in raw  # it closes the line before


def _needles(where: Where) -> list[bytes]:
    asked = []
    if where.actor:
        asked.append(b'"actor_id":' + _quoted(where.actor))
    if where.action:
        asked.append(b'"action":' + _quoted(where.action)[:-1])
    if where.outcome:
        asked.append(b'"outcome":' + _quoted(where.outcome))
    if where.subject:
        asked.append(_quoted(where.subject))
    return asked


def _quoted(text: str) -> bytes:
    return json.dumps(text).encode("ascii")


def _may_answer(raw: bytes, needles: list[bytes], where: Where) -> bool:
    """What can be told from the bytes, before a line is read."""
    if not all(needle in raw for needle in needles):
        return False
    if where.since or where.until:
        start = raw.find(_AT) + len(_AT)
        at = raw[start : start + _AT_LENGTH].decode("ascii", "replace")
        if at < where.since[:_AT_LENGTH] or (where.until and at >= where.until[:_AT_LENGTH]):
            return False
    return True


def _answers(line: Line, where: Where) -> bool:
    entry = line.entry
    return (
        (not where.actor or entry.actor_id == where.actor)
        and (not where.action or f"{entry.action}.".startswith(f"{where.action.rstrip('.')}."))
        and (not where.outcome or entry.outcome == where.outcome)
        and (not where.subject or where.subject in subjects_of(entry))
        and (not where.ids or bool(where.ids & subjects_of(entry)))
        and (where.before is None or line.seq < where.before)
    )
