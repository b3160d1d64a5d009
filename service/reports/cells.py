"""The parts of a printed section, and how a value looks in a cell. What is not known is a dash, never a nought."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

UNKNOWN = "—"
UNREAD = "未能读取"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its share of the width, and whether it holds numbers."""

    title: str
    share: float = 1.0
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a repeated head. `small`: in smaller type, for many columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section: paragraphs, tables, then notes."""

    title: str
    paragraphs: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()


def grid(
    caption: str, columns: Iterable[Column], rows: Iterable[tuple[str, ...]], *, small: bool = False
) -> tuple[Grid, ...]:
    """The table, or nothing where it has no row."""
    told = tuple(rows)
    return (Grid(caption, tuple(columns), told, small),) if told else ()


def text(value: object) -> str:
    """A text, a count or a day."""
    return UNKNOWN if value is None or value == "" else str(value)


def money(value: Decimal | None) -> str:
    """Yuan, two places, thousands apart; rounded half up, as reasons tell amounts."""
    return UNKNOWN if value is None else f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def percent(value: Decimal | None) -> str:
    """A ratio as a percentage, as exact as it was published: rounded it might look like the limit that it missed."""
    return UNKNOWN if value is None else f"{(value * 100).normalize():f}%"


def member(number: int | None) -> str:
    """A place on the roster; whoever has none belongs to the household as a whole."""
    return "全户" if number is None else str(number)


def members(numbers: Iterable[int]) -> str:
    """Places on the roster, runs of three and more drawn together: 1–4、6."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return (
        "、".join(
            f"{run[0]}–{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs
        )
        or UNKNOWN
    )


def span(days: tuple[date, date] | None) -> str:
    """A day, or the first and the last of several."""
    if days is None:
        return UNKNOWN
    first, last = days
    return str(first) if first == last else f"{first} 至 {last}"


def titled(titles: dict[str, str], code: str | None, *, missing: str = UNKNOWN) -> str:
    """The title of a code; the code itself where it has none."""
    return missing if code is None else titles.get(code, code)
