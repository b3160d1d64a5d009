"""Heads of the audit log's chain, written down in another place than the log itself; rows are added, never changed."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, number, table

AUDIT_ANCHOR = table(
    "audit_anchor",
    number("anchor_id"),
    sa.Column("seq", WHOLE, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
    sa.Column("anchored_at", TEXT, nullable=False),
    sa.Column("closes", WHOLE),
    sa.CheckConstraint("seq > 0"),
    sa.CheckConstraint("length(hash) = 64"),
    append_only=True,
)
