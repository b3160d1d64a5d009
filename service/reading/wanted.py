"""What a list of verdicts can be asked for and ordered by, as conditions on the index's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from service.reading.index_parts import RULE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

SEVERITY_COLUMNS = {"B": "alerts_b", "R": "alerts_r", "I": "alerts_i"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which verdicts; every condition given must hold. What is left out is not asked.

    Attributes:
        region: code, with all below it. programmes, suggestions: any of these words; an unknown word is nobody's.
        requested: of the programme asked for. certain: no missing data could change the suggestion.
        applications: only these. application_part: the application id contains this.
        failing, unknown: a rule (id) that failed, that could not be answered.
        margin_within: at most so many millionths of the limit away from it, on either side; unknown margins are not.
        alert: has an open alert of this severity (B, R, I), or any of the letters given.
        overdue: has an overdue clock. due_by: has a clock that ends by this day. started_by: began on or before this day.

    """

    region: str = ""
    programmes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    requested: bool | None = None
    certain: bool | None = None
    applications: tuple[str, ...] | None = None
    application_part: str = ""
    failing: str = ""
    unknown: str = ""
    margin_within: int | None = None
    alert: str = ""
    overdue: bool | None = None
    due_by: dt.date | None = None
    started_by: dt.date | None = None

    @property
    def parts(self) -> frozenset[str]:
        """The parts of the index that the conditions look into."""
        needs = {
            f"{RULE}{self.failing}": bool(self.failing),
            f"{RULE}{self.unknown}": bool(self.unknown),
            "alerts": bool(self.alert),
            "deadlines": self.overdue is not None or bool(self.due_by or self.started_by),
        }
        return frozenset(name for name, needed in needs.items() if needed)

    def condition(self, frame: pl.DataFrame) -> pl.Expr:
        """The conditions as one expression over the columns of the index. `frame`: its base, for the words it knows."""
        kept = [pl.lit(value=True)]
        kept += [
            _any_of(name, words, frame.schema[name])
            for name, words in (("programme", self.programmes), ("suggestion", self.suggestions))
            if words
        ]
        kept += [
            pl.col(name) == value
            for name, value in (("requested", self.requested), ("certain", self.certain))
            if value is not None
        ]
        if self.region:
            kept.append(pl.col("region_code").str.starts_with(self.region))
        if self.applications is not None:
            kept.append(pl.col("application_id").is_in(list(self.applications)))
        if self.application_part:
            kept.append(pl.col("application_id").str.contains(self.application_part, literal=True))
        return pl.all_horizontal(*kept, *self._further())

    def _further(self) -> list[pl.Expr]:
        kept: list[pl.Expr] = []
        if self.margin_within is not None:
            kept.append((pl.col("margin_ppm").abs() <= self.margin_within).fill_null(value=False))
        kept += [
            pl.col(f"{name}:{rule}")
            for name, rule in (("failing", self.failing), ("unknown", self.unknown))
            if rule
        ]
        columns = [SEVERITY_COLUMNS[one] for one in self.alert if one in SEVERITY_COLUMNS]
        if self.alert:
            kept.append(pl.any_horizontal(pl.lit(value=False), *(pl.col(c) > 0 for c in columns)))
        if self.overdue is not None:
            kept.append((pl.col("overdue") > 0) == self.overdue)
        for name, day in (("next_due_on", self.due_by), ("started_on", self.started_by)):
            if day is not None:
                kept.append((pl.col(name) <= day).fill_null(value=False))
        return kept


@dataclass(frozen=True, slots=True)
class Order:
    """Expressions to sort by, whether each descends, and the parts that they look into. Equal rows stand by application."""

    by: tuple[pl.Expr, ...] = ()
    descending: tuple[bool, ...] = ()
    parts: frozenset[str] = frozenset()


ORDERS: Mapping[str, Order] = {
    "application": Order(),
    "margin": Order((pl.col("margin_ppm").abs(),), (False,)),  # closest to the limit first
    "oldest": Order((pl.col("started_on"),), (False,), frozenset({"deadlines"})),
    "due": Order((pl.col("next_due_on"),), (False,), frozenset({"deadlines"})),
    "alerts": Order(
        tuple(pl.col(c) for c in SEVERITY_COLUMNS.values()), (True,) * 3, frozenset({"alerts"})
    ),
}
"""Orders of a list. What is unknown stands last."""


def sorted_by(rows: pl.LazyFrame, order: str) -> pl.LazyFrame:
    """Rows with `position` in one of ORDERS."""
    chosen = ORDERS[order]
    if not chosen.by:
        return rows
    return rows.sort(
        *chosen.by, "position", descending=[*chosen.descending, False], nulls_last=True
    )


def _any_of(name: str, words: tuple[str, ...], dtype: pl.DataType) -> pl.Expr:
    """Membership in a closed list; a word outside it, which the column's type would refuse, is nobody's."""
    assert isinstance(dtype, pl.Enum)
    known = [word for word in words if word in dtype.categories]
    return pl.col(name).is_in(known) if known else pl.lit(value=False)
