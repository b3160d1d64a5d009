"""METADATA, and how a table is declared so that it means the same in SQLite and in PostgreSQL.

Use `table`, the two column types and `number` only. Instants are texts in ISO 8601 UTC (`2026-05-20T09:30:00+00:00`), dates ISO texts,
money whole fen, yes and no 1 and 0. Sort by a number, not by a text: databases do not agree on the order of texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.sql.schema import SchemaItem

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TEXT = sa.Text()
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A whole number of 64 bits in both databases."""
BYTES = sa.LargeBinary()
APPEND_ONLY = "append_only"
"""Key in a table's `info`: nobody may change or delete its rows; triggers refuse it."""


def number(name: str) -> sa.Column[Any]:
    """The first column of a log: a number given by the database that grows in the order of entry and is never given twice."""
    return sa.Column(name, WHOLE, primary_key=True, autoincrement=True)


def table(name: str, *parts: SchemaItem, append_only: bool = False) -> sa.Table:
    """Declare a table in METADATA.

    Args:
        name: its name. parts: columns (`sa.Column("region_code", TEXT, nullable=False)`), constraints, indexes.
        append_only: rows are added and never changed or deleted.

    """
    return sa.Table(
        name,
        METADATA,
        *parts,
        sqlite_strict=True,
        # a number is not given again when the newest row is deleted
        sqlite_autoincrement=any(
            isinstance(one, sa.Column) and one.primary_key and one.autoincrement is True
            for one in parts
        ),
        info={APPEND_ONLY: append_only},
    )


def one_of(column: str, *words: str) -> sa.CheckConstraint:
    """A check that a column holds one of these words, or nothing."""
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})")


def not_blank(column: str) -> sa.CheckConstraint:
    """A check that a text holds more than spaces."""
    return sa.CheckConstraint(f"length(trim({column})) > 0")
