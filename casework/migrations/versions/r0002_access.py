"""Who may come in and what they see of their own: accounts, sessions, keys, saved views, reports that were printed, heads of the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.migrations.shapes import make_table, number, text, whole

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    _accounts()
    _audit_anchor()
    _reports()
    _views()


def _accounts() -> None:
    make_table(
        "account",
        text("account_id", key=True),
        text("login"),
        text("name"),
        text("role"),
        text("language"),
        text("password_hash", null=True),
        whole("must_change"),
        text("password_at", null=True),
        text("totp_secret", null=True),
        whole("totp_step", null=True),
        text("oidc_subject", null=True),
        text("created_by"),
        text("created_at"),
        text("disabled_by", null=True),
        text("disabled_at", null=True),
        sa.CheckConstraint("length(trim(login)) > 0"),
        sa.CheckConstraint("length(trim(name)) > 0"),
        sa.CheckConstraint(
            "role IN ('analyst', 'supervisor', 'auditor', 'data_steward', 'system_administrator', 'service')"
        ),
        sa.CheckConstraint("language IN ('zh', 'en')"),
        sa.CheckConstraint("must_change IN (0, 1)"),
        sa.UniqueConstraint("login"),
        sa.UniqueConstraint("oidc_subject"),
    )
    make_table(
        "sign_in_failure",
        text("subject_digest", key=True),
        whole("failures"),
        text("last_at"),
        text("closed_until", null=True),
    )
    make_table(
        "account_scope",
        text("account_id", key=True),
        text("kind", key=True),
        text("value", key=True),
        sa.CheckConstraint("kind IN ('region', 'programme')"),
        sa.CheckConstraint("length(trim(value)) > 0"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    )
    make_table(
        "api_key",
        text("key_id", key=True),
        text("account_id"),
        text("secret_digest"),
        text("created_by"),
        text("created_at"),
        text("expires_at"),
        text("used_at", null=True),
        text("revoked_by", null=True),
        text("revoked_at", null=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    )
    op.create_index(op.f("ix_api_key_account_id"), "api_key", ["account_id"])
    make_table(
        "session",
        text("session_id", key=True),
        text("token_digest"),
        text("account_id"),
        text("address"),
        text("started_at"),
        text("seen_at"),
        text("ended_at", null=True),
        text("ended_why", null=True),
        sa.UniqueConstraint("token_digest"),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"]),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"])


def _audit_anchor() -> None:
    make_table(
        "audit_anchor",
        number("anchor_id"),
        whole("seq"),
        text("hash"),
        text("anchored_at"),
        whole("closes", null=True),
        sa.CheckConstraint("seq > 0"),
        sa.CheckConstraint("length(hash) = 64"),
        append_only=True,
    )


def _reports() -> None:
    make_table(
        "report_printing",
        number("printing_id"),
        text("report_no"),
        whole("ordinal"),
        text("check_code"),
        text("application_id"),
        text("run_id"),
        text("contents_digest"),
        text("file_sha256"),
        text("made_by"),
        text("made_at"),
        sa.UniqueConstraint("report_no", "ordinal"),
        sa.CheckConstraint("ordinal >= 0"),
        sa.CheckConstraint("length(file_sha256) = 64"),
        sa.CheckConstraint("length(trim(made_by)) > 0"),
        append_only=True,
    )
    op.create_index(
        op.f("ix_report_printing_application_id"), "report_printing", ["application_id"]
    )
    op.create_index(op.f("ix_report_printing_check_code"), "report_printing", ["check_code"])


def _views() -> None:
    make_table(
        "assignment",
        number("entry_id"),
        text("application_id"),
        text("account_id", null=True),
        text("assigned_by"),
        text("assigned_at"),
        append_only=True,
    )
    op.create_index(op.f("ix_assignment_account"), "assignment", ["account_id"])
    op.create_index(op.f("ix_assignment_application"), "assignment", ["application_id"])
    make_table(
        "saved_view",
        number("view_id"),
        text("account_id"),
        text("name"),
        text("query"),
        whole("shared"),
        text("saved_at"),
        sa.UniqueConstraint("account_id", "name"),
        sa.CheckConstraint("shared IN (0, 1)"),
        sa.CheckConstraint("length(trim(name)) > 0"),
    )
