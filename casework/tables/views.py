"""How people work through the queue: filters that they keep, and who has taken which application."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, table

SAVED_VIEW = table(
    "saved_view",
    number("view_id"),
    sa.Column("account_id", TEXT, nullable=False),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("query", TEXT, nullable=False),
    sa.Column("shared", WHOLE, nullable=False),
    sa.Column("saved_at", TEXT, nullable=False),
    sa.UniqueConstraint("account_id", "name"),
    sa.CheckConstraint("shared IN (0, 1)"),
    not_blank("name"),
)
"""`query`: filters as they stand in an address, without a personal value. `shared`: everybody sees it, within his own area."""

ASSIGNMENT = table(
    "assignment",
    number("entry_id"),
    sa.Column("application_id", TEXT, nullable=False),
    sa.Column("account_id", TEXT),
    sa.Column("assigned_by", TEXT, nullable=False),
    sa.Column("assigned_at", TEXT, nullable=False),
    sa.Index("ix_assignment_application", "application_id"),
    sa.Index("ix_assignment_account", "account_id"),
    append_only=True,
)
"""The newest row of an application stands; without an account it is nobody's."""
