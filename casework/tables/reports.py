"""Every printing of a verification report: its number, whose it was, who made it, and the digest of the very file."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, table

REPORT_PRINTING = table(
    "report_printing",
    number("printing_id"),
    sa.Column("report_no", TEXT, nullable=False),
    # 0 is the original, 1 the first copy
    sa.Column("ordinal", WHOLE, nullable=False),
    sa.Column("check_code", TEXT, nullable=False, index=True),
    sa.Column("application_id", TEXT, nullable=False, index=True),
    sa.Column("run_id", TEXT, nullable=False),
    sa.Column("contents_digest", TEXT, nullable=False),
    sa.Column("file_sha256", TEXT, nullable=False),
    sa.Column("made_by", TEXT, nullable=False),
    sa.Column("made_at", TEXT, nullable=False),
    sa.UniqueConstraint("report_no", "ordinal"),
    sa.CheckConstraint("ordinal >= 0"),
    sa.CheckConstraint("length(file_sha256) = 64"),
    not_blank("made_by"),
    append_only=True,
)
