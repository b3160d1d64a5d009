"""Webhooks: where a system wants to be told of changes, how far it was told, and what is on its way."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, one_of, table

WEBHOOK = table(
    "webhook",
    sa.Column("webhook_id", TEXT, primary_key=True),
    sa.Column("account_id", TEXT, nullable=False),
    sa.Column("url", TEXT, nullable=False),
    # sealed: signing needs the secret itself, not its digest; empty once removed
    sa.Column("secret", TEXT, nullable=False),
    sa.Column("area", TEXT, nullable=False),  # digest of the area it was told of last
    sa.Column("position", WHOLE, nullable=False),  # seq up to which messages were made
    sa.Column("state", TEXT, nullable=False),
    sa.Column("why", TEXT),
    sa.Column("claimed_until", TEXT),
    sa.Column("created_by", TEXT, nullable=False),
    sa.Column("created_at", TEXT, nullable=False),
    one_of("state", "active", "stopped", "removed"),
)

WEBHOOK_MESSAGE = table(
    "webhook_message",
    sa.Column("message_id", TEXT, primary_key=True),
    sa.Column("webhook_id", TEXT, sa.ForeignKey("webhook.webhook_id"), nullable=False),
    sa.Column("first_seq", WHOLE, nullable=False),
    sa.Column("last_seq", WHOLE, nullable=False),
    sa.Column("body", TEXT, nullable=False),  # sent again byte by byte
    sa.Column("state", TEXT, nullable=False),
    sa.Column("attempts", WHOLE, nullable=False),
    sa.Column("made_at", TEXT, nullable=False),
    sa.Column("next_at", TEXT, nullable=False),
    sa.Column("last_answer", TEXT),
    sa.Index(None, "webhook_id", "state"),
    one_of("state", "pending", "delivered", "dead"),
)
