"""What a published table is made of: the vocabulary of declarations, and nothing that acts on them.

DDL, checks before publishing, exports and the dictionary are projections of these values and live with whoever needs them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Held(StrEnum):
    """How a published value is held. Money and shares are exact; only a score is a float."""

    TEXT = "text"
    TEXTS = (
        "texts"  # an ordered list of texts; empty is a list without members, never null by habit
    )
    MONEY = "money"  # yuan, two places
    EXACT = "exact"  # six places: per capita amounts, ratios, areas, measured values
    SCORE = "score"
    COUNT = "count"
    FLAG = "flag"
    DATE = "date"


POLARS: dict[Held, pl.DataType] = {
    Held.TEXT: pl.String(),
    Held.TEXTS: pl.List(pl.String()),
    Held.MONEY: pl.Decimal(18, 2),
    Held.EXACT: pl.Decimal(18, 6),
    Held.SCORE: pl.Float64(),
    Held.COUNT: pl.Int64(),
    Held.FLAG: pl.Boolean(),
    Held.DATE: pl.Date(),
}

SQL: dict[Held, str] = {
    Held.TEXT: "VARCHAR",
    Held.TEXTS: "VARCHAR[]",
    Held.MONEY: "DECIMAL(18,2)",
    Held.EXACT: "DECIMAL(18,6)",
    Held.SCORE: "DOUBLE",
    Held.COUNT: "BIGINT",
    Held.FLAG: "BOOLEAN",
    Held.DATE: "DATE",
}


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """A column of a published table.

    `required`: null is refused; everywhere else null means unknown or not applicable, never zero. `values` is closed: a
    value outside it is refused before anything is written. `personal`: reading it is access to personal data.
    """

    name: str
    title_zh: str
    held: Held
    required: bool = False
    personal: bool = False
    note: str = ""
    values: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of a frame that is to be published."""
        return POLARS[self.held]

    @property
    def sql_type(self) -> str:
        """The type in the warehouse."""
        return SQL[self.held]


RUN_ID = PublishedColumn(
    "run_id",
    "运行编号",
    Held.TEXT,
    required=True,
    note="sorts by time; the run that published the row",
)


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table of schema `publish`. `columns` leaves out run_id, which every table has in front.

    `key`: the columns that name a row within one run (empty: rows may repeat). `order`: how the rows of one run are
    stored, so that equal inputs give equal tables; the key alone where it is empty. `beside`: the table whose key stands in front of
    this one's; rows are stored in the order of theirs, so that a household's rows stand together although that key is a digest.
    """

    name: str
    title_zh: str
    note: str
    columns: tuple[PublishedColumn, ...]
    key: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    beside: str = ""

    def __post_init__(self) -> None:
        names = [c.name for c in self.columns]
        unknown = [n for n in (*self.key, *self.order) if n not in names]
        if unknown or len(set(names)) != len(names):
            raise ValueError(
                f"{self.name}: repeated column, or key or order without column {unknown}"
            )

    @property
    def all_columns(self) -> tuple[PublishedColumn, ...]:
        """run_id and then the table's own columns: what stands in the warehouse."""
        return (RUN_ID, *self.columns)

    @property
    def sort_by(self) -> tuple[str, ...]:
        """The columns that the rows of one run are sorted by."""
        return self.order or self.key

    def __getitem__(self, name: str) -> PublishedColumn:
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} declares no column {name}")

    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type of the frame to publish, in declared order and without run_id."""
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """The table without rows, to publish where nothing was found."""
        return pl.DataFrame(schema=self.polars_schema())
