"""What was handed in by page or API: batches, the state of each row, what was found wrong, the files that landed, and keys of repetition.

No name, number or account of a person stands here. `digest` of a row is keyed and tells only whether the same row came before.
"""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

SUBMISSION = table(
    "submission",
    number("batch_no"),
    sa.Column("batch_id", TEXT, nullable=False, unique=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("origin", TEXT, nullable=False),
    sa.Column("account_id", TEXT, nullable=False),
    sa.Column("received_at", TEXT, nullable=False),
    sa.Column("as_of", TEXT, nullable=False),
    sa.Column("content_digest", TEXT, nullable=False, index=True),
    sa.Column("rows", WHOLE, nullable=False),
    sa.Column("accepted", WHOLE, nullable=False),
    sa.Column("refused", WHOLE, nullable=False),
    sa.Column("unchanged", WHOLE, nullable=False),
    one_of("kind", "applications", "objections"),
    one_of("origin", "api", "workbook", "console"),
    not_blank("account_id"),
    append_only=True,
)

SUBMISSION_ROW = table(
    "submission_row",
    number("row_no"),
    sa.Column("batch_id", TEXT, nullable=False, index=True),
    sa.Column("dataset", TEXT, nullable=False),
    sa.Column("line", WHOLE, nullable=False),
    sa.Column("place", TEXT, nullable=False),
    sa.Column("application_id", TEXT, nullable=False, index=True),
    sa.Column("number", TEXT, nullable=False),
    sa.Column("region_code", TEXT, nullable=False),
    sa.Column("programme", TEXT, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("digest", TEXT, nullable=False),
    one_of("state", "accepted", "refused", "unchanged"),
    sa.UniqueConstraint("batch_id", "dataset", "line"),
    append_only=True,
)

SUBMISSION_FAULT = table(
    "submission_fault",
    number("fault_no"),
    sa.Column("batch_id", TEXT, nullable=False, index=True),
    sa.Column("dataset", TEXT, nullable=False),
    sa.Column("line", WHOLE, nullable=False),
    sa.Column("column", TEXT, nullable=False),
    sa.Column("code", TEXT, nullable=False),
    append_only=True,
)

SUBMISSION_FILE = table(
    "submission_file",
    number("file_no"),
    sa.Column("batch_id", TEXT, nullable=False, index=True),
    sa.Column("dataset", TEXT, nullable=False),
    sa.Column("file", TEXT, nullable=False, unique=True),
    sa.Column("rows", WHOLE, nullable=False),
    sa.Column("sha256", TEXT, nullable=False),
    append_only=True,
)

SUBMISSION_KEY = table(
    "submission_key",
    sa.Column("account_id", TEXT, primary_key=True),
    sa.Column("route", TEXT, primary_key=True),
    sa.Column("key_digest", TEXT, primary_key=True),
    sa.Column("body_digest", TEXT, nullable=False),
    sa.Column("batch_id", TEXT, nullable=False),
    sa.Column("kept_at", TEXT, nullable=False),
)

UPLOAD = table(
    "upload",
    sa.Column("upload_id", TEXT, primary_key=True),
    sa.Column("account_id", TEXT, nullable=False, index=True),
    sa.Column("received_at", TEXT, nullable=False),
    sa.Column("content_digest", TEXT, nullable=False),
    # titles of the sheet that its sender mapped to a column, as JSON; titles are no personal values
    sa.Column("mapping", TEXT, nullable=False),
    sa.Column("batch_id", TEXT),
    sa.Column("ended_at", TEXT),
)
