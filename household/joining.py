"""Answers that still hold, joined with those made anew: which applications are assessed again, and how a former run's rows are taken over.

What is kept is told by application and person reference and holds no number of a run. Nothing about alerts or due dates is kept: they look
at everybody, and are worked out of the joined frames every time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import polars as pl

from household.dependence import Basis, changed, why
from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARTS = "parts"
"""Name of the kept frame of `dependence.parts_of`."""

TABLES: dict[str, str] = {
    "household_verdict": "application_id",
    "flip_fact": "verdict_id",
    "income_line": "application_id",
    "income_month": "application_id",
    "evidence": "application_id",
    "evidence_source": "evidence_id",
    "verdict_reason": "verdict_id",
}
"""Published tables whose rows hang on one application each, and the column that says on which."""

_NAMED_IN = {"verdict_id": "household_verdict", "evidence_id": "evidence"}
WATCHED: tuple[str, ...] = ("judged", "income", "counted")
"""Frames that are not published but looked at by alerts, with application_id, and person_ref where a row is about a person."""

FIRST = "全部核算：没有可沿用的上次结果"


@dataclass(frozen=True)
class Kept:
    """What a former run left. `frame` gives a kept frame by name: PARTS, each of TABLES, each of WATCHED."""

    basis: Basis
    frame: Callable[[str], pl.DataFrame]


class Shelf(Protocol):
    """Where answers are kept from one run to the next."""

    def kept(self) -> Kept | None:
        """What the former run left; None where nothing was left or anything of it is not as it was written."""

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """Keep a frame in the place of the former one of that name."""

    def close(self, basis: Basis) -> None:
        """All frames are there: the next run may use them."""


@dataclass(frozen=True)
class Reassessed:
    """Which applications were assessed again and why.

    Attributes:
        applications: how many there are. again: application_id, because_zh of those that were assessed again, sorted.
    """

    applications: int
    again: pl.DataFrame

    @property
    def because(self) -> dict[str, int]:
        """Number of applications by cause, in the order of the causes' names. One of several causes counts for each."""
        causes = Counter(cause for said in self.again["because_zh"] for cause in said.split("；"))
        return dict(sorted(causes.items()))


def nothing_again(applications: int) -> Reassessed:
    """Nothing was assessed again of so many applications."""
    schema = {"application_id": pl.String(), "because_zh": pl.String()}
    return Reassessed(applications, pl.DataFrame(schema=schema))


@dataclass(frozen=True)
class Joining:
    """What of the former run stands. `kept` is None where nothing does."""

    kept: Kept | None
    reassessed: Reassessed
    _gone: pl.DataFrame
    """application_id whose former rows do not stand."""

    @property
    def holds_whole(self) -> bool:
        """Whether every former row stands and there is none to add."""
        return self.kept is not None and not len(self._gone) and not len(self.reassessed.again)

    def former(self, name: str) -> pl.DataFrame:
        """The former rows of a frame that stand."""
        if self.kept is None:
            raise LookupError(name)
        of = TABLES.get(name, "application_id")
        return self.kept.frame(name).join(self._gone_ids[of], on=of, how="anti")

    def join(self, name: str, made: pl.DataFrame) -> pl.DataFrame:
        """A frame of TABLES or WATCHED: its former rows that stand and the rows made anew, in the frame's own order."""
        rows = [made] if self.kept is None else [self.former(name), made]
        order = PUBLISHED[name].sort_by if name in TABLES else ("application_id",)
        return pl.concat(rows).sort(order, maintain_order=True)

    @cached_property
    def _gone_ids(self) -> Mapping[str, pl.DataFrame]:
        """The ids of former rows that do not stand, by the column that says on which application a row hangs."""
        ids = {"application_id": self._gone}
        if self.kept is None:
            return ids
        for column, table in _NAMED_IN.items():
            former = self.kept.frame(table).select("application_id", column)
            ids[column] = former.join(self._gone, on="application_id", how="semi").select(column)
        return ids


def compare(kept: Kept | None, basis: Basis, parts: pl.DataFrame) -> Joining:
    """Which applications have to be assessed again.

    Args:
        parts: see `dependence.parts_of`.
    """
    mine = parts.select("application_id").unique().sort("application_id")
    whole = FIRST if kept is None else basis.differs(kept.basis)
    if kept is None or whole is not None:
        again = mine.with_columns(pl.lit(whole).alias("because_zh"))
        return Joining(None, Reassessed(len(mine), again), mine.clear())
    before = kept.frame(PARTS)
    found = changed(parts, before)
    causes = [why(said) for said in found["parts"]]
    again = found.select("application_id", pl.Series("because_zh", causes, dtype=pl.String))
    left = before.select("application_id").unique().join(mine, on="application_id", how="anti")
    gone = pl.concat([again.select("application_id"), left])
    return Joining(kept, Reassessed(len(mine), again), gone)
