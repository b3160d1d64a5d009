"""The logs beside judgements: decisions on alerts, samples and their answers, consent, inspections. Columns as in `household.casework`."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

ALERT_EVENT = table(
    "alert_event",
    number("event_id"),
    sa.Column("alert_id", TEXT, nullable=False),
    sa.Column("code", TEXT, nullable=False),
    sa.Column("subject_kind", TEXT, nullable=False),
    sa.Column("subject_id", TEXT, nullable=False),
    sa.Column("region_code", TEXT),
    sa.Column("facts_digest", TEXT, nullable=False),
    sa.Column("action", TEXT, nullable=False),
    sa.Column("outcome", TEXT),
    sa.Column("amount_fen", WHOLE),
    sa.Column("direction", TEXT),
    sa.Column("clerk", TEXT, nullable=False),
    sa.Column("second_clerk", TEXT),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("decided_at", TEXT, nullable=False),
    one_of("action", "explain", "confirm", "dismiss", "close", "reopen"),
    one_of(
        "outcome",
        "person_error",
        "fraud",
        "source_error",
        "system_error",
        "no_issue",
        "under_payment",
    ),
    sa.CheckConstraint("amount_fen >= 0"),
    one_of("direction", "over", "under"),
    not_blank("clerk"),
    sa.CheckConstraint("second_clerk <> clerk"),
    not_blank("reason"),
    append_only=True,
)

ALERT_SAMPLE = table(
    "alert_sample",
    number("entry_id"),
    sa.Column("batch", TEXT, nullable=False),
    sa.Column("person_ref", TEXT, nullable=False),
    sa.Column("region_code", TEXT),
    sa.Column("run_id", TEXT, nullable=False),
    sa.Column("as_of", TEXT, nullable=False),
    sa.Column("seed", WHOLE, nullable=False),
    sa.Column("stratum", TEXT, nullable=False),
    sa.Column("population", WHOLE, nullable=False),
    sa.Column("drawn", WHOLE, nullable=False),
    sa.UniqueConstraint("batch", "person_ref"),
    append_only=True,
)

ALERT_SAMPLE_ANSWER = table(
    "alert_sample_answer",
    number("answer_id"),
    sa.Column("batch", TEXT, nullable=False),
    sa.Column("person_ref", TEXT, nullable=False),
    sa.Column("answer", TEXT, nullable=False),
    sa.Column("code", TEXT),
    sa.Column("clerk", TEXT, nullable=False),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("decided_at", TEXT, nullable=False),
    one_of("answer", "missed", "clean", "unsure"),
    not_blank("clerk"),
    not_blank("reason"),
    append_only=True,
)

CONSENT = table(
    "consent",
    number("consent_id"),
    sa.Column("person_ref", TEXT, nullable=False),
    sa.Column("purpose", TEXT, nullable=False),
    sa.Column("given", WHOLE, nullable=False),
    sa.Column("paper_no", TEXT, nullable=False),
    sa.Column("valid_to", TEXT),
    sa.Column("clerk", TEXT, nullable=False),
    sa.Column("decided_at", TEXT, nullable=False),
    one_of("purpose", "charity"),
    sa.CheckConstraint("given IN (0, 1)"),
    not_blank("paper_no"),
    not_blank("clerk"),
    append_only=True,
)

INSPECTION_DRAW = table(
    "inspection_draw",
    number("entry_id"),
    sa.Column("batch", TEXT, nullable=False),
    sa.Column("household_no", TEXT, nullable=False),
    sa.Column("region_code", TEXT),
    sa.Column("programme", TEXT, nullable=False),
    sa.Column("stratum", TEXT, nullable=False),
    sa.Column("population", WHOLE, nullable=False),
    sa.Column("drawn", WHOLE, nullable=False),
    sa.Column("inspector", TEXT, nullable=False),
    sa.Column("second_inspector", TEXT, nullable=False),
    sa.Column("run_id", TEXT, nullable=False),
    sa.Column("as_of", TEXT, nullable=False),
    sa.Column("seed", WHOLE, nullable=False),
    sa.Column("drawn_by", TEXT, nullable=False),
    sa.Column("drawn_at", TEXT, nullable=False),
    sa.UniqueConstraint("batch", "household_no"),
    sa.CheckConstraint("second_inspector <> inspector"),
    not_blank("drawn_by"),
    append_only=True,
)
