"""Whether cases would notice a dated value that begins or ends a day too early or too late: the date is moved, and some case must fail.

A value that is read by month (the central basic pension) is moved by a month. Where the move changes nothing for anybody, because a
wider pack says the same, there is nothing to notice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from household.periods import add_months
from household.rules.packs import Entry, Pack, Packs
from synthetic.cases.comparing import holds
from synthetic.cases.laws import law_of
from synthetic.cases.reach import laws_of
from synthetic.cases.running import Trial, run_trials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from synthetic.cases.form import Case
    from synthetic.cases.laws import Law
    from synthetic.cases.running import Answer

BY_MONTH = ("income.exclude_central_basic",)
"""Parameters read as of the first day of each month of the window."""
_WINDOW = 13
EARLIER, LATER = "earlier", "later"


@dataclass(frozen=True)
class Turn:
    """A day from which a pack says something else about a parameter: a value begins, or has ended the day before."""

    pack_id: str
    key: str
    day: date


@dataclass(frozen=True)
class Noticed:
    """A turn moved one way: the cases that fail then. `matters` is false where no region of the pack would see a difference."""

    turn: Turn
    way: str
    matters: bool
    by: tuple[str, ...]


def turns_of(packs: Packs) -> list[Turn]:
    """Every turn of every pack."""
    found: set[tuple[str, str, date]] = set()
    for pack in packs.packs.values():
        for key, entries in pack.values.items():
            for entry in entries:
                if entry.valid_from is not None and entry.valid_from > date.min:
                    found.add((pack.pack_id, key, entry.valid_from))
                if entry.valid_to is not None and entry.valid_to < date.max:
                    found.add((pack.pack_id, key, entry.valid_to + timedelta(days=1)))
    return [Turn(*turn) for turn in sorted(found)]


def notice(answers: Sequence[Answer], packs: Packs, turns: Iterable[Turn]) -> list[Noticed]:
    """Each turn moved earlier and later, and who noticed. One run of the engine a day of the cases."""
    standing = [answer.trial for answer in answers if holds(answer)]
    laws = laws_of(packs)
    asked: list[tuple[Turn, str]] = []
    trials: list[tuple[int, Trial]] = []
    matters: list[bool] = []
    for turn in turns:
        for way in (EARLIER, LATER):
            moved = _moved(packs, turn, way)
            place = len(asked)
            asked.append((turn, way))
            matters.append(_differs(laws[turn.pack_id], turn, way, moved))
            if matters[-1]:
                trials += [(place, trial) for trial in _moved_trials(standing, turn, moved)]
    found = run_trials([trial for _, trial in trials], packs)
    by: dict[int, list[str]] = {}
    for (place, trial), answer in zip(trials, found, strict=True):
        if not holds(answer):
            by.setdefault(place, []).append(trial.case.name)
    return [
        Noticed(turn, way, matters[place], tuple(by.get(place, ())))
        for place, (turn, way) in enumerate(asked)
    ]


def _moved(packs: Packs, turn: Turn, way: str) -> Packs:
    """The packs with one turn moved."""
    pack = packs.packs[turn.pack_id]
    day = _other_day(turn, way)
    entries = tuple(_entry(entry, turn.day, day) for entry in pack.values[turn.key])
    changed = replace(pack, values={**pack.values, turn.key: entries})
    return Packs({**packs.packs, turn.pack_id: changed})


def _other_day(turn: Turn, way: str) -> date:
    sign = -1 if way == EARLIER else 1
    if turn.key in BY_MONTH:
        return add_months(turn.day, sign)
    return turn.day + timedelta(days=sign)


def _entry(entry: Entry, day: date, other: date) -> Entry:
    before, last = day - timedelta(days=1), other - timedelta(days=1)
    return replace(
        entry,
        valid_from=other if entry.valid_from == day else entry.valid_from,
        valid_to=last if entry.valid_to == before else entry.valid_to,
    )


def _differs(law: Law, turn: Turn, way: str, moved: Packs) -> bool:
    """Whether a region of the pack reads another value on the day that changes sides."""
    day = min(turn.day, _other_day(turn, way))
    changed = [moved.packs[pack_id] for pack_id in law.chain]
    return _found(law.packs, turn.key, day) != _found(changed, turn.key, day)


def _found(chain: Sequence[Pack], key: str, day: date) -> object:
    for pack in chain:
        for entry in pack.values.get(key, ()):
            if entry.holds(day):
                return entry.value
    return None


def _moved_trials(trials: Iterable[Trial], turn: Turn, moved: Packs) -> Iterator[Trial]:
    """Cases close enough to a turn to notice it, under the packs in which it is moved."""
    for trial in trials:
        if _near(trial.case, turn) and turn.pack_id in trial.law.chain:
            yield Trial(trial.case, law_of(trial.case, moved), own_law=True)


def _near(case: Case, turn: Turn) -> bool:
    if turn.key in BY_MONTH:
        return turn.day <= case.applied_on <= add_months(turn.day, _WINDOW)
    return abs((case.applied_on - turn.day).days) <= 1
