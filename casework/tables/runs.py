"""Runs that somebody started from the console, and each step they told of."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

RUN_ORDER = table(
    "run_order",
    number("order_no"),
    sa.Column("order_id", TEXT, nullable=False, unique=True),
    sa.Column("how", TEXT, nullable=False),
    sa.Column("as_of", TEXT, nullable=False),
    sa.Column("started_by", TEXT, nullable=False),
    sa.Column("started_at", TEXT, nullable=False),
    sa.Column("run_before", TEXT),
    sa.Column("outside_id", TEXT),
    sa.Column("ended_at", TEXT),
    sa.Column("outcome", TEXT),
    sa.Column("run_id", TEXT),
    sa.Column("error_what", TEXT),
    sa.Column("error_todo", TEXT),
    one_of("how", "process", "dagster"),
    one_of("outcome", "published", "nothing_new", "failed", "interrupted", "died"),
    not_blank("started_by"),
)

RUN_STEP = table(
    "run_step",
    number("step_no"),
    sa.Column("order_id", TEXT, nullable=False, index=True),
    sa.Column("step", TEXT, nullable=False),
    sa.Column("about", TEXT, nullable=False),
    sa.Column("counts", TEXT, nullable=False),
    sa.Column("milliseconds", WHOLE, nullable=False),
    sa.Column("told_at", TEXT, nullable=False),
    append_only=True,
)
