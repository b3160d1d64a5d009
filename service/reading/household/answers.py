"""Who was asked about whom and what came back: one line a source and institution, one cell a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.schema.datasets import SOURCE_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from service.reading.records import Row

WORST_FIRST = ("not_delivered", "stale", "no_answer", "identity_mismatch", "found", "none")
OPEN_STATES = frozenset({"not_delivered", "stale", "no_answer", "identity_mismatch"})
"""States that leave something open. An identity that does not match is no finding: nobody knows whose the answer is."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer about one person."""

    state: str
    asked_on: date | None
    replied_on: date | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One source, or one institution of it. `cells` by person reference; a person without a cell was not asked about."""

    source: str
    title_zh: str
    institution: str | None
    cells: Mapping[str, Cell]

    @property
    def is_open(self) -> bool:
        """Whether some answer is missing."""
        return any(cell.state in OPEN_STATES for cell in self.cells.values())

    @property
    def worst(self) -> str:
        """The state that leaves most open."""
        return min((c.state for c in self.cells.values()), key=WORST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All lines, what is open first within a source."""

    lines: tuple[AnswerLine, ...]
    persons: tuple[str, ...]

    @property
    def open_lines(self) -> tuple[AnswerLine, ...]:
        """Lines with something open."""
        return tuple(line for line in self.lines if line.is_open)

    @property
    def answered_lines(self) -> tuple[AnswerLine, ...]:
        """Lines in which everybody asked about was answered."""
        return tuple(line for line in self.lines if not line.is_open)

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Every source with its worst state, for the strip at the top."""
        worst: dict[str, str] = {}
        for line in self.lines:
            known = worst.get(line.title_zh)
            states = (line.worst,) if known is None else (known, line.worst)
            worst[line.title_zh] = min(states, key=WORST_FIRST.index)
        return tuple(worst.items())


def read_coverage(rows: Iterable[Row], places: Mapping[str, tuple[int, ...]]) -> Coverage:
    """Published `coverage` rows of one application."""
    lines: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in rows:
        cells = lines.setdefault((row["source"], row["institution"] or ""), {})
        cells[row["person_ref"]] = Cell(
            row["state"], row["asked_on"], row["replied_on"], row["as_of"]
        )
    told = [
        AnswerLine(source, SOURCE_TITLES.get(source, source), institution or None, cells)
        for (source, institution), cells in lines.items()
    ]
    order = list(SOURCE_TITLES)
    told.sort(key=lambda a: (order.index(a.source), not a.is_open, a.institution or ""))
    seen = {ref for line in told for ref in line.cells}
    return Coverage(tuple(told), tuple(ref for ref in places if ref in seen))
