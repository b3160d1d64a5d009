"""Accounts of people and systems, what each may see, their sessions and keys, and failed sign-ins. Secrets are kept as digests, that of the second factor sealed."""

from __future__ import annotations

import sqlalchemy as sa

from casework.tables.metadata import TEXT, WHOLE, not_blank, one_of, table

ROLES = (
    "analyst",
    "supervisor",
    "auditor",
    "data_steward",
    "system_administrator",
    "service",
)

ACCOUNT = table(
    "account",
    sa.Column("account_id", TEXT, primary_key=True),
    sa.Column("login", TEXT, nullable=False, unique=True),
    sa.Column("name", TEXT, nullable=False),
    sa.Column("role", TEXT, nullable=False),
    sa.Column("language", TEXT, nullable=False),
    sa.Column("password_hash", TEXT),
    sa.Column("must_change", WHOLE, nullable=False),
    sa.Column("password_at", TEXT),
    # of the second factor (RFC 6238), sealed, and the last time step whose code was used: a code opens once
    sa.Column("totp_secret", TEXT),
    sa.Column("totp_step", WHOLE),
    sa.Column("oidc_subject", TEXT, unique=True),
    sa.Column("created_by", TEXT, nullable=False),
    sa.Column("created_at", TEXT, nullable=False),
    sa.Column("disabled_by", TEXT),
    sa.Column("disabled_at", TEXT),
    not_blank("login"),
    not_blank("name"),
    one_of("role", *ROLES),
    one_of("language", "zh", "en"),
    sa.CheckConstraint("must_change IN (0, 1)"),
)

ACCOUNT_SCOPE = table(
    "account_scope",
    sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), primary_key=True),
    sa.Column("kind", TEXT, primary_key=True),
    sa.Column("value", TEXT, primary_key=True),
    one_of("kind", "region", "programme"),
    not_blank("value"),
)

SESSION = table(
    "session",
    sa.Column("session_id", TEXT, primary_key=True),
    sa.Column("token_digest", TEXT, nullable=False, unique=True),
    sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), nullable=False, index=True),
    sa.Column("address", TEXT, nullable=False),
    sa.Column("started_at", TEXT, nullable=False),
    sa.Column("seen_at", TEXT, nullable=False),
    sa.Column("ended_at", TEXT),
    sa.Column("ended_why", TEXT),
)

API_KEY = table(
    "api_key",
    sa.Column("key_id", TEXT, primary_key=True),
    sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), nullable=False, index=True),
    sa.Column("secret_digest", TEXT, nullable=False),
    sa.Column("created_by", TEXT, nullable=False),
    sa.Column("created_at", TEXT, nullable=False),
    sa.Column("expires_at", TEXT, nullable=False),
    sa.Column("used_at", TEXT),
    sa.Column("revoked_by", TEXT),
    sa.Column("revoked_at", TEXT),
)

SIGN_IN_FAILURE = table(
    "sign_in_failure",
    # a digest: what was typed as a name may be a password
    sa.Column("subject_digest", TEXT, primary_key=True),
    sa.Column("failures", WHOLE, nullable=False),
    sa.Column("last_at", TEXT, nullable=False),
    sa.Column("closed_until", TEXT),
)

KNOWN_DEVICE = table(
    "known_device",
    # a browser from which the account came in before: whoever guesses elsewhere does not slow it down
    sa.Column("device_digest", TEXT, primary_key=True),
    sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), primary_key=True),
    sa.Column("made_at", TEXT, nullable=False),
    sa.Column("seen_at", TEXT, nullable=False),
)
