"""What takes more than one look or person: proposals, objections, work on quarantined rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.migrations.shapes import make_table, number, text, whole

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    _objections()
    _proposals()
    _quarantine_work()


def _objections() -> None:
    make_table(
        "objection_step",
        number("step_id"),
        text("objection_id"),
        text("application_id"),
        text("evidence_id", null=True),
        text("ground", null=True),
        text("raised_on", null=True),
        text("action"),
        text("by_account"),
        text("second_account", null=True),
        text("note"),
        text("at"),
        sa.CheckConstraint(
            "action IN ('enter', 'take', 'recheck', 'uphold', 'reject', 'withdraw')"
        ),
        sa.CheckConstraint("second_account <> by_account"),
        sa.CheckConstraint("length(trim(note)) > 0"),
        append_only=True,
    )
    op.create_index(op.f("ix_objection_step_objection_id"), "objection_step", ["objection_id"])


def _proposals() -> None:
    make_table(
        "proposal",
        number("entry_id"),
        text("proposal_id"),
        text("kind"),
        text("subject_kind"),
        text("subject_id"),
        text("region_code", null=True),
        text("programme", null=True),
        text("payload"),
        text("reason"),
        text("proposed_by"),
        text("proposed_at"),
        text("expires_at"),
        sa.UniqueConstraint("proposal_id"),
        sa.CheckConstraint("length(trim(reason)) > 0"),
        append_only=True,
    )
    make_table(
        "proposal_decision",
        text("proposal_id", key=True),
        text("decision"),
        text("reason"),
        text("decided_by"),
        text("decided_at"),
        sa.CheckConstraint("decision IN ('agreed', 'refused', 'withdrawn')"),
        sa.CheckConstraint("length(trim(reason)) > 0"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.proposal_id"]),
        append_only=True,
    )
    make_table(
        "proposal_use",
        text("proposal_id", key=True),
        text("used_by"),
        text("used_at"),
        whole("rows", null=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.proposal_id"]),
        append_only=True,
    )


def _quarantine_work() -> None:
    make_table(
        "quarantine_step",
        number("step_id"),
        text("issue_id"),
        text("action"),
        text("owner", null=True),
        text("due_on", null=True),
        text("resolution", null=True),
        text("note"),
        text("by_account"),
        text("at"),
        sa.CheckConstraint("action IN ('assign', 'return', 'resolve', 'reopen')"),
        sa.CheckConstraint(
            "resolution IN ('false_positive', 'source_mended', 'our_mistake', 'not_mended')"
        ),
        sa.CheckConstraint("length(trim(note)) > 0"),
        append_only=True,
    )
    op.create_index(op.f("ix_quarantine_step_issue_id"), "quarantine_step", ["issue_id"])
