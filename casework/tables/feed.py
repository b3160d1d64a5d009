"""The change feed: runs that were walked, what changed from one to the next, and which system has received what."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

FEED_ATTEMPT = table(
    "feed_attempt",
    number("attempt_no"),
    sa.Column("started_at", TEXT, nullable=False),
    append_only=True,
)
"""Walks that were begun. One without a row in `feed_run` was killed or overtaken: nobody sees its entries."""

FEED_RUN = table(
    "feed_run",
    number("walk_no"),
    sa.Column(
        "attempt_no", WHOLE, sa.ForeignKey("feed_attempt.attempt_no"), nullable=False, unique=True
    ),
    sa.Column("run_id", TEXT, nullable=False),
    sa.Column("sequence", WHOLE, nullable=False),
    sa.Column("recorded_at", TEXT, nullable=False),
    sa.Column("bridged", WHOLE, nullable=False),  # runs between are not kept: the net difference
    sa.Column("last_seq", WHOLE, nullable=False),  # of its entries, or of those before
    sa.CheckConstraint("bridged IN (0, 1)"),
    append_only=True,
)

FEED_ENTRY = table(
    "feed_entry",
    # Given by whoever writes, who writes alone: a walk's are all greater than those of the walk before.
    sa.Column("seq", WHOLE, primary_key=True, autoincrement=False),
    sa.Column("attempt_no", WHOLE, sa.ForeignKey("feed_attempt.attempt_no"), nullable=False),
    sa.Column("change", TEXT, nullable=False),
    sa.Column("reason", TEXT),
    sa.Column("region_code", TEXT),
    sa.Column("application_id", TEXT),
    sa.Column("programme", TEXT),
    sa.Column("requested", WHOLE),
    sa.Column("authorised", WHOLE),
    sa.Column("verdict_id", TEXT),
    sa.Column("previous_verdict_id", TEXT),
    sa.Column("alert_id", TEXT),
    sa.Column("alert_version", TEXT),
    one_of(
        "change",
        "published",
        "superseded",
        "withdrawn",
        "alert_raised",
        "alert_changed",
        "alert_gone",
    ),
    sa.CheckConstraint("(application_id IS NULL) <> (alert_id IS NULL)"),
    sa.Index(None, "verdict_id"),
    sa.Index(None, "application_id", "programme"),
    append_only=True,
)

ACKNOWLEDGEMENT = table(
    "acknowledgement",
    number("ack_id"),
    sa.Column("verdict_id", TEXT, nullable=False),
    sa.Column("account_id", TEXT, nullable=False),
    sa.Column("received_at", TEXT, nullable=False),
    sa.Column("recorded_at", TEXT, nullable=False),
    sa.UniqueConstraint("account_id", "verdict_id"),
    not_blank("verdict_id"),
    append_only=True,
)
