"""Which key secrets are sealed with, browsers that an account came in from, agreed proposals that could not be carried out."""

from __future__ import annotations

import sqlalchemy as sa

from casework.migrations.shapes import make_table, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them. Sealing needs the key, which no step has: what lies in clear is sealed when a service or command opens the store."""
    make_table("sealing", text("key_id", key=True), text("since"))
    make_table(
        "known_device",
        text("device_digest", key=True),
        text("account_id", key=True),
        text("made_at"),
        text("seen_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    )
    make_table(
        "proposal_failure",
        text("proposal_id", key=True),
        text("reason"),
        text("failed_at"),
        sa.CheckConstraint("length(trim(reason)) > 0"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.proposal_id"]),
        append_only=True,
    )
