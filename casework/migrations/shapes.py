"""The words in which a step says what a table looks like. As `tables.metadata`, but of no table of today: a step stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from casework.guards import guard

if TYPE_CHECKING:
    from sqlalchemy.sql.schema import SchemaItem

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column of text."""
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key)


def whole(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    """A column of whole numbers of 64 bits that the caller gives."""
    return sa.Column(name, _WHOLE, nullable=null, primary_key=key, autoincrement=False)


def blob(name: str, *, null: bool = False) -> sa.Column[Any]:
    """A column of bytes."""
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def number(name: str) -> sa.Column[Any]:
    """The key of a table, given by the database in the order of entry."""
    return sa.Column(name, _WHOLE, primary_key=True, autoincrement=True)


def make_table(name: str, *parts: SchemaItem, append_only: bool = False) -> None:
    """Make a table."""
    numbered = any(isinstance(p, sa.Column) and p.autoincrement is True for p in parts)
    op.create_table(name, *parts, sqlite_strict=True, sqlite_autoincrement=numbered)
    if append_only:
        guard(op.get_bind(), [name])
