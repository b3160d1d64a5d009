"""One side of a linkage: its lines in the coded forms of a plan's fields. A person or row with several names has several lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from household.linkage.engine.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from household.linkage.engine.plan import Plan

Side = Literal["rows", "people"]


@dataclass(frozen=True)
class Records:
    """Lines of one side.

    Attributes:
        owner: which row or person a line is of, n. coded: the coded form of each field. forms: `field.form` -> n whole numbers.
    """

    owner: npt.NDArray[np.int64]
    coded: Mapping[str, Any]
    forms: Mapping[str, npt.NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.owner)

    def since(self, start: int) -> Records:
        """The lines from one on, enough of them to be blocked: owners, forms and numbers."""
        coded = {n: c.since(start) for n, c in self.coded.items() if isinstance(c, Numbers)}
        forms = {name: values[start:] for name, values in self.forms.items()}
        return Records(self.owner[start:], coded, forms)


def encode(frame: pl.DataFrame, plan: Plan, side: Side, owner: str) -> Records:
    """Read the lines of a frame by a plan.

    Args:
        frame: one line a row or person and name. plan: which columns hold which field.
        side: which columns of the plan to read. owner: the column that says whose line it is (whole numbers).
    """
    coded: dict[str, Any] = {}
    forms: dict[str, npt.NDArray[np.int64]] = {}
    for field in plan.fields:
        columns = field.rows if side == "rows" else field.people
        read = [
            _typed(frame[c]) if c else pl.repeat(None, len(frame), dtype=pl.String, eager=True)
            for c in columns
        ]
        coded[field.name] = field.handling.encode(read)
        for form, values in field.handling.forms(coded[field.name]).items():
            forms[f"{field.name}.{form}"] = values
    return Records(frame[owner].to_numpy().astype(np.int64), coded, forms)


def _typed(column: pl.Series) -> pl.Series:
    """A column of which nothing is known, not even the type, is one of texts that are not there."""
    return column.cast(pl.String) if column.dtype == pl.Null else column
