"""Judgements on links, and the samples drawn for blind double review."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, number, one_of, table

JUDGEMENT = table(
    "judgement",
    number("judgement_id"),
    sa.Column("dataset", TEXT, nullable=False),
    sa.Column("record_key", TEXT, nullable=False),
    sa.Column("person_ref", TEXT, nullable=False),
    sa.Column("answer", TEXT, nullable=False),
    sa.Column("clerk", TEXT, nullable=False),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("decided_at", TEXT, nullable=False),
    sa.Column("source", TEXT, nullable=False),
    sa.Column("batch", TEXT),
    one_of("answer", "same", "not_same", "unsure"),
    not_blank("clerk"),
    not_blank("reason"),
    one_of("source", "review", "sample"),
    append_only=True,
)

REVIEW_PAIR = table(
    "review_pair",
    number("entry_id"),
    sa.Column("batch", TEXT, nullable=False),
    sa.Column("pair_code", TEXT, nullable=False),
    sa.Column("run_id", TEXT, nullable=False),
    sa.Column("dataset", TEXT, nullable=False),
    sa.Column("record_key", TEXT, nullable=False),
    sa.Column("person_ref", TEXT, nullable=False),
    sa.Column("tier", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("family", TEXT),
    sa.Column("stratum", TEXT, nullable=False),
    sa.Column("population", WHOLE, nullable=False),
    sa.Column("drawn", WHOLE, nullable=False),
    sa.UniqueConstraint("batch", "pair_code"),
    append_only=True,
)
