"""Objections that were entered here or came by file: their steps, only ever added."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, not_blank, number, one_of, table

OBJECTION_STEP = table(
    "objection_step",
    number("step_id"),
    sa.Column("objection_id", TEXT, nullable=False),
    sa.Column("application_id", TEXT, nullable=False),
    sa.Column("evidence_id", TEXT),
    sa.Column("ground", TEXT),
    sa.Column("raised_on", TEXT),
    sa.Column("action", TEXT, nullable=False),
    sa.Column("by_account", TEXT, nullable=False),
    sa.Column("second_account", TEXT),
    sa.Column("note", TEXT, nullable=False),
    sa.Column("at", TEXT, nullable=False),
    sa.Index("ix_objection_step_objection_id", "objection_id"),
    one_of("action", "enter", "take", "recheck", "uphold", "reject", "withdraw"),
    sa.CheckConstraint("second_account <> by_account"),
    not_blank("note"),
    append_only=True,
)
"""`evidence_id`, `ground` and `raised_on` stand with `enter` only; an objection that came by file has no such step."""
