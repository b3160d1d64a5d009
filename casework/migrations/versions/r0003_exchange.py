"""What comes in and goes out: submissions, runs that were ordered, the change feed, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from casework.migrations.shapes import make_table, number, text, whole

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    _feed()
    _runs()
    _submissions()
    _webhooks()


def _feed() -> None:
    make_table(
        "acknowledgement",
        number("ack_id"),
        text("verdict_id"),
        text("account_id"),
        text("received_at"),
        text("recorded_at"),
        sa.UniqueConstraint("account_id", "verdict_id"),
        sa.CheckConstraint("length(trim(verdict_id)) > 0"),
        append_only=True,
    )
    make_table(
        "feed_attempt",
        number("attempt_no"),
        text("started_at"),
        append_only=True,
    )
    make_table(
        "feed_entry",
        whole("seq", key=True),
        whole("attempt_no"),
        text("change"),
        text("reason", null=True),
        text("region_code", null=True),
        text("application_id", null=True),
        text("programme", null=True),
        whole("requested", null=True),
        whole("authorised", null=True),
        text("verdict_id", null=True),
        text("previous_verdict_id", null=True),
        text("alert_id", null=True),
        text("alert_version", null=True),
        sa.CheckConstraint(
            "change IN ('published', 'superseded', 'withdrawn', 'alert_raised', 'alert_changed', 'alert_gone')"
        ),
        sa.CheckConstraint("(application_id IS NULL) <> (alert_id IS NULL)"),
        sa.ForeignKeyConstraint(["attempt_no"], ["feed_attempt.attempt_no"]),
        append_only=True,
    )
    op.create_index(
        op.f("ix_feed_entry_application_id_programme"),
        "feed_entry",
        ["application_id", "programme"],
    )
    op.create_index(op.f("ix_feed_entry_verdict_id"), "feed_entry", ["verdict_id"])
    make_table(
        "feed_run",
        number("walk_no"),
        whole("attempt_no"),
        text("run_id"),
        whole("sequence"),
        text("recorded_at"),
        whole("bridged"),
        whole("last_seq"),
        sa.CheckConstraint("bridged IN (0, 1)"),
        sa.UniqueConstraint("attempt_no"),
        sa.ForeignKeyConstraint(["attempt_no"], ["feed_attempt.attempt_no"]),
        append_only=True,
    )


def _runs() -> None:
    make_table(
        "run_order",
        number("order_no"),
        text("order_id"),
        text("how"),
        text("as_of"),
        text("started_by"),
        text("started_at"),
        text("run_before", null=True),
        text("outside_id", null=True),
        text("ended_at", null=True),
        text("outcome", null=True),
        text("run_id", null=True),
        text("error_what", null=True),
        text("error_todo", null=True),
        sa.CheckConstraint("how IN ('process', 'dagster')"),
        sa.CheckConstraint(
            "outcome IN ('published', 'nothing_new', 'failed', 'interrupted', 'died')"
        ),
        sa.CheckConstraint("length(trim(started_by)) > 0"),
        sa.UniqueConstraint("order_id"),
    )
    make_table(
        "run_step",
        number("step_no"),
        text("order_id"),
        text("step"),
        text("about"),
        text("counts"),
        whole("milliseconds"),
        text("told_at"),
        append_only=True,
    )
    op.create_index(op.f("ix_run_step_order_id"), "run_step", ["order_id"])


def _submissions() -> None:
    make_table(
        "submission",
        number("batch_no"),
        text("batch_id"),
        text("kind"),
        text("origin"),
        text("account_id"),
        text("received_at"),
        text("as_of"),
        text("content_digest"),
        whole("rows"),
        whole("accepted"),
        whole("refused"),
        whole("unchanged"),
        sa.CheckConstraint("kind IN ('applications', 'objections')"),
        sa.CheckConstraint("origin IN ('api', 'workbook', 'console')"),
        sa.CheckConstraint("length(trim(account_id)) > 0"),
        sa.UniqueConstraint("batch_id"),
        append_only=True,
    )
    op.create_index(op.f("ix_submission_content_digest"), "submission", ["content_digest"])
    make_table(
        "submission_fault",
        number("fault_no"),
        text("batch_id"),
        text("dataset"),
        whole("line"),
        text("column"),
        text("code"),
        append_only=True,
    )
    op.create_index(op.f("ix_submission_fault_batch_id"), "submission_fault", ["batch_id"])
    make_table(
        "submission_file",
        number("file_no"),
        text("batch_id"),
        text("dataset"),
        text("file"),
        whole("rows"),
        text("sha256"),
        sa.UniqueConstraint("file"),
        append_only=True,
    )
    op.create_index(op.f("ix_submission_file_batch_id"), "submission_file", ["batch_id"])
    make_table(
        "submission_key",
        text("account_id", key=True),
        text("route", key=True),
        text("key_digest", key=True),
        text("body_digest"),
        text("batch_id"),
        text("kept_at"),
    )
    make_table(
        "submission_row",
        number("row_no"),
        text("batch_id"),
        text("dataset"),
        whole("line"),
        text("place"),
        text("application_id"),
        text("number"),
        text("region_code"),
        text("programme"),
        text("state"),
        text("digest"),
        sa.CheckConstraint("state IN ('accepted', 'refused', 'unchanged')"),
        sa.UniqueConstraint("batch_id", "dataset", "line"),
        append_only=True,
    )
    op.create_index(op.f("ix_submission_row_application_id"), "submission_row", ["application_id"])
    op.create_index(op.f("ix_submission_row_batch_id"), "submission_row", ["batch_id"])
    make_table(
        "upload",
        text("upload_id", key=True),
        text("account_id"),
        text("received_at"),
        text("content_digest"),
        text("mapping"),
        text("batch_id", null=True),
        text("ended_at", null=True),
    )
    op.create_index(op.f("ix_upload_account_id"), "upload", ["account_id"])


def _webhooks() -> None:
    make_table(
        "webhook",
        text("webhook_id", key=True),
        text("account_id"),
        text("url"),
        text("secret"),
        text("area"),
        whole("position"),
        text("state"),
        text("why", null=True),
        text("claimed_until", null=True),
        text("created_by"),
        text("created_at"),
        sa.CheckConstraint("state IN ('active', 'stopped', 'removed')"),
    )
    make_table(
        "webhook_message",
        text("message_id", key=True),
        text("webhook_id"),
        whole("first_seq"),
        whole("last_seq"),
        text("body"),
        text("state"),
        whole("attempts"),
        text("made_at"),
        text("next_at"),
        text("last_answer", null=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.webhook_id"]),
    )
    op.create_index(
        op.f("ix_webhook_message_webhook_id_state"), "webhook_message", ["webhook_id", "state"]
    )
