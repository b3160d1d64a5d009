"""What is done about quarantined rows: an issue is a reason at a column of a dataset in a region; its steps are only ever added."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, not_blank, number, one_of, table

QUARANTINE_STEP = table(
    "quarantine_step",
    number("step_id"),
    sa.Column("issue_id", TEXT, nullable=False),
    sa.Column("action", TEXT, nullable=False),
    sa.Column("owner", TEXT),
    sa.Column("due_on", TEXT),
    sa.Column("resolution", TEXT),
    sa.Column("note", TEXT, nullable=False),
    sa.Column("by_account", TEXT, nullable=False),
    sa.Column("at", TEXT, nullable=False),
    sa.Index("ix_quarantine_step_issue_id", "issue_id"),
    one_of("action", "assign", "return", "resolve", "reopen"),
    one_of("resolution", "false_positive", "source_mended", "our_mistake", "not_mended"),
    not_blank("note"),
    append_only=True,
)
