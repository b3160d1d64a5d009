"""One column, declared once: its name, title, kind, and what the contract asks of it.

Only the vocabulary of declarations lives here. What is made from a declaration (schema, DDL, row rules, gates, masking,
dictionary) lives with whoever needs it and is derived, never written down a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from household.schema.codes import CodeList


class Kind(StrEnum):
    """How the text of a cell is read. The names are the contract's."""

    ID_NO = "id_no"
    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    YUAN = "yuan"
    WAN_YUAN = "wan_yuan"
    NUM = "num"
    INT = "int"
    BOOL = "bool"
    CODE = "code"
    REGION = "region"
    USCC = "uscc"


MONEY = pl.Decimal(18, 2)
NUMBER = pl.Decimal(18, 6)

DTYPE: dict[Kind, pl.DataType] = {
    Kind.ID_NO: pl.String(),
    Kind.TEXT: pl.String(),
    Kind.DATE: pl.Date(),
    Kind.MONTH: pl.Date(),  # its first day
    Kind.YUAN: MONEY,
    Kind.WAN_YUAN: MONEY,  # held in yuan: x 10,000 on reading
    Kind.NUM: NUMBER,
    Kind.INT: pl.Int64(),
    Kind.BOOL: pl.Boolean(),
    Kind.CODE: pl.String(),  # the code's name, not its title
    Kind.REGION: pl.String(),
    Kind.USCC: pl.String(),
}

UNIT: dict[Kind, str] = {
    Kind.YUAN: "yuan",
    Kind.WAN_YUAN: "yuan",
    Kind.MONTH: "month",
    Kind.DATE: "date",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an incoming dataset.

    `codes` is closed: a value outside it cannot be read. `terms` is the vocabulary that the catalogue's note lists for a
    free text column: a value outside it is reported, and the row stands.
    """

    name: str
    title_zh: str
    kind: Kind
    required: bool = False
    key: bool = False
    personal: bool = False
    note: str = ""
    codes: CodeList | None = None
    terms: tuple[str, ...] = field(default=())

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type in which accepted values are held."""
        return DTYPE[self.kind]

    @property
    def flags(self) -> str:
        """The contract's flags, in its order: r(equired), k(ey), p(ersonal)."""
        return "r" * self.required + "k" * self.key + "p" * self.personal


@dataclass(frozen=True, slots=True)
class Dataset:
    """What one department sends under one name; `source.subject`.

    `beyond`: ours, not in the exchange catalogue. Nobody is expected to send it, and where nobody does nothing is said of it.
    """

    name: str
    title_zh: str
    mode: str  # bulk: everybody held in the region; reply: person by person
    keep: str  # snapshot: the newest extract replaces; history: rows add up by key
    columns: tuple[Column, ...]
    beyond: bool = False

    @property
    def source(self) -> str:
        """The department, which is also the inbox folder."""
        return self.name.split(".", 1)[0]

    @property
    def subject(self) -> str:
        """The part of the name that stands in file names."""
        return self.name.split(".", 1)[1]

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that together name a row."""
        return tuple(c for c in self.columns if c.key)

    @property
    def id_columns(self) -> tuple[Column, ...]:
        """The columns that hold a person's document number."""
        return tuple(c for c in self.columns if c.kind is Kind.ID_NO)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} declares no column {name}")

    def polars_schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in declared order."""
        return {c.name: c.dtype for c in self.columns}
