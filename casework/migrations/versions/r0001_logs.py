"""The logs that were kept before there were revisions.

A file of that time is rebuilt: same rows, same numbers, and a number for the order of entry where a log had none.
"""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from alembic import op

from casework.guards import guard
from casework.migrations.shapes import make_table, number, text, whole

revision = "0001"
down_revision = None

_BEFORE = "before_revisions_"
_LOGS = (
    "judgement",
    "review_pair",
    "alert_event",
    "alert_sample",
    "alert_sample_answer",
    "consent",
    "inspection_draw",
)


def upgrade() -> None:
    """Make the logs, and move what a file from before holds into them."""
    there = set(sa.inspect(op.get_bind()).get_table_names()) & set(_LOGS)
    for name in sorted(there):
        op.rename_table(name, _BEFORE + name)
    _judgements()
    _alerts()
    _consent_and_inspections()
    for name in sorted(there):
        _move(name)


def _move(name: str) -> None:
    """Move the rows of a log from before, in the order of entry, and refuse to go on where one is missing."""
    bind = op.get_bind()
    columns = [str(c["name"]) for c in sa.inspect(bind).get_columns(_BEFORE + name)]
    old = sa.table(_BEFORE + name, *(sa.column(c) for c in columns))
    new = sa.table(name, *(sa.column(c) for c in columns))
    ordered = sa.select(*old.c).order_by(sa.literal_column("rowid"))
    bind.execute(sa.insert(new).from_select(columns, ordered))
    counted = [
        bind.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in (old, new)
    ]
    if counted[0] != counted[1]:
        raise RuntimeError(f"{name}: {counted[0]} rows before, {counted[1]} after")
    op.drop_table(_BEFORE + name)
    guard(bind, [name])  # the guards of before had these very names and went with their table


_log = partial(make_table, append_only=True)


def _not_blank(column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length(trim({column})) > 0")


def _judgements() -> None:
    _log(
        "judgement",
        number("judgement_id"),
        text("dataset"),
        text("record_key"),
        text("person_ref"),
        text("answer"),
        text("clerk"),
        text("reason"),
        text("decided_at"),
        text("source"),
        text("batch", null=True),
        sa.CheckConstraint("answer IN ('same', 'not_same', 'unsure')"),
        _not_blank("clerk"),
        _not_blank("reason"),
        sa.CheckConstraint("source IN ('review', 'sample')"),
    )
    _log(
        "review_pair",
        number("entry_id"),
        text("batch"),
        text("pair_code"),
        text("run_id"),
        text("dataset"),
        text("record_key"),
        text("person_ref"),
        text("tier"),
        text("kind"),
        text("family", null=True),
        text("stratum"),
        whole("population"),
        whole("drawn"),
        sa.UniqueConstraint("batch", "pair_code"),
    )


def _alerts() -> None:
    _log(
        "alert_event",
        number("event_id"),
        text("alert_id"),
        text("code"),
        text("subject_kind"),
        text("subject_id"),
        text("region_code", null=True),
        text("facts_digest"),
        text("action"),
        text("outcome", null=True),
        whole("amount_fen", null=True),
        text("direction", null=True),
        text("clerk"),
        text("second_clerk", null=True),
        text("reason"),
        text("decided_at"),
        sa.CheckConstraint("action IN ('explain', 'confirm', 'dismiss', 'close', 'reopen')"),
        sa.CheckConstraint(
            "outcome IN ('person_error', 'fraud', 'source_error', 'system_error', 'no_issue', 'under_payment')"
        ),
        sa.CheckConstraint("amount_fen >= 0"),
        sa.CheckConstraint("direction IN ('over', 'under')"),
        _not_blank("clerk"),
        sa.CheckConstraint("second_clerk <> clerk"),
        _not_blank("reason"),
    )
    _log(
        "alert_sample",
        number("entry_id"),
        text("batch"),
        text("person_ref"),
        text("region_code", null=True),
        text("run_id"),
        text("as_of"),
        whole("seed"),
        text("stratum"),
        whole("population"),
        whole("drawn"),
        sa.UniqueConstraint("batch", "person_ref"),
    )
    _log(
        "alert_sample_answer",
        number("answer_id"),
        text("batch"),
        text("person_ref"),
        text("answer"),
        text("code", null=True),
        text("clerk"),
        text("reason"),
        text("decided_at"),
        sa.CheckConstraint("answer IN ('missed', 'clean', 'unsure')"),
        _not_blank("clerk"),
        _not_blank("reason"),
    )


def _consent_and_inspections() -> None:
    _log(
        "consent",
        number("consent_id"),
        text("person_ref"),
        text("purpose"),
        whole("given"),
        text("paper_no"),
        text("valid_to", null=True),
        text("clerk"),
        text("decided_at"),
        sa.CheckConstraint("purpose IN ('charity')"),
        sa.CheckConstraint("given IN (0, 1)"),
        _not_blank("paper_no"),
        _not_blank("clerk"),
    )
    _log(
        "inspection_draw",
        number("entry_id"),
        text("batch"),
        text("household_no"),
        text("region_code", null=True),
        text("programme"),
        text("stratum"),
        whole("population"),
        whole("drawn"),
        text("inspector"),
        text("second_inspector"),
        text("run_id"),
        text("as_of"),
        whole("seed"),
        text("drawn_by"),
        text("drawn_at"),
        sa.UniqueConstraint("batch", "household_no"),
        sa.CheckConstraint("second_inspector <> inspector"),
        _not_blank("drawn_by"),
    )
