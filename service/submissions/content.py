"""What is handed in, before it is checked: rows of texts by dataset, whichever door they came by. And who knows them already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from connectors.intake.titles import DATED, LINE
from household.schema.column import Kind
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.submissions import Fault
    from household.schema.column import Dataset

APPLICATION, MEMBER, AUTHORISATION, EXPENDITURE, OBJECTION = (
    f"approval.{name}"
    for name in ("application", "member", "authorisation", "expenditure", "objection")
)
HANDED = (APPLICATION, MEMBER, AUTHORISATION, EXPENDITURE, OBJECTION)
"""Datasets that may be handed in, an application before what belongs to it."""
NUMBERED = {
    MEMBER: "member_no",
    AUTHORISATION: "authorisation_no",
    EXPENDITURE: "voucher_no",
    OBJECTION: "objection_id",
}
"""The column that tells rows of one application apart."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one dataset.

    Attributes:
        dataset: its declaration. frame: catalogue columns as String, `_line` Int32 (from 2), and `_dated_<column>` where cells were
            dates. places: where the sender finds each row. faults: what the form alone already says of cells.

    """

    dataset: Dataset
    frame: pl.DataFrame
    places: tuple[str, ...]
    faults: tuple[Fault, ...] = ()

    def landing_texts(self) -> pl.DataFrame:
        """The rows as they are put into the inbox: texts only, so that intake reads them by the same rules once more."""
        cut = []
        for column in self.dataset.columns:
            text = pl.col(column.name)
            flag = DATED + column.name
            if flag in self.frame.columns:
                width = 7 if column.kind is Kind.MONTH else 10
                text = pl.when(pl.col(flag)).then(text.str.slice(0, width)).otherwise(text)
            cut.append(text.alias(column.name))
        return self.frame.select(*cut, LINE)


@dataclass(frozen=True, slots=True)
class Area:
    """Where an application is, as it is known: published, and as a batch landed it last."""

    region_code: str
    programme: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the applications that a batch names.

    Attributes:
        areas: application to every area it is known in. evidence: application to its published evidence ids, for objections.
        digests: keyed digest of a row's key to that of its content and the as_of of its landing. foreign: dataset to the newest ISO
            day of a file that came another way. stand: typed rows (their key and application_id) that stand with a number that a batch
            names, by dataset. landed: digest of a row's key to the applications for which such a row was handed in.

    """

    areas: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)
    evidence: Mapping[str, frozenset[str]] = field(default_factory=dict)
    digests: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)
    stand: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    landed: Mapping[str, set[str]] = field(default_factory=dict)


def sheet_of(
    name: str,
    rows: Sequence[Mapping[str, str | None]],
    places: Sequence[str],
    faults: Sequence[Fault] = (),
) -> Sheet:
    """A sheet of rows given one by one; a column that a row lacks is empty."""
    dataset = DATASETS[name]
    cells = [
        pl.Series(c.name, [row.get(c.name) for row in rows], dtype=pl.String)
        for c in dataset.columns
    ]
    lines = pl.Series(LINE, range(2, len(rows) + 2), dtype=pl.Int32)
    return Sheet(dataset, pl.DataFrame([*cells, lines]), tuple(places), tuple(faults))
