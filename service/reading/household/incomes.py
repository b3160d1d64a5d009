"""Income: declared beside verified with the largest differences first, and what counted in each month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from service.reading.records import records_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.reading.records import Row

KINDS = ("wage", "business", "property", "transfer")
MONTH_LENGTH = len("2026-03")


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """One person and kind over the window."""

    person_ref: str
    kind: str
    declared: Decimal | None
    verified: Decimal | None
    adopted: Decimal | None
    member_no: int | None = None

    @property
    def apart(self) -> Decimal | None:
        """Verified less declared; None where one of them is not known."""
        if self.declared is None or self.verified is None:
            return None
        return self.verified - self.declared

    @property
    def at_issue(self) -> Decimal:
        """How much somebody has to look at: the difference, or all of what only one side states. For ordering only."""
        if self.apart is not None:
            return abs(self.apart)
        return abs(next((a for a in (self.verified, self.declared) if a is not None), Decimal(0)))


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What each source said of one person, kind, period and employer, and what counted."""

    person_ref: str
    kind: str
    period: str
    labour: bool | None
    employer_no: int | None
    tax: Decimal | None
    payroll: Decimal | None
    employment: Decimal | None
    contribution: Decimal | None
    adopted_source: str
    adopted: Decimal
    evidence_ids: tuple[str, ...]
    member_no: int | None = None


@dataclass(frozen=True, slots=True)
class Incomes:
    """Income of a household. `months`: the periods that are one month, in order; others cannot be put into one."""

    lines: tuple[IncomeLine, ...]
    rows: tuple[MonthRow, ...]

    @property
    def months(self) -> tuple[str, ...]:
        """Every month in which something counted or was said."""
        return tuple(sorted({r.period for r in self.rows if len(r.period) == MONTH_LENGTH}))

    @property
    def longer(self) -> tuple[MonthRow, ...]:
        """What is told of a year or the whole window; it is never divided into months."""
        return tuple(r for r in self.rows if len(r.period) != MONTH_LENGTH)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that occur in some month."""
        found = {r.kind for r in self.rows if len(r.period) == MONTH_LENGTH}
        return tuple(kind for kind in KINDS if kind in found)

    def of_month(self, month: str, kind: str) -> Decimal | None:
        """What counted of a kind in a month; None where no row speaks of it."""
        found = [r.adopted for r in self.rows if r.period == month and r.kind == kind]
        return sum(found[1:], found[0]) if found else None


def read_incomes(
    lines: Iterable[Row], months: Iterable[Row], places: Mapping[str, tuple[int, ...]]
) -> Incomes:
    """Published `income_line` and `income_month` rows of one application, the largest differences first."""

    def place(row: Row) -> Row:
        return {"member_no": places[row["person_ref"]][0] if row["person_ref"] in places else None}

    told = records_of(IncomeLine, lines, place)
    by_month = sorted(months, key=lambda row: (row["period"], row["kind"], row["person_ref"]))
    return Incomes(tuple(sorted(told, key=_by_difference)), records_of(MonthRow, by_month, place))


def _by_difference(line: IncomeLine) -> tuple[Decimal, int, str]:
    return (-line.at_issue, line.member_no or 0, line.kind)
