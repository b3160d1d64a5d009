"""What needs two people: what one proposed, what another decided, and that it was carried out, once. Nothing is ever changed."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

PROPOSAL = table(
    "proposal",
    number("entry_id"),
    sa.Column("proposal_id", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("subject_kind", TEXT, nullable=False),
    sa.Column("subject_id", TEXT, nullable=False),
    sa.Column("region_code", TEXT),
    sa.Column("programme", TEXT),
    sa.Column("payload", TEXT, nullable=False),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("proposed_by", TEXT, nullable=False),
    sa.Column("proposed_at", TEXT, nullable=False),
    sa.Column("expires_at", TEXT, nullable=False),
    sa.UniqueConstraint("proposal_id"),
    not_blank("reason"),
    append_only=True,
)
"""`payload`: ids and choices as JSON in one form; never a personal value."""

PROPOSAL_DECISION = table(
    "proposal_decision",
    sa.Column("proposal_id", TEXT, sa.ForeignKey("proposal.proposal_id"), primary_key=True),
    sa.Column("decision", TEXT, nullable=False),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("decided_by", TEXT, nullable=False),
    sa.Column("decided_at", TEXT, nullable=False),
    one_of("decision", "agreed", "refused", "withdrawn"),
    not_blank("reason"),
    append_only=True,
)
"""The key makes the first decision the only one."""

PROPOSAL_USE = table(
    "proposal_use",
    sa.Column("proposal_id", TEXT, sa.ForeignKey("proposal.proposal_id"), primary_key=True),
    sa.Column("used_by", TEXT, nullable=False),
    sa.Column("used_at", TEXT, nullable=False),
    sa.Column("rows", WHOLE),
    append_only=True,
)
"""What was agreed to was carried out; the key lets that happen once."""

PROPOSAL_FAILURE = table(
    "proposal_failure",
    sa.Column("proposal_id", TEXT, sa.ForeignKey("proposal.proposal_id"), primary_key=True),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("failed_at", TEXT, nullable=False),
    not_blank("reason"),
    append_only=True,
)
"""What was agreed to was tried and refused, because the facts had changed; it can be put forward again, as another proposal."""
